"""Further sinks of a run's metrics besides its event log. They receive the same numbers. Their failure never stops training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from groundup.errors import InputError

Event = dict
Log = Callable[[str], None]


def tensorboard(folder: Path, step: int) -> Callable[[Event], None]:
    """A function that writes an event's numbers for TensorBoard. It hides what an earlier process wrote beyond `step`."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise InputError("NO_TENSORBOARD", "track", "TensorBoard is not installed", "pip install 'groundup[track]'") from None
    writer = SummaryWriter(str(folder), purge_step=step + 1 if step else None, flush_secs=10)

    def write(event: Event) -> None:
        for name, value in event.items():
            if name != "step" and isinstance(value, (int, float)) and not isinstance(value, bool):
                writer.add_scalar(f"{event['event']}/{name}", value, event["step"])

    return write


SINKS = {"tensorboard": tensorboard}


class Tracker:
    """Passes every event to the sinks. It logs the first failure of each sink and counts all."""

    def __init__(self, names: Sequence[str], folder: Path, step: int, log: Log):
        self.sinks = {name: SINKS[name](folder / name, step) for name in names}
        self.failures: dict[str, int] = {}
        self.log = log

    def __call__(self, event: Event) -> None:
        for name, sink in self.sinks.items():
            try:
                sink(event)
            except Exception as error:  # third-party code: whatever it raises, the run continues
                self.failures[name] = self.failures.get(name, 0) + 1
                if self.failures[name] == 1:
                    self.log(f"groundup: warning {name} failed ({error}); the run goes on without it")

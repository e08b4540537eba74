"""Sinks for a run's figures besides its event log. They receive the same numbers; their failure never stops training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from groundup.errors import InputError

Event = dict
Say = Callable[[str], None]


def tensorboard(folder: Path, step: int) -> Callable[[Event], None]:
    """A function that writes an event's numbers for TensorBoard; what an earlier process wrote beyond `step` is hidden."""
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
    """Hands every event to the sinks; the first failure of one is told, and all are counted."""

    def __init__(self, names: Sequence[str], folder: Path, step: int, say: Say):
        self.sinks = {name: SINKS[name](folder / name, step) for name in names}
        self.failures: dict[str, int] = {}
        self.say = say

    def __call__(self, event: Event) -> None:
        for name, sink in self.sinks.items():
            try:
                sink(event)
            except Exception as error:  # a sink is somebody else's code: whatever it raises, the run goes on
                self.failures[name] = self.failures.get(name, 0) + 1
                if self.failures[name] == 1:
                    self.say(f"groundup: warning {name} failed ({error}); the run goes on without it")

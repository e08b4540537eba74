"""A function of the caller that follows a training: it is called after each update, and may end the training or pause it.

`groundup.finetune(..., callback=print)`; `fit(X, y, callback=print)` of an estimator. It is called in every training of the
command, of which `run` names the folder.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from groundup.errors import GroundupError, InputError


@dataclass
class TrainingStep:
    """One update of a training, as a callback gets it."""

    run: Path
    """The run folder."""
    step: int
    """The number of the update, from 1."""
    steps: int
    """How many the plan has."""
    loss: float | None
    """The training loss of its batch; None where it was skipped, being not finite."""
    learning_rate: float
    losses: Mapping[str, float] = field(default_factory=dict)
    """The parts of the loss by name."""
    validation: Mapping[str, float | None] | None = None
    """The figures on the validation rows, where they were evaluated after this update."""
    is_best: bool = False
    """Whether these figures are the best so far."""
    end: str = field(default="", init=False, repr=False)
    """How the callback wants the training to end: "", "stop" or "pause"."""
    reason: str = field(default="", init=False, repr=False)

    def stop(self, reason: str = "") -> None:
        """End the training after this update, as early stopping does: the best weights so far become the model."""
        self.end, self.reason = "stop", str(reason)

    def pause(self) -> None:
        """Save after this update, and end the command with `Interrupted`. The same call goes on from there."""
        self.end = "pause"


Callback = Callable[[TrainingStep], object]
CALLBACK: ContextVar[Callback | None] = ContextVar("callback", default=None)


class CallbackError(GroundupError):
    """The callback of the caller failed, after a checkpoint was saved. Its own error is the `__cause__`."""


@contextmanager
def calling(callback: Callback | None) -> Generator[None]:
    """Inside, every training calls a function after each update. Raises InputError for what is no function."""
    if callback is not None and not callable(callback):
        what = f"is a {type(callback).__name__}, not a function"
        raise InputError("BAD_SETTING", "callback", what, "give one function of one argument: callback=print")
    token = CALLBACK.set(callback)
    try:
        yield
    finally:
        CALLBACK.reset(token)


def call_back(step: TrainingStep) -> BaseException | None:
    """Tell the caller of an update; what went wrong there, if something did."""
    callback = CALLBACK.get()
    try:
        if callback is not None:
            callback(step)
    except Exception as error:  # whatever it raises, the run is saved before it ends
        return error
    return None


def callback_error(step: TrainingStep, error: BaseException) -> CallbackError:
    """The failure of a callback in one line."""
    what = f"failed at step {step.step} with {type(error).__name__}: {error}"
    fix = f"mend it, and call again: a run that has an out goes on from there ({step.run})"
    return CallbackError("CALLBACK_FAILED", "callback", what, fix)

"""How long a training on labelled rows is, where its settings do not say it, and how often it logs, evaluates and saves."""

from __future__ import annotations

from typing import Protocol

from groundup.train.hyperparameters import EPOCHS, FEWEST_UPDATES


class Length(Protocol):
    """Settings that say how long to train, and how often to look."""

    @property
    def steps(self) -> int | None: ...

    @property
    def epochs(self) -> int | None: ...

    @property
    def evaluations(self) -> int: ...

    @property
    def patience(self) -> int: ...


def plan_of(settings: Length, epoch: int) -> dict:
    """The plan for so many updates an epoch."""
    steps = settings.steps or (settings.epochs * epoch if settings.epochs else max(EPOCHS * epoch, FEWEST_UPDATES))
    return {
        "steps": steps,
        "log_every": max(1, min(50, steps // 20)),
        "evaluate_every": max(1, steps // settings.evaluations),
        "save_every": max(1, steps // 4),
        "patience": settings.patience,
    }

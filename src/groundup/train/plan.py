"""The default plan of a training on labelled rows: its length, and how often it logs, evaluates and saves."""

from __future__ import annotations

from typing import Protocol

from groundup.train.defaults import PRETRAINED, TrainingDefaults


class TrainingLength(Protocol):
    """Settings of a training's length and of how often it evaluates."""

    @property
    def steps(self) -> int | None: ...

    @property
    def epochs(self) -> int | None: ...

    @property
    def num_evaluations(self) -> int: ...

    @property
    def patience(self) -> int: ...


def default_plan(settings: TrainingLength, epoch: int, defaults: TrainingDefaults = PRETRAINED) -> dict:
    """The fields of a `Plan`, where an epoch has `epoch` updates."""
    usual = max(defaults.epochs * epoch, defaults.min_steps)
    steps = settings.steps or (settings.epochs * epoch if settings.epochs else usual)
    return {
        "steps": steps,
        "log_every": max(1, min(50, steps // 20)),
        "evaluate_every": max(1, steps // settings.num_evaluations),
        "save_every": max(1, steps // 4),
        "patience": settings.patience,
    }

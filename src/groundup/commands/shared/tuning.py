"""What a trained task settles by its validation rows before it is published: what decides about answers, and calibration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from groundup.kinds.reader import Row
from groundup.tasks.calibrate import Calibration
from groundup.tasks.task import Predictions, Task


def tune_answers(
    task: Task,
    predictions: Callable[[], Predictions],
    targets: Sequence[Any],
    texts: Sequence[Row],
    calibration: Calibration,
    in_windows: bool,
) -> None:
    """Let the task choose by the validation rows what decides about its answers; `predictions` asks the trained model anew."""
    task.facts.pop("calibration", None)  # that of a model before it
    task.tune(lambda: predictions().answers, targets, texts)
    task.calibrate(lambda: predictions().raw, targets, calibration, in_windows)

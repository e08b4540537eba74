"""The inputs and outputs of a compression method.

A method is a function of a `Work` and its own settings that returns a Model: an ordinary one, which `families/checkpoint.py`
can save, with the head of the task on it. It neither evaluates nor publishes: the quality gate (quality_gate.py) does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from groundup.data.rows import Rows
from groundup.kinds.reader import Reader
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, Objective, make_batch
from groundup.tasks.task import Task
from groundup.train.run import Plan, Training

Customize = Callable[[Training, Plan], Training]


class Fit(Protocol):
    """Training, resumable, in a folder `name` of its own inside the run."""

    def __call__(self, model: Model, name: str, *, customize: Customize | None = None, share: float = 1.0) -> Model:
        """Train what of `model` requires a gradient, on the rows of the work, for `share` of the planned updates, and return it
        with its best weights by validation, in eval mode. Called again under the same name, in this process or after a kill,
        it goes on, or gives back what it made; the model handed in must then be made the same way.

        `change` gets the usual training (optimizer, schedule, batches of the task, its objective), made for `model`, and
        returns the one to use: `dataclasses.replace(training, objective=...)`.
        """
        ...


@dataclass
class Work:
    """A model to compress, and all that a method may use for it."""

    model: Model
    """With the head of its task, in eval mode. A method may change it or return another."""
    family: str
    task: Task
    reader: Reader
    train: Rows
    validation: Rows
    objective: Objective
    """The task's loss."""
    seed: int
    batch_size: int
    """Rows per update."""
    folder: Path
    """The run's folder, where a method may store files."""
    fit: Fit
    log: Callable[[str], None]
    """Show the user a line."""

    def batches(self, count: int) -> Iterator[Batch]:
        """`count` batches of `batch_size` training rows, for calibration and importance: the same ones each time."""
        for number in range(count):
            rows = np.arange(number * self.batch_size, (number + 1) * self.batch_size)
            yield make_batch(self.train.batch(rows), self.objective, 0.0)

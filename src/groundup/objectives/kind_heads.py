"""The loss of a task on rows of several kinds, and beside it that of a head for each kind, which reads that kind alone: so no
kind is left unlearned because another is learned faster (Wang et al., 2020, arXiv:1905.12681; Huang et al., 2022,
arXiv:2203.12221).

B sequences of a batch: rows as they are, and each of their kinds once more alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.data.packed import ALONE, WHOLE
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.numeric_targets import NumericTargets
from groundup.objectives.objective import Sums


class KindHeads:
    """The term of the task, and for each kind its term on that kind alone, `strength` times. Only for training: the heads of
    kinds are not published."""

    def __init__(self, task: LabelCrossEntropy | NumericTargets, kinds: Sequence[str], strength: float):
        self.task, self.strength = task, strength
        self.heads = {head_of(task.name, kind): number for number, kind in enumerate(kinds)}

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        positions, targets = self.task.prepare(flat, progress)[self.task.name]
        alone = flat.labels[ALONE]
        chosen = {name: alone == number for name, number in {self.task.name: WHOLE, **self.heads}.items()}
        return {name: (positions[rows], targets[rows]) for name, rows in chosen.items() if rows.any()}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {head: self.task.counts({self.task.name: values})[self.task.name] for head, values in targets.items()}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        name = self.task.name
        return {head: self.task.losses({name: predictions[head]}, {name: values})[name] for head, values in targets.items()}

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return self.task.weights(progress) | dict.fromkeys(self.heads, self.strength)

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return self.task.measure(predictions, targets)

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return self.task.summary(sums)


def head_of(task: str, kind: str) -> str:
    """The name of the head that reads one kind for a task."""
    return f"{task}@{kind}"

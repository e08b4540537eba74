"""R-Drop: two passes of one example under different dropout should predict the same (Wu et al., 2021, arXiv:2106.14448)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import Sums


class RDrop:
    """Head `label` on a batch with each row twice (`data.flat.twice`): for each pair (CE1 + CE2) / 2 + a (KL12 + KL21) / 2.

    Only for training: evaluation uses the `label` objective. Both rows of a pair must be in one micro-batch.
    """

    name = "r_drop"

    def __init__(self, label: LabelCrossEntropy, strength: float = 1.0):
        self.label, self.strength = label, strength

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        if len(flat.numbers) % 2 or not np.array_equal(flat.numbers[::2], flat.numbers[1::2]):
            raise ValueError(
                "R-Drop compares two passes of each sequence: the batch must hold each row twice, one after the other"
            )
        return self.label.prepare(flat, progress)

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        halves = {name: count // 2 for name, count in self.label.counts(targets).items()}
        return halves | {self.name: len(targets[self.label.name]) // 2}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        halves = {name: loss / 2 for name, loss in self.label.losses(predictions, targets).items()}
        logs = F.log_softmax(predictions[self.label.name].float(), dim=-1)  # [2 B, K]
        return halves | {self.name: divergence(logs[::2], logs[1::2])}

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return self.label.weights(progress) | {self.name: self.strength}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return self.label.measure(predictions, targets)

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return self.label.summary(sums)


def divergence(one: Tensor, other: Tensor) -> Tensor:
    """The sum over rows of (KL(p, q) + KL(q, p)) / 2 = sum of (p - q) (log p - log q) / 2, from log p and log q [B, K]."""
    return ((one.exp() - other.exp()) * (one - other)).sum() / 2

"""Numeric targets of a sequence: several labels at once (binary cross-entropy), or one number (squared error)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.objective import Sums
from groundup.objectives.one_head import OneHead


class NumericTargets(OneHead):
    """A head on the first token of each sequence with targets [B, O]; a NaN means no target."""

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {self.name: (flat.starts, flat.labels[self.name].astype(np.float32))}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {self.name: int(has_target(targets[self.name]).sum())}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        labels = targets[self.name]
        rows = has_target(labels)
        return {self.name: self.loss(predictions[self.name].float()[rows], labels[rows])}

    def loss(self, numbers: Tensor, targets: Tensor) -> Tensor:
        """Summed over the sequences [M, O], a mean over the O numbers of each."""
        raise NotImplementedError


class SquaredError(NumericTargets):
    """Squared error of one number; the task standardizes the target."""

    def loss(self, numbers: Tensor, targets: Tensor) -> Tensor:
        return (numbers - targets).square().mean(-1).sum()

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return {}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return {}


class BinaryCrossEntropy(NumericTargets):
    """Binary cross-entropy of each of K labels."""

    metric_name = "label_accuracy"

    def loss(self, numbers: Tensor, targets: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(numbers, targets, reduction="none").mean(-1).sum()

    def count_correct(self, predictions: Tensor, targets: Tensor) -> tuple[float, float]:
        rows = has_target(targets)
        right = (predictions[rows] > 0) == (targets[rows] > 0.5)
        return float(right.sum()), right.numel()


def has_target(targets: Tensor) -> Tensor:
    """[B] bool: the sequences that have a target."""
    return ~torch.isnan(targets).any(-1)

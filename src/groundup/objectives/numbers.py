"""Numbers for each sequence: of several labels which hold (binary cross-entropy), and a quantity (squared error)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from groundup.data.flat import Flat
from groundup.objectives.objective import Sums, ratio


class Numbers:
    """A head on the first token of each sequence, wanted to give its labels [B, O]; nothing is wanted where these are NaN."""

    def __init__(self, name: str = "label"):
        self.name = name

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {self.name: (flat.starts, flat.labels[self.name].astype(np.float32))}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {self.name: int(known(targets[self.name]).sum())}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        wanted = targets[self.name]
        rows = known(wanted)
        return {self.name: self.loss(predictions[self.name].float()[rows], wanted[rows])}

    def loss(self, numbers: Tensor, wanted: Tensor) -> Tensor:
        """Summed over the sequences [M, O], a mean over the O numbers of each."""
        raise NotImplementedError

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return {self.name: 1.0}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return {}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return {}


class Quantity(Numbers):
    """Squared error of one number; the label is standardized by whoever reads it."""

    def loss(self, numbers: Tensor, wanted: Tensor) -> Tensor:
        return (numbers - wanted).square().mean(-1).sum()


class Labels(Numbers):
    """Which of K labels hold: binary cross-entropy of each."""

    def loss(self, numbers: Tensor, wanted: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(numbers, wanted, reduction="none").mean(-1).sum()

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        rows = known(targets[self.name])
        right = (predictions[self.name][rows] > 0) == (targets[self.name][rows] > 0.5)
        return {f"{self.name}_right": float(right.sum()), f"{self.name}_count": float(right.numel())}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        told = "label_accuracy" if self.name == "label" else f"{self.name}_accuracy"
        return {told: ratio(sums.get(f"{self.name}_right", 0.0), sums.get(f"{self.name}_count", 0.0))}


def known(wanted: Tensor) -> Tensor:
    """[B] bool: the sequences that have a target."""
    return ~torch.isnan(wanted).any(-1)

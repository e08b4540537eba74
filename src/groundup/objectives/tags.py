"""A tag for each word or token: cross-entropy at the tokens that are asked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from groundup.data.flat import Flat
from groundup.objectives.objective import Sums, ratio

NOT_ASKED, NO_TARGET = -100, -1  # marks of tokens that have no tag of their own, and of those whose tag is not known


class Tags:
    """A head at every token that is asked (`flat.marks`, the number of its tag)."""

    def __init__(self, name: str = "label"):
        self.name = name

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        assert flat.marks is not None
        asked = np.flatnonzero(flat.marks != NOT_ASKED)
        return {self.name: (asked, flat.marks[asked])}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {self.name: int((targets[self.name] != NO_TARGET).sum())}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        logits = predictions[self.name].float()
        return {self.name: F.cross_entropy(logits, targets[self.name], reduction="sum", ignore_index=NO_TARGET)}

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return {self.name: 1.0}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        tags = targets[self.name]
        right = (predictions[self.name].argmax(-1) == tags).sum()
        return {f"{self.name}_right": float(right), f"{self.name}_count": float((tags != NO_TARGET).sum())}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        told = "tag_accuracy" if self.name == "label" else f"{self.name}_accuracy"
        return {told: ratio(sums.get(f"{self.name}_right", 0.0), sums.get(f"{self.name}_count", 0.0))}

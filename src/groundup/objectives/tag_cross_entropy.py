"""A tag for each word or token: cross-entropy at the tokens that carry a tag."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.one_head import OneHead
from groundup.objectives.special_labels import IGNORE, NO_LABEL


class TagCrossEntropy(OneHead):
    """A head at every token that is positions (`flat.marks`, the number of its tag)."""

    metric_name = "tag_accuracy"

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        assert flat.marks is not None
        positions = np.flatnonzero(flat.marks != IGNORE)
        return {self.name: (positions, flat.marks[positions])}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {self.name: int((targets[self.name] != NO_LABEL).sum())}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        logits = predictions[self.name].float()
        return {self.name: F.cross_entropy(logits, targets[self.name], reduction="sum", ignore_index=NO_LABEL)}

    def count_correct(self, predictions: Tensor, targets: Tensor) -> tuple[float, float]:
        return float((predictions.argmax(-1) == targets).sum()), float((targets != NO_LABEL).sum())

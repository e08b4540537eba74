"""One label per sequence: cross-entropy, with optional class weights."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.one_head import OneHead
from groundup.objectives.special_labels import UNKNOWN_LABEL


class LabelCrossEntropy(OneHead):
    """A head on the first token of each sequence. A label without training rows has no loss and counts as an error.

    With class weights w the loss is sum of w_y * -log p(y) over the sequences, divided by their number.
    """

    def __init__(self, class_weights: list[float] | None = None, smoothing: float = 0.0, name: str = "label"):
        super().__init__(name)
        self.class_weights = None if class_weights is None else torch.tensor(class_weights, dtype=torch.float32)
        self.smoothing = smoothing

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {self.name: (flat.starts, flat.labels[self.name].astype(np.int64))}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {self.name: int((targets[self.name] != UNKNOWN_LABEL).sum())}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        logits, labels = predictions[self.name].float(), targets[self.name]
        weight = None if self.class_weights is None else self.class_weights.to(logits.device)
        loss = F.cross_entropy(
            logits, labels, weight=weight, label_smoothing=self.smoothing, reduction="sum", ignore_index=UNKNOWN_LABEL
        )
        return {self.name: loss}

    def count_correct(self, predictions: Tensor, targets: Tensor) -> tuple[float, float]:
        return float((predictions.argmax(-1) == targets).sum()), len(targets)

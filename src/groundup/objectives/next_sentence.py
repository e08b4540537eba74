"""Next sentence prediction: L = -log p(y | x), y = 0 when segment B truly follows A (Devlin et al., 2018, arXiv:1810.04805)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from groundup.data.batches.pairs import NO_LABEL
from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.cross_entropy import ClassObjective
from groundup.objectives.objective import Sums, ratio


class NextSentence(ClassObjective):
    """Head `nsp` on the first token of each pair. Figures count "random" (y = 1) as the positive class."""

    name = "nsp"

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        labels = flat.labels[self.name]
        known = labels != NO_LABEL
        return {self.name: (flat.starts[known], labels[known].astype(np.int64))}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        predicted, true = predictions[self.name].argmax(-1), targets[self.name]
        return {
            "nsp_count": float(len(true)),
            "nsp_right": float((predicted == true).sum()),
            "nsp_said": float(predicted.sum()),
            "nsp_true": float(true.sum()),
            "nsp_hit": float((predicted * true).sum()),
        }

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return {
            "nsp_accuracy": ratio(sums.get("nsp_right", 0.0), sums.get("nsp_count", 0.0)),
            "nsp_precision": ratio(sums.get("nsp_hit", 0.0), sums.get("nsp_said", 0.0)),
            "nsp_recall": ratio(sums.get("nsp_hit", 0.0), sums.get("nsp_true", 0.0)),
        }

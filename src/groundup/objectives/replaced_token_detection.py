"""Replaced-token detection: a generator fills masks, the model predicts for every token whether it was replaced.

L = L_MLM of the generator + 50 L_detection (Clark et al., 2020, arXiv:2003.10555).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.nn.replaced_token_model import DRAWN, MASKED, REPLACED
from groundup.objectives.masked_lm import MaskedLM
from groundup.objectives.objective import Sums, ratio

DETECTION_WEIGHT = 50.0
NOT_MASKED = -1  # a token that was not masked


class ReplacedTokenDetection:
    """Heads `mlm` of the generator, at the masked tokens, and `replaced`, at all but special tokens. A token that the
    generator drew unchanged counts as not replaced."""

    def __init__(self, masked_lm: MaskedLM):
        self.masked_lm = masked_lm

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        ordinary = np.flatnonzero(~self.masked_lm.is_special[flat.tokens])
        prepared = self.masked_lm.prepare(flat, progress)
        number = np.full(len(flat.tokens), NOT_MASKED)
        number[prepared[MASKED][0]] = np.arange(len(prepared[MASKED][0]))
        return prepared | {REPLACED: (ordinary, number[ordinary])}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return self.masked_lm.counts(targets) | {REPLACED: len(targets[REPLACED])}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        logits = predictions[REPLACED][:, 0].float()
        loss = F.binary_cross_entropy_with_logits(logits, self.is_replaced(predictions, targets).float(), reduction="sum")
        return self.masked_lm.losses(predictions, targets) | {REPLACED: loss}

    @staticmethod
    def is_replaced(predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Tensor:
        """[N] bool: whether the token at each position differs from the original."""
        other = predictions[DRAWN] != targets[MASKED]
        number = targets[REPLACED]
        return torch.where(number == NOT_MASKED, False, other[number.clamp(min=0)])

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return self.masked_lm.weights() | {REPLACED: DETECTION_WEIGHT}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        predicted, true = predictions[REPLACED][:, 0] > 0, self.is_replaced(predictions, targets)
        return self.masked_lm.measure(predictions, targets) | {
            "replaced_said": float(predicted.sum()),
            "replaced_true": float(true.sum()),
            "replaced_hit": float((predicted & true).sum()),
        }

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return self.masked_lm.summary(sums) | {
            "replaced_precision": ratio(sums["replaced_hit"], sums["replaced_said"]),
            "replaced_recall": ratio(sums["replaced_hit"], sums["replaced_true"]),
        }

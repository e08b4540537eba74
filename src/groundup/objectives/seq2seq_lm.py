"""Sequence-to-sequence language modeling: cross-entropy of the decoder's next token, with label smoothing.

Szegedy et al., 2015, arXiv:1512.00567 (smoothing); Vaswani et al., 2017, arXiv:1706.03762.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.causal_lm import CausalLM


class Seq2SeqLM(CausalLM):
    """Head `lm` of the decoder at all its tokens; `flat.marks` are the tokens that should come next.

    Smoothing is for training; evaluation uses `smoothing` 0.
    """

    def __init__(self, smoothing: float = 0.0):
        self.smoothing = smoothing

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        assert flat.marks is not None
        return {self.name: (np.arange(len(flat.tokens)), flat.marks)}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        if not self.smoothing:
            return super().losses(predictions, targets)
        logits = predictions[self.name].float()
        return {self.name: F.cross_entropy(logits, targets[self.name], label_smoothing=self.smoothing, reduction="sum")}

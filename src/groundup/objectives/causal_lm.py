"""Causal language modeling: L = -sum over i of log p(x_i | x_1 ... x_{i-1}) (Radford et al., 2018, "Improving language
understanding by generative pre-training")."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.cross_entropy import ClassObjective
from groundup.objectives.objective import Sums, ratio


class CausalLM(ClassObjective):
    """Head `lm`: at each token of a sequence but its last, the next one."""

    name = "lm"

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        keep = np.ones(len(flat.tokens), dtype=bool)
        keep[flat.starts + flat.lengths - 1] = False
        places = np.flatnonzero(keep)
        return {self.name: (places, flat.tokens[places + 1])}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        right = (predictions[self.name].argmax(-1) == targets[self.name]).sum()
        return {"lm_right": float(right), "lm_count": float(len(targets[self.name]))}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return {"next_word_accuracy": ratio(sums.get("lm_right", 0.0), sums.get("lm_count", 0.0))}

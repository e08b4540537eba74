"""Half of the texts stand in the order of their tokens, half turned round: L = -log p(turned | x)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.cross_entropy import ClassObjective
from groundup.objectives.objective import Sums, ratio


class TurnedTexts(ClassObjective):
    """Head `turned` on the first token of each sequence. The token before a text and the one behind it stay where they are."""

    name = "turned"

    def __init__(self, seed: int):
        self.key = draws.key(seed, "turned")

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        turned = draws.uniform(self.key, flat.numbers) < 0.5
        for start, length in zip(flat.starts[turned], flat.lengths[turned], strict=True):
            text = slice(start + 1, start + length - 1)
            flat.tokens[text] = flat.tokens[text][::-1].copy()
        return {self.name: (flat.starts, turned.astype(np.int64))}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        right = predictions[self.name].argmax(-1) == targets[self.name]
        return {"turned_count": float(len(right)), "turned_right": float(right.sum())}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return {"turned_accuracy": ratio(sums.get("turned_right", 0.0), sums.get("turned_count", 0.0))}

"""Masked image modeling: the encoder reads a few patches, a small decoder predicts the pixels of the others.

He et al., 2021, arXiv:2111.06377 (three quarters hidden, pixels normalized by patch); Fu et al., 2024, arXiv:2401.14391 (the
decoder attends to the visible patches by cross attention).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.objective import Sums, ratio

MIN_VARIANCE = 1e-6


class MaskedImage:
    """Head `pixels` of the decoder, at each hidden patch: its pixels, less their mean, over their deviation."""

    name = "pixels"

    def __init__(self, seed: int, rate: float = 0.75):
        self.key, self.rate = draws.key(seed, "image/choice"), rate

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        images, length = len(flat.lengths), int(flat.lengths[0])
        rows = flat.tokens.reshape(images, length, -1)
        hidden = min(length - 2, max(1, round(self.rate * (length - 1))))
        draw = draws.uniform(self.key, flat.numbers[:, None], np.arange(length - 1))
        order = 1 + np.argsort(draw, axis=1)  # [I, P] places in random order
        masked, visible = np.sort(order[:, :hidden], axis=1), np.sort(order[:, hidden:], axis=1)
        visible = np.concatenate([np.zeros((images, 1), dtype=np.int64), visible], axis=1)
        flat.source = self.take_patches(rows, visible, flat.numbers)
        targets = self.take_patches(rows, masked, flat.numbers).tokens
        spread = np.sqrt(targets.var(axis=1, keepdims=True) + MIN_VARIANCE)
        targets = (targets - targets.mean(axis=1, keepdims=True)) / spread
        flat.tokens, flat.lengths, flat.places = np.zeros_like(targets), np.full(images, hidden), masked.reshape(-1)
        return {self.name: (np.arange(len(targets)), targets)}

    @staticmethod
    def take_patches(rows: np.ndarray, places: np.ndarray, numbers: np.ndarray) -> Flat:
        """The rows at these places [I, K] of each image."""
        patches = np.take_along_axis(rows, places[:, :, None], axis=1)
        lengths = np.full(len(rows), places.shape[1])
        return Flat(patches.reshape(-1, rows.shape[2]), lengths, numbers, places=places.reshape(-1))

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {self.name: len(targets[self.name])}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Sum over patches of the mean squared error of a patch: 1 is the loss of predicting the mean."""
        return {self.name: (predictions[self.name].float() - targets[self.name]).square().mean(1).sum()}

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return {self.name: 1.0}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        with torch.no_grad():
            errors = (predictions[self.name] - targets[self.name]).square().sum()
        return {"pixels_left": float(errors), "pixels_whole": float(targets[self.name].square().sum())}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        share = ratio(sums["pixels_left"], sums["pixels_whole"])
        return {"explained_variance": None if share is None else 1 - share}

"""What simple methods see of images: their pixels, from 0 to 1; of large images means of squares of them.

I images, C channels, S side, F features.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

LARGEST_SIDE = 32  # pixels of a side that simple methods look at


class Pixels:
    """Standardized by the training images. `pixels_of` gives the bytes [I, C, S, S] of rows."""

    name = "logistic regression on pixels"
    strengths = (0.00001, 0.0001, 0.001, 0.01)

    def __init__(self, pixels_of: Callable[[Sequence[tuple]], np.ndarray]):
        self.pixels_of = pixels_of

    def fit(self, rows: Sequence[tuple]) -> np.ndarray:
        small = self.small(rows)
        self.mean, self.deviation = small.mean(axis=0), small.std(axis=0) + 1e-3
        return (small - self.mean) / self.deviation

    def transform(self, rows: Sequence[tuple]) -> np.ndarray:
        return (self.small(rows) - self.mean) / self.deviation

    def small(self, rows: Sequence[tuple]) -> np.ndarray:
        """[I, F] numbers from 0 to 1."""
        pixels = self.pixels_of(rows) / np.float32(255)
        count, channels, side, _ = pixels.shape
        square = next(size for size in range(max(1, side // LARGEST_SIDE), side + 1) if side % size == 0)
        parts = pixels.reshape(count, channels, side // square, square, side // square, square)
        return parts.mean(axis=(3, 5)).reshape(count, channels * (side // square) ** 2)

"""Images as tokens: squares of pixels, row by row.

I images, C channels, S side, p side of a patch, P patches of an image, V numbers of a patch.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Scale = Callable[[np.ndarray, int], np.ndarray]  # (bytes [..., V] as numbers, p) -> what a model reads


def cut(pixels: np.ndarray, patch: int, scale: Scale | None = None) -> np.ndarray:
    """Bytes [I, C, S, S] -> [I, 1 + P, V]: a row of zeros, then the patches; a patch is its channels, each row by row. Values
    are from -1 to 1, or as `scale` has them."""
    count, channels, side, _ = pixels.shape
    grid = side // patch
    x = pixels.reshape(count, channels, grid, patch, grid, patch).transpose(0, 2, 4, 1, 3, 5)
    x = x.reshape(count, grid * grid, channels * patch * patch).astype(np.float32)
    x = x / 127.5 - 1 if scale is None else scale(x, patch)
    return np.concatenate([np.zeros((count, 1, x.shape[2]), dtype=np.float32), x], axis=1)


def join(patches: np.ndarray, channels: int) -> np.ndarray:
    """[I, P, V] numbers of patches as pixels [I, C, S, S]: what `cut` cut, without the row of zeros."""
    count, squares, values = patches.shape
    grid, size = round(squares**0.5), round((values / channels) ** 0.5)
    x = patches.reshape(count, grid, grid, channels, size, size).transpose(0, 3, 1, 4, 2, 5)
    return x.reshape(count, channels, grid * size, grid * size)

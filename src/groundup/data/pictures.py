"""Images of one size as a file of bytes for each split, and as examples: squares of pixels, row by row.

I images, C channels, S side, p side of a patch, P patches of an image, V numbers of a patch.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.errors import InputError
from groundup.folders import read_manifest, verify_folder

Scale = Callable[[np.ndarray, int], np.ndarray]  # (bytes [..., V] as numbers, p) -> what a model reads


class Pictures:
    """One split [I, C, S, S], mapped into memory. An epoch is every image once in a new order, half of them mirrored."""

    def __init__(self, pixels: np.ndarray, patch: int, seed: int, mirror: bool = True):
        self.pixels, self.patch, self.mirror = pixels, patch, mirror
        self.size = len(pixels)
        self.epochs = draws.Epochs(draws.key(seed, "pictures/shuffle"), self.size)
        self.mirror_key = draws.key(seed, "pictures/mirror")

    @staticmethod
    def open(folder: Path, split: str, patch: int, seed: int, mirror: bool = True) -> Pictures:
        """Open a split; refused when any file differs from the manifest, or when the folder holds no images."""
        shape = image_shape(folder)
        if problems := verify_folder(folder):
            raise InputError("DATA_DAMAGED", problems[0].place, problems[0].what, "prepare the data again")
        path = folder / f"shards/{split}.images"
        if not path.is_file() or not path.stat().st_size:
            raise InputError("NO_SPLIT", folder, f"has no '{split}' split of images", "prepare it again with that split")
        if shape[1] % patch:
            raise InputError(
                "BAD_PATCH",
                folder,
                f"has images of {shape[1]} pixels, which {patch} does not divide",
                "choose another --patch_size",
            )
        return Pictures(np.memmap(path, dtype=np.uint8, mode="r").reshape(-1, *shape), patch, seed, mirror)

    def batch(self, numbers: np.ndarray) -> Flat:
        """The examples of these numbers: per image one row of zeros and P rows of V values around 0, float32."""
        pixels = self.pixels[np.array(self.epochs.places(numbers))]
        if self.mirror:
            turned = draws.uniform(self.mirror_key, numbers) < 0.5
            pixels = np.where(turned[:, None, None, None], pixels[..., ::-1], pixels)
        rows = cut(pixels, self.patch)
        return Flat(rows.reshape(-1, rows.shape[2]), np.full(len(rows), rows.shape[1]), np.asarray(numbers))


def image_shape(folder: Path) -> tuple[int, int, int]:
    """[C, S, S] of the images of a data folder."""
    told = read_manifest(folder).extra.get("image")
    if not isinstance(told, dict):
        raise InputError("NO_IMAGES", folder, "holds text", "prepare images with --image.size")
    return int(told["channels"]), int(told["size"]), int(told["size"])


def cut(pixels: np.ndarray, patch: int, scale: Scale | None = None) -> np.ndarray:
    """Bytes [I, C, S, S] -> [I, 1 + P, V]: a row of zeros, then the patches; a patch is its channels, each row by row. Values
    are from -1 to 1, or as `scale` has them."""
    count, channels, side, _ = pixels.shape
    grid = side // patch
    x = pixels.reshape(count, channels, grid, patch, grid, patch).transpose(0, 2, 4, 1, 3, 5)
    x = x.reshape(count, grid * grid, channels * patch * patch).astype(np.float32)
    x = x / 127.5 - 1 if scale is None else scale(x, patch)
    return np.concatenate([np.zeros((count, 1, x.shape[2]), dtype=np.float32), x], axis=1)

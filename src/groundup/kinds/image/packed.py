"""Images as sequences of patches, read from a map of a file or from memory.

I images, C channels, S side, P patches of an image, V numbers of a patch, B images of a batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.data.packed import Packed
from groundup.kinds.image.image_transform import ImageTransform
from groundup.kinds.image.patches import cut


@dataclass
class PackedImages(Packed):
    """Those at `chosen` of `pixels`. With `flip_seed` half of the training images are mirrored."""

    pixels: np.ndarray  # [J, C, S, S] bytes, which may be a map of a file
    chosen: np.ndarray  # [I]
    patch: int
    transform: ImageTransform | None = None  # None: values from -1 to 1
    flip_seed: int | None = None

    def __post_init__(self):
        self.owner, self.long = np.arange(len(self.chosen)), np.zeros(len(self.chosen), dtype=bool)
        self.varies = self.flip_seed is not None
        if self.transform is not None and self.transform.plain:
            self.transform = None
        if self.flip_seed is not None:
            self.flip_key = draws.key(self.flip_seed, "pictures/mirror")

    @property
    def lengths(self) -> np.ndarray:
        return np.full(len(self.chosen), 1 + (self.pixels.shape[-1] // self.patch) ** 2)

    def lay(self, places: np.ndarray, numbers: np.ndarray, labels: Mapping[str, np.ndarray], training: bool = False) -> Flat:
        """Per image one row of zeros, for the first token, and P rows of V values: float32."""
        pixels = self.pixels[self.chosen[places]]
        if training and self.flip_seed is not None:
            mirrored = draws.uniform(self.flip_key, numbers) < 0.5
            pixels = np.where(mirrored[:, None, None, None], pixels[..., ::-1], pixels)
        rows = cut(pixels, self.patch, self.transform)  # [B, 1 + P, V]
        lengths = np.full(len(rows), rows.shape[1])
        return Flat(rows.reshape(-1, rows.shape[2]), lengths, np.asarray(numbers), labels=dict(labels), sequences=places)

    def removable(self, flat: Flat) -> np.ndarray:
        """All but the first token of an image."""
        return ~np.isin(np.arange(len(flat.tokens)), flat.starts)

    def digest(self) -> str:
        hasher = hashlib.sha256(f"{self.patch}\0{self.transform}\0{self.pixels.shape[1:]}\0".encode())
        for place in self.chosen:
            hasher.update(self.pixels[place].tobytes())
        return hasher.hexdigest()

    def joined(self, other: PackedImages) -> PackedImages:
        pixels = np.concatenate([self.pixels[self.chosen], other.pixels[other.chosen]])
        return PackedImages(pixels, np.arange(len(pixels)), self.patch, self.transform, self.flip_seed)

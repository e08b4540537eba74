"""Labelled images as training examples, and for evaluation: what `Rows` is for texts.

I images, C channels, S side, P patches of an image, V numbers of a patch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.data.look import Look
from groundup.data.pictures import cut
from groundup.data.rows import Framed, Rows

AT_ONCE = 8192  # tokens that are read together when nothing is learned


@dataclass
class FramedPictures(Framed):
    """Images instead of sequences: those at `chosen` of `pixels`, which may be a map of a file."""

    pixels: np.ndarray = field(default_factory=lambda: np.zeros((0, 3, 1, 1), np.uint8))  # [J, C, S, S]
    chosen: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # [I]

    @classmethod
    def of(cls, pixels: np.ndarray, chosen: np.ndarray | None = None) -> FramedPictures:
        """All images, or those chosen."""
        chosen = np.arange(len(pixels)) if chosen is None else chosen
        return cls([], None, np.arange(len(chosen)), np.zeros(len(chosen), dtype=bool), pixels=pixels, chosen=chosen)


class PictureRows(Rows):
    """An epoch is every image once, in an order pure in (seed, epoch); with `mirror` half of them are mirrored."""

    def __init__(
        self, framed: FramedPictures, labels: np.ndarray, seed: int, name: str, patch: int, look: Look, mirror: bool = False
    ):
        super().__init__(framed, labels, seed, name=name)
        self.pictures, self.patch, self.mirror = framed, patch, mirror
        self.scale = None if look.plain else look
        self.size = framed.num_rows
        self.epochs = draws.Epochs(draws.key(seed, "rows/shuffle"), self.size)
        self.mirror_key = draws.key(seed, "pictures/mirror")

    def batch(self, numbers: np.ndarray) -> Flat:
        turned = draws.uniform(self.mirror_key, numbers) < 0.5 if self.mirror else None
        return self.shown(np.array(self.epochs.places(numbers)), numbers, turned)

    def lay(self, places: np.ndarray, numbers: np.ndarray) -> Flat:
        return self.shown(places, numbers, None)

    def shown(self, places: np.ndarray, numbers: np.ndarray, turned: np.ndarray | None) -> Flat:
        """The images at these places, in one stream of patches; those in `turned` mirrored."""
        pixels = self.pictures.pixels[self.pictures.chosen[places]]
        if turned is not None:
            pixels = np.where(turned[:, None, None, None], pixels[..., ::-1], pixels)
        rows = cut(pixels, self.patch, self.scale)  # [B, 1 + P, V]
        labels = {} if self.labels is None else {self.name: self.labels[places]}
        return Flat(
            rows.reshape(-1, rows.shape[2]),
            np.full(len(rows), rows.shape[1]),
            np.asarray(numbers),
            labels=labels,
            sequences=places,
        )

    def in_order_of_length(self, tokens: int = AT_ONCE) -> Iterator[Flat]:
        side = self.pictures.pixels.shape[-1] // self.patch
        step = max(1, tokens // (1 + side**2))
        for start in range(0, self.size, step):
            places = np.arange(start, min(start + step, self.size))
            yield self.lay(places, places)

"""Rows of a table as sequences: a first token, then one for each part of a cell that is there. A missing cell is no token.

R rows, P parts of columns, V bins, N tokens of a batch, B of its rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.data.packed import Packed
from groundup.kinds.table.bins import piecewise
from groundup.kinds.table.encode import ABSENT, Encoded


@dataclass(frozen=True, kw_only=True)
class CellChanges:
    """What training changes of a row, by draws of (seed, example number) alone."""

    drop: float = 0.0
    """Share of cells that are left out."""
    noise: float = 0.0
    """Deviation of what is added to a number, in deviations of its column."""
    swap: float = 0.0
    """Share of cells taken from another row of the batch with the same label (CutMix for cells, Yun et al., 2019,
    arXiv:1905.04899)."""

    @property
    def changes(self) -> bool:
        return bool(self.drop or self.noise or self.swap)


@dataclass
class PackedCells(Packed):
    """A token is `(which vector, V shares of bins)`. Cells have no order: all stand at place 0, as the first token does."""

    encoded: Encoded
    edges: np.ndarray  # [P, V + 1]
    scales: np.ndarray  # [P] deviations of numbers in training rows
    seed: int = 0
    change: CellChanges = field(default_factory=CellChanges)

    def __post_init__(self):
        self.owner = np.arange(len(self.encoded.vectors))
        self.long = np.zeros(len(self.encoded.vectors), dtype=bool)
        self.varies = self.change.changes

    @property
    def lengths(self) -> np.ndarray:
        return 1 + (self.encoded.vectors != ABSENT).sum(axis=1)

    def lay(self, places: np.ndarray, numbers: np.ndarray, labels: Mapping[str, np.ndarray], training: bool = False) -> Flat:
        cells = self.encoded.take(places)
        if training and self.change.changes:
            cells = self.changed(cells, np.asarray(numbers), labels)
        order = np.argsort(-(cells.vectors != ABSENT).sum(axis=1), kind="stable")
        cells = cells.take(order)
        rows, parts = len(order), cells.vectors.shape[1]
        tokens = np.zeros((rows, 1 + parts, 1 + self.edges.shape[1] - 1), dtype=np.float32)
        tokens[:, 1:, 0] = cells.vectors
        tokens[:, 1:, 1:] = piecewise(cells.values, self.edges)
        there = np.concatenate([np.ones((rows, 1), dtype=bool), cells.vectors != ABSENT], axis=1)
        return Flat(
            tokens[there],
            there.sum(axis=1),
            np.asarray(numbers)[order],
            labels={name: values[order] for name, values in labels.items()},
            places=np.zeros(there.sum(), dtype=np.int64),
            sequences=np.asarray(places)[order],
        )

    def changed(self, cells: Encoded, numbers: np.ndarray, labels: Mapping[str, np.ndarray]) -> Encoded:
        """The cells of a batch as training sees them."""
        vectors, values = cells.vectors.copy(), cells.values.copy()
        stand = np.arange(vectors.shape[1])
        if self.change.swap and labels:
            partner = partners(next(iter(labels.values())), draws.words(draws.key(self.seed, "cells/partner"), numbers))
            swapped = draws.uniform(draws.key(self.seed, "cells/swap"), numbers[:, None], stand) < self.change.swap
            vectors, values = np.where(swapped, vectors[partner], vectors), np.where(swapped, values[partner], values)
        if self.change.noise:
            first = draws.uniform(draws.key(self.seed, "cells/noise"), numbers[:, None], stand)
            second = draws.uniform(draws.key(self.seed, "cells/angle"), numbers[:, None], stand)
            normal = np.sqrt(-2 * np.log1p(-first)) * np.cos(2 * np.pi * second)
            values = values + normal * self.change.noise * self.scales
        if self.change.drop:
            gone = draws.uniform(draws.key(self.seed, "cells/drop"), numbers[:, None], stand) < self.change.drop
            vectors = np.where(gone, ABSENT, vectors).astype(np.int32)
        return Encoded(vectors, values)

    def digest(self) -> str:
        hasher = hashlib.sha256()
        for array in (self.encoded.vectors, self.encoded.values, self.edges):
            hasher.update(f"{array.dtype}{array.shape}".encode())
            hasher.update(np.ascontiguousarray(array).tobytes())
        return hasher.hexdigest()

    def joined(self, other: PackedCells) -> PackedCells:
        pairs = (self.encoded.vectors, other.encoded.vectors), (self.encoded.values, other.encoded.values)
        return replace(self, encoded=Encoded(*map(np.concatenate, pairs)))


def partners(labels: np.ndarray, words: np.ndarray) -> np.ndarray:
    """[B] another row with the same label for each row of a batch, by draws [B]; the row itself where it is the only one."""
    partner_of = np.arange(len(labels))
    for label in np.unique(labels, axis=0):
        same = np.flatnonzero((labels == label) if labels.ndim == 1 else (labels == label).all(axis=1))
        order = same[np.argsort(words[same], kind="stable")]
        partner_of[order] = np.roll(order, -1)
    return partner_of

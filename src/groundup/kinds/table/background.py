"""Rows that a model folder keeps of its training, so that explanations can start from what rows usually hold.

A few rows stand for all: they are chosen so that the mean of what they hold is that of all rows, by kernel herding (Chen,
Welling and Smola, 2010, arXiv:1203.3472). R rows, F features, P parts of columns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundup.errors import InputError
from groundup.kinds.table.bins import piecewise
from groundup.kinds.table.columns import Row
from groundup.kinds.table.encode import ABSENT, Encoder

MOST_ROWS = 2000  # that are looked at


def background_rows(rows: Sequence[Row], encoder: Encoder, count: int) -> tuple[Row, ...]:
    """At most `count` of the rows, all of them where they are no more, with the cells of the columns that are read alone."""
    some = [rows[place] for place in np.unique(np.linspace(0, len(rows) - 1, min(MOST_ROWS, len(rows))).astype(int))]
    chosen = range(len(some)) if len(some) <= count else herd(features(some, encoder), count)
    read = set(encoder.columns.read)
    return tuple(tuple(cell if place in read else None for place, cell in enumerate(some[row])) for row in chosen)


def features(rows: Sequence[Row], encoder: Encoder) -> np.ndarray:
    """[R, F] float64: where numbers stand in their bins, which category a cell is, and that it is missing; each part of a
    column counts alike."""
    encoded, blocks = encoder.encode(rows), []
    shares = piecewise(encoded.values, encoder.edges).astype(np.float64)  # [R, P, V]
    for place, slot in enumerate(encoder.slots):
        vectors = encoded.vectors[:, place]
        block = (vectors[:, None] == np.unique(vectors)).astype(np.float64)
        if slot.edges:
            block = np.concatenate([block, np.where(vectors[:, None] == ABSENT, 0.0, shares[:, place])], axis=1)
        deviations = block.std(axis=0)
        block = (block - block.mean(axis=0)) / np.where(deviations > 0, deviations, 1.0)
        blocks.append(block / np.sqrt(block.shape[1]))
    return np.concatenate(blocks, axis=1)


def herd(features: np.ndarray, count: int) -> list[int]:
    """So many different rows, each the one that brings the mean of those before it nearest to that of all, in this order."""
    mean = features.mean(axis=0)
    wanted, chosen = mean.copy(), []
    for _ in range(count):
        scores = features @ wanted - (features**2).sum(axis=1) / 2
        scores[chosen] = -np.inf
        row = int(scores.argmax())
        chosen.append(row)
        wanted += mean - features[row]
    return chosen


def as_dict(rows: Sequence[Row]) -> dict:
    """Plain values, for `background.json`."""
    return {"version": 1, "rows": [list(row) for row in rows]}


def from_dict(stored: dict, columns: int, place: str) -> tuple[Row, ...]:
    """The inverse. InputError where the rows are not of so many columns."""
    rows = tuple(map(tuple, stored["rows"]))
    if any(len(row) != columns or not all(cell is None or isinstance(cell, str) for cell in row) for row in rows):
        raise InputError("BAD_JSON", place, f"its rows are not lists of {columns} cells", "train the model again")
    return rows


def part_of(rows: Sequence[Row], places: Sequence[int]) -> tuple[Row, ...]:
    """The rows with these columns alone, those that hold something there."""
    parts = (tuple(row[place] for place in places) for row in rows)
    return tuple(part for part in parts if any(cell is not None for cell in part))

"""Outputs for the tokens of windows, put together again for each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from groundup.data.batches.ragged_batch import Flat
from groundup.data.rows import Rows

if TYPE_CHECKING:
    pass


def split_by_sequence(values: np.ndarray, places: np.ndarray, flat: Flat) -> Iterator[tuple[int, np.ndarray]]:
    """What a head says [M, O] at flat places, parted: the place of each sequence among all, and what is said of it."""
    counts = np.bincount(flat.rows[places], minlength=len(flat.lengths))
    yield from zip(flat.origins.tolist(), np.split(values, np.cumsum(counts)[:-1]), strict=True)


def mean_over_windows(outputs: Sequence[np.ndarray], rows: Rows) -> np.ndarray:
    """[N, K] the mean over the windows of each row of what the head says [1, K] of each."""
    packed = rows.packed
    outputs_joined = np.concatenate(outputs).astype(np.float64) if outputs else np.zeros((0, 1))
    total = np.zeros((packed.num_rows, outputs_joined.shape[1]))
    np.add.at(total, packed.owner, outputs_joined)
    return total / np.bincount(packed.owner, minlength=packed.num_rows)[:, None]

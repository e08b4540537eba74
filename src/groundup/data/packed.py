"""Rows of one kind of input as sequences of tokens, ready to lie in a batch.

R rows, S sequences made of them (a long text read through windows makes several of one row), N tokens of a batch, B of its
sequences.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Self

import numpy as np

from groundup.data.batches.ragged_batch import Flat

ALONE = "\0alone"  # among the labels of a batch: which kind a sequence reads alone; no label is called so
WHOLE = -1  # one that reads what its row has


class Packed(ABC):
    """What a reader makes of rows (`kinds/reader.py`), and all that `Rows` asks of them."""

    owner: np.ndarray
    """[S] the row each sequence was made of."""
    long: np.ndarray
    """[R] bool: whether a row is longer than the limit."""
    varies: bool = False
    """Whether training reads a row differently each time, so that no states of it can be kept."""

    @property
    def num_rows(self) -> int:
        return len(self.long)

    @property
    def too_long(self) -> int:
        """How many rows are longer than the limit."""
        return int(self.long.sum())

    @property
    def size(self) -> int:
        """S."""
        return len(self.owner)

    @property
    @abstractmethod
    def lengths(self) -> np.ndarray:
        """[S] tokens of each sequence, as `lay` lays them."""

    @abstractmethod
    def lay(self, places: np.ndarray, numbers: np.ndarray, labels: Mapping[str, np.ndarray], training: bool = False) -> Flat:
        """The sequences at these places in one stream, longest first. `numbers` [B] are their example numbers and `labels`
        hold one value (or row of values) per sequence. In `training` a kind may change what is read (an image mirrored), by
        draws that are pure in the example number."""

    def removable(self, flat: Flat) -> np.ndarray:
        """[N] bool: the tokens of a batch that training may leave out as words or patches of a row; by default none."""
        return np.zeros(int(flat.lengths.sum()), dtype=bool)

    @abstractmethod
    def digest(self) -> str:
        """SHA-256 of everything that `lay` lays, for caches of states and answers."""

    @abstractmethod
    def joined(self, other: Self) -> Self:
        """These sequences, then those of `other`."""

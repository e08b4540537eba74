"""Rows as training examples, whatever they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

import numpy as np

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.data.packed import Packed

P = TypeVar("P", bound=Packed)


class Rows(Generic[P]):
    """Packed rows as training examples: an epoch is every sequence once, in an order pure in (seed, epoch).

    `labels` [rows, ...] hold the target of each row, `marks` (one array per sequence, [L]) those of each token. `stream` names
    the draws of the order.
    """

    def __init__(
        self,
        packed: P,
        labels: np.ndarray | None,
        seed: int,
        marks: list[np.ndarray] | None = None,
        name: str = "label",
        stream: str = "rows/shuffle",
    ):
        self.packed, self.seed, self.marks, self.name = packed, seed, marks, name
        self.labels = None if labels is None else labels[packed.owner]
        self.size = packed.size
        self.epochs = draws.Epochs(draws.key(seed, stream), self.size)

    def batch(self, numbers: np.ndarray) -> Flat:
        """Training examples of these numbers (any epochs)."""
        return self.lay(np.array(self.epochs.places(numbers)), numbers, training=True)

    def lay(self, places: np.ndarray, numbers: np.ndarray, training: bool = False) -> Flat:
        """The sequences at these places, in one stream."""
        labels = {} if self.labels is None else {self.name: self.labels[places]}
        flat = self.packed.lay(places, numbers, labels, training)
        if self.marks is not None:
            flat.marks = np.concatenate([self.marks[i] for i in flat.origins])
        return flat

    def in_order_of_length(self, tokens: int = 8192) -> Iterator[Flat]:
        """Every sequence once, like lengths together, about `tokens` tokens a batch: for evaluation and use."""
        lengths = self.packed.lengths
        order = np.argsort(-lengths, kind="stable")
        start = 0
        while start < len(order):
            stop = start + max(1, tokens // max(1, int(lengths[order[start]])))
            yield self.lay(order[start:stop], order[start:stop])
            start = stop


def together(first: Rows[P], second: Rows[P]) -> Rows[P]:
    """The rows of both, these first, shuffled as the first are."""
    marks = None if first.marks is None or second.marks is None else first.marks + second.marks
    joined = Rows(first.packed.joined(second.packed), None, first.seed, marks, first.name)
    if first.labels is not None and second.labels is not None:
        joined.labels = np.concatenate([first.labels, second.labels])
    return joined

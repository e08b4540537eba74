"""Drawn rows of any kinds, on which a model in another form is compared with the model in torch.

K kinds, B sequences.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import chain

import numpy as np

from groundup.data.batches.ragged_batch import Flat
from groundup.data.packed import Packed
from groundup.kinds.block import Block, Feed
from groundup.kinds.several.packed import ABSENT, PackedKinds
from groundup.nn.config import TransformerConfig

SEVERAL = 3  # blocks of rows of several kinds


class DrawnTokens(Packed):
    """Sequences of these lengths of one kind; in `pairs` the second half of each is in another segment."""

    def __init__(self, block: Block, lengths: tuple[int, ...], number: int, config: TransformerConfig, pairs: bool):
        self.drawn_lengths, self.ordered, self.pairs = np.array(lengths), block.one.ordered, pairs
        self.tokens = block.draw(sum(lengths), number, config)
        self.owner, self.long = np.arange(len(lengths)), np.zeros(len(lengths), dtype=bool)

    @property
    def lengths(self) -> np.ndarray:
        return self.drawn_lengths

    def lay(self, places: np.ndarray, numbers: np.ndarray, labels: Mapping[str, np.ndarray], training: bool = False) -> Flat:
        order = np.argsort(-self.lengths[places], kind="stable")
        places = np.asarray(places)[order]
        starts = np.cumsum(self.lengths) - self.lengths
        spans = [np.arange(starts[place], starts[place] + self.lengths[place]) for place in places]
        flat = Flat(self.tokens[np.concatenate(spans)], self.lengths[places], np.asarray(numbers)[order], sequences=places)
        flat.labels = {name: np.asarray(values)[order] for name, values in labels.items()}
        inside = np.arange(len(flat.tokens)) - np.repeat(flat.starts, flat.lengths)
        if self.pairs:
            flat.segments = (inside >= np.repeat((flat.lengths + 1) // 2, flat.lengths)).astype(np.int64)
        if not self.ordered:
            flat.places = np.zeros_like(inside)
        return flat

    def digest(self) -> str:
        return hashlib.sha256(self.tokens.tobytes()).hexdigest()

    def joined(self, other: DrawnTokens) -> DrawnTokens:
        raise NotImplementedError("drawn rows are compared as they are")


def drawn_rows(feed: Feed, config: TransformerConfig, pairs: bool) -> list[Flat]:
    """Blocks of uneven rows; of several kinds every subset is missing from some row."""
    if len(feed.blocks) > 1:
        return [drawn_mixture(feed, config, pairs, number) for number in range(SEVERAL)]
    (block,) = feed.blocks.values()
    drawn = enumerate(block.drawn_lengths(config))
    packed = [DrawnTokens(block, lengths, number, config, pairs) for number, lengths in drawn]
    return [one.lay(one.owner, one.owner, {}) for one in packed]


def drawn_mixture(feed: Feed, config: TransformerConfig, pairs: bool, number: int) -> Flat:
    """Rows that lack, one after the other, every subset of the kinds; that of number 0 is a row alone."""
    count = 1 + number * 2 ** len(feed.blocks)
    kinds: dict[str, Packed] = {}
    for kind, block in feed.blocks.items():
        lengths = list(chain.from_iterable(reversed(block.drawn_lengths(config))))
        cut = tuple(lengths[(place + number) % len(lengths)] for place in range(count))
        kinds[kind] = DrawnTokens(block, cut, number, config, pairs and block.one.token_shape == ())
    rows = np.arange(count)
    lacks = rows[:, None] >> np.arange(len(kinds)) & 1
    return PackedKinds(kinds, np.where(lacks, ABSENT, rows[:, None]), rows).lay(rows, rows, {})

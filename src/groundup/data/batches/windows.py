"""Windows of running text for masked language modeling without pairs: documents in a new order each epoch, cut into
windows of at most `length` tokens that begin at a document's start. No padding: a short last window is just short."""

from __future__ import annotations

import numpy as np

from groundup.data import draws
from groundup.data.batches.pairs import Corpus, Specials
from groundup.data.batches.ragged_batch import Flat, lay


class Windows:
    """Examples `[CLS] tokens [SEP]`; an epoch is every window once, in an order pure in (seed, epoch)."""

    def __init__(self, corpus: Corpus, specials: Specials, length: int, seed: int):
        self.corpus, self.specials, self.seed = corpus, specials, seed
        room = length - 2
        bounds = np.asarray(corpus.sentence_starts, dtype=np.int64)[np.asarray(corpus.document_starts)]
        counts = -(-(bounds[1:] - bounds[:-1]) // room)  # windows per document
        owner = np.repeat(np.arange(len(counts)), counts)
        inside = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        self.starts = bounds[owner] + inside * room
        self.stops = np.minimum(self.starts + room, bounds[owner + 1])
        self.size = len(self.starts)
        self.epochs = draws.Epochs(draws.key(seed, "windows/shuffle"), self.size)

    def batch(self, numbers: np.ndarray) -> Flat:
        """The examples of these numbers (any epochs), laid end to end."""
        cls, sep = (np.array([i]) for i in self.specials)
        inner = [self.corpus.slice(self.starts[place], self.stops[place]) for place in self.epochs.places(numbers)]
        return lay([np.concatenate([cls, tokens, sep]) for tokens in inner], numbers)

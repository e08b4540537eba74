"""Running text for models that write: each document between its start and its end, cut into windows that share one token, so
that every token of a document but its first is predicted once an epoch."""

from __future__ import annotations

import numpy as np

from groundup.data import draws
from groundup.data.batches.pairs import Corpus, Specials
from groundup.data.batches.ragged_batch import Flat, lay


class Streams:
    """Examples of at most `length` tokens; an epoch is every window once, in an order pure in (seed, epoch).

    With `overlap` 0 the windows are parts that share nothing, for objectives that corrupt and restore them; `framed` says
    whether documents begin and end with their special tokens (-1: the tokenizer has none).
    """

    def __init__(self, corpus: Corpus, specials: Specials, length: int, seed: int, overlap: int = 1, framed: bool = True):
        self.corpus, self.length, self.overlap = corpus, length, overlap
        self.first = np.array([specials.cls] if framed and specials.cls >= 0 else [], dtype=np.int64)
        self.last = np.array([specials.sep] if framed and specials.sep >= 0 else [], dtype=np.int64)
        self.bounds = np.asarray(corpus.sentence_starts, dtype=np.int64)[np.asarray(corpus.document_starts)]
        lengths = np.diff(self.bounds) + len(self.first) + len(self.last)
        counts = np.maximum(1, -(-(lengths - overlap) // (length - overlap)))  # windows per document
        counts[lengths <= overlap] = 0
        self.document = np.repeat(np.arange(len(counts)), counts)
        self.offset = (np.arange(len(self.document)) - np.repeat(np.cumsum(counts) - counts, counts)) * (length - overlap)
        self.size = len(self.document)
        self.epochs = draws.Epochs(draws.key(seed, "streams/shuffle"), self.size)

    def batch(self, numbers: np.ndarray) -> Flat:
        """The examples of these numbers (any epochs), laid end to end."""
        return lay([self.window(place) for place in self.epochs.places(numbers)], numbers)

    def window(self, place: int) -> np.ndarray:
        """One window of one document."""
        start, stop = (int(edge) for edge in self.bounds[self.document[place] : self.document[place] + 2])
        begin = int(self.offset[place])
        end = begin + self.length
        before = len(self.first)
        inner = self.corpus.slice(start + max(0, begin - before), min(stop, start + end - before))
        parts = [self.first] if begin < before else []
        parts.append(inner)
        if end >= before + (stop - start) + len(self.last) and len(self.last):
            parts.append(self.last)
        return np.concatenate(parts).astype(np.int64)

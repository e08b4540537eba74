"""Sentence pairs for next-sentence prediction, from real document order (Devlin et al., 2018, arXiv:1810.04805).

One epoch is a fixed number of examples, so that example n lies in epoch n // size at place n % size. The index of an epoch
is a pure function of (seed, epoch): documents in a new order, chunks of whole sentences up to the wanted length, cut into
segments A and B; for half of them B is replaced by text of another document, and the unused rest of the chunk is used again.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat, lay

NEXT, RANDOM, NO_LABEL = 0, 1, -100  # label 0 is the true next segment, as published
DRAWS = 8  # uniform numbers that one pair may use


class Corpus(Protocol):
    """Token shards: a stream cut into sentences, sentences grouped into documents."""

    sentence_starts: np.ndarray  # [S + 1] into the tokens
    document_starts: np.ndarray  # [D + 1] into the sentences
    num_tokens: int

    def slice(self, start: int, stop: int) -> np.ndarray: ...


class Specials(NamedTuple):
    """Ids of the special tokens that frame a sequence."""

    cls: int
    sep: int


class Pairs:
    """Examples `[CLS] A [SEP] B [SEP]` of at most `length` tokens, with label `nsp` (0 next, 1 random, -100 none).

    With `in_order` B always is the next text, and label 1 means that the two were swapped (Lan et al., 2019, arXiv:1909.11942).
    A chunk of a single sentence has no second half: it becomes `[CLS] A [SEP]` without a label, so that a document's
    brevity can never tell the label.
    """

    def __init__(
        self,
        corpus: Corpus,
        specials: Specials,
        length: int,
        seed: int,
        short_share: float = 0.1,
        in_order: bool = False,
    ):
        self.corpus, self.specials, self.length, self.seed, self.short_share = corpus, specials, length, seed, short_share
        self.in_order = in_order
        self.sentences = np.asarray(corpus.sentence_starts, dtype=np.int64)
        self.documents = np.asarray(corpus.document_starts, dtype=np.int64)
        self.order_key = draws.key(seed, "pairs/documents")
        self.shuffle_key = draws.key(seed, "pairs/shuffle")
        self.pair_key = draws.key(seed, "pairs/choices")
        self.size = max(1, round(corpus.num_tokens / max(1, length - 3)))
        self.epoch, self.index = -1, np.empty((0, 5), dtype=np.int64)

    def batch(self, numbers: np.ndarray) -> Flat:
        """The examples of these numbers (any epochs), laid end to end."""
        rows = np.stack([self._row(int(n)) for n in numbers])
        cls, sep = (np.array([i]) for i in self.specials)
        sequences, second_starts = [], np.empty(len(rows), dtype=np.int64)
        for i, (a, a_end, b, b_end, _) in enumerate(rows):
            parts = [cls, self.corpus.slice(a, a_end), sep]
            if b_end > b:
                parts += [self.corpus.slice(b, b_end), sep]
            second_starts[i] = a_end - a + 2
            sequences.append(np.concatenate(parts))
        return lay(sequences, numbers, second_starts, {"nsp": rows[:, 4]})

    def _row(self, number: int) -> np.ndarray:
        epoch, place = divmod(number, self.size)
        if epoch != self.epoch:
            self.epoch, self.index = epoch, self.make_index(epoch)
        return self.index[place]

    def make_index(self, epoch: int) -> np.ndarray:
        """[size, 5] token ranges of A and B and the label, shuffled; documents are passed again if one pass is too short."""
        rows: list[tuple[int, int, int, int, int]] = []
        cycle = 0
        while len(rows) < self.size:
            order = draws.permutation(draws.key(self.order_key, epoch), cycle, len(self.documents) - 1)
            for document in order:
                self._chunks(int(document), epoch, rows)
                if len(rows) >= self.size:
                    break
            cycle += 1
        index = np.array(rows[: self.size], dtype=np.int64)
        return index[draws.permutation(self.shuffle_key, epoch, self.size)]

    def _chunks(self, document: int, epoch: int, rows: list) -> None:
        sentences = self.sentences
        first, last = int(self.documents[document]), int(self.documents[document + 1])
        room = self.length - 3
        while first < last:
            u = draws.uniform(draws.key(self.pair_key, epoch), len(rows), np.arange(DRAWS)).tolist()
            size = room if u[0] >= self.short_share else 2 + int(u[1] * (room - 1))
            end = int(np.searchsorted(sentences, sentences[first] + size, side="left"))
            end = min(max(end, first + 2), last)
            if end - first < 2:
                start, stop = int(sentences[first]), int(sentences[end])
                rows.append((start, min(stop, start + self.length - 2), 0, 0, NO_LABEL))
                first = end
                continue
            cut = first + 1 + int(u[2] * (end - first - 1))
            a, a_end = int(sentences[first]), int(sentences[cut])
            if self.in_order:
                b, b_end, first = a_end, int(sentences[end]), end
                if u[3] < 0.5:
                    a, a_end, b, b_end = b, b_end, a, a_end
                label = RANDOM if u[3] < 0.5 else NEXT
            elif u[3] < 0.5 and len(self.documents) > 2:
                b, b_end = self._other(document, max(1, size - (a_end - a)), u[4], u[5])
                label, first = RANDOM, cut
            else:
                b, b_end = a_end, int(sentences[end])
                label, first = NEXT, end
            rows.append((*truncate(a, a_end, b, b_end, room, u[6], u[7]), label))

    def _other(self, document: int, size: int, u: float, v: float) -> tuple[int, int]:
        """Text of another document, from a random sentence on, about `size` tokens."""
        other = int(u * (len(self.documents) - 2))
        other += other >= document
        first, last = int(self.documents[other]), int(self.documents[other + 1])
        begin = first + int(v * (last - first))
        end = int(np.searchsorted(self.sentences, self.sentences[begin] + size, side="left"))
        end = min(max(end, begin + 1), last)
        return int(self.sentences[begin]), int(self.sentences[end])


def truncate(a: int, a_end: int, b: int, b_end: int, room: int, u: float, v: float) -> tuple[int, int, int, int]:
    """Cut the longer side until both fit in `room`; each side loses tokens at its front or its back, by chance."""
    over = (a_end - a) + (b_end - b) - room
    if over > 0:
        difference = (a_end - a) - (b_end - b)
        from_longer = min(over, abs(difference))
        rest = over - from_longer
        cut_a = (from_longer if difference > 0 else 0) + rest // 2 + (rest % 2 if difference > 0 else 0)
        cut_b = over - cut_a
        a, a_end = (a + cut_a, a_end) if u < 0.5 else (a, a_end - cut_a)
        b, b_end = (b + cut_b, b_end) if v < 0.5 else (b, b_end - cut_b)
    return a, a_end, b, b_end

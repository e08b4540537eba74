"""How often each word of texts occurs: all that training WordPiece or BPE asks of them.

The library finds the words of ordinary text at 1 to 2 MB/s, most of the time that such a training takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat

import numpy as np
from tokenizers.normalizers import Normalizer
from tokenizers.pre_tokenizers import PreTokenizer

from groundup.data.tokenizers.word_table import Words, units_of

COUNTED = 2**20  # characters at a time
LINE = 512  # words


class WordCounts(Words):
    """Counts words as they stand in texts; the normalizer and the splitter tell, once for each, what they are made into."""

    def __init__(self, normalizer: Normalizer, splitter: PreTokenizer, lowercase: bool):
        self.normalizer, self.splitter = normalizer, splitter
        self.settled: Counter[str] = Counter()
        self.pieces_of_words: list[tuple[str, ...]] = []
        self.times = np.zeros(0, dtype=np.int64)
        super().__init__(lowercase)

    def learn(self, words: Sequence[str], plain: bool) -> range:
        self.pieces_of_words += [(word,) if plain else self.pieces(word) for word in words]
        before, self.num_words = self.num_words, len(self.pieces_of_words)
        return range(before, self.num_words)

    def pieces(self, word: str) -> tuple[str, ...]:
        return tuple(piece for piece, _ in self.splitter.pre_tokenize_str(self.normalizer.normalize_str(word)))

    def forget(self) -> None:
        for pieces, times in zip(self.pieces_of_words, self.times.tolist(), strict=True):
            for piece in pieces:
                self.settled[piece] += times
        self.pieces_of_words, self.times = [], self.times[:0]
        super().forget()

    def add(self, texts: Sequence[str]) -> None:
        _, numbers = self.numbers(units_of(texts)[0])
        times = np.bincount(numbers, minlength=self.num_words)
        times[: len(self.times)] += self.times
        self.times = times


def count_words(texts: Iterable[str], normalizer: Normalizer, splitter: PreTokenizer, lowercase: bool) -> Counter[str]:
    """Times that each word occurs, as BertNormalizer and BertPreTokenizer make them of texts."""
    counts, waiting, size = WordCounts(normalizer, splitter, lowercase), [], 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= COUNTED:
            counts.add(waiting)
            waiting, size = [], 0
    counts.add(waiting)
    counts.forget()
    return counts.settled


def lines_of(counts: Mapping[str, int]) -> Iterator[str]:
    """Texts of words between single blanks that have each as often as it was counted."""
    words = chain.from_iterable(repeat(word, times) for word, times in counts.items())
    while line := list(islice(words, LINE)):
        yield " ".join(line)

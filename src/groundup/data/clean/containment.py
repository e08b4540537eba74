"""Texts that are a contiguous part of other texts, on word boundaries (characters for Chinese).

Phrase tables such as SST-2's training file hold the phrases of their own sentences: a random split then tests on what was
trained on. Linear in the number of words: a text is looked for only where its first three words stand.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from groundup.data.clean.dedup import fold

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|[^\w\s]")
KEY = 3


def words_of(text: str) -> tuple[str, ...]:
    return tuple(WORD.findall(fold(text)))


class Parts:
    """An index of texts, asked which of them are part of another text."""

    def __init__(self, texts: Sequence[tuple[str, ...]]):
        self.texts = texts
        self.starts: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, words in enumerate(texts):
            if words:
                self.starts[words[:KEY] if len(words) >= KEY else words].append(number)

    def inside(self, words: tuple[str, ...]) -> Iterator[int]:
        """Numbers of the indexed texts that stand somewhere in `words` (whole texts included)."""
        for position in range(len(words)):
            for size in range(1, KEY + 1):
                key = words[position : position + size]
                if len(key) < size:
                    break
                for number in self.starts.get(key, ()):
                    text = self.texts[number]
                    if (len(text) == size or size == KEY) and words[position : position + len(text)] == text:
                        yield number


def containers(texts: Sequence[str]) -> list[set[int]]:
    """For each text the maximal texts that it is a part of; empty for a maximal text (one that no longer text contains).

    Equal texts: the first one is maximal, the others are parts of it.
    """
    words = [words_of(text) for text in texts]
    parts = Parts(words)
    holders: list[set[int]] = [set() for _ in texts]
    for number in sorted(range(len(texts)), key=lambda i: (-len(words[i]), i)):
        if not holders[number]:
            for inner in parts.inside(words[number]):
                if inner != number and (len(words[inner]) < len(words[number]) or inner > number):
                    holders[inner].add(number)
    return holders


def share_inside(train: Sequence[str], test: Sequence[str], fewest: int = 4) -> tuple[float, list[tuple[int, int]]]:
    """Share of the test texts that contain, or are part of, a training text of at least `fewest` words; and examples
    (test number, training number)."""
    train_words, test_words = [words_of(t) for t in train], [words_of(t) for t in test]
    in_test = Parts([w if len(w) >= fewest else () for w in train_words])
    pairs = {number: hit for number, words in enumerate(test_words) if (hit := next(in_test.inside(words), None)) is not None}
    in_train = Parts([w if len(w) >= fewest and n not in pairs else () for n, w in enumerate(test_words)])
    for outer, words in enumerate(train_words):
        for number in in_train.inside(words):
            pairs.setdefault(number, outer)
    return (len(pairs) / len(test) if test else 0.0), sorted(pairs.items())[:10]

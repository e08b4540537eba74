"""Chinese words without a dictionary: character n-grams that are frequent, hold together and stand in changing company.

A word's neighbors vary on both sides (left and right entropy), and its parts meet more often than by chance (cohesion). A
text is then parted so that the words' log-probabilities sum to the most (Viterbi).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from groundup.keywords.phrases import HAN

LONGEST_WORD = 6  # characters
RAREST = 3  # times that a word must occur
LEAST_ENTROPY = 0.8  # nats of its neighbors, on the poorer side
LEAST_COHESION = 2.0  # nats by which its parts meet more often than by chance, at the weakest joint
RUN = re.compile(f"[{HAN}]+")
OUTSIDE = re.compile("[的了是及并].*|.*[的了是与及]", re.DOTALL)  # particles belong to no word that they begin or end


class CorpusWords:
    """Words learned from texts; calling it parts a text into pieces that joined are the text again."""

    def __init__(
        self, texts: Iterable[str], rarest: int = RAREST, entropy: float = LEAST_ENTROPY, cohesion: float = LEAST_COHESION
    ):
        counts, left, right = count(texts)
        self.total = max(1, sum(n for gram, n in counts.items() if len(gram) == 1))
        self.words = {
            gram: n
            for gram, n in counts.items()
            if len(gram) > 1
            and n >= rarest
            and not OUTSIDE.fullmatch(gram)
            and min(spread(left[gram]), spread(right[gram])) >= entropy
            and self.closed_count(gram, counts) >= cohesion
        }
        self.costs = {gram: -math.log(n / self.total) for gram, n in self.words.items()}
        self.letters = {gram: -math.log(n / self.total) for gram, n in counts.items() if len(gram) == 1}
        self.unknown = math.log(self.total) + 1

    def closed_count(self, gram: str, counts: Counter[str]) -> float:
        """Pointwise mutual information at the weakest joint of a word."""
        return min(math.log(counts[gram] * self.total / (counts[gram[:i]] * counts[gram[i:]])) for i in range(1, len(gram)))

    def __call__(self, text: str) -> list[str]:
        best, cut = [0.0], [0]
        for stop in range(1, len(text) + 1):
            options = [(best[stop - 1] + self.letters.get(text[stop - 1], self.unknown), stop - 1)]
            for start in range(max(0, stop - LONGEST_WORD), stop - 1):
                cost = self.costs.get(text[start:stop])
                if cost is not None:
                    options.append((best[start] + cost, start))
            cheapest = min(options)
            best.append(cheapest[0])
            cut.append(cheapest[1])
        words, stop = [], len(text)
        while stop:
            words.append(text[cut[stop] : stop])
            stop = cut[stop]
        return words[::-1]


def count(texts: Iterable[str]) -> tuple[Counter[str], dict[str, Counter[str]], dict[str, Counter[str]]]:
    """How often each character n-gram occurs, and what stands to its left and right (an edge is a new neighbor each time)."""
    counts: Counter[str] = Counter()
    left: dict[str, Counter[str]] = defaultdict(Counter)
    right: dict[str, Counter[str]] = defaultdict(Counter)
    edges = 0
    for text in texts:
        for run in RUN.finditer(text):
            whole = run[0]
            for start in range(len(whole)):
                for stop in range(start + 1, min(start + LONGEST_WORD, len(whole)) + 1):
                    gram = whole[start:stop]
                    counts[gram] += 1
                    if stop - start > 1:
                        edges += 1
                        left[gram][whole[start - 1] if start else f"edge {edges}"] += 1
                        right[gram][whole[stop] if stop < len(whole) else f"edge {edges}"] += 1
    return counts, left, right


def spread(neighbors: Counter[str]) -> float:
    """Entropy in nats."""
    total = sum(neighbors.values())
    return -sum(n / total * math.log(n / total) for n in neighbors.values())

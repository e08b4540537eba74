"""Summaries made of a text's own sentences: the first ones, some by chance, the most central ones, and the best there are.

Every method returns the places of the chosen sentences, in the order of the text. Likeness is measured by words
(`Phrases`) or by an encoder's vectors; the oracle is given the score that it looks for. S sentences of one text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from groundup.data import draws
from groundup.data.sentences import split_sentences
from groundup.keywords.baselines import stationary
from groundup.keywords.embedding import DIVERSITY, TextEncoder, marginal, unit
from groundup.keywords.phrases import Phrases
from groundup.metrics.rouge import grams, rouge_tokens

Score = Callable[[str, str], float]  # (summary, reference) -> how good, more is better


def sentences_of(text: str) -> list[str]:
    """The sentences of all paragraphs of a text, English or Chinese."""
    return [sentence for paragraph in text.split("\n") for sentence in split_sentences(paragraph)]


def sentence_places(text: str) -> list[tuple[int, int]]:
    """Where the sentences of `sentences_of` stand: first character, and that after the last."""
    places, end = [], 0
    for sentence in sentences_of(text):
        start = text.index(sentence, end)
        end = start + len(sentence)
        places.append((start, end))
    return places


def joined(sentences: Sequence[str], chosen: Sequence[int], chinese: bool) -> str:
    """The chosen sentences as one text."""
    return ("" if chinese else " ").join(sentences[place] for place in chosen)


def lead(sentences: Sequence[str], k: int) -> list[int]:
    """The first k."""
    return list(range(min(k, len(sentences))))


def by_chance(sentences: Sequence[str], k: int, seed: int, number: int) -> list[int]:
    """k sentences drawn from (seed, number of the text) alone."""
    random = np.random.default_rng([draws.key(seed, "summaries/chance"), number])
    return sorted(random.permutation(len(sentences))[:k].tolist())


def text_rank(sentences: Sequence[str], k: int, phrases: Phrases, block: bool = True) -> list[int]:
    """The k of highest PageRank where sentences are joined by the content words they share, divided by log lengths
    (Mihalcea and Tarau, 2004); with `block`, none that repeats a trigram of one chosen before."""
    words = [[word.key for word in phrases.words(s) if phrases.content(word)] for s in sentences]
    if not words:
        return []
    weights = np.zeros((len(words), len(words)))
    for i, first in enumerate(words):
        for j in range(i):
            size = math.log(max(1, len(first))) + math.log(max(1, len(words[j])))
            if size > 0:
                weights[i, j] = weights[j, i] = len(set(first) & set(words[j])) / size
    order = np.argsort(-stationary(weights), kind="stable").tolist()
    return take(order, sentences, k, phrases if block else None)


def central(
    sentences: Sequence[str], k: int, encoder: TextEncoder, diversity: float = DIVERSITY, phrases: Phrases | None = None
) -> list[int]:
    """The k nearest to the mean of the sentences' vectors, by maximal marginal relevance; with `phrases`, trigrams block."""
    if not sentences:
        return []
    vectors = unit(encoder.vectors(sentences))  # [S, C]
    scores = vectors @ unit(vectors.mean(axis=0, keepdims=True))[0]
    order = marginal(scores, vectors @ vectors.T, len(sentences) if phrases else k, diversity)
    return take(order, sentences, k, phrases)


def oracle(sentences: Sequence[str], reference: str, k: int, score: Score, chinese: bool) -> list[int]:
    """At most k sentences that raise the score the most, one after the other, until none does (Nallapati et al., 2017,
    arXiv:1611.04230). An upper bound of a kind: greedy, and it looks at the reference."""
    chosen: list[int] = []
    reached = 0.0
    while len(chosen) < min(k, len(sentences)):
        options = [sorted([*chosen, place]) for place in range(len(sentences)) if place not in chosen]
        scores = [score(joined(sentences, option, chinese), reference) for option in options]
        best = int(np.argmax(scores))
        if scores[best] <= reached:
            break
        chosen, reached = options[best], scores[best]
    return chosen


def greedy(sentences: Sequence[str], reference: str) -> list[int]:
    """The oracle for ROUGE-1 and ROUGE-2 F1 together, with as many sentences as raise it, quickly: what extraction learns from
    (Liu and Lapata, 2019, arXiv:1908.08345). Empty where no sentence shares a word with the reference."""
    shared = [Shared.of(sentences, reference, n) for n in (1, 2)]
    chosen: list[int] = []
    reached = 0.0
    while len(chosen) < len(sentences):
        scores = np.sum([one.scores(chosen) for one in shared], axis=0)
        scores[chosen] = 0.0
        best = int(np.argmax(scores))
        if scores[best] <= reached:
            break
        chosen, reached = [*chosen, best], float(scores[best])
    return sorted(chosen)


class Shared(NamedTuple):
    """The n-grams of a reference in each sentence. G distinct ones of the reference."""

    reference: np.ndarray  # [G] how often the reference has each
    counts: np.ndarray  # [S, G] how often each sentence has it
    sizes: np.ndarray  # [S] n-grams of each sentence

    @classmethod
    def of(cls, sentences: Sequence[str], reference: str, n: int) -> Shared:
        expected = grams(rouge_tokens(reference), n)
        own = [grams(rouge_tokens(sentence), n) for sentence in sentences]
        counts = np.array([[grams_of[gram] for gram in expected] for grams_of in own], dtype=np.int64)
        return cls(np.array([*expected.values()], np.int64), counts, np.array([one.total() for one in own]))

    def scores(self, chosen: Sequence[int]) -> np.ndarray:
        """[S] F1 of the chosen sentences with each one of all beside them."""
        hits = np.minimum(self.counts[chosen].sum(axis=0) + self.counts, self.reference).sum(axis=1)
        return 2 * hits / np.maximum(1, self.sizes[chosen].sum() + self.sizes + self.reference.sum())


def take(order: Sequence[int], sentences: Sequence[str], k: int, phrases: Phrases | None) -> list[int]:
    """The first k of an order, in the order of the text; with `phrases`, none that repeats a trigram of one taken before
    (Paulus et al., 2017, arXiv:1705.04304)."""
    chosen: list[int] = []
    grams_present: set[tuple[str, ...]] = set()
    for place in order:
        own = set() if phrases is None else trigrams(sentences[place], phrases)
        if len(chosen) < k and not own & grams_present:
            chosen.append(place)
            grams_present |= own
    return sorted(chosen)


def trigrams(sentence: str, phrases: Phrases) -> set[tuple[str, ...]]:
    """Rows of three words, stop words too."""
    keys = [word.key for word in phrases.words(sentence)]
    return {tuple(keys[i : i + 3]) for i in range(len(keys) - 2)}

"""What goes with what: words that stand near a given word, words near it in meaning, and words that tell groups of texts apart.

W words of the corpus, G groups.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from groundup.errors import InputError
from groundup.keywords.baselines import Ranked
from groundup.keywords.embedding import TextEncoder, unit
from groundup.keywords.phrases import Phrases

Measure = Literal["npmi", "pmi", "likelihood"]
TopicMeasure = Literal["odds", "tfidf"]
WINDOW = 5  # words to either side
RAREST = 3  # times that two words must stand together
PRIOR = 1000.0  # words that the prior of the log-odds is worth


class Association(NamedTuple):
    """A word that goes with another; `together` is how often they stand in one window."""

    word: str
    score: float
    together: int


class Associations:
    """Content words of a corpus and which of them stand at most `window` content words apart in one text.

    Both sides of each meeting are counted; the marginals are counts of such meetings, not of words.
    """

    def __init__(self, phrases: Phrases, window: int = WINDOW):
        self.phrases, self.window = phrases, window
        self.texts: list[list[str]] = []
        self.meetings: Counter[str] = Counter()  # of each word with any other

    def fit(self, texts: Sequence[str]) -> Associations:
        self.texts = [content_words(text, self.phrases) for text in texts]
        self.meetings = Counter()
        for words in self.texts:
            for place, word in enumerate(words):
                self.meetings[word] += min(place, self.window) + min(len(words) - 1 - place, self.window)
        return self

    def of(self, word: str, k: int, measure: Measure = "npmi", rarest: int = RAREST) -> list[Association]:
        """At most k words that go with `word`, the strongest first. Raises `InputError` where no text holds it.

        `pmi` is log(P(a, b) / (P(a) P(b))), `npmi` the same divided by -log P(a, b) (Church and Hanks, 1990; Bouma, 2009),
        `likelihood` the signed log-likelihood ratio G2 (Dunning, 1993). Words met less than `rarest` times are left out.
        """
        key, total = self.phrases.key_of(word), sum(self.meetings.values())
        if key not in self.meetings:
            what = f"'{word}' stands in none of the {len(self.texts)} texts as a content word"
            raise InputError("NO_SUCH_WORD", "associated", what, "name a word that is there, and no stop word")
        scored = [
            Association(other, strength(n, self.meetings[key], self.meetings[other], total, measure), n)
            for other, n in self.near(key).items()
            if n >= rarest and other != key
        ]
        return sorted(scored, key=lambda one: (-one.score, -one.together, one.word))[:k]

    def near(self, key: str) -> Counter[str]:
        """How often each word stands in a window around the word."""
        counts: Counter[str] = Counter()
        for words in self.texts:
            for place in (place for place, word in enumerate(words) if word == key):
                counts.update(words[max(0, place - self.window) : place])
                counts.update(words[place + 1 : place + 1 + self.window])
        return counts

    def akin(self, word: str, k: int, encoder: TextEncoder, rarest: int = RAREST) -> Ranked:
        """The k words of the corpus, met at least `rarest` times, whose vectors have the largest cosine with the word's."""
        counts = Counter(other for words in self.texts for other in words)
        key = self.phrases.key_of(word)
        names = [other for other, n in counts.items() if n >= rarest and other != key]
        if not names:
            return []
        vectors = unit(encoder.vectors([*names, word]))
        likeness = vectors[:-1] @ vectors[-1]
        return [(names[i], float(likeness[i])) for i in np.argsort(-likeness, kind="stable")[:k]]


def strength(together: int, first: int, second: int, total: int, measure: Measure) -> float:
    """How much more often than by chance two words meet: counts of their meetings, of each one's, of all."""
    information = math.log(together * total / (first * second))
    if measure == "pmi":
        return information
    if measure == "npmi":
        share = together / total
        return information / -math.log(share) if share < 1 else 0.0
    cells = [together, first - together, second - together, total - first - second + together]
    rows, columns = (first, total - first), (second, total - second)
    expected = [rows[0] * columns[0], rows[0] * columns[1], rows[1] * columns[0], rows[1] * columns[1]]
    ratio = 2 * sum(n * math.log(n * total / e) for n, e in zip(cells, expected, strict=True) if n > 0)
    return ratio if information > 0 else -ratio


def topic_words(
    groups: Mapping[str, Sequence[str]], phrases: Phrases, k: int, measure: TopicMeasure = "odds", rarest: int = RAREST
) -> dict[str, Ranked]:
    """For each group of texts the k words that tell it from the others.

    `odds`: z-score of the log-odds against all other groups, with the whole corpus as an informative Dirichlet prior worth
    PRIOR words (Monroe, Colaresi and Quinn, 2008, doi:10.1093/pan/mpn018). `tfidf`: share of the group's words times
    log(1 + words per group / count) (class-based TF-IDF; Grootendorst, 2022, arXiv:2203.05794). Words with fewer than
    `rarest` occurrences are left out. Raises `InputError` for a single group.
    """
    if len(groups) < 2:
        raise InputError("ONE_GROUP", "by", f"there are {len(groups)} groups of texts", "compare at least two")
    counts = {name: Counter(word for text in texts for word in content_words(text, phrases)) for name, texts in groups.items()}
    whole: Counter[str] = sum(counts.values(), Counter())
    names = [word for word, n in whole.items() if n >= rarest]
    if not names:
        return {name: [] for name in groups}
    every = np.array([whole[word] for word in names], dtype=np.float64)  # [W]
    scored = log_odds if measure == "odds" else class_tfidf
    topics = {}
    for name, own in counts.items():
        scores = scored(np.array([own[word] for word in names], dtype=np.float64), every, len(groups))
        order = [i for i in np.argsort(-scores, kind="stable")[:k] if scores[i] > 0]
        topics[name] = [(names[i], float(scores[i])) for i in order]
    return topics


def log_odds(own: np.ndarray, every: np.ndarray, groups: int) -> np.ndarray:
    """[W] z-scores of a group's words against the rest of the corpus."""
    rest, prior = every - own, PRIOR * every / every.sum()
    odds = [np.log((n + prior) / (n.sum() + PRIOR - n - prior)) for n in (own, rest)]
    return (odds[0] - odds[1]) / np.sqrt(1 / (own + prior) + 1 / (rest + prior))


def class_tfidf(own: np.ndarray, every: np.ndarray, groups: int) -> np.ndarray:
    """[W] class-based TF-IDF of a group's words."""
    return own / max(1.0, own.sum()) * np.log(1 + every.sum() / groups / every)


def content_words(text: str, phrases: Phrases) -> list[str]:
    """Keys of the content words of a text, in order."""
    return [word.key for word in phrases.words(text) if phrases.content(word)]

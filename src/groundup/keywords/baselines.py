"""Keywords without a model: TF-IDF, TextRank, and a statistic of one text alone in the manner of YAKE.

Each has `fit(texts)`, which only TF-IDF needs, and `rank(text, k)`: at most k phrases, best first, with scores of which more
is better. Scores of different methods cannot be compared.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from groundup.errors import InputError
from groundup.keywords.phrases import Phrase, Phrases, Word

Ranked = list[tuple[str, float]]
DAMPING = 0.85  # PageRank (Brin and Page, 1998)
STEPS = 100
TOLERANCE = 1e-6
FEWEST_KEPT = 5  # words that TextRank keeps of a short text
WINDOW = 2  # words that TextRank joins: neighbors
YAKE_WINDOW = 1  # words to either side that tell how related a word is


class Ranker(Protocol):
    """A method of keyword extraction."""

    def fit(self, texts: Sequence[str]) -> Ranker: ...

    def rank(self, text: str, k: int) -> Ranked: ...


class TfIdf:
    """Frequency in the text times the logarithm of the share of training texts without the phrase.

    tf * log((1 + N) / (1 + df)), of N training texts df with the phrase (Salton and Buckley, 1988). Document frequencies
    come from `fit` alone; an unknown phrase has df 0. Of equal scores the earlier phrase is better.
    """

    def __init__(self, phrases: Phrases):
        self.phrases = phrases
        self.num_texts = 0
        self.frequencies: Counter[str] = Counter()

    def fit(self, texts: Sequence[str]) -> TfIdf:
        self.num_texts = len(texts)
        self.frequencies = Counter(phrase.key for text in texts for phrase in self.phrases.candidates(text))
        return self

    def rank(self, text: str, k: int) -> Ranked:
        if not self.num_texts:
            raise InputError("NOT_FITTED", "tfidf", "has seen no text to count document frequencies in", "fit it first")
        scored = {phrase: len(phrase.spans) * self.rarity(phrase.key) for phrase in self.phrases.candidates(text)}
        return best(scored, k)

    def rarity(self, key: str) -> float:
        return math.log((1 + self.num_texts) / (1 + self.frequencies[key]))


class TextRank:
    """PageRank of content words that stand side by side, joined to phrases where the best of them are neighbors.

    The best third of the words is kept (of a short text FEWEST_KEPT); a phrase is a longest row of kept words and scores the
    sum of theirs (Mihalcea and Tarau, 2004, EMNLP, "TextRank: Bringing order into texts"). It learns nothing from other texts.
    Without a tagger, content words are those that `Phrases` takes.
    """

    def __init__(self, phrases: Phrases, window: int = WINDOW):
        self.phrases, self.window = phrases, window

    def fit(self, texts: Sequence[str]) -> TextRank:
        return self

    def rank(self, text: str, k: int) -> Ranked:
        content = [word for word in self.phrases.words(text) if self.phrases.content(word)]
        scores = page_rank(neighbors(content, self.window))
        top_words = set(sorted(scores, key=lambda key: -scores[key])[: max(FEWEST_KEPT, math.ceil(len(scores) / 3))])
        ranks: dict[str, float] = {}
        for row in self.phrases.runs(text):
            for part in rows_of(row, top_words):
                if len(part) <= self.phrases.most_words and self.phrases.complete(part):
                    ranks.setdefault(self.phrases.joined(part), sum(scores[word.key] for word in part))
        return sorted(ranks.items(), key=lambda pair: -pair[1])[:k]


class Statistic:
    """Case, place, frequency, company and spread of words in one text, in the manner of YAKE (Campos et al., 2020,
    doi:10.1016/j.ins.2019.09.013).

    Our own reading: a word's weight is small when it is often written large, stands early, is frequent, has the same few
    neighbors and occurs in many sentences. A phrase scores -log(product of weights / (count (1 + sum of weights))).
    """

    def __init__(self, phrases: Phrases):
        self.phrases = phrases

    def fit(self, texts: Sequence[str]) -> Statistic:
        return self

    def rank(self, text: str, k: int) -> Ranked:
        words = self.phrases.words(text)
        weights = self.weights(words)
        scored = {}
        for phrase in self.phrases.candidates(text):
            own = [weights[key] for key in phrase.words]
            scored[phrase] = -math.log(math.prod(own) / (len(phrase.spans) * (1 + sum(own))))
        return best(scored, k)

    def weights(self, words: Sequence[Word]) -> dict[str, float]:
        """Of each content word; less is better."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            if self.phrases.content(word):
                places[word.key].append(place)
        if not places:
            return {}
        counts = [len(positions) for positions in places.values()]
        usual = statistics.fmean(counts) + statistics.pstdev(counts)
        sentences = words[-1].sentence + 1
        return {key: weight(words, positions, usual, max(counts), sentences) for key, positions in places.items()}


def weight(words: Sequence[Word], places: Sequence[int], usual: float, most: int, sentences: int) -> float:
    """YAKE's S(t) of a word at these places: relatedness * position / (case + (frequency + spread) / relatedness)."""
    own = [words[place] for place in places]
    count = len(places)
    large = sum(is_large(words, place) for place in places)
    case = large / (1 + math.log(count))
    position = math.log(3 + statistics.median(word.sentence for word in own))
    frequency = count / usual
    spread = len({word.sentence for word in own}) / sentences
    sides = [company(words, places, step) for step in (-YAKE_WINDOW, YAKE_WINDOW)]
    related = 1 + sum(sides) * count / most
    return related * math.log(position + 1) / (case + (frequency + spread) / related)


def is_large(words: Sequence[Word], place: int) -> bool:
    """Whether a word is an acronym, or begins with a capital elsewhere than at the start of a sentence."""
    word = words[place].text
    starts = place == 0 or words[place - 1].sentence != words[place].sentence
    return (len(word) > 1 and word.isupper()) or (word[:1].isupper() and not starts)


def company(words: Sequence[Word], places: Sequence[int], step: int) -> float:
    """Distinct neighbors on one side as a share of all; many are a sign of a function word."""
    counts = [
        words[place + step].key
        for place in places
        if 0 <= place + step < len(words) and words[place + step].sentence == words[place].sentence
    ]
    return len(set(counts)) / len(counts) if counts else 0.0


def best(scored: Mapping[Phrase, float], k: int) -> Ranked:
    """The k phrases of the highest scores; of equal ones the earlier, then the longer, is better."""
    order = sorted(scored, key=lambda phrase: (-scored[phrase], phrase.spans[0][0], -len(phrase.words)))
    return [(phrase.key, scored[phrase]) for phrase in order[:k]]


def neighbors(words: Sequence[Word], window: int) -> dict[str, Counter[str]]:
    """Undirected graph: how often two different words stand less than `window` apart among the content words of a sentence."""
    graph: dict[str, Counter[str]] = {word.key: Counter() for word in words}
    for place, word in enumerate(words):
        for other in words[place + 1 : place + window]:
            if other.key != word.key and other.sentence == word.sentence:
                graph[word.key][other.key] += 1
                graph[other.key][word.key] += 1
    return graph


def page_rank(graph: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The stationary distribution of a walk along weighted edges that starts anew with probability 1 - DAMPING."""
    names = {name: i for i, name in enumerate(graph)}
    if not names:
        return {}
    weights = np.zeros((len(names), len(names)))
    for name, others in graph.items():
        for other, times in others.items():
            weights[names[other], names[name]] = times
    ranks = stationary(weights)
    return {name: float(ranks[i]) for name, i in names.items()}


def stationary(weights: np.ndarray) -> np.ndarray:
    """PageRank [n] of a graph [n, n] whose column j holds the weights of the edges that leave j; a lone node goes anywhere."""
    size = len(weights)
    totals = weights.sum(axis=0)
    moves = np.where(totals > 0, weights / np.where(totals > 0, totals, 1), 1 / size)
    ranks = np.full(size, 1 / size)
    for _ in range(STEPS):
        before = ranks
        ranks = (1 - DAMPING) / size + DAMPING * moves @ ranks
        if np.abs(ranks - before).sum() < TOLERANCE:
            break
    return ranks


def rows_of(row: Sequence[Word], top_words: set[str]) -> Iterable[list[Word]]:
    """The longest rows of neighboring words that are all kept."""
    part: list[Word] = []
    for word in row:
        if word.key in top_words:
            part.append(word)
        elif part:
            yield part
            part = []
    if part:
        yield part

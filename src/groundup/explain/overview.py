"""Which words drive which class over a whole data set, with intervals, beside what a linear model of words has learned.

Of rows of a table the words are columns, whatever stands in their cells.

Each explanation is one of the class that the model decided for, so a word's score in it says how much the word speaks for that
class. Over the inputs of a class a word has a *mean* score for each of its occurrences and a *share* of all that its class's
explanations hold: the sum of its |scores| over the sum of all. Words of fewer than five inputs are left out. Words are ranked
by the lower end of the mean's interval (the upper, of those against), and told where it lies above 0 (below): of many words
some have a high mean by luck, in few inputs.

N inputs of a class, V words, B resamples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from groundup.errors import InputError
from groundup.evaluate.bootstrap import DRAWS, TAIL, Interval, resample, resample_counts
from groundup.explain.explanation import Explanation
from groundup.explain.linear_weights import LinearWeights
from groundup.metrics.correlation import CorrelationScores

MIN_INPUTS = 5  # inputs that hold a word
SHOWN = 20  # words of a class for it, and as many against it


@dataclass(frozen=True)
class Example:
    """Where a word stands in one input in which it scores as in the mean."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class WordScore:
    """One word of a class."""

    word: str
    inputs: int
    """Of the class that hold it."""
    mean: Interval
    share: Interval
    linear: float | None
    """Its weight for the class in the linear model."""
    example: Example


@dataclass(frozen=True)
class ClassOverview:
    """One class by its words."""

    label: str
    inputs: int
    """N."""
    counted: int
    """Words of FEWEST inputs or more."""
    words: tuple[WordScore, ...]
    """Those that surely speak for it, the surest first."""
    against: tuple[WordScore, ...]
    linear: Interval | None
    """Rank correlation of the means with the linear weights, over all counted words that the linear model knows."""


def overview(
    explanations: Sequence[Explanation],
    labels: Sequence[str],
    linear: LinearWeights | None = None,
    *,
    fewest: int = MIN_INPUTS,
    most: int = SHOWN,
    seed: int = 0,
    num_draws: int = DRAWS,
) -> list[ClassOverview]:
    """The classes in the order of their names; `labels` says for which class each explanation speaks.

    Capitals are ignored. Raises InputError when no class has a word of so many inputs.
    """
    overviews = []
    for label in sorted(set(labels)):
        chosen = [one for one, of in zip(explanations, labels, strict=True) if of == label]
        overviews.append(class_overview(label, chosen, linear, fewest, most, seed, num_draws))
    if not any(one.counted for one in overviews):
        what = f"no word or column occurs in {fewest} of the {len(explanations)} inputs of one class"
        raise InputError("TOO_FEW_INPUTS", "inputs", what, "give more rows")
    return overviews


def class_overview(
    label: str,
    explanations: Sequence[Explanation],
    linear: LinearWeights | None,
    fewest: int,
    most: int,
    seed: int,
    num_draws: int,
) -> ClassOverview:
    counts = Counter(word for one in explanations for word in {part.key for part in one.parts})
    words = sorted(word for word, count in counts.items() if count >= fewest and is_word(word))
    if not words:
        return ClassOverview(label, len(explanations), 0, (), (), None)
    means, shares = word_figures(explanations, words, seed, num_draws)
    surest = sorted(range(len(words)), key=lambda v: -(means[v].low or 0.0))
    for_it = [v for v in surest if (means[v].low or 0) > 0][:most]
    least = sorted(range(len(words)), key=lambda v: means[v].high or 0.0)
    against = [v for v in least if (means[v].high or 0) < 0][:most]
    forms, examples = overview_report(
        explanations, [words[v] for v in {*for_it, *against}], dict(zip(words, means, strict=True))
    )

    def word_score(v: int) -> WordScore:
        weight = None if linear is None else linear.weight_of(words[v], label)
        return WordScore(forms[words[v]], counts[words[v]], means[v], shares[v], weight, examples[words[v]])

    alike = None if linear is None else likeness(words, means, linear, label, seed, num_draws)
    return ClassOverview(
        label, len(explanations), len(words), tuple(map(word_score, for_it)), tuple(map(word_score, against)), alike
    )


def fold(name: str) -> str:
    return name.casefold()


def is_word(name: str) -> bool:
    """Whether it holds a letter or a digit: marks drive classes too, but are no words."""
    return any(character.isalnum() for character in name)


def word_figures(
    explanations: Sequence[Explanation], words: Sequence[str], seed: int, num_draws: int
) -> tuple[list[Interval], list[Interval]]:
    """Means and shares of all words, with percentile intervals over the inputs."""
    places = {word: v for v, word in enumerate(words)}
    rows, columns, scores, totals = [], [], [], np.zeros(len(explanations))
    for n, one in enumerate(explanations):
        totals[n] = np.abs(one.scores).sum()
        for part, score in zip(one.parts, one.scores.tolist(), strict=True):
            if (v := places.get(part.key)) is not None:
                rows.append(v)
                columns.append(n)
                scores.append(score)
    shape, values = (len(words), len(explanations)), np.asarray(scores, dtype=np.float64)
    of_each = (values, np.abs(values), np.ones(len(values)))
    sums, sizes, counts = (csr_matrix((data, (rows, columns)), shape) for data in of_each)  # [V, N]
    every = np.ones(len(explanations), dtype=np.int64)
    weights = np.stack([every, *resample_counts(every, seed, num_draws)], axis=1)  # [N, 1 + B], the first of all inputs once
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample without the word has no mean
        means = (sums @ weights) / (counts @ weights)  # [V, 1 + B]
        shares = (sizes @ weights) / (totals @ weights)
    return intervals(means), intervals(shares)


def intervals(figures_of_draws: np.ndarray) -> list[Interval]:
    """Of values [V, 1 + B], the first of which is that of all inputs."""
    result = []
    for row in figures_of_draws:
        known = row[1:][np.isfinite(row[1:])]
        low, high = np.quantile(known, [TAIL, 1 - TAIL]).tolist() if len(known) else (None, None)
        result.append(Interval(float(row[0]) if np.isfinite(row[0]) else None, low, high))
    return result


def overview_report(
    explanations: Sequence[Explanation], words: Sequence[str], means: dict[str, Interval]
) -> tuple[dict[str, str], dict[str, Example]]:
    """Each word as it is written most often, and the input in which its score is nearest to its mean."""
    forms: dict[str, Counter[str]] = {word: Counter() for word in words}
    nearest: dict[str, tuple[float, Example]] = {}
    for one in explanations:
        for part, score in zip(one.parts, one.scores.tolist(), strict=True):
            word = part.key
            if word not in forms:
                continue
            forms[word][part.column or part.name] += 1
            away = abs(score - (means[word].value or 0.0))
            if word not in nearest or away < nearest[word][0]:
                text = one.texts[part.text] if one.texts else part.name
                nearest[word] = (away, Example(text, part.start, part.end))
    return {word: count.most_common(1)[0][0] for word, count in forms.items()}, {w: pair[1] for w, pair in nearest.items()}


def likeness(
    words: Sequence[str], means: Sequence[Interval], linear: LinearWeights, label: str, seed: int, num_draws: int
) -> Interval | None:
    """Spearman's correlation over words; its interval is over words too. None where the linear model knows fewer than three."""
    pairs = [
        (mean.value, weight)
        for word, mean in zip(words, means, strict=True)
        if mean.value is not None and (weight := linear.weight_of(word, label)) is not None
    ]
    if len(pairs) < 3:
        return None
    ours, theirs = np.array(pairs).T
    return resample(CorrelationScores(theirs, ours), seed, num_draws)["spearman"]


Class = ClassOverview  # the former name, for one version

"""What gives a label away that should not: another column, the order of the rows, the length, the label's own name, one word.

Shapes: N rows, K classes. Every score is out of sample: a row is told by the other rows, never by itself.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from groundup.data.clean.dedup import fold

WORD = re.compile(r"\w+")
SHORTEST_NAME = 3  # letters of a label that is looked for in texts; of Chinese characters two are a word
MARKS_OF_CLASS, MARKS_ELSEWHERE = 0.9, 0.01  # a word in so many rows of a class and in so few of the others is a mark
FEWEST_MARKED = 10  # rows of a class before one of its words can be a mark


@dataclass(frozen=True)
class Mark:
    """A word that stands in `inside` of the rows of a class and in `outside` of the others."""

    word: str
    label: str
    inside: float
    outside: float


def label_accuracy_by_value(values: Sequence[object], targets: np.ndarray) -> float:
    """Share of rows whose label the other rows with the same value tell; a value that stands alone tells nothing and counts
    as an error."""
    if not len(targets):
        return 0.0
    counts: dict[str, Counter] = defaultdict(Counter)
    for value, target in zip(values, targets.tolist(), strict=True):
        counts[str(value)][target] += 1
    right = 0
    for value, target in zip(values, targets.tolist(), strict=True):
        others = counts[str(value)] - Counter([target])
        right += bool(others) and others.most_common(1)[0][0] == target
    return right / len(targets)


def label_accuracy_by_order(values: Sequence[object], targets: np.ndarray) -> float | None:
    """Share of rows with the label of the row before, in the order of the numbers in a column; None where it holds other
    things, or hardly any two numbers that differ."""
    try:
        numbers = np.array([float(str(value)) for value in values])
    except ValueError:
        return None
    if len(numbers) < 2 or not np.isfinite(numbers).all() or len(np.unique(numbers)) < len(numbers) / 2:
        return None
    ordered = targets[np.argsort(numbers, kind="stable")]
    return float((ordered[1:] == ordered[:-1]).mean())


def skeleton(value: object) -> str:
    """A value without its digits: what the ids `pos_12` and `pos_7` share."""
    return re.sub(r"\d+", "0", str(value))


def label_accuracy_by_name(texts: Sequence[str], targets: np.ndarray, labels: Sequence[str]) -> tuple[float, float]:
    """How many rows hold the name of exactly one label, and in how many of these it is theirs."""
    names = [fold(label) for label in labels]
    sought = {k: name for k, name in enumerate(names) if len(name) >= (SHORTEST_NAME if name.isascii() else 2)}
    num_named = right = 0
    for text, target in zip(texts, targets.tolist(), strict=True):
        folded = fold(text)
        matches = [k for k, name in sought.items() if holds(folded, name)]
        if len(matches) == 1:
            num_named += 1
            right += matches[0] == target
    return num_named / max(1, len(texts)), right / max(1, num_named)


def holds(text: str, name: str) -> bool:
    """Whether a name stands in a text: as a whole word where words are written apart."""
    if name not in text:
        return False
    return not name.isascii() or re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None


def marks(texts: Sequence[str], targets: np.ndarray, labels: Sequence[str]) -> list[Mark]:
    """Words that stand in nearly all rows of one class and in hardly any other."""
    support = np.bincount(targets, minlength=len(labels))
    counts: dict[str, Counter] = defaultdict(Counter)
    for text, target in zip(texts, targets.tolist(), strict=True):
        for word in words_of(text):
            counts[word][target] += 1
    leaks = []
    for word, by_class in counts.items():
        k, inside = by_class.most_common(1)[0]
        outside = (by_class.total() - inside) / max(1, len(texts) - support[k])
        if support[k] >= FEWEST_MARKED and inside >= MARKS_OF_CLASS * support[k] and outside <= MARKS_ELSEWHERE:
            leaks.append(Mark(word, labels[k], inside / int(support[k]), float(outside)))
    return sorted(leaks, key=lambda mark: -mark.inside)


def words_of(text: str) -> Iterator[str]:
    return iter(set(WORD.findall(text.lower())))

"""Intervals of figures, and whether two systems differ on the same rows: by resampling rows.

`resample` and `resample_difference` serve any metric (metrics/scores.py). Accuracy and macro F1 have a faster way: rows
that agree in target and predictions are interchangeable, so resampling N rows is one multinomial draw over the distinct
cells (target, prediction, ...) with their shares: the same distribution, and neither the order of the rows nor their
number costs anything. Draw b comes from (seed, b) alone. *Efron and Tibshirani, 1993, An Introduction to the Bootstrap*.
Shapes: N rows, M distinct cells, K classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from groundup.data import draws
from groundup.metrics.confusion import scores_from_totals
from groundup.metrics.scores import Figures, Scores

DRAWS = 1000
TAIL = 0.025  # on each side of a 95 % interval
METRICS = ("accuracy", "macro_f1")


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None

    def as_dict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Difference(Interval):
    """One system's figure minus another's on the same rows, its 95 % interval, and the two-sided p of no difference."""

    p: float | None


def resample(scores: Scores, seed: int = 0, num_draws: int = DRAWS) -> dict[str, Interval]:
    """Each figure of all rows with its percentile interval. A figure that is undefined has none."""
    value = scores.figures(np.arange(len(scores)))
    figures_of_draws = [scores.figures(rows) for rows in drawn_rows(len(scores), seed, num_draws)]
    return {
        name: Interval(v, *interval_ends([d[name] for d in figures_of_draws] if v is not None else []))
        for name, v in value.items()
    }


def resample_difference(ours: Scores, theirs: Scores, seed: int = 0, num_draws: int = DRAWS) -> dict[str, Difference]:
    """Paired bootstrap: each figure of ours minus that of theirs on the same rows, which must be as many (ValueError)."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} and {len(theirs)} rows cannot be paired")
    value = difference(ours, theirs, np.arange(len(ours)))
    differences_of_draws = [difference(ours, theirs, rows) for rows in drawn_rows(len(ours), seed, num_draws)]
    differences = {}
    for name, v in value.items():
        known = (
            np.array([d[name] for d in differences_of_draws if d[name] is not None], dtype=np.float64)
            if v is not None
            else np.zeros(0)
        )
        differences[name] = Difference(v, *interval_ends(known), no_difference(known) if len(known) else None)
    return differences


def difference(ours: Scores, theirs: Scores, rows: np.ndarray, their_rows: np.ndarray | None = None) -> Figures:
    """Each figure of ours minus that of theirs, of the same rows or of `their_rows`."""
    one, other = ours.figures(rows), theirs.figures(rows if their_rows is None else their_rows)
    pairs = {name: (value, other.get(name)) for name, value in one.items()}
    return {name: None if a is None or b is None else a - b for name, (a, b) in pairs.items()}


def drawn_rows(count: int, seed: int, num_draws: int) -> Iterator[np.ndarray]:
    """Numbers of as many rows as there are, drawn with replacement."""
    for b in range(num_draws if count else 0):
        random = np.random.Generator(np.random.Philox(key=draws.key(seed, "bootstrap", b)))
        yield random.integers(0, count, count)


def interval_ends(values: Sequence[float | None] | np.ndarray) -> tuple[float | None, float | None]:
    """The ends of the 95 % interval of the defined ones."""
    known = [value for value in values if value is not None]
    if not known:
        return None, None
    low, high = np.quantile(np.array(known, dtype=np.float64), [TAIL, 1 - TAIL])
    return float(low), float(high)


def intervals(
    targets: np.ndarray, predictions: np.ndarray, num_classes: int, seed: int = 0, num_draws: int = DRAWS
) -> dict[str, Interval]:
    """Accuracy and macro F1 with percentile intervals. Class numbers [N] are 0..num_classes-1; no rows give None.

    Where every row is right, or every row wrong, resampling cannot vary: there the interval of the accuracy is the
    exact binomial one (Clopper and Pearson, 1934).
    """
    if not len(targets):
        return dict.fromkeys(METRICS, Interval(None, None, None))
    cells, counts = distinct(targets, predictions)
    system = System(cells[:, 0], cells[:, 1], counts, num_classes)
    value = system.figures(counts)
    figures_of_draws = np.array([system.figures(weights) for weights in resample_counts(counts, seed, num_draws)])
    low, high = np.quantile(figures_of_draws, [TAIL, 1 - TAIL], axis=0)
    figures = {name: Interval(float(value[i]), float(low[i]), float(high[i])) for i, name in enumerate(METRICS)}
    least = float(TAIL ** (1 / len(targets)))
    if value[0] == 1.0:
        figures["accuracy"] = Interval(1.0, least, 1.0)
    elif value[0] == 0.0:
        figures["accuracy"] = Interval(0.0, 0.0, 1.0 - least)
    return figures


def compare(
    targets: np.ndarray, ours: np.ndarray, theirs: np.ndarray, num_classes: int, seed: int = 0, num_draws: int = DRAWS
) -> dict[str, Difference]:
    """Paired bootstrap: ours minus theirs on the same rows. No rows give None."""
    if not len(targets):
        return dict.fromkeys(METRICS, Difference(None, None, None, None))
    cells, counts = distinct(targets, ours, theirs)
    one, other = (System(cells[:, 0], cells[:, column], counts, num_classes) for column in (1, 2))
    value = np.subtract(one.figures(counts), other.figures(counts))
    weighted = resample_counts(counts, seed, num_draws)
    differences_of_draws = np.array([np.subtract(one.figures(weights), other.figures(weights)) for weights in weighted])
    low, high = np.quantile(differences_of_draws, [TAIL, 1 - TAIL], axis=0)
    return {
        name: Difference(float(value[i]), float(low[i]), float(high[i]), no_difference(differences_of_draws[:, i]))
        for i, name in enumerate(METRICS)
    }


def no_difference(values: np.ndarray) -> float:
    """Two-sided p from drawn differences: the share on the far side of zero, twice; never 0."""
    below, above = int((values <= 0).sum()), int((values >= 0).sum())
    return min(1.0, 2 * (1 + min(below, above)) / (1 + len(values)))


def distinct(*columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows [M, columns] and how often each occurs [M]."""
    rows = np.stack([np.asarray(column, dtype=np.int64) for column in columns], axis=1)
    return np.unique(rows, axis=0, return_counts=True)


def resample_counts(counts: np.ndarray, seed: int, num_draws: int) -> Iterator[np.ndarray]:
    """How often each cell occurs when as many rows are drawn with replacement."""
    rows = int(counts.sum())
    for b in range(num_draws):
        random = np.random.Generator(np.random.Philox(key=draws.key(seed, "bootstrap", b)))
        yield random.multinomial(rows, counts / rows)


class System:
    """One system's cells; its figures under any weights of them.

    Macro F1 averages the classes that occur in the full rows; one that a resample happens to miss keeps its full F1, so
    a rare class neither vanishes from the average nor counts as zero.
    """

    def __init__(self, targets: np.ndarray, predictions: np.ndarray, counts: np.ndarray, num_classes: int):
        self.targets, self.predictions, self.num_classes = targets, predictions, num_classes
        self.right = targets == predictions
        self.full = self.f1(counts)
        self.occur = ~np.isnan(self.full)

    def f1(self, weights: np.ndarray) -> np.ndarray:
        hits = np.bincount(self.targets[self.right], weights[self.right], self.num_classes)
        support = np.bincount(self.targets, weights, self.num_classes)
        predicted = np.bincount(self.predictions, weights, self.num_classes)
        return scores_from_totals(hits, support, predicted)["f1"]

    def figures(self, weights: np.ndarray) -> tuple[float, float]:
        """Accuracy and macro F1."""
        f1 = self.f1(weights)
        f1 = np.where(np.isnan(f1), self.full, f1)
        return float(weights[self.right].sum() / weights.sum()), float(f1[self.occur].mean())

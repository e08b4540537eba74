"""The official metrics of GLUE, as scores of rows, and its average.

Each task has one metric or two, whose mean is the task's score; the average is the mean of the nine tasks' scores, MNLI's
being the mean of its matched and mismatched rows (*Wang et al., 2018, arXiv:1804.07461*). Figures equal scikit-learn's and
SciPy's. As there, Matthews correlation and F1 are 0 where they are undefined (one answer for all rows, no positive class);
a correlation with a constant is None.

N rows, K classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from groundup.metrics.confusion import matthews
from groundup.metrics.scores import Figures, Scores, SummedScores
from groundup.metrics.sums import ratio

METRICS: dict[str, tuple[str, ...]] = {
    "CoLA": ("matthews",),
    "SST-2": ("accuracy",),
    "MRPC": ("f1", "accuracy"),
    "STS-B": ("pearson", "spearman"),
    "QQP": ("f1", "accuracy"),
    "MNLI": ("accuracy",),
    "QNLI": ("accuracy",),
    "RTE": ("accuracy",),
    "WNLI": ("accuracy",),
}  # the nine tasks of the average
POSITIVE = 1  # the class whose F1 is meant


def glue_scores(task: str, targets: ArrayLike, predictions: ArrayLike) -> Scores:
    """The task's metrics and `score`, their mean. Class numbers [N] in the official order, or numbers [N] for STS-B."""
    targets, predictions = np.asarray(targets), np.asarray(predictions)
    if targets.shape != predictions.shape or targets.ndim != 1:
        raise ValueError(f"{targets.shape} targets and {predictions.shape} predictions")
    if "pearson" in METRICS[task]:
        return Correlations(targets.astype(np.float64), predictions.astype(np.float64))
    return class_scores(METRICS[task], targets.astype(np.int64), predictions.astype(np.int64))


def class_scores(metrics: tuple[str, ...], targets: np.ndarray, predictions: np.ndarray) -> SummedScores:
    """Scores whose counts [N, K K] tell the cell of the confusion matrix that a row is in."""
    classes = 1 + int(max(targets.max(initial=POSITIVE), predictions.max(initial=POSITIVE)))
    if min(targets.min(initial=0), predictions.min(initial=0)) < 0:
        raise ValueError("a class number is negative")
    cells = np.zeros((len(targets), classes * classes), dtype=np.int64)
    cells[np.arange(len(targets)), targets * classes + predictions] = 1

    def finish(counts: np.ndarray) -> Figures:
        square = counts.reshape(classes, classes)
        return with_score({name: CLASS_FIGURES[name](square) for name in metrics})

    return SummedScores(cells, finish)


def accuracy(counts: np.ndarray) -> float | None:
    return ratio(int(np.trace(counts)), int(counts.sum()))


def f1(counts: np.ndarray) -> float | None:
    """F1 of the positive class; 0 where it neither occurs nor is predicted."""
    if not counts.sum():
        return None
    return ratio(2 * int(counts[POSITIVE, POSITIVE]), int(counts[POSITIVE].sum() + counts[:, POSITIVE].sum())) or 0.0


def official_matthews(counts: np.ndarray) -> float | None:
    """Matthews correlation; 0 where targets or predictions are all alike."""
    return (matthews(counts) or 0.0) if counts.sum() else None


CLASS_FIGURES: dict[str, Callable[[np.ndarray], float | None]] = {
    "accuracy": accuracy,
    "f1": f1,
    "matthews": official_matthews,
}


@dataclass(frozen=True)
class Correlations:
    """Pearson and Spearman correlation of predictions with targets. Ranks are those of the rows chosen, ties shared."""

    targets: np.ndarray
    """[N]."""
    predictions: np.ndarray
    """[N]."""

    def __len__(self) -> int:
        return len(self.targets)

    def figures(self, rows: np.ndarray) -> Figures:
        targets, predictions = self.targets[rows], self.predictions[rows]
        ranked = pearson(ranks(targets), ranks(predictions))
        return with_score({"pearson": pearson(targets, predictions), "spearman": ranked})


def ranks(values: np.ndarray) -> np.ndarray:
    """[N] ranks from 0; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts + 1) / 2)[places]


def pearson(one: np.ndarray, other: np.ndarray) -> float | None:
    """Correlation of two [N]; None where one of them is constant, or there are fewer than two rows."""
    if len(one) < 2 or (one == one[0]).all() or (other == other[0]).all():
        return None
    a, b = one - one.mean(), other - other.mean()
    return float(np.clip((a / np.linalg.norm(a)) @ (b / np.linalg.norm(b)), -1.0, 1.0))


def with_score(figures: Figures) -> Figures:
    """The figures and `score`, their mean; None where one of them is."""
    values = [value for value in figures.values() if value is not None]
    return figures | {"score": sum(values) / len(values) if len(values) == len(figures) else None}


@dataclass(frozen=True)
class Average:
    """The mean of the scores that are there. It is GLUE's average only where none is missing."""

    value: float | None
    tasks: tuple[str, ...]
    missing: tuple[str, ...]


def glue_average(scores: Mapping[str, float | None]) -> Average:
    """The average of task scores by task name; MNLI's is the mean of both of its parts."""
    unknown = scores.keys() - METRICS.keys()
    if unknown:
        raise ValueError(f"{sorted(unknown)} are no tasks of GLUE")
    there = {task: score for task in METRICS if (score := scores.get(task)) is not None}
    missing = tuple(task for task in METRICS if task not in there)
    return Average(ratio(sum(there.values()), len(there)), tuple(there), missing)

"""Confusion counts and what follows from them: accuracy, precision, recall, F1 per class and averaged.

Shapes: K classes. Memory is K x K counts, whatever the number of rows. An undefined figure is None (never 0 or 1):
precision of a class never predicted, recall of a class without rows, F1 of a class that is neither.
The figures equal scikit-learn's `precision_recall_fscore_support(labels=range(K))`: `zero_division=None` here is `nan`
there (undefined classes stay out of an average, which says the classes it holds); 0 and 1 mean the same in both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from groundup.errors import InputError
from groundup.metrics.sums import ratio

MOST_CLASSES = 4096  # 128 MiB of counts
SCORES = ("precision", "recall", "f1")


class ConfusionMatrix:
    """Counts of (target, prediction) pairs over named classes; rows are targets."""

    def __init__(self, labels: Sequence[str]):
        labels = [str(label) for label in labels]
        if not labels:
            raise InputError("NO_CLASSES", "labels", "no class is named", fix="give at least one label")
        if len(labels) > MOST_CLASSES:
            what, fix = f"{len(labels)} classes", "check that the label column holds classes, not numbers or texts"
            raise InputError("TOO_MANY_CLASSES", "labels", what, fix=fix, limit=f"{MOST_CLASSES} classes")
        if len(set(labels)) < len(labels):
            twice = next(label for label in labels if labels.count(label) > 1)
            what = f"the label {twice!r} is named twice"
            raise InputError("LABEL_TWICE", "labels", what, fix="name every class once")
        self.labels = labels
        self.counts = np.zeros((len(labels), len(labels)), dtype=np.int64)

    @classmethod
    def of(cls, labels: Sequence[str], counts: ArrayLike) -> ConfusionMatrix:
        """A matrix [K, K] that was counted elsewhere."""
        matrix, counts = cls(labels), np.asarray(counts)
        if counts.shape != matrix.counts.shape or (counts < 0).any():
            raise ValueError(f"counts {counts.shape} are not those of {len(matrix.labels)} classes")
        matrix.counts += counts
        return matrix

    def add(self, targets: ArrayLike, predictions: ArrayLike) -> None:
        """Two arrays of class numbers, same shape; a number outside 0..K-1 is an error, never wrapped around."""
        targets, predictions = np.asarray(targets).ravel(), np.asarray(predictions).ravel()
        if targets.shape != predictions.shape:
            raise ValueError(f"{targets.size} targets but {predictions.size} predictions")
        if not targets.size:
            return
        for name, numbers in (("target", targets), ("prediction", predictions)):
            if not np.issubdtype(numbers.dtype, np.integer):
                raise ValueError(f"{name}s are {numbers.dtype}, not class numbers")
            if numbers.min() < 0 or numbers.max() >= len(self.labels):
                wrong = int(numbers.min() if numbers.min() < 0 else numbers.max())
                raise ValueError(f"{name} {wrong} is none of the {len(self.labels)} classes")
        np.add.at(self.counts, (targets, predictions), 1)

    def merge(self, other: ConfusionMatrix) -> None:
        if self.labels != other.labels:
            raise ValueError("the two confusion matrices name different labels")
        self.counts += other.counts

    def value(self, zero_division: float | None = None) -> dict:
        return {
            "count": int(self.counts.sum()),
            "accuracy": ratio(int(np.trace(self.counts)), int(self.counts.sum())),
            "matthews": matthews(self.counts),
            **averages(self.counts, self.labels, zero_division),
            "classes": self.per_class(zero_division),
        }

    def per_class(self, zero_division: float | None = None) -> list[dict]:
        scores = class_scores(self.counts, zero_division)
        support, predicted = self.counts.sum(axis=1), self.counts.sum(axis=0)
        return [
            {
                "label": label,
                **{name: optional(scores[name][k]) for name in SCORES},
                "support": int(support[k]),
                "predicted": int(predicted[k]),
            }
            for k, label in enumerate(self.labels)
        ]


class BinaryCounts:
    """Counts of a yes-or-no decision (is this the next sentence?): accuracy, precision, recall, F1 of "yes"."""

    def __init__(self) -> None:
        self.true_positives, self.false_positives, self.false_negatives, self.true_negatives = 0, 0, 0, 0

    def add(self, targets: ArrayLike, predictions: ArrayLike) -> None:
        """Two arrays of truth values (or 0 and 1), same shape."""
        targets, predictions = np.asarray(targets), np.asarray(predictions)
        if targets.shape != predictions.shape:
            raise ValueError(f"targets {targets.shape} and predictions {predictions.shape} differ in shape")
        for numbers in (targets, predictions):
            if not np.isin(numbers, (0, 1)).all():
                raise ValueError("a yes-or-no decision is 0 or 1")
        targets, predictions = targets.astype(bool), predictions.astype(bool)
        self.add_counts(
            int((targets & predictions).sum()),
            int((~targets & predictions).sum()),
            int((targets & ~predictions).sum()),
            int((~targets & ~predictions).sum()),
        )

    def add_counts(self, true_positives: int, false_positives: int, false_negatives: int, true_negatives: int) -> None:
        """What was counted elsewhere (on a device, by another process)."""
        self.true_positives += int(true_positives)
        self.false_positives += int(false_positives)
        self.false_negatives += int(false_negatives)
        self.true_negatives += int(true_negatives)

    def merge(self, other: BinaryCounts) -> None:
        self.add_counts(other.true_positives, other.false_positives, other.false_negatives, other.true_negatives)

    def value(self) -> dict:
        hits, wrong, missed = self.true_positives, self.false_positives, self.false_negatives
        count = hits + wrong + missed + self.true_negatives
        return {
            "accuracy": ratio(hits + self.true_negatives, count),
            "precision": ratio(hits, hits + wrong),
            "recall": ratio(hits, hits + missed),
            "f1": ratio(2 * hits, 2 * hits + wrong + missed),
            "count": count,
        }


def optional(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def divide(part: np.ndarray, whole: np.ndarray, zero_division: float | None) -> np.ndarray:
    """part / whole per class; nan (or `zero_division`) where whole is zero."""
    undefined = np.nan if zero_division is None else float(zero_division)
    return np.where(whole > 0, part / np.maximum(whole, 1), undefined)


def class_scores(counts: np.ndarray, zero_division: float | None = None) -> dict[str, np.ndarray]:
    """Precision, recall and F1 [..., K] of confusion counts [..., K, K]; nan where undefined."""
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    return scores_from_totals(hits, counts.sum(axis=-1), counts.sum(axis=-2), zero_division)


def scores_from_totals(
    hits: np.ndarray, support: np.ndarray, predicted: np.ndarray, zero_division: float | None = None
) -> dict[str, np.ndarray]:
    """The same from the diagonal, the row sums and the column sums [..., K]."""
    return {
        "precision": divide(hits, predicted, zero_division),
        "recall": divide(hits, support, zero_division),
        "f1": divide(2 * hits, support + predicted, zero_division),
    }


def averages(counts: np.ndarray, labels: Sequence[str], zero_division: float | None) -> dict:
    """Macro, weighted (by support) and micro averages. `macro.averaged` names the classes behind each macro figure."""
    scores = class_scores(counts, zero_division)
    support, hits, total = counts.sum(axis=1), int(np.trace(counts)), int(counts.sum())
    macro: dict[str, float | None] = {}
    weighted: dict[str, float | None] = {}
    averaged: dict[str, list[str]] = {}
    for name, values in scores.items():
        defined = ~np.isnan(values)
        solid, weights = values[defined], support[defined]
        averaged[name] = [label for label, there in zip(labels, defined) if there]
        macro[name] = ratio(math.fsum(solid), len(solid))
        weighted[name] = ratio(math.fsum(solid * weights), int(weights.sum())) if weights.any() else macro[name]
    shared = ratio(hits, total) if total or zero_division is None else float(zero_division)
    return {"macro": {**macro, "averaged": averaged}, "weighted": weighted, "micro": dict.fromkeys(SCORES, shared)}


def matthews(counts: np.ndarray) -> float | None:
    """Correlation between targets and predictions; None when either is constant.

    *Gorodkin, 2004, Computational Biology and Chemistry 28*. (scikit-learn returns 0 where this is None.)
    """
    support, predicted = counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist()  # Python integers: no overflow
    total, hits = sum(support), int(np.trace(counts))
    covariance = hits * total - sum(a * b for a, b in zip(support, predicted))
    spread = (total**2 - sum(a * a for a in support)) * (total**2 - sum(b * b for b in predicted))
    return covariance / math.sqrt(spread) if spread else None

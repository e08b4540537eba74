"""Means weighted by counts, accuracy, and what a loss in nats says per token: bits and perplexity."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from groundup.metrics.sums import Sum, exact_sum, ratio


class Mean:
    """Sum over count, divided once. Totals that are not finite are counted apart and never enter the mean."""

    def __init__(self) -> None:
        self.total, self.count, self.non_finite = Sum(), 0, 0

    def add(self, total: float, count: int = 1) -> None:
        """A sum over `count` terms."""
        total = float(total)
        if not math.isfinite(total):
            self.non_finite += int(count)
            return
        self.total.add(total)
        self.count += int(count)

    def add_values(self, values: ArrayLike) -> None:
        """Single terms, any shape."""
        values = np.asarray(values, dtype=np.float64).ravel()
        finite = np.isfinite(values)
        self.non_finite += int((~finite).sum())
        self.total.add(exact_sum(values[finite]))
        self.count += int(finite.sum())

    def merge(self, other: Mean) -> None:
        self.total.merge(other.total)
        self.count += other.count
        self.non_finite += other.non_finite

    @property
    def mean(self) -> float | None:
        return ratio(float(self.total.value()), self.count)

    def value(self) -> dict:
        return {"mean": self.mean, "count": self.count, "non_finite": self.non_finite}


class Accuracy:
    """Share of predictions that equal their target."""

    def __init__(self) -> None:
        self.correct, self.count = 0, 0

    def add(self, targets: ArrayLike, predictions: ArrayLike) -> None:
        targets, predictions = np.asarray(targets), np.asarray(predictions)
        if targets.shape != predictions.shape:
            raise ValueError(f"targets {targets.shape} and predictions {predictions.shape} differ in shape")
        self.add_counts(int((targets == predictions).sum()), targets.size)

    def add_counts(self, correct: int, count: int) -> None:
        """What was counted elsewhere (on a device, by another process)."""
        self.correct += int(correct)
        self.count += int(count)

    def merge(self, other: Accuracy) -> None:
        self.add_counts(other.correct, other.count)

    @property
    def accuracy(self) -> float | None:
        return ratio(self.correct, self.count)

    def value(self) -> dict:
        return {"accuracy": self.accuracy, "correct": self.correct, "count": self.count}


def bits(total_nats: float, count: int) -> float | None:
    """A summed loss in nats as bits per counted unit (token, character, byte)."""
    mean = ratio(total_nats, count)
    return None if mean is None or not math.isfinite(mean) else mean / math.log(2)


def perplexity(mean_nats: float | None) -> float | None:
    """exp of a mean loss; None where it is undefined or too large for a float."""
    if mean_nats is None or not math.isfinite(mean_nats) or mean_nats > 700:
        return None
    return math.exp(mean_nats)

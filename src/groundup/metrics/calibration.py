"""Whether probabilities mean what they say: reliability bins, expected calibration error, Brier score, log loss.

Shapes: N rows, K classes, B bins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from groundup.metrics.sums import Sum, exact_sum, ratio

SMALLEST = float(np.finfo(np.float64).eps)  # a probability below it counts as it in the log loss, as in scikit-learn
UNKNOWN = -1  # the target of a row whose class the model does not have: always wrong


class Calibration:
    """Streaming calibration of the most probable class.

    Bins are equally wide and closed on the right, (low, high]; the confidence of a row is its highest probability.
    ECE is the mean over rows of |accuracy - confidence| of its bin. *Guo et al., 2017, arXiv:1706.04599*.
    Brier is the mean squared distance to the one-hot target, summed over classes: 0 to 2.
    """

    def __init__(self, bins: int = 15):
        self.bins = bins
        self.counts = np.zeros(bins, dtype=np.int64)
        self.correct = np.zeros(bins, dtype=np.int64)
        self.confidence = Sum((bins,))
        self.brier, self.log_loss = Sum(), Sum()

    def add(self, probabilities: ArrayLike, targets: ArrayLike) -> None:
        """Probabilities [N, K] with rows that sum to 1, class numbers [N] (UNKNOWN for a class the model lacks)."""
        probabilities, targets = np.asarray(probabilities, dtype=np.float64), np.asarray(targets)
        if probabilities.ndim != 2 or len(probabilities) != len(targets):
            raise ValueError(f"probabilities {probabilities.shape} do not fit {len(targets)} targets")
        if not len(targets):
            return
        in_range = np.isfinite(probabilities).all() and probabilities.min() >= 0
        if not in_range or np.abs(probabilities.sum(axis=1) - 1).max() > 1e-3:
            raise ValueError("probabilities are rows from 0 to 1 that sum to 1: give softmax(logits), not logits")
        if targets.min() < UNKNOWN or targets.max() >= probabilities.shape[1]:
            raise ValueError(f"a target is none of the {probabilities.shape[1]} classes")
        predictions = probabilities.argmax(axis=1)
        confidence = np.minimum(probabilities[np.arange(len(targets)), predictions], 1.0)
        edges = np.arange(1, self.bins) / self.bins
        bins = np.searchsorted(edges, confidence, side="left")
        self.counts += np.bincount(bins, minlength=self.bins)
        self.correct += np.bincount(bins[predictions == targets], minlength=self.bins)
        self.confidence.add(np.bincount(bins, weights=confidence, minlength=self.bins))
        known = targets != UNKNOWN
        right = np.where(known, probabilities[np.arange(len(targets)), np.where(known, targets, 0)], 0.0)
        self.brier.add(exact_sum((probabilities**2).sum(axis=1) - 2 * right + 1))
        self.log_loss.add(exact_sum(-np.log(np.clip(right, SMALLEST, 1.0))))

    def merge(self, other: Calibration) -> None:
        if self.bins != other.bins:
            raise ValueError(f"{self.bins} bins cannot be merged with {other.bins}")
        self.counts += other.counts
        self.correct += other.correct
        self.confidence.merge(other.confidence)
        self.brier.merge(other.brier)
        self.log_loss.merge(other.log_loss)

    def value(self) -> dict:
        count, sums = int(self.counts.sum()), self.confidence.value()
        gaps = np.abs(self.correct - sums)
        filled = self.counts > 0
        return {
            "count": count,
            "ece": ratio(float(gaps.sum()), count),
            "largest_gap": float((gaps[filled] / self.counts[filled]).max()) if count else None,
            "brier": ratio(float(self.brier.value()), count),
            "log_loss": ratio(float(self.log_loss.value()), count),
            "confidence": ratio(float(sums.sum()), count),
            "bins": [
                {
                    "low": b / self.bins,
                    "high": (b + 1) / self.bins,
                    "count": int(self.counts[b]),
                    "confidence": ratio(float(sums[b]), int(self.counts[b])),
                    "accuracy": ratio(int(self.correct[b]), int(self.counts[b])),
                }
                for b in range(self.bins)
            ],
        }


def label_calibration(probabilities: ArrayLike, targets: ArrayLike, bins: int = 15) -> dict[str, float | None]:
    """Expected calibration error and log loss of labels [N, K] that are each there or not, over all rows and labels: in each
    bin of probabilities their mean against the share of labels that are there."""
    numbers, hits = np.asarray(probabilities, dtype=np.float64).ravel(), np.asarray(targets).ravel() > 0
    places = np.searchsorted(np.arange(1, bins) / bins, numbers, side="left")
    gaps = np.abs(np.bincount(places, weights=numbers - hits, minlength=bins))
    own = np.where(hits, numbers, 1 - numbers)
    losses = -np.log(np.clip(own, SMALLEST, 1.0))
    return {"ece": ratio(float(gaps.sum()), len(numbers)), "log_loss": ratio(float(losses.sum()), len(numbers))}

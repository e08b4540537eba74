"""Predicted numbers against true ones: correlation of values and of ranks, and errors. N rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundup.metrics.scores import Figures


@dataclass(frozen=True)
class CorrelationScores:
    """Pearson's and Spearman's correlation, Kendall's tau-b on request, mean squared and mean absolute error of N rows.

    A correlation of fewer than two rows, or of numbers that are all the same, is None. Equal to `scipy.stats`.
    ValueError for numbers that are not finite.
    """

    targets: np.ndarray
    """[N] float64."""
    predictions: np.ndarray
    kendall: bool = False

    def __post_init__(self) -> None:
        for name in ("targets", "predictions"):
            numbers = np.asarray(getattr(self, name), dtype=np.float64)
            if numbers.ndim != 1 or not np.isfinite(numbers).all():
                raise ValueError(f"{name} {numbers.shape} are not one finite number per row")
            object.__setattr__(self, name, numbers)
        if len(self.targets) != len(self.predictions):
            raise ValueError(f"{len(self.targets)} targets but {len(self.predictions)} predictions")

    def __len__(self) -> int:
        return len(self.targets)

    def figures(self, rows: np.ndarray) -> Figures:
        targets, predictions = self.targets[rows], self.predictions[rows]
        errors = predictions - targets
        figures: Figures = {
            "pearson": pearson(targets, predictions),
            "spearman": pearson(ranks(targets), ranks(predictions)),
            "mean_squared_error": float(np.mean(errors**2)) if len(errors) else None,
            "mean_absolute_error": float(np.mean(np.abs(errors))) if len(errors) else None,
        }
        return figures | {"kendall": kendall_tau(targets, predictions)} if self.kendall else figures


def varies(numbers: np.ndarray) -> bool:
    return bool(len(numbers) > 1 and (numbers != numbers[0]).any())


def pearson(one: np.ndarray, other: np.ndarray) -> float | None:
    """Correlation of two arrays [N]; None if one is constant."""
    if not varies(one) or not varies(other):
        return None
    one, other = centered(one), centered(other)
    return float(np.clip(one @ other, -1.0, 1.0))


def centered(numbers: np.ndarray) -> np.ndarray:
    """Deviations from the mean, of length 1.

    Numbers are scaled by a power of two (exactly), so that no square is too large or too small, and shifted to near zero
    before their mean is taken, so that numbers that hardly differ keep their differences.
    """
    numbers = np.ldexp(numbers, -int(np.frexp(np.abs(numbers).max())[1]))
    numbers = numbers - numbers[0]
    numbers = numbers / np.abs(numbers).max()
    numbers = numbers - numbers.mean()
    return numbers / np.linalg.norm(numbers)


def ranks(numbers: np.ndarray) -> np.ndarray:
    """Places in ascending order from 1; equal numbers share the mean of theirs."""
    _, inverse, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def kendall_tau(one: np.ndarray, other: np.ndarray) -> float | None:
    """Kendall's tau-b; None if one is constant."""
    from scipy.stats import kendalltau

    return float(kendalltau(one, other).statistic) if varies(one) and varies(other) else None

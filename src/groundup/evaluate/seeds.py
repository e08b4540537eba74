"""What a few repetitions with other seeds say: intervals over seeds, and a paired test of two systems on the same seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy import stats

LEVEL = 0.05


@dataclass(frozen=True)
class SeedComparison:
    """Ours minus theirs at one number of training rows: mean over seeds, its 95 % interval, two-sided p (Student, 1908).

    One seed, or differences that are all alike, have neither interval nor p.
    """

    rows: int
    seeds: int
    difference: float
    low: float | None
    high: float | None
    p: float | None

    @property
    def wins(self) -> bool:
        """Whether ours is better beyond what seeds vary by."""
        return self.p is not None and self.p < LEVEL and self.difference > 0

    def as_dict(self) -> dict:
        return asdict(self)


def interval_over_seeds(values: Sequence[float]) -> tuple[float, float] | None:
    """95 % interval of the mean by Student's t; None for one seed."""
    if len(values) < 2:
        return None
    half = float(stats.t.ppf(0.975, len(values) - 1)) * float(np.std(values, ddof=1)) / len(values) ** 0.5
    return float(np.mean(values)) - half, float(np.mean(values)) + half


def compare_seeds(rows: int, ours: Sequence[float], theirs: Sequence[float]) -> SeedComparison:
    """Paired t test of figures with the same seeds, which must be as many (ValueError)."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} and {len(theirs)} seeds cannot be paired")
    differences = np.subtract(ours, theirs)
    interval = interval_over_seeds(differences.tolist())
    if interval is None or np.ptp(differences) == 0:
        return SeedComparison(rows, len(ours), float(differences.mean()), None, None, None)
    error = float(np.std(differences, ddof=1)) / len(differences) ** 0.5
    p = 2 * float(stats.t.sf(abs(float(differences.mean())) / error, len(differences) - 1))
    return SeedComparison(rows, len(ours), float(differences.mean()), *interval, p)


Compared = SeedComparison  # the former name, for one version

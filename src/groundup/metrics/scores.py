"""What is known of each row's answer. The figures of any selection of rows follow from it: of all, a slice, a resample.

N rows, S counts of each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Figures = dict[str, float | None]


class Scores(Protocol):
    """One system's answers to N rows, judged. Every metric that is compared, sliced or given an interval is one of these."""

    def __len__(self) -> int:
        """N."""
        ...

    def figures(self, rows: np.ndarray) -> Figures:
        """Figures of the rows of these numbers, which may repeat; undefined ones are None."""
        ...


@dataclass(frozen=True)
class SummedScores:
    """Scores of a metric that is a function of sums over rows: F1 of counts, means, BLEU."""

    counts: np.ndarray
    """[N, S]."""
    finish: Callable[[np.ndarray], Figures]
    """Figures of summed counts [S]."""

    def __len__(self) -> int:
        return len(self.counts)

    def figures(self, rows: np.ndarray) -> Figures:
        return self.finish(self.counts[rows].sum(axis=0))

    def beside(self, other: SummedScores) -> SummedScores:
        """The rows of both, ours first."""
        return SummedScores(np.concatenate([self.counts, other.counts]), self.finish)

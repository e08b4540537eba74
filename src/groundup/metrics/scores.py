"""What is known of each row's answer. The figures of any selection of rows follow from it: of all, a slice, a resample.

N rows, S counts of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from groundup.metrics.sums import ratio

Figures = dict[str, float | None]


class Scores(Protocol):
    """One system's answers to N rows, evaluated. Every metric that is compared, sliced or given an interval is one of these."""

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

    def concatenate(self, other: SummedScores) -> SummedScores:
        """The rows of both, ours first."""
        return SummedScores(np.concatenate([self.counts, other.counts]), self.finish)


def together(first: SummedScores, *others: SummedScores) -> SummedScores:
    """One system's answers to the same rows, evaluated in several ways. What else `first` holds is kept."""
    parts = [first, *others]
    ends = np.cumsum([part.counts.shape[1] for part in parts])[:-1]

    def finish(sums: np.ndarray) -> Figures:
        finished = (part.finish(own) for part, own in zip(parts, np.split(sums, ends), strict=True))
        return {name: value for figures in finished for name, value in figures.items()}

    return replace(first, counts=np.concatenate([part.counts for part in parts], axis=1), finish=finish)


def row_means(names: Sequence[str], values: np.ndarray) -> SummedScores:
    """Scores whose figures are means over rows of values [N, len(names)]. A row that has no value (nan) is in no mean."""
    values = np.asarray(values, dtype=np.float64).reshape(-1, len(names))
    there = ~np.isnan(values)

    def finish(sums: np.ndarray) -> Figures:
        totals, counts = sums[: len(names)].tolist(), sums[len(names) :].tolist()
        return {name: ratio(total, count) for name, total, count in zip(names, totals, counts)}

    return SummedScores(np.concatenate([np.where(there, values, 0.0), there], axis=1), finish)


def check_lengths(**rows: Sequence) -> None:
    """ValueError unless all have one entry per row."""
    lengths = {name: len(entries) for name, entries in rows.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError("as many rows of each are needed: " + ", ".join(f"{n} {name}" for name, n in lengths.items()))

"""Whether two systems differ on the same rows: McNemar's test, approximate randomisation, and Holm's correction for several.

They stand beside the paired bootstrap (`bootstrap.resample_difference`), which says by how much. Draw b of the
randomisation comes from (seed, b) alone. Shapes: N rows, P comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol, Self

import numpy as np

from groundup.data import draws
from groundup.evaluate.bootstrap import difference
from groundup.metrics.scores import Scores

SWAPS = 1000
SAME = 1e-12  # differences closer than this are one: sums in another order differ in their last bits


@dataclass(frozen=True)
class McNemar:
    """Rows that only one of two systems has right, and the two-sided p of "each is as often right where they differ".

    `exact` is the binomial test (McNemar, 1947, Psychometrika 12; exact form Mosteller, 1952); `mid_p` counts the observed
    table half, which keeps its level and is less timid (Fagerland, Lydersen and Laake, 2013, BMC Med. Res. Methodol. 13:91).
    """

    only_ours: int
    only_theirs: int
    exact: float
    mid_p: float

    def as_dict(self) -> dict:
        return asdict(self)


def mcnemar(ours: np.ndarray, theirs: np.ndarray) -> McNemar:
    """Of two boolean arrays [N]: whether each system is right on each row. Raises ValueError when they cannot be paired."""
    ours, theirs = np.asarray(ours, dtype=bool), np.asarray(theirs, dtype=bool)
    if ours.shape != theirs.shape:
        raise ValueError(f"{len(ours)} and {len(theirs)} rows cannot be paired")
    one, other = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    return McNemar(one, other, *sign_test(one, other))


def sign_test(one: int, other: int) -> tuple[float, float]:
    """Exact and mid-p, two-sided, of `one` heads and `other` tails of a fair coin."""
    if one == other:
        return 1.0, 1.0 - 0.5 * share_of(one, one + other)
    less, count = min(one, other), one + other
    tail = math.fsum(share_of(k, count) for k in range(less + 1))
    return min(1.0, 2 * tail), min(1.0, 2 * tail - share_of(less, count))


def share_of(heads: int, count: int) -> float:
    """The probability of so many heads among `count` throws."""
    logarithm = math.lgamma(count + 1) - math.lgamma(heads + 1) - math.lgamma(count - heads + 1)
    return math.exp(logarithm - count * math.log(2))


class Exchangeable(Scores, Protocol):
    """Scores that can be compared with another system's, so that a figure of rows of both can be told."""

    def concatenate(self, other: Self, /) -> Scores:
        """2N rows: ours, then theirs."""
        ...


def randomise(ours: Exchangeable, theirs: Exchangeable, seed: int = 0, num_swaps: int = SWAPS) -> dict[str, float | None]:
    """Two-sided p of no difference, for each figure: how often swapping the two systems' answers on a random half of the rows
    gives a difference as large as the one seen. It needs no assumption but that the rows are independent, and is never 0.

    An undefined difference has no p. Raises ValueError for scores of different numbers of rows. *Noreen, 1989,
    Computer-Intensive Methods for Testing Hypotheses*; for language tasks *Yeh, 2000, arXiv:cs/0008005*.
    """
    count = len(ours)
    if count != len(theirs):
        raise ValueError(f"{count} and {len(theirs)} rows cannot be paired")
    rows = np.arange(count)
    observed = difference(ours, theirs, rows)
    both, stream = ours.concatenate(theirs), draws.key(seed, "randomise")
    as_large, defined = dict.fromkeys(observed, 0), dict.fromkeys(observed, 0)
    for b in range(num_swaps if count else 0):
        swapped = draws.uniform(stream, b, rows) < 0.5
        swapped_difference = difference(
            both, both, np.where(swapped, rows + count, rows), np.where(swapped, rows, rows + count)
        )
        for name, value in observed.items():
            change = swapped_difference[name]
            if value is not None and change is not None:
                defined[name] += 1
                as_large[name] += abs(change) >= abs(value) - SAME
    return {
        name: None if value is None or not count else (1 + as_large[name]) / (1 + defined[name])
        for name, value in observed.items()
    }


def holm(values: Sequence[float | None]) -> list[float | None]:
    """p values corrected for their number, in their order; None stays and is not counted.

    The smallest of P is multiplied by P, the next by P - 1, and so on, never falling: the chance of even one false alarm
    among all stays below the level. *Holm, 1979, Scandinavian Journal of Statistics 6*.
    """
    known = sorted((value, place) for place, value in enumerate(values) if value is not None)
    corrected: list[float | None] = [None] * len(values)
    largest = 0.0
    for rank, (value, place) in enumerate(known):
        largest = max(largest, min(1.0, value * (len(known) - rank)))
        corrected[place] = largest
    return corrected

"""How fast several systems answer, measured in turns, so that what else the machine does falls on all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

import numpy as np

from groundup.data import draws

WARM_UP = 3  # rows that every system answers before a clock is looked at
LARGEST_BATCH = 512  # rows at once, of which throughput is reported

Texts = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Speed:
    """Milliseconds that one row alone takes (median, and what 95 of 100 rows stay under), and rows a second of many at once."""

    p50_ms: float
    p95_ms: float
    rows_per_second: float

    def as_dict(self) -> dict:
        return asdict(self)


def measure(
    systems: Mapping[str, Callable[[Texts], object]],
    texts: Texts,
    num_rows: int,
    rounds: int,
    seed: int = 0,
    clock: Callable[[], float] = time.perf_counter,
    largest: int = LARGEST_BATCH,
) -> dict[str, Speed]:
    """Speed of each system on rows drawn from `texts`, throughput on up to `largest` of them at once. Each row, and each round,
    begins with another system."""
    order = draws.permutation(draws.key(seed, "speed"), 0, len(texts))
    one_by_one, batch = [texts[i] for i in order[:num_rows]], [texts[i] for i in order[:largest]]
    names = list(systems)

    def seconds(name: str, rows: Texts) -> float:
        start = clock()
        systems[name](rows)
        return clock() - start

    for name in names:
        for text in one_by_one[:WARM_UP]:
            seconds(name, [text])
    single: dict[str, list[float]] = {name: [] for name in names}
    many: dict[str, list[float]] = {name: [] for name in names}
    for times, work in ((single, [[text] for text in one_by_one]), (many, [batch] * rounds)):
        for turn, rows in enumerate(work):
            for name in rotated(names, turn):
                times[name].append(seconds(name, rows))
    speeds = {}
    for name in names:
        p50, p95 = np.quantile(single[name], [0.5, 0.95])
        speeds[name] = Speed(1000 * float(p50), 1000 * float(p95), len(batch) / max(median(many[name]), 1e-9))
    return speeds


def rotated(names: Sequence[str], turn: int) -> list[str]:
    first = turn % len(names)
    return [*names[first:], *names[:first]]

"""What this machine does in a second, measured in about one: the four rates of the cost model (step_time.py)."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor

from groundup.nn.cost.step_time import Rates

MATRIX_SIZE = 1024  # of the matrices that are multiplied
KEPT, NEW = 2**21, 2**24  # values of a vector whose memory the allocator keeps, and of one whose memory it gives back
CALLS = 100
ROUNDS = 5
SECONDS_PER_ROUND = 0.05  # seconds measured per round and rate

Clock = Callable[[], float]
Choice = Callable[[list[float]], float]


def measure_rates(
    clock: Clock = time.perf_counter, rounds: int = ROUNDS, seconds: float = SECONDS_PER_ROUND, choose: Choice = min
) -> Rates:
    """The four rates, which take turns for a few rounds, with as many threads as torch is set to.

    The fastest of all turns counts, for what else the machine does at the moment is not its rate; or what is chosen, like the
    median. `clock` tells seconds; processor time with one thread leaves out what others do meanwhile.
    """
    square = torch.ones(MATRIX_SIZE, MATRIX_SIZE)
    old, new = torch.ones(KEPT), torch.ones(NEW)
    out = torch.empty(NEW)
    one = torch.zeros(1, requires_grad=True)
    parts: list[Callable[[], object]] = [
        lambda: torch.mm(square, square),
        lambda: torch.add(old, old),
        lambda: torch.add(new, new),
        lambda: torch.add(new, new, out=out),
        lambda: chain(one),
    ]
    times: list[list[float]] = [[] for _ in parts]
    for _ in range(rounds):
        for part, timings in zip(parts, times, strict=True):
            timings += repeat_timings(part, clock, seconds)
    product, sum_kept, sum_new, sum_old, chained = map(choose, times)
    return Rates(
        products=2 * MATRIX_SIZE**3 / product,
        touched=12 * KEPT / sum_kept,
        fresh=4 * NEW / max(sum_new - sum_old, 1e-9),
        call=chained / CALLS,
    )


def chain(x: Tensor) -> None:
    """A chain of calls on one number, forward and back."""
    for _ in range(CALLS):
        x = x + 1
    x.backward()


def repeat_timings(work: Callable[[], object], clock: Clock, share: float) -> list[float]:
    """Seconds of as many turns as fit into `share` seconds, at least one; one more goes before."""
    work()
    timings: list[float] = []
    while not timings or sum(timings) < share:
        start = clock()
        work()
        timings.append(clock() - start)
    return timings

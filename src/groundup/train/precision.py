"""Mixed precision: matrix products of training in bfloat16 where the processor is fast at them. Weights, norms, losses and
evaluations stay in float32 (Micikevicius et al., 2017, arXiv:1710.03740; Kalamkar et al., 2019, arXiv:1905.12322)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from groundup.messages.current import message
from groundup.nn.device import CPU, device_of
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, Objective
from groundup.train.settings import Precision, PrecisionChoice

PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")
TIMED_UPDATES = 3  # each computed twice in each precision, after one that warms the kernels up
WORTH = 0.95  # bfloat16 is taken where an update needs at most this share of the time
MIN_SPEEDUP = 2.0  # bfloat16 is recommended where it is at least so many times as fast
ROWS, INPUTS, OUTPUTS = 512, 512, 512  # shape of the timed product
DTYPES, TURNS = (torch.float32, torch.bfloat16), 7


def autocast(precision: Precision, device: torch.device = CPU) -> torch.autocast:
    """A context in which the matrix products of a model on this device have this precision."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")


class Timed(NamedTuple):
    """Seconds of the passes of an update in each precision, and which is taken."""

    precision: Precision
    seconds: dict[Precision, float]

    def __str__(self) -> str:
        seconds = {one: f"{self.seconds[one]:.3g}" for one in PRECISIONS}
        return message("precision measured", precision=self.precision, **seconds)


def choose_precision(model: Model, objective: Objective, batches: Callable[[int], list[Batch]]) -> Timed:
    """The faster precision, by a few updates' forward and backward passes in both. No weight is changed.

    Of each update the shorter of two times counts: the first may build kernels for its shapes.
    """
    seconds: dict[Precision, float] = dict.fromkeys(PRECISIONS, 0.0)
    for number in range(TIMED_UPDATES + 1):
        micro_batches = batches(number + 1)
        for precision in PRECISIONS:
            times = [seconds_of_passes(model, objective, micro_batches, precision) for _ in range(2)]
            seconds[precision] += min(times) / TIMED_UPDATES if number else 0.0
    model.zero_grad(set_to_none=True)
    return Timed("bfloat16" if seconds["bfloat16"] <= WORTH * seconds["float32"] else "float32", seconds)


def seconds_of_passes(model: Model, objective: Objective, micro_batches: list[Batch], precision: Precision) -> float:
    """Forward and backward once through each micro-batch."""
    model.train()
    device = device_of(model)
    started = time.perf_counter()
    for batch in micro_batches:
        with autocast(precision, device):
            predictions = batch.forward(model)
        terms = objective.losses({head: logits.float() for head, logits in predictions.items()}, batch.targets)
        loss = sum(terms.values())
        if isinstance(loss, Tensor) and loss.requires_grad:
            loss.backward()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - started


def resolve_precision(
    choice: PrecisionChoice, model: Model, objective: Objective, batches: Callable[[int], list[Batch]]
) -> Precision:
    """The precision itself; of `auto` the faster one."""
    return choose_precision(model, objective, batches).precision if choice == "auto" else choice


def precision_advice(precision: Precision, device: torch.device = CPU) -> str | None:
    """A line for people where another precision is faster on this machine, or None. Measuring takes some milliseconds.

    It is the processor that is measured: of a model on another device nothing is said.
    """
    if device.type != "cpu":
        return None
    times = speedup()
    if precision == "bfloat16" and times < 1:
        return message("bfloat16 is slower", times=times)
    if precision == "float32" and times >= MIN_SPEEDUP:
        return message("bfloat16 is faster", times=times)
    return None


def speedup() -> float:
    """How many times as fast as in float32 matrices are multiplied in bfloat16: the least time of the processor of some
    products of each, in turns, for another process may take a core in the middle of one."""
    factors = {dtype: (torch.ones(ROWS, INPUTS, dtype=dtype), torch.ones(OUTPUTS, INPUTS, dtype=dtype)) for dtype in DTYPES}
    seconds: dict[torch.dtype, list[float]] = {dtype: [] for dtype in DTYPES}
    for _ in range(TURNS):
        for dtype, (first, second) in factors.items():
            started = time.process_time()
            torch.nn.functional.linear(first, second)
            seconds[dtype].append(time.process_time() - started)
    fastest = [min(times[1:]) for times in seconds.values()]  # the first warms the kernels up
    return fastest[0] / fastest[1]

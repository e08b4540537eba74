"""Mixed precision: matrix products of training in bfloat16 where the processor is fast at them. Weights, norms, losses and
evaluations stay in float32 (Micikevicius et al., 2017, arXiv:1710.03740; Kalamkar et al., 2019, arXiv:1905.12322)."""

from __future__ import annotations

import time
from typing import Literal

import torch

Precision = Literal["float32", "bfloat16"]
MIN_SPEEDUP = 2.0  # bfloat16 is recommended where it is at least so many times as fast
ROWS, INPUTS, OUTPUTS = 1024, 512, 512  # shape of the timed product


def autocast(precision: Precision) -> torch.autocast:
    """A context in which the model's matrix products have this precision."""
    return torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16")


def precision_advice(precision: Precision) -> str | None:
    """A line for people where another precision is faster on this machine, or None. Measuring takes some milliseconds."""
    times = speedup()
    if precision == "bfloat16" and times < 1:
        return f"warning: in bfloat16 this machine multiplies matrices {times:.1f} times as fast as in float32: leave it out"
    if precision == "float32" and times >= MIN_SPEEDUP:
        return f"this machine multiplies matrices {times:.1f} times as fast in bfloat16: --precision bfloat16"
    return None


def speedup() -> float:
    """How many times as fast as in float32 matrices are multiplied in bfloat16."""
    return fastest(torch.float32) / fastest(torch.bfloat16)


def fastest(dtype: torch.dtype) -> float:
    """Seconds of a product: the shortest of three, after one that warms the kernels up."""
    first, second = torch.ones(ROWS, INPUTS, dtype=dtype), torch.ones(OUTPUTS, INPUTS, dtype=dtype)
    seconds = []
    for _ in range(4):
        started = time.perf_counter()
        torch.nn.functional.linear(first, second)
        seconds.append(time.perf_counter() - started)
    return min(seconds[1:])

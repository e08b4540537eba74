"""Matrix products of training in bfloat16, where the processor is fast at them; weights, norms, losses and evaluations stay in
float32 (Micikevicius et al., 2017, arXiv:1710.03740; Kalamkar et al., 2019, arXiv:1905.12322)."""

from __future__ import annotations

import time
from typing import Literal

import torch

Precision = Literal["float32", "bfloat16"]
MIN_SPEEDUP = 2.0  # times as fast, from which on bfloat16 is spoken of
ROWS, INPUTS, OUTPUTS = 1024, 512, 512  # of the product that is timed


def autocast(precision: Precision) -> torch.autocast:
    """Inside, matrix products of the model are in this precision."""
    return torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16")


def precision_advice(precision: Precision) -> str | None:
    """What is to be said of a precision on this machine, if anything: it costs some milliseconds to find out."""
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
    """Seconds of a product, the shortest of a few; the first, which prepares kernels, is not counted."""
    first, second = torch.ones(ROWS, INPUTS, dtype=dtype), torch.ones(OUTPUTS, INPUTS, dtype=dtype)
    seconds = []
    for _ in range(4):
        started = time.perf_counter()
        torch.nn.functional.linear(first, second)
        seconds.append(time.perf_counter() - started)
    return min(seconds[1:])

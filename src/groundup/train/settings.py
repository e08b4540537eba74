"""Hyper-parameters of training, as every training command takes them. `None` means: what the regime says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from groundup.config import Fraction, PositiveFloat, Rate
from groundup.errors import printable

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST = 366 * 86400.0


@dataclass(frozen=True, kw_only=True)
class OptimizerSettings:
    """AdamW and its schedule: linear warm-up, flat, linear decay."""

    learning_rate: PositiveFloat | None = None
    """Peak learning rate."""
    weight_decay: Fraction | None = None
    """Decoupled weight decay, on matrices only."""
    warmup: Fraction | None = None
    """Share of the steps in which the learning rate rises."""
    flat_until: Fraction | None = None
    """Share of the steps after which the learning rate begins to fall."""
    clip: PositiveFloat = 1.0
    """Largest global norm of the gradient."""
    beta2: Rate | None = None
    """Decay of the second moment."""
    bias_correction: bool | None = None
    """Adam's bias correction; the published BERT leaves it out."""


def seconds_of(budget: str) -> float:
    """Seconds in '90s', '10m', '1h30m' or '2d'; ValueError otherwise."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smhd])", budget.strip().lower())
    if not parts or re.sub(r"(\d+(?:\.\d+)?)\s*([smhd])\s*", "", budget.strip().lower()):
        raise ValueError(budget)
    return sum(float(number) * UNITS[unit] for number, unit in parts)


def check_budget(budget: str | None) -> Iterable[tuple[str, str]]:
    """Complaints about a time budget, for a command's `check`."""
    if budget is not None:
        try:
            seconds = seconds_of(budget)
            if seconds < 1:
                yield "budget", f"'{budget}' is less than a second"
            elif seconds > LONGEST:
                yield "budget", f"'{printable(budget, 60)}' is more than a year"
        except ValueError:
            yield "budget", f"'{budget}' is not a time; write it like 90s, 10m or 1h30m"

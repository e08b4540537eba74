"""How much of a text is hidden, and how. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["token", "word", "span"]


@dataclass(frozen=True)
class Masking:
    """How positions are chosen and corrupted. The rate falls linearly from `rate` to `final_rate` over the run."""

    rate: float = 0.15
    final_rate: float = 0.15
    masked: float = 0.8  # share of the chosen that become [MASK]
    random: float = 0.1  # share that become a random word; the rest stay
    most: float | None = None  # at most so many per sequence, as a share of its length (paper: 20 of 128)
    unit: Unit = "token"  # what is chosen together: tokens, whole words, or spans of geometric lengths

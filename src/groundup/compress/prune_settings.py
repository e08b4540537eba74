"""Settings of pruning. Free of torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from groundup.config import Fraction, NonNegative, Positive
from groundup.scope import Unfit

Mask = Literal["none", "magnitude", "wanda", "movement"]


@dataclass(frozen=True, kw_only=True)
class PruneSettings:
    """Heads and feed-forward units that matter least are cut out, in rounds with training between them: the matrices become
    smaller, and the model faster. Or single weights become zero, which makes no model faster here."""

    unfit: ClassVar = (
        Unfit(
            lambda one: one.mask != "none",
            ("rounds", "parts", "units", "shares", "multiple"),
            "is of heads and units that are cut out, not of single weights",
        ),
        Unfit(lambda one: one.mask in ("magnitude", "movement"), ("examples",), "is not for this mask, which reads none"),
        Unfit(lambda one: one.parts == "heads", ("units", "multiple"), "is of units, and heads alone are cut out"),
    )

    block_flops: Fraction = 0.5
    """Share of the blocks' operations to take away."""
    layers: NonNegative = 0
    """Whole layers to drop before the first round: those whose absence costs the least loss. They count, too."""
    rounds: Positive = 3
    """Rounds, each with an equal share of the updates after it."""
    parts: Literal["both", "heads", "units"] = "both"
    """What is cut out: attention heads, units of feed-forward parts, or both."""
    units: Literal["gates", "weights"] = "gates"
    """How units are ranked: by what the loss changes with their output, or by the sum of |weight x gradient|."""
    shares: Literal["uniform", "global"] = "uniform"
    """uniform: the same share of heads and of units; global: whatever costs the least loss per operation."""
    examples: Positive = 1024
    """Training rows from which importance is read."""
    multiple: Positive = 8
    """Widths are multiples of it: others are slow."""
    mask: Mask = "none"
    """Zero single weights instead, as large a share of them: the smallest; the smallest times the size of their inputs (wanda);
    or those that training moves towards zero (movement). The matrices keep their size: only a packed file becomes smaller."""

    def check(self) -> Iterable[tuple[str, str]]:
        if not 0 < self.block_flops < 1:
            yield "block_flops", f"{self.block_flops:g} is not between 0 and 1"
        if self.mask != "none" and self.layers:
            yield "layers", "are not dropped when single weights are zeroed"

"""groundup size: what a model costs, before it is trained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from groundup.config import Command, Fraction, NonNegativeFloat, Positive
from groundup.train.settings import check_budget


@dataclass(frozen=True, kw_only=True)
class Size(Command):
    """Tell parameters, memory, work and minutes of a model before it is trained.

    Time is estimated from the rate of matrix products measured on this machine now.
    """

    model: str | None = None
    """Model folder or run to look at, instead of a preset."""
    objective: Literal["masked", "causal", "spans", "denoise", "prefix"] = "masked"
    """What a new model is to learn, which decides its shape."""
    preset: Literal["tiny", "nano", "mini", "small", "medium", "base"] = "mini"
    """Size of a new model."""
    regime: Literal["fast", "paper"] = "fast"
    """Shape of a new model and how it is trained."""
    data: str | None = None
    """Data folder: its vocabulary and its number of tokens are used."""
    vocab_size: Positive = 8192
    """Words of a new model, when no data is named."""
    length: Positive = 128
    """Tokens of a sequence."""
    batch_size: Positive = 32
    """Sequences per update."""
    gamma: NonNegativeFloat = 1.0
    """Weight of next sentence prediction; 0 leaves its head out."""
    mask_rate: Fraction | None = None
    """Share of the tokens to predict. Default: 0.15 (paper), 0.225, the mean of a run (fast)."""
    steps: Positive | None = None
    """Updates of the run whose time is wanted."""
    budget: str | None = None
    """Wall time of which the number of updates is wanted."""

    def check(self) -> Iterable[tuple[str, str]]:
        yield from check_budget(self.budget)
        if self.steps is not None and self.budget is not None:
            yield "steps", "give either steps or a budget, not both"

    def run(self):
        from groundup.commands.sizing import tell

        return tell(self)

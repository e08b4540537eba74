"""groundup size: what a model costs, before it is trained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from groundup.config import Command, Fraction, NonNegativeFloat, Positive, PositiveFloat
from groundup.scope import NO_CHANCE, ON_PROCESSOR, Unfit
from groundup.train.settings import check_budget, check_count


@dataclass(frozen=True, kw_only=True)
class Size(Command):
    """Tell parameters, memory, work and time of a model before it is trained.

    The time of a step is counted from the shape and from four rates of this machine, measured now in about two seconds, or
    from the published figures of other hardware (docs/guides/size.md).
    """

    example: ClassVar[str] = "groundup size --preset small --budget 1h"
    main_settings: ClassVar[tuple[str, ...]] = (
        "preset",
        "model",
        "objective",
        "budget",
        "steps",
        "length",
        "batch_size",
        "hardware",
    )

    unfit: ClassVar = (
        ON_PROCESSOR,
        NO_CHANCE,
        Unfit(lambda one: one.model, ("preset", "vocab_size", "gamma"), "is of a new model, and --model names one"),
        Unfit(lambda one: one.parameters, ("preset",), "goes without parameters, which say the size"),
        Unfit(lambda one: one.data, ("vocab_size",), "is that of --data"),
        Unfit(lambda one: not one.model and one.objective != "masked", ("gamma", "mask_rate"), "is of masked words and pairs"),
        Unfit("no encoder-decoder", ("objective",), "is for models of two stacks; this one has one"),
        Unfit("no masked words", ("mask_rate", "regime"), "is of masked words, which this model does not learn"),
    )

    model: str | None = None
    """Model folder or run to look at, instead of a preset."""
    objective: Literal["masked", "causal", "spans", "denoise", "prefix"] = "masked"
    """What a new model is to learn, which decides its shape."""
    preset: Literal["tiny", "nano", "mini", "small", "medium", "base"] = "mini"
    """Size of a new model."""
    parameters: str | None = None
    """Parameters of a new model of about so many, like 100m or 1b, instead of a preset; 64 times as wide as deep."""
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
    examples: str | None = None
    """Sequences of the run whose time is wanted, like 10m or 1b."""
    hardware: Literal["this", "cpu-16", "a100", "h100", "8xh100"] = "this"
    """Whose time is wanted: this machine's, or that of hardware by its published figures, of which a share is assumed."""
    gflops: PositiveFloat | None = None
    """Rate of this machine's float32 matrix products, in 10^9 operations per second, instead of measuring; its other rates are
    then taken in proportion."""

    def check(self) -> Iterable[tuple[str, str]]:
        yield from check_budget(self.budget)
        yield from check_count("examples", self.examples)
        yield from check_count("parameters", self.parameters)
        if sum(given is not None for given in (self.steps, self.budget, self.examples)) > 1:
            yield "steps", "give one of steps, a budget and examples, not two"
        if self.model is not None and self.parameters is not None:
            yield "parameters", "a model folder has as many as it has; leave one of the two out"
        if self.gflops is not None and self.hardware != "this":
            yield "gflops", f"is of this machine; '{self.hardware}' has its own"

"""Hyper-parameters of training, as every training command takes them. `None` means: what the regime says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from groundup.config import Command, Fraction, NonNegative, NonNegativeFloat, Positive, PositiveFloat, Rate
from groundup.errors import printable
from groundup.scope import Unfit

SECONDS_PER_UNIT = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
MAX_SECONDS = 366 * 86400.0
MULTIPLIERS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}
MAX_COUNT = 1e13  # of examples, parameters: a larger number is a typing error


Trackers = tuple[Literal["tensorboard", "mlflow", "wandb"], ...]
"""Sinks of the figures besides events.jsonl (train/tracking.py)."""
Precision = Literal["float32", "bfloat16"]
PrecisionChoice = Literal["float32", "bfloat16", "auto"]


Preset = Literal["micro", "tiny", "nano", "mini", "small", "medium", "base"]
"""Sizes of a new model (families/presets.py)."""


@dataclass(frozen=True, kw_only=True)
class OptimizerSettings:
    """The optimizer and its schedule: linear warm-up, flat, linear decay."""

    method: Literal["adamw", "muon"] = "adamw"
    """AdamW, or Muon for the matrices in blocks and AdamW for the rest."""
    learning_rate: PositiveFloat | None = None
    """Peak learning rate."""
    weight_decay: Fraction | None = None
    """Decoupled weight decay, on matrices only."""
    warmup: Fraction | None = None
    """Share of the steps in which the learning rate rises."""
    decay_start: Fraction | None = None
    """Share of the steps after which the learning rate begins to fall."""
    clip: PositiveFloat = 1.0
    """Largest global norm of the gradient."""
    beta2: Rate | None = None
    """Decay of the second moment."""
    bias_correction: bool | None = None
    """Adam's bias correction; the published BERT leaves it out."""


@dataclass(frozen=True, kw_only=True)
class TrainingCommand(Command):
    """Settings that every command takes that trains."""

    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    precision: Literal["float32", "bfloat16", "auto"] = "float32"  # ty: ignore[incompatible-attribute-override]
    """Number format of matrix products in training: bfloat16 is several times as fast where the processor has units for it
    (AMX), and slow elsewhere. auto: the faster one, by a few updates in both. Weights, losses and evaluations are of float32
    in any case."""


@dataclass(frozen=True, kw_only=True)
class LoraSettings:
    """Small matrices trained beside frozen ones (LoRA); merged into them when the model is published."""

    unfit: ClassVar = (Unfit(lambda lora: not lora.rank, ("alpha", "dropout", "targets", "dora"), "needs a rank above 0"),)

    rank: NonNegative = 0
    """Width of the small matrices; 0: all weights are trained themselves."""
    alpha: PositiveFloat = 16.0
    """Their factor is alpha / rank."""
    dropout: Rate = 0.05
    """Dropout before them."""
    targets: Literal["query_value", "attention", "all_linear"] = "query_value"
    """Which layers have them."""
    dora: bool = False
    """Train the length of each row apart (DoRA)."""


@dataclass(frozen=True, kw_only=True)
class RegularizeSettings:
    """Staying near the weights that fine-tuning began with."""

    unfit: ClassVar = (
        Unfit(lambda regularize: regularize.method == "none", ("strength",), "is of a method, and none is named"),
    )

    method: Literal["none", "l2_sp", "rec_adam", "ewc"] = "none"
    """A penalty on the distance (l2_sp), one that fades (rec_adam), or one weighed by what pretraining needs (ewc)."""
    strength: NonNegativeFloat | None = None
    """Factor of the penalty. Default: 0.01, 5000 and 1000."""


@dataclass(frozen=True, kw_only=True)
class ReplaySettings:
    """Going on with pretraining beside the task: L = L_task + lambda L_pre, L_pre = masked words + gamma next sentences."""

    unfit: ClassVar = (
        Unfit(lambda replay: replay.weight != "auto", ("rho",), "finds the weight by itself: give --replay.weight auto"),
        Unfit(lambda replay: not replay.weight, ("batch_size", "every", "decay_start"), "needs a replay.weight above 0"),
        Unfit(lambda replay: replay.weight, ("log_only",), "goes without replay.weight, which tells that loss anyhow"),
    )

    weight: NonNegativeFloat | Literal["auto"] = 0.0
    """lambda. auto: `rho` L_task / L_pre, as they are at the start. 0: plain fine-tuning, bit for bit."""
    rho: PositiveFloat = 0.3
    """Share of the pretraining loss where lambda is found by itself."""
    gamma: NonNegativeFloat = 0.0
    """Weight of next sentences; needs a data folder, whose documents have an order, and a model that has learned them."""
    data: str | None = None
    """Data folder to pretrain on, made with the model's tokenizer. Default: the training texts of the task."""
    batch_size: Positive | None = None
    """Sequences of it per update. Default: as many as of the task."""
    every: Positive = 1
    """Only every so many updates, weighed by as much."""
    decay_start: Fraction = 0.7
    """Share of the updates after which lambda falls linearly to 0."""
    log_only: bool = False
    """Tell the pretraining loss at each evaluation without learning from it: what is forgotten."""


def seconds_of(budget: str) -> float:
    """Seconds in '90s', '10m', '1h30m' or '2d'; ValueError otherwise."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smhd])", budget.strip().lower())
    if not parts or re.sub(r"(\d+(?:\.\d+)?)\s*([smhd])\s*", "", budget.strip().lower()):
        raise ValueError(budget)
    return sum(float(number) * SECONDS_PER_UNIT[unit] for number, unit in parts)


def check_budget(budget: str | None) -> Iterable[tuple[str, str]]:
    """Complaints about a time budget, for a command's `check`."""
    if budget is not None:
        try:
            seconds = seconds_of(budget)
            if seconds < 1:
                yield "budget", f"'{budget}' is less than a second"
            elif seconds > MAX_SECONDS:
                yield "budget", f"'{printable(budget, 60)}' is more than a year"
        except ValueError:
            yield "budget", f"'{budget}' is not a time; write it like 90s, 10m or 1h30m"


def count_of(text: str) -> float:
    """The number in '5000', '100m' or '1.5b'; ValueError otherwise."""
    number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmb]?)", text.strip().lower())
    if number is None:
        raise ValueError(text)
    return float(number[1]) * MULTIPLIERS[number[2]]


def check_count(name: str, text: str | None) -> Iterable[tuple[str, str]]:
    """Complaints about such a number, for a command's `check`."""
    if text is not None:
        try:
            if not 1 <= count_of(text) <= MAX_COUNT:
                yield name, f"{printable(text, 60)} is not from 1 to {MAX_COUNT:,.0f}"
        except ValueError:
            yield name, f"'{printable(text, 60)}' is not a number; write it like 5000, 100m or 1b"


StaySettings = RegularizeSettings  # the former name, for one version

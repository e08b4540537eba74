"""How the published models were pretrained, and a fast way: all that they say where the user says nothing. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from groundup.commands.pretrain.settings import Pretrain
from groundup.families import presets
from groundup.objectives.masking import Masking
from groundup.train.hyperparameters import Hyperparameters, with_overrides


@dataclass(frozen=True)
class Regime:
    """What a published or a fast way of pretraining says where the user says nothing."""

    masking: Masking
    gamma: float
    batch_size: int
    learning_rate: float  # `fast`: at width 256
    weight_decay: float
    warmup: float
    decay_start: float
    beta2: float
    epsilon: float
    bias_correction: bool
    embeddings: str


BERT = Regime(Masking(0.15, 0.15, 0.8, 0.1, most=20 / 128), 1.0, 256, 1e-4, 0.01, 0.01, 0.0, 0.999, 1e-6, False, "random")
FAST = Regime(Masking(0.30, 0.15, 1.0, 0.0), 0.2, 32, 2e-3, 0.01, 0.02, 0.45, 0.99, 1e-8, True, "cooccurrence")
GPT2 = replace(
    BERT, gamma=0.0, batch_size=64, learning_rate=6e-4, weight_decay=0.1, beta2=0.95, epsilon=1e-8, bias_correction=True
)
WRITING = replace(FAST, gamma=0.0, weight_decay=0.1, embeddings="random")


class Ways(NamedTuple):
    """How an objective is trained, as published and fast; and what of it is said before a run."""

    paper: Regime
    fast: Regime
    masks_words: bool = False
    pairs: bool = False
    of_tokens: bool = True  # an example is a sequence of `length` tokens


WRITES = Ways(GPT2, WRITING)
WAYS: dict[presets.Objective, Ways] = {
    "masked": Ways(BERT, FAST, masks_words=True, pairs=True),
    "replaced": Ways(BERT, FAST, masks_words=True),
    "causal": WRITES,
    "spans": WRITES,
    "denoise": WRITES,
    "prefix": WRITES,
    "patches": Ways(GPT2, WRITING, of_tokens=False),
    "cells": Ways(GPT2, WRITING, of_tokens=False),
}


def regime_of(settings: Pretrain, objective: presets.Objective) -> Regime:
    """The published or the fast way, with what the user said instead."""
    regime = WAYS[objective].paper if settings.regime == "paper" else WAYS[objective].fast
    masking = replace(regime.masking, unit=settings.mask_unit)
    if settings.mask_rate is not None:
        masking = replace(masking, rate=settings.mask_rate, final_rate=settings.mask_rate)
    given = {name: getattr(settings, name) for name in ("gamma", "embeddings") if getattr(settings, name) is not None}
    return replace(regime, masking=masking, **given)


def begins_counted(settings: Pretrain, regime: Regime) -> bool:
    """Whether a new model's word embeddings are counted from the text."""
    return settings.model is None and regime.embeddings == "cooccurrence"


def optimizer_of(settings: Pretrain, regime: Regime, width: int) -> Hyperparameters:
    """All values of the optimizer for a model of so many numbers per token."""
    peak = peak_rate(settings, regime, width)
    usual = Hyperparameters(
        peak, regime.warmup, regime.decay_start, regime.weight_decay, regime.beta2, regime.epsilon, regime.bias_correction
    )
    return with_overrides(settings.optimizer, usual)


def peak_rate(settings: Pretrain, regime: Regime, width: int) -> float:
    """`fast`: 2e-3 at width 256 and 8,192 tokens a step, falling with the width, rising with the root of the batch. Narrower
    models have up to twice as much where their embeddings begin as counted; drawn ones do not bear it (docs/decisions/006)."""
    if settings.regime == "paper":
        return regime.learning_rate
    tokens = (settings.batch_size or regime.batch_size) * settings.length
    highest = regime.learning_rate * (2 if begins_counted(settings, regime) else 1)
    by_width = min(highest, max(6e-4, regime.learning_rate * 256 / width))
    return by_width * min(1.0, (tokens / 8192) ** 0.5)

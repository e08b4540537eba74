"""The regime of a run and the values of its optimizer, with what the user says instead. Free of torch."""

from __future__ import annotations

from dataclasses import replace

from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.traits import OBJECTIVES, Regime
from groundup.train.hyperparameters import Hyperparameters, with_overrides


def regime_of(settings: Pretrain, objective: str) -> Regime:
    """The published or the fast way, with what the user said instead."""
    regime = OBJECTIVES[objective].paper if settings.regime == "paper" else OBJECTIVES[objective].fast
    masking = replace(regime.masking, unit=settings.mask_unit)
    if settings.mask_rate is not None:
        masking = replace(masking, rate=settings.mask_rate, final_rate=settings.mask_rate)
    overrides = {name: getattr(settings, name) for name in ("gamma", "embeddings") if getattr(settings, name) is not None}
    return replace(regime, masking=masking, **overrides)


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

"""What pretraining decides where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.shared.resolving import LATER, config_of, hyperparameter_lines, width_of
from groundup.families.presets import size_of


def preview(settings: Pretrain) -> list[str]:
    """Of pretraining, anew or of a model continued."""
    from groundup.commands.pretrain import regimes
    from groundup.commands.pretrain.traits import OBJECTIVES
    from groundup.families.family import ForeignConfig
    from groundup.families.known import family_named

    config = {} if settings.model is None else config_of(settings.model)
    family = family_named(ForeignConfig(config, str(settings.model)))
    kind = settings.named_objective or ("masked" if family is None else family.objectives[0])
    regime = regimes.regime_of(settings, kind)
    width = size_of(settings.preset).hidden_size if settings.model is None else width_of(settings.model)
    size = settings.batch_size or regime.batch_size
    lines = hyperparameter_lines(str(settings.model), None if width is None else regimes.optimizer_of(settings, regime, width))
    read = OBJECTIVES[kind].settings
    rates = f", mask_rate {regime.masking.rate:g} falling to {regime.masking.final_rate:g}" if "mask_unit" in read else ""
    gamma = f", gamma {regime.gamma:g}" if "gamma" in read else ""
    embeddings = f", embeddings {regime.embeddings}" if settings.model is None and "embeddings" in read else ""
    shape = f"{size:,} sequences of {settings.length:,} tokens a step" if "length" in read else f"{size:,} examples a step"
    lines.append(f"resolved: objective {kind}, {shape}{rates}{gamma}{embeddings}")
    if settings.steps is None:
        return [*lines, f"{LATER} the number of steps, by timing the first ones ({settings.budget})"]
    return [*lines, f"resolved: {settings.steps:,} steps; {LATER} how many epochs that is"]

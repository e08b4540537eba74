"""What a learning curve decides where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

from groundup.commands.curve.settings import Curve
from groundup.commands.shared.resolving import dry_transfer, hyperparameter_lines, steps_told
from groundup.families.presets import size_of
from groundup.train.defaults import NEW
from groundup.train.hyperparameters import finetuning_hyperparameters


def preview(settings: Curve) -> list[str]:
    if not settings.model:
        values = finetuning_hyperparameters(settings.optimizer, size_of(settings.preset).hidden_size, defaults=NEW)
        return [*hyperparameter_lines("a new model", values), *steps_told(settings, defaults=NEW)]
    return [line for model in settings.model for line in dry_transfer(model, settings.optimizer, settings)]

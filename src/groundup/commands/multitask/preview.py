"""What several tasks decide where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

from groundup.commands.multitask.settings import Multitask
from groundup.commands.shared.resolving import hyperparameter_lines, steps_told, width_of
from groundup.families.presets import size_of
from groundup.train.hyperparameters import finetuning_hyperparameters


def preview(settings: Multitask) -> list[str]:
    width = size_of(settings.preset).hidden_size if settings.model is None else width_of(settings.model)
    values = None if width is None else finetuning_hyperparameters(settings.optimizer, width, defaults=settings.defaults)
    return [*hyperparameter_lines(str(settings.model), values), *steps_told(settings, len(settings.tasks), settings.defaults)]

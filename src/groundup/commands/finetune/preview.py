"""What fine-tuning decides where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

from groundup.commands.finetune.settings import Finetune
from groundup.commands.shared.resolving import hyperparameter_lines, steps_told, width_of
from groundup.families.presets import size_of
from groundup.train.hyperparameters import Hyperparameters, finetuning_hyperparameters


def optimizer_of(settings: Finetune, width: int) -> Hyperparameters:
    """All values of the optimizer, by the numbers per token. What l2_sp pulls to its start must not decay to 0 as well."""
    decay = 0.0 if settings.regularize.method == "l2_sp" else 0.01
    return finetuning_hyperparameters(settings.optimizer, width, bool(settings.lora.rank), decay, settings.defaults)


def preview(settings: Finetune) -> list[str]:
    width = size_of(settings.preset).hidden_size if settings.model is None else width_of(settings.model)
    values = None if width is None else optimizer_of(settings, width)
    return [*hyperparameter_lines(str(settings.model), values), *steps_told(settings, defaults=settings.defaults)]

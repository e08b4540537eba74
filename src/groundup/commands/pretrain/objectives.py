"""The objectives of pretraining, by name: the one place that knows them all. Adding one: docs/guides/add-an-objective.md."""

from __future__ import annotations

from groundup.commands.pretrain.cells import HiddenCells
from groundup.commands.pretrain.job import Pretraining
from groundup.commands.pretrain.patches import MissingPatches
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.texts import Causal, Denoise, Masked, Prefix, Replaced, Spans
from groundup.errors import InputError
from groundup.families.family import Family

OBJECTIVES: dict[str, Pretraining] = {
    row.name: row for row in (Masked(), Replaced(), Causal(), Spans(), Denoise(), Prefix(), MissingPatches(), HiddenCells())
}


def objective_of(settings: Pretrain, family: Family | None) -> str:
    """What is learned: as objective for, or what the family of the model continued was made for."""
    if family is None:
        return settings.named_objective or "masked"
    natural = family.objectives[0]
    objective = settings.named_objective or natural
    if objective not in family.objectives:
        raise InputError(
            "WRONG_OBJECTIVE",
            "objective",
            f"{settings.model} is a {family.name}, which does not learn '{objective}'",
            f"leave --objective out: {family.name} learns '{natural}'",
        )
    return objective

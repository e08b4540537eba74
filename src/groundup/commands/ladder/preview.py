"""What a ladder decides where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

from groundup.commands.ladder.settings import Ladder
from groundup.commands.shared.resolving import dry_transfer


def preview(settings: Ladder) -> list[str]:
    theseus = any("theseus" in rung for rung in settings.rungs) and settings.optimizer.weight_decay is None
    return [
        *dry_transfer(settings.model, settings.optimizer, settings),
        *(["resolved: weight_decay 0 in the rungs of theseus"] if theseus else []),
    ]

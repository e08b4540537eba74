"""What several tasks decide where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

from groundup.commands.multitask.settings import Multitask
from groundup.commands.shared.resolving import dry_transfer


def preview(settings: Multitask) -> list[str]:
    return dry_transfer(settings.model, settings.optimizer, settings, len(settings.tasks))

"""What the GLUE tasks decide where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

from groundup.commands.glue.settings import Glue
from groundup.commands.shared.resolving import dry_transfer


def preview(settings: Glue) -> list[str]:
    return dry_transfer(settings.model, settings.optimizer, settings)

"""What a learning curve decides where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

from groundup.commands.curve.settings import Curve
from groundup.commands.shared.resolving import dry_transfer


def preview(settings: Curve) -> list[str]:
    return [line for model in settings.model for line in dry_transfer(model, settings.optimizer, settings)]

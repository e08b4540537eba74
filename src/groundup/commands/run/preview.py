"""What the stages of a recipe decide where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

import os
from collections.abc import Callable

from groundup.commands.run.settings import Run
from groundup.commands.run.story import read_recipe
from groundup.commands.shared.resolving import LATER
from groundup.config import Command


def preview(
    settings: Run, command_class: Callable[[str], type[Command]], preview_of: Callable[[Command], list[str]]
) -> list[str]:
    """Refuses a recipe with mistakes. `command_class` and `preview_of` are those of the table of commands."""
    if not os.path.isfile(settings.recipe):
        return [f"{LATER} the stages of {settings.recipe}, which is not there"]
    stages = read_recipe(settings, command_class)
    return [f"{stage.name}: {line}" for stage in stages for line in preview_of(stage.settings)]

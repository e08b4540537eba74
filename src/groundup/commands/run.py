"""groundup run: a whole life from one recipe."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar

from groundup.config import Command


@dataclass(frozen=True, kw_only=True)
class Run(Command):
    """Run the stages of a recipe in order, each in a folder of its own name inside `--out`, and skip what is done already.

    A recipe is YAML: under `stages`, names with one command and its settings each. Where a setting that takes a folder
    (`model`, `data`, `tokenizer.existing`) or a source holds the name of an earlier stage, that stage's folder is meant;
    other paths are relative to the recipe's file. A stage is done when its folder was made with the same settings, the
    same inputs and the same version.
    """

    positional: ClassVar[str] = "recipe"

    recipe: str
    """YAML file with the stages."""
    out: str
    """Folder for all stages; run again, it goes on where it was."""
    set: tuple[str, ...] = ()
    """Change a setting of the recipe: --set lm.steps=200; may be repeated."""
    redo: tuple[str, ...] = ()
    """Stage to do again although it was done with other settings or inputs: its old folder is set aside."""
    only: tuple[str, ...] = ()
    """Run these stages only (what they need must be done)."""

    def resolved(self) -> list[str]:
        from groundup.commands.resolving import LATER
        from groundup.commands.running import read_recipe

        if not os.path.isfile(self.recipe):
            return [f"{LATER} the stages of {self.recipe}, which is not there"]
        return [f"{stage.name}: {line}" for stage in read_recipe(self) for line in stage.settings.resolved()]

    def run(self):
        from groundup.commands.running import run

        return run(self)

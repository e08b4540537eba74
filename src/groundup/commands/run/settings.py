"""groundup run: a whole life from one recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from groundup.config import Command
from groundup.scope import Unfit


@dataclass(frozen=True, kw_only=True)
class Run(Command):
    """Run the stages of a recipe in order, each in a folder of its own name inside `--out`, and skip what is done already.

    A recipe is YAML: under `stages`, names with one command and its settings each. Where a setting that takes a folder
    (`model`, `data`, `tokenizer.existing`) or a source holds the name of an earlier stage, that stage's folder is meant;
    other paths are relative to the recipe's file. A stage is done when its folder was made with the same settings, the
    same inputs and the same version.
    """

    example: ClassVar[str] = "groundup run recipe.yaml --out runs/life"
    main_settings: ClassVar[tuple[str, ...]] = ("recipe", "out", "set", "redo", "only")

    unfit: ClassVar = (Unfit(lambda one: one.device != "auto", ("device",), "is a setting of the stages: name it there"),)

    positional: ClassVar[str] = "recipe"

    recipe: str
    """YAML file with the stages."""
    out: str
    """Folder for all stages; run again, it resumes where it was."""
    set: tuple[str, ...] = ()
    """Change a setting of the recipe: --set lm.steps=200; may be repeated."""
    redo: tuple[str, ...] = ()
    """Stage to do again although it was done with other settings or inputs: its old folder is set aside."""
    only: tuple[str, ...] = ()
    """Run these stages only (what they need must be done)."""

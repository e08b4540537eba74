"""groundup models: what can be loaded, and what of it is on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from groundup.config import Command
from groundup.scope import NO_CHANCE, ON_PROCESSOR, ONE_THREAD


@dataclass(frozen=True, kw_only=True)
class Models(Command):
    """List published checkpoints that can be loaded, and the model folders on this machine.

    Nothing is downloaded. Folders are looked for in the cache of the Hugging Face hub and below --where.
    """

    example: ClassVar[str] = "groundup models --where runs"
    main_settings: ClassVar[tuple[str, ...]] = ("where",)

    unfit: ClassVar = (ON_PROCESSOR, NO_CHANCE, ONE_THREAD)

    where: tuple[str, ...] = ("runs",)
    """Folder below which model folders are looked for; give it again for more."""

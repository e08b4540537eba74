"""groundup verify: are folders still what their manifests say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from groundup.config import Command
from groundup.scope import NO_CHANCE, ON_PROCESSOR, ONE_THREAD


@dataclass(frozen=True, kw_only=True)
class Verify(Command):
    """Recompute the hashes of folders and compare them with their manifests.

    Data and model folders, runs with their checkpoints, and whole lives of `groundup run` are looked through.
    """

    example: ClassVar[str] = "groundup verify runs/life"
    main_settings: ClassVar[tuple[str, ...]] = ("folder",)

    unfit: ClassVar = (ON_PROCESSOR, NO_CHANCE, ONE_THREAD)

    positional: ClassVar[str] = "folder"

    folder: tuple[str, ...]
    """Folder to verify; several may be given."""

"""groundup bundle: everything for a machine without a network, in one archive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar, Literal

from groundup.config import Command
from groundup.scope import NO_CHANCE, ONE_THREAD, Unfit


@dataclass(frozen=True, kw_only=True)
class Bundle(Command):
    """Write one archive for a machine without a network: groundup, its libraries, model folders and data.

    pip fetches the libraries from where it is configured to look, or takes them from --wheels: this is the one command that
    asks for something from outside. The archive holds install.py, which compares every file with the manifest, then
    installs without a network (docs/guides/no-network.md).
    """

    example: ClassVar[str] = "groundup bundle --out bundle.tar --model runs/sentiment --data reviews.csv"
    main_settings: ClassVar[tuple[str, ...]] = ("out", "model", "data", "extra", "wheels", "platform", "python_version")

    unfit: ClassVar = (
        NO_CHANCE,
        ONE_THREAD,
        Unfit(lambda one: one.wheels, ("index",), "is where packages are fetched, and --wheels names those that are here"),
    )

    out: str
    """Archive to write; ends in .tar."""
    model: tuple[str, ...] = ()
    """Model folder or run to take along; give it again for more."""
    data: tuple[str, ...] = ()
    """File or folder to take along; give it again for more."""
    extra: tuple[
        Literal["track", "mlflow", "wandb", "image", "zh", "translate", "export", "sheets", "keyphrases", "all"], ...
    ] = ()
    """Extra of groundup to install there, such as image; give it again for more."""
    wheels: str | None = None
    """Folder of packages that are here already: nothing is fetched."""
    index: tuple[str, ...] = ()
    """Further index where pip looks for packages; give it again for more."""
    constraints: str | None = None
    """File of the versions to take, such as constraints.txt."""
    platform: tuple[str, ...] = ()
    """Platform of the other machine as pip names it, such as manylinux_2_28_aarch64. Default: that of this machine."""
    python_version: str | None = None
    """Python of the other machine, such as 3.12. Default: the one that runs now."""

    def check(self) -> Iterable[tuple[str, str]]:
        if PurePath(self.out).suffix not in ("", ".tar"):
            yield "out", f"'{self.out}' does not end in .tar, which it is"

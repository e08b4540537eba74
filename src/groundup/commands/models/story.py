"""The story of models: the catalogue, and the folders that are here."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from groundup.commands.models.settings import Models
from groundup.errors import GroundupError, printable
from groundup.families.catalogue import CATALOGUE
from groundup.families.checkpoint import CONFIG, family_of, read_config
from groundup.messages.current import message
from groundup.runs import Outcome
from groundup.terminal.log import output
from groundup.terminal.streams import padded

DEEPEST = 8  # folders below the one named
PUBLISHED, LOCAL = (49, 10, -8, 20, 11, 5, 0), (59, 10, -10)  # widths of columns


class Here(NamedTuple):
    """A model folder on this machine."""

    folder: Path
    family: str
    size: int  # bytes of its weights
    name: str  # on the hub, where it comes from there


def models(settings: Models) -> Outcome:
    """Print both lists."""
    here = sorted({one.folder.resolve(): one for one in model_folders(settings)}.values())
    names = {one.name for one in here}
    for row in [heads("published", "family", "million", "language", "licence", "here", "use"), *published(names)]:
        output(row_text(row, PUBLISHED))
    output("")
    for row in [heads("on this machine", "family", "weights"), *on_this_machine(here)]:
        output(row_text(row, LOCAL))
    if not here:
        output(message("no model here", folders=", ".join(map(str, (hub(), *settings.where)))))
    return Outcome(
        Path("-"),
        {
            "published": [entry._asdict() for entry in CATALOGUE],
            "here": [one._asdict() | {"folder": str(one.folder)} for one in here],
        },
    )


def heads(*names: str) -> list[str]:
    return [message(f"head {name}") for name in names]


def published(here: Collection[str]) -> Iterator[list[str]]:
    """The rows of the catalogue; `here` are the names of those on this machine."""
    for entry in CATALOGUE:
        mark = message("is here") if entry.name in here else ""
        speaks, use = message(f"speaks {entry.languages}"), message(f"for {entry.use}")
        yield [entry.name, entry.family, f"{entry.parameters:g}", speaks, entry.licence, mark, use]


def on_this_machine(here: Sequence[Here]) -> Iterator[list[str]]:
    for one in here:
        yield [printable(one.name or str(one.folder)), one.family, f"{one.size / 2**20:,.0f} MiB"]


def row_text(row: Sequence[str], widths: Sequence[int]) -> str:
    """A row in columns; negative widths are those of numbers, which stand at the right."""
    return "  ".join(padded(cell, abs(width), width < 0) for cell, width in zip(row, widths, strict=True)).rstrip()


def hub() -> Path:
    """The cache of the Hugging Face hub."""
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")


def model_folders(settings: Models) -> Iterator[Here]:
    """Model folders of families that we know, with safetensors weights."""
    for config in hub().glob(f"models--*/snapshots/*/{CONFIG}"):
        name = config.parents[2].name.removeprefix("models--").replace("--", "/")
        yield from read(config.parent, name)
    for root in settings.where:
        for folder, below, files in os.walk(root):
            below[:] = sorted(name for name in below if not name.startswith("."))
            if len(Path(folder).relative_to(root).parts) >= DEEPEST:
                below.clear()
            if CONFIG in files:
                yield from read(Path(folder), "")


def read(folder: Path, name: str) -> Iterator[Here]:
    """The folder, if it is one we can load."""
    weights = list(folder.glob("*.safetensors"))
    try:
        family = family_of(read_config(folder)).name
    except GroundupError:
        return
    if weights:
        yield Here(folder, family, sum(path.stat().st_size for path in weights), name)

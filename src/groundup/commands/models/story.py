"""The story of models: the catalogue, and the folders that are here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from groundup.commands.models.settings import Models
from groundup.errors import GroundupError, printable
from groundup.families.catalogue import CATALOGUE
from groundup.families.checkpoint import CONFIG, family_of, read_config
from groundup.runs import Outcome
from groundup.terminal.log import output

DEEPEST = 8  # folders below the one named


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
    output(f"{'published':50} {'family':11} {'million':>8}  {'language':20} {'licence':11} here  use")
    for entry in CATALOGUE:
        mark = "yes" if entry.name in names else ""
        line = f"{entry.name:50} {entry.family:11} {entry.parameters:8g}  {entry.languages:20} {entry.licence:11}"
        output(f"{line} {mark:5} {entry.use}")
    output(f"\n{'on this machine':60} {'family':11} {'weights':>9}")
    for one in here:
        output(f"{printable(one.name or str(one.folder)):60} {one.family:11} {one.size / 2**20:6,.0f} MiB")
    if not here:
        output(f"none (looked in {', '.join(map(str, (hub(), *settings.where)))})")
    return Outcome(
        Path("-"),
        {
            "published": [entry._asdict() for entry in CATALOGUE],
            "here": [one._asdict() | {"folder": str(one.folder)} for one in here],
        },
    )


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

"""What a run came to, thing by thing: its refusal, what it printed, and each figure and file that it wrote.

The record of the settings themselves (manifests, run.json, pages) is left out: that something was asked for is no effect.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from groundup.commands.table import command_class, perform
from groundup.config import build
from groundup.errors import GroundupError
from groundup.usage.dry_run import print_settings
from tests.settings.cases import Case
from tests.settings.running import values_of

RECORDS = {"manifest.json", "run.json", "lock", "openings.jsonl", "life.json"}
OF_THE_RECORD = {"settings", "resolved"}
PAGES = (".html", ".svg")


def observe(case: Case, home: Path, changes: dict[str, Any]) -> dict[str, Any]:
    """Name of a thing -> what it is: `refused`, `printed`, `said`, `lines said`, `threads`, `place`, `FILE`, `FILE:figure`."""
    values = values_of(case, home, changes)
    mistakes: list[str] = []
    settings = build(command_class(case.command), values, "", mistakes)
    if mistakes:
        return {"refused": str(mistakes)}
    found: dict[str, Any] = {"refused": None}
    printed, said = io.StringIO(), io.StringIO()
    before = torch.get_num_threads()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        try:
            if settings.dry_run:
                print_settings(settings)
            else:
                print(getattr(perform(settings), "shown", ""))  # as the command line does
        except GroundupError as error:
            found["refused"] = f"{error.code} {error.place} {error.what}"
    found["threads"] = (torch.get_num_threads(), os.environ.get("TOKENIZERS_PARALLELISM"))
    torch.set_num_threads(before)
    found["lines said"] = len(said.getvalue().splitlines())
    place = str(values.get("out", ""))
    found["printed"] = printed.getvalue().replace(place, "OUT") if place else printed.getvalue()
    found["said"] = said.getvalue().replace(place, "OUT") if place else said.getvalue()
    if place:
        found["refused"] = found["refused"] and found["refused"].replace(place, "OUT")
        found |= dict(written(Path(place)))
        found["place"] = re.sub(r"\d+", "", Path(place).name) if Path(place).exists() else None
    return found


def written(place: Path) -> Iterator[tuple[str, Any]]:
    """Files, and the figures of those in JSON."""
    paths = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    for path in paths:
        name = f"out{path.suffix}" if path == place else path.relative_to(place).as_posix()
        if path.name in RECORDS:
            continue
        if "checkpoints/" in name:
            yield name.partition("/step-")[0] + "/" + path.parent.name, True
            continue
        if path.suffix == ".json" and path.name != "tokenizer.json":
            yield from figures(name + ":", json.loads(path.read_text("utf-8")))
        elif path.suffix == ".jsonl" and path.name == "events.jsonl":
            lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            yield f"{name}:count", len(lines)
            yield from figures(f"{name}:last.", lines[-1] if lines else {})
        else:
            yield name, hashlib.sha256(path.read_bytes()).hexdigest()


def figures(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Leaves of nested values by dotted names; long lists as a whole."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in OF_THE_RECORD:
                yield from figures(f"{prefix}{name}.", inner)
    else:
        yield prefix.rstrip("."), value


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Things that differ, or that only one of two runs has."""
    return [name for name in sorted(one.keys() | other.keys()) if one.get(name, "absent") != other.get(name, "absent")]


def steady(one: dict[str, Any], again: dict[str, Any]) -> set[str]:
    """Things that the same run has twice alike: times and speeds are not."""
    return {name for name in one.keys() & again.keys() if one[name] == again[name]}

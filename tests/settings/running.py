"""Running a case in this process: with settings watched, or with one setting changed."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

from groundup.commands.table import command_class, perform
from groundup.config import build, fields_of
from groundup.errors import InputError
from tests.settings.cases import Case
from tests.settings.watch import Watch, leaves, settings_classes

number = itertools.count()


def placed(value: Any, home: Path, out: Path) -> Any:
    """Values with HOME/ and OUT filled in."""
    if isinstance(value, dict):
        return {name: placed(inner, home, out) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [placed(inner, home, out) for inner in value]
    if not isinstance(value, str):
        return value
    return value.replace("HOME/", f"{home}/").replace("OUT", str(out)) if value.startswith(("HOME/", "OUT")) else value


def values_of(case: Case, home: Path, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The settings of a case as nested values, in a place of their own; `changes` by dotted names on top."""
    out = home / "out" / f"{case.command}{next(number)}"
    values = placed(case.values, home, out)
    known = fields_of(command_class(case.command))
    if "out" in known and "out" not in values and known["out"] is str:
        values["out"] = str(out)
    if not complaints(case, values | {"threads": 1}):
        values.setdefault("threads", 1)
    for name, value in (changes or {}).items():
        inner = values
        for part in name.split(".")[:-1]:
            inner[part] = dict(inner.get(part) or {})
            inner = inner[part]
        inner[name.split(".")[-1]] = placed(value, home, out)
    return values


def complaints(case: Case, values: dict[str, Any]) -> list[str]:
    """What is refused when the settings are made."""
    mistakes: list[str] = []
    build(command_class(case.command), values, "", mistakes)
    return mistakes


def watched(case: Case, home: Path) -> tuple[set[str], set[str]]:
    """(all settings, those that a run reads)."""
    mistakes: list[str] = []
    settings = build(command_class(case.command), values_of(case, home), "", mistakes)
    assert not mistakes, mistakes
    watch = Watch(settings)
    names = set(leaves(settings))
    with watch.watching(settings_classes()):
        perform(settings)
    return names, watch.read()


def refused(case: Case, home: Path, changes: dict[str, Any]) -> set[str]:
    """Those of the changed settings that are refused by name, when settings are made or when the run begins."""
    found = {
        name
        for name, value in changes.items()
        if any(names(one, name) for one in complaints(case, values_of(case, home, {name: value})))
    }
    while left := {name: value for name, value in changes.items() if name not in found}:
        told = refusal_of_run(case, values_of(case, home, left))
        new = {name for name in left if any(names(one, name) for one in told)}
        if not new:
            break
        found |= new
    return found


def refusal_of_run(case: Case, values: dict[str, Any]) -> tuple[str, ...]:
    """What a run refuses, a line a setting, when settings are made or when it has begun; nothing where it ends well."""
    mistakes: list[str] = []
    settings = build(command_class(case.command), values, "", mistakes)
    if settings is None:
        return tuple(mistakes)  # settings of one group that exclude each other
    try:
        perform(settings)
    except InputError as error:
        return error.problems or (f"{error.place}: {error.what}",)
    return ()


def names(complaint: str, name: str) -> bool:
    """Whether a complaint is about this setting: at its place, or by its own name in the sentence."""
    return complaint.startswith(f"{name}: ") or re.search(rf"\b{name.rsplit('.', 1)[-1]}\b", complaint) is not None

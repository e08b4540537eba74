"""Files and folders that settings name: they are looked for before anything heavy is imported.

Which settings name one is told by their last names, which mean the same in every command.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any

from groundup.config import Command, fields_of
from groundup.data.settings import SHARES
from groundup.errors import InputError

DATA = (
    "data",
    "source",
    "input",
    "validation",
    "test",
    "unlabelled",
    "background",
    "synsets",
    "folder",
    "wheels",
    "constraints",
)
MODELS = ("model", "systems", "masked_model", "other_model", "student", "forth", "back", "existing")
STANDARD_INPUT, PATTERN = "-", "*?["
YAML = (".yaml", ".yml")


def check_paths(settings: Command) -> None:
    """Refuse settings that name what is not there; one InputError tells all of them."""
    absent = [(name, path) for name, path in named_paths(settings) if not is_there(path)]
    if not absent:
        return
    name, path = absent[0]
    code = "NO_MODEL" if names_model(name) else "NO_FILE"
    problems = tuple(f"{path}: does not exist; --{name} names it" for name, path in absent) if len(absent) > 1 else ()
    if names_model(name):
        raise InputError(
            code,
            path,
            f"does not exist, and nothing is downloaded; --{name} names it",
            "name the folder of a model on this machine, with config.json and model.safetensors",
            problems=problems,
        )
    raise InputError(code, path, f"does not exist; --{name} names it", "check the path", problems=problems)


def named_paths(settings: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(dotted name of the setting, path) of all that must be there."""
    for name in fields_of(type(settings)):
        value = getattr(settings, name)
        if is_dataclass(value):
            yield from named_paths(value, f"{prefix}{name}.")
        elif isinstance(value, dict):  # groups by names of the user's own
            for key, inner in value.items():
                if is_dataclass(inner):
                    yield from named_paths(inner, f"{prefix}{name}.{key}.")
        elif is_path(prefix + name):
            several = value if isinstance(value, tuple) else (value,)
            yield from ((prefix + name, path) for path in several if isinstance(path, str))


def is_path(name: str) -> bool:
    """Whether the setting of this dotted name is a file or folder that must be there."""
    return name.rpartition(".")[2] in DATA + MODELS and name not in SHARES


def names_model(name: str) -> bool:
    """Whether it is a model folder or a run."""
    return name.rpartition(".")[2] in MODELS


def is_there(path: str) -> bool:
    """Whether there is such a file, folder or standard input. Addresses are refused where they are read."""
    exists = path == STANDARD_INPUT or "://" in path or os.path.lexists(path)
    return exists or (any(letter in path for letter in PATTERN) and bool(glob.glob(path, recursive=True)))


def not_settings(cls: type[Command], path: str, why: InputError) -> InputError:
    """What to say of a first word on the command line that is no YAML file: data and models have names."""
    names = [name for name in ("data", "source", "input", "model") if name in fields_of(cls)]
    if not names or path.lower().endswith(YAML):
        return why
    model = any(os.path.exists(os.path.join(path, part)) for part in ("config.json", "model", "run.json"))
    name = "model" if model and "model" in names else names[0]
    what = (
        "does not exist, and would be read as a YAML file of settings"
        if not os.path.lexists(path)
        else ("is no YAML file of settings")
    )
    return InputError("NOT_SETTINGS", path, what, f"give it with --{name} {path}")

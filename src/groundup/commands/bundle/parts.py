"""What an archive takes along: model folders, files and folders of data, each under a name of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from groundup.adapter_folder import base_of, is_adapter
from groundup.commands.bundle.settings import Bundle
from groundup.errors import InputError
from groundup.manifest import check_name, is_ours, verify_folder


class Part(NamedTuple):
    """A file of the archive."""

    name: str  # in it
    path: Path  # here


def parts_of(settings: Bundle) -> list[Part]:
    """All files to take along, models and data checked before anything is fetched."""
    models = {name: model_at(name) for name in settings.model}
    for name, folder in models.items():
        require_base(name, folder, [*models.values()])
    named = [("model", f"models/{place_name(name)}", folder) for name, folder in models.items()]
    named += [("data", f"data/{place_name(name)}", Path(name)) for name in settings.data]
    known: set[str] = set()
    for setting, place, path in named:
        if place in known:
            raise InputError("SAME_NAME", f"--{setting} {path}", f"another is called {place} already", "rename one of them")
        known.add(place)
    return [part for _, place, path in named for part in files_of(path, place)]


def place_name(path: str) -> str:
    """The last name of a path, as a person sees it: of `.` that of the folder."""
    return Path(path).name or Path(path).resolve().name


def model_at(name: str) -> Path:
    """The model folder that a setting names, itself or the `model` of a run; a damaged one is refused."""
    folder = Path(name) / "model" if (Path(name) / "model").is_dir() else Path(name)
    if not (is_adapter(folder) or is_ours(folder) or (folder / "config.json").is_file()):
        raise InputError("NO_MODEL", name, "holds no model", "name a folder with config.json and model.safetensors, or a run")
    problems = verify_folder(folder) if is_ours(folder) else []
    if problems:
        raise InputError("DAMAGED", problems[0].place, problems[0].what, "restore it or make the folder again")
    return folder


def require_base(name: str, folder: Path, models: list[Path]) -> None:
    """The base of an adapter lies beside it, where it is found again."""
    if is_adapter(folder) and base_of(folder) not in [model.resolve() for model in models]:
        raise InputError(
            "NO_BASE", name, f"is an adapter of {base_of(folder)}, which stays here", "name its base by --model, too"
        )


def files_of(path: Path, place: str) -> Iterator[Part]:
    """The files of a path, in a fixed order. Links to files are followed, as the cache of the Hugging Face hub has them."""
    if path.is_file():
        yield Part(place, path)
        return
    if not path.is_dir():
        raise InputError("NOT_A_FILE", path, "is neither a file nor a folder", "name a file or a folder")
    for folder, below, names in os.walk(path):
        below.sort()
        for name in sorted(below + names):
            inner = Path(folder) / name
            if name in below and not inner.is_symlink():
                continue
            if not inner.is_file():
                raise InputError("NOT_A_FILE", inner, "is a link to a folder or no regular file", "take it out of the folder")
            inside = f"{place}/{inner.relative_to(path).as_posix()}"
            check_name(inside, path)
            yield Part(inside, inner)

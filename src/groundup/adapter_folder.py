"""Where an adapter of `peft` has its base model: on this machine, or it is refused. Nothing is fetched."""

from __future__ import annotations

from pathlib import Path

from groundup.errors import InputError, printable
from groundup.strict_json import read_json

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
BASE = "base_model_name_or_path"


def is_adapter(folder: Path) -> bool:
    """Whether a folder holds an adapter and no model of its own."""
    return (folder / CONFIG).is_file() and not (folder / "config.json").is_file()


def base_of(folder: Path) -> Path:
    """The folder of the base model that an adapter names: a path from here, from the adapter's folder or the one around it.

    Of a name like `owner/model` also the folder `model` there. Raises InputError where none has a config.json.
    """
    place = folder / CONFIG
    config = read_json(place)
    name = config.get(BASE) if isinstance(config, dict) else None
    if not isinstance(name, str) or not name or not name.isprintable():
        what = f"{BASE} {printable(repr(name), 60)} names no base model"
        raise InputError("NO_BASE", place, what, f"write the path of its folder there as {BASE}")
    base_path = Path(name)
    for around in (Path(), folder, folder.parent):
        for candidate in (around / base_path, around / base_path / "model", around / base_path.name):
            if (candidate / "config.json").is_file() and candidate.resolve() != folder.resolve():
                return candidate.resolve()
    fix = (
        f"put the base model into a folder {printable(base_path.name, 60)} beside the adapter's, or write its path into {BASE}"
    )
    raise InputError("NO_BASE", place, f"{BASE} '{printable(name, 200)}' is no model folder here", fix)


def sibling(folder: Path, name: str) -> Path:
    """The folder in which a file of a model is: that of an adapter, or where it has no such file that of its base."""
    return folder if (folder / name).is_file() or not is_adapter(folder) else base_of(folder)

"""The model folder of a fitted estimator, and how long it lives."""

from __future__ import annotations

import os
import tempfile
import weakref
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundup import disk
from groundup.errors import InputError
from groundup.folders import write_file

if TYPE_CHECKING:
    from groundup.evaluate.predictor import Predictor


class Fitted:
    """A model folder, opened when it is first asked for. A temporary one goes when this does; a copy (also by pickle) carries
    the bytes of the folder, and puts them into a temporary folder of its own."""

    def __init__(self, folder: Path, temporary: Path | None, threads: int | None):
        self.folder, self.threads = folder, threads
        if temporary is not None:
            weakref.finalize(self, remove, temporary, os.getpid())

    @cached_property
    def predictor(self) -> Predictor:
        from groundup.evaluate.predictor import load

        return load(self.folder, self.threads)

    def __getstate__(self) -> dict[str, Any]:
        if not self.folder.is_dir():
            raise InputError("NO_MODEL", self.folder, "the folder of the fitted model is gone", "put it back, or fit again")
        names = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
        return {"files": {name: (self.folder / name).read_bytes() for name in names}, "threads": self.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        temporary = new_temporary()
        folder = temporary / "model"
        disk.mkdir(folder)
        for name, data in state["files"].items():
            for parent in reversed(Path(name).parents[:-1]):
                if not (folder / parent).is_dir():
                    disk.mkdir(folder / parent)
            write_file(folder / name, data)
        self.__init__(folder, temporary, state["threads"])


def new_temporary() -> Path:
    return Path(tempfile.mkdtemp(prefix="groundup-"))


def remove(folder: Path, owner: int) -> None:
    """Remove a temporary folder, unless a child of the process that made it asks."""
    if os.getpid() == owner and folder.is_dir():
        disk.remove_tree(folder)

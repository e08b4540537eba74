"""Folders that stages exchange: complete or absent, with a manifest that vouches for every byte. Files written whole."""

from __future__ import annotations

import glob
import hashlib
import os
import platform
import re
import secrets
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from groundup import disk
from groundup.errors import InputError, StorageError
from groundup.locks import POLL_INTERVAL, is_locked, lock_directory, release
from groundup.manifest import MANIFEST, File, Manifest, check_name, digest, hash_file, is_ours, read_manifest, verify_folder
from groundup.strict_json import canonical
from groundup.version import VERSION

LOCK_TIMEOUT = 3.0  # seconds


class NewFolder:
    """A folder being written beside its final place; invisible to readers until it is complete."""

    def __init__(self, path: Path):
        self.path = path
        self.files: dict[str, File] = {}
        self.folders = {path}

    @contextmanager
    def open(self, name: str) -> Generator[Writer]:
        """A new file, hashed while it is written and made durable when it is closed."""
        check_name(name, self.path)
        path = self.path / name
        for parent in reversed(path.relative_to(self.path).parents):
            folder = self.path / parent
            if folder not in self.folders:
                disk.mkdir(folder)
                self.folders.add(folder)
        writer = Writer(path)
        try:
            yield writer
            self.files[name] = writer.finish(name)
        finally:
            writer.close()

    def scratch_file(self, name: str) -> Writer:
        """A file that is only needed while the folder is made: closed and removed (`disk.unlink`) by who asked for it."""
        return Writer(self.path / name)

    def write_bytes(self, name: str, data: bytes) -> None:
        with self.open(name) as file:
            file.write(data)

    def write_text(self, name: str, text: str) -> None:
        self.write_bytes(name, text.encode("utf-8"))

    def write_json(self, name: str, value: object) -> None:
        self.write_text(name, canonical(value))

    def add_existing(self, name: str) -> None:
        """Take in a file that a library wrote into `path` itself: hash it and make it durable."""
        check_name(name, self.path)
        path = self.path / name
        self.files[name] = hash_file(path, name)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            disk.fsync(descriptor, path)
        finally:
            os.close(descriptor)


class Writer:
    """A file that is hashed while it is written."""

    def __init__(self, path: Path):
        self.path, self.size, self.hash = path, 0, hashlib.sha256()
        self.descriptor = disk.open_new(path)
        self.closed = False

    def write(self, data: bytes) -> int:
        data = bytes(data) if isinstance(data, memoryview) else data
        disk.write(self.descriptor, data, self.path)
        self.hash.update(data)
        self.size += len(data)
        return len(data)

    def finish(self, name: str) -> File:
        disk.fsync(self.descriptor, self.path)
        return File(name, self.size, self.hash.hexdigest())

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            disk.close(self.descriptor, self.path)


@contextmanager
def new_folder(
    target: Path,
    kind: str = "data",
    settings: dict | None = None,
    parents: Sequence[Path | str] = (),
    extra: dict | None = None,
) -> Generator[NewFolder]:
    """Write a folder that appears under its name only when complete: files, then the manifest, fsync, rename, read back.

    On any error the unfinished folder is removed and nothing appears. Raises InputError when the target exists.
    """
    if target.exists():
        raise InputError("OUTPUT_EXISTS", target, "is already there", "choose a new folder")
    parents_made = make_parents(target.parent)
    path, descriptor = begin_folder(target)
    folder = NewFolder(path)
    try:
        yield folder
        files = tuple(sorted(folder.files.values()))
        lineage = tuple({"name": Path(p).name, "digest": digest(Path(p))} for p in parents)
        manifest = Manifest(kind, files, settings or {}, lineage, library_versions(kind), extra or {})
        folder.write_text(MANIFEST, canonical(manifest.to_dict() | {"digest": manifest.digest}))
        for inner in sorted(folder.folders, reverse=True):
            disk.fsync_folder(inner)
        if target.exists():
            raise InputError("OUTPUT_EXISTS", target, "was made meanwhile by another process", "choose a new folder")
        disk.rename(path, target)
        disk.fsync_folder(target.parent)
    except BaseException:
        if path.exists():
            disk.remove_tree(path)
        for parent in reversed(parents_made):
            if parent.exists() and not any(parent.iterdir()):
                disk.rmdir(parent)
        raise
    finally:
        release(descriptor)
    problems = verify_folder(target)
    if problems:
        raise StorageError(
            "READ_BACK", target, f"what was read back differs: {problems[0].place} {problems[0].what}", "check the disk"
        )


def begin_folder(target: Path) -> tuple[Path, int | None]:
    """The unfinished folder of a new one, and what holds it for this process. Refused while another process makes the same; of
    two that begin at once one is first. The processes that a killed one had begun may hold its folder for a moment longer."""
    end = time.monotonic() + LOCK_TIMEOUT
    while True:
        first = lock_directory(target.parent, LOCK_TIMEOUT)
        try:
            remove_leftovers(target.parent, target.name)
            if target.exists():
                raise InputError("OUTPUT_EXISTS", target, "was made meanwhile by another process", "choose a new folder")
            if not any(is_locked(path) for path in target.parent.glob(f".tmp-{glob.escape(target.name)}-*") if path.is_dir()):
                path = target.parent / f".tmp-{target.name}-{os.getpid()}-{secrets.token_hex(4)}"
                disk.mkdir(path)
                return path, lock_directory(path)
        finally:
            release(first)
        if time.monotonic() > end:
            raise InputError("BEING_WRITTEN", target, "is being made by another process", "wait for it, or choose a new folder")
        time.sleep(POLL_INTERVAL)


def make_parents(folder: Path) -> list[Path]:
    """Make missing parent folders, durably; returns those made, outermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    if not folder.is_dir():
        raise InputError("NOT_A_FOLDER", folder, "is not a folder", "choose another place")
    missing.reverse()
    new_folders = []
    for path in missing:
        try:
            disk.mkdir(path)
        except FileExistsError:  # another process was faster
            if not path.is_dir():
                raise
        else:
            new_folders.append(path)
        disk.fsync_folder(path.parent)
    return new_folders


def remove_leftovers(parent: Path, name: str) -> None:
    """Remove unfinished files and folders of this name, and discarded ones, that dead processes left behind."""
    for path in parent.glob(f".tmp-{glob.escape(name)}-*"):
        owner = re.fullmatch(rf"\.tmp-{re.escape(name)}-(\d+)-[0-9a-f]{{8}}", path.name)
        if owner and not process_exists(int(owner[1])) and not path.is_symlink():
            discard = disk.remove_tree if path.is_dir() else disk.unlink
            discard(path)
    for path in parent.glob(f".trash-{glob.escape(name)}"):
        disk.remove_tree(path)


def remove_all_leftovers(folder: Path) -> None:
    """Remove what dead processes left in a folder that this process holds: everything unfinished or discarded."""
    if folder.is_dir():
        for path in [*folder.iterdir()]:
            if owner := re.fullmatch(r"\.tmp-(.+)-\d+-[0-9a-f]{8}", path.name):
                remove_leftovers(folder, owner[1])
            elif path.name.startswith(".trash-") and not path.is_symlink():
                disk.remove_tree(path)


def process_exists(pid: int) -> bool:
    """Whether a process of this number is running."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def library_versions(kind: str) -> dict[str, str]:
    """Versions that the bytes of such a folder may depend on; libraries only when they are in use, torch never for data."""
    versions = {"groundup": VERSION, "python": platform.python_version()}
    libraries = {
        "data": ("numpy", "tokenizers"),
        "text": ("numpy", "tokenizers"),
        "export": ("torch", "numpy", "tokenizers", "onnx", "onnxscript", "onnxruntime"),
    }
    for name in libraries.get(kind, ("torch", "numpy", "tokenizers")):
        if name in sys.modules:
            versions[name] = str(getattr(sys.modules[name], "__version__", ""))
    return versions


def write_file(path: Path, data: bytes | str) -> None:
    """Write or replace one file, whole or not at all."""
    data = data.encode("utf-8") if isinstance(data, str) else data
    remove_leftovers(path.parent, path.name)
    temporary = path.parent / f".tmp-{path.name}-{os.getpid()}-{secrets.token_hex(4)}"
    descriptor = disk.open_new(temporary)
    try:
        try:
            disk.write(descriptor, data, temporary)
            disk.fsync(descriptor, temporary)
        finally:
            disk.close(descriptor, temporary)
        disk.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    disk.fsync_folder(path.parent)


def check_output(path: Path) -> None:
    """Refuse places that an output folder cannot be."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", str(path)):
        raise InputError("NOT_A_PATH", path, "is an address, not a folder", "name a folder on this machine")
    if path.is_symlink() or path.is_file():
        raise InputError("OUTPUT_NOT_A_FOLDER", path, "is a file or a link", "name a new folder")
    resolved = path.resolve()
    if resolved == Path(resolved.anchor) or resolved == Path.home():
        raise InputError("OUTPUT_REFUSED", path, "is not a place for a run", "name a new folder")
    around = next((folder for folder in resolved.parents if is_finished(folder)), None)
    if around is not None:
        raise InputError("OUTPUT_INSIDE", path, f"lies inside {around}, a folder that is finished", "name a place beside it")


def is_finished(folder: Path) -> bool:
    """Whether a folder is one of ours, or a model of Hugging Face's form: nothing is added to it."""
    if is_ours(folder):
        try:
            return bool(read_manifest(folder).kind)
        except InputError:  # of others: many things have a manifest.json
            return False
    return (folder / "config.json").is_file() and any(folder.glob("*.safetensors"))

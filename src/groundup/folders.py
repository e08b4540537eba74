"""Folders that stages exchange: complete or absent, with a manifest that vouches for every byte; locks; files written whole."""

from __future__ import annotations

import glob
import hashlib
import os
import platform
import re
import secrets
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from groundup import disk
from groundup.adapter_folder import base_of, is_adapter
from groundup.errors import InputError, StorageError, printable
from groundup.locks import POLL_INTERVAL, is_locked, lock_directory, release
from groundup.strict_json import RESTORE, canonical, fields, items, parse_json
from groundup.version import VERSION

MANIFEST = "manifest.json"
SCHEMA = 1
MOST_FILES = 65_536
LARGEST_MANIFEST = 16 * 2**20
KINDS = ("data", "model", "checkpoint", "report", "text", "adapter", "export", "run")
CHUNK = 2**20
LONGEST_NAME, LONGEST_PATH = 255, 4096  # bytes of a part that file systems take, characters of a name
LOCK_TIMEOUT = 3.0  # seconds


class File(NamedTuple):
    name: str
    size: int
    sha256: str


class Problem(NamedTuple):
    """What is wrong with one file of a folder."""

    place: str
    what: str
    is_present: bool = True  # or missing


@dataclass(frozen=True)
class Manifest:
    """What a folder holds and what it was made from. No times, hosts or absolute paths: the same work, the same bytes."""

    kind: str
    files: tuple[File, ...]
    settings: dict = field(default_factory=dict)
    parents: tuple[dict, ...] = ()  # {"name": ..., "digest": ...}
    versions: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)
    schema: int = SCHEMA

    def to_dict(self) -> dict:
        return asdict(self) | {"files": [f._asdict() for f in self.files], "parents": list(self.parents)}

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form without this digest."""
        return hashlib.sha256(canonical(self.to_dict()).encode()).hexdigest()

    def file(self, name: str) -> File:
        for entry in self.files:
            if entry.name == name:
                return entry
        raise InputError("NOT_IN_MANIFEST", name, "is not listed in the folder's manifest", "make the folder again")


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
    made = []
    for path in missing:
        try:
            disk.mkdir(path)
        except FileExistsError:  # another process was faster
            if not path.is_dir():
                raise
        else:
            made.append(path)
        disk.fsync_folder(path.parent)
    return made


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


def check_name(name: str, place: Path) -> None:
    """A file name inside a folder: relative, plain, no step upwards."""
    parts = PurePosixPath(name).parts
    odd = not name or name != str(PurePosixPath(*parts)) or name.startswith("/") or ".." in parts or {"\\", "\0"} & set(name)
    if odd or max(map(len, map(os.fsencode, parts))) > LONGEST_NAME or len(name) > LONGEST_PATH:
        raise InputError("BAD_NAME", place, f"'{printable(name)}' is not a plain name inside the folder")


def is_ours(folder: Path) -> bool:
    """Whether a folder has a manifest of ours (Hugging Face's folders have none)."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path | str, name: str = MANIFEST) -> Manifest:
    """The manifest of a folder, refused unless it is byte for byte in canonical form."""
    path = Path(folder) / name
    if not path.is_file():
        raise InputError(
            "NO_MANIFEST",
            folder,
            f"has no {name}, so it is not a finished folder of ours",
            "run the command that makes it again",
        )
    if (size := path.stat().st_size) > LARGEST_MANIFEST:
        raise InputError("FILE_TOO_LARGE", path, f"has {size:,} bytes", limit=f"{LARGEST_MANIFEST:,}")
    data = path.read_bytes()
    value = parse_json(data, path)
    if not isinstance(value, dict) or type(value.get("schema")) is not int:
        raise InputError("BAD_MANIFEST", path, "is not a manifest")
    if value["schema"] > SCHEMA:
        raise InputError("NEWER_SCHEMA", path, f"has schema {value['schema']}", "use a newer groundup", limit=str(SCHEMA))
    fields(value, path, kind=str, files=list, settings=dict, parents=list, versions=dict, extra=dict, digest=str)
    items(value["parents"], f"{path}: parents", dict)
    given = value.pop("digest")
    try:
        files = tuple(read_entry(entry, path) for entry in items(value.pop("files"), f"{path}: files", dict))
        manifest = Manifest(files=files, parents=tuple(value.pop("parents")), **value)
    except TypeError:
        raise InputError("BAD_MANIFEST", path, "has missing or unknown fields") from None
    if len(files) > MOST_FILES or len({f.name for f in files}) < len(files) or manifest.kind not in KINDS:
        raise InputError("BAD_MANIFEST", path, "lists a file twice, too many files or an unknown kind")
    if given != manifest.digest or data != canonical(manifest.to_dict() | {"digest": given}).encode():
        raise InputError(
            "MANIFEST_DAMAGED", path, "its own digest does not fit its content", "restore it or make the folder again"
        )
    return manifest


def read_entry(entry: dict, place: Path) -> File:
    """The entry of one file in a manifest."""
    fields(entry, f"{place}: files", name=str, size=int, sha256=str)
    check_name(entry["name"], place)
    if entry["size"] < 0 or not re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]):
        raise InputError("BAD_MANIFEST", place, f"the entry of {entry['name']} is malformed")
    return File(**entry)


def digest(folder: Path) -> str:
    """The digest that names a folder's content."""
    return read_manifest(folder).digest


def identity(path: Path) -> str:
    """What a file or folder is: the digest of its manifest if it is ours, else the fingerprint of its files; of an adapter
    with that of its base."""
    if path.is_dir() and is_adapter(path):
        hasher = hashlib.sha256(f"{fingerprint_files([path])} {identity(base_of(path))}".encode())
        return hasher.hexdigest()
    return digest(path) if path.is_dir() and is_ours(path) else fingerprint_files([path])


def hash_file(path: Path, name: str) -> File:
    """Size and SHA-256 of a file."""
    hasher, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            hasher.update(chunk)
            size += len(chunk)
    return File(name, size, hasher.hexdigest())


def verify_folder(folder: Path) -> list[Problem]:
    """Everything that differs from the manifest; empty when the folder is sound."""
    try:
        manifest = read_manifest(folder)
    except InputError as error:
        return [Problem(str(folder / MANIFEST), error.what)]
    problems = verify_files(folder, manifest.files)
    known = {entry.name for entry in manifest.files} | {MANIFEST}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known:
            problems.append(Problem(str(path), "is not listed in the manifest"))
    return problems


def verify_files(folder: Path, files: Iterable[File]) -> list[Problem]:
    """What is missing in a folder, or differs from what is said of it."""
    problems = []
    for entry in files:
        path = folder / entry.name
        if not is_regular_file(folder, entry.name):
            problems.append(Problem(str(path), "is missing or not a regular file", os.path.lexists(path)))
            continue
        actual = hash_file(path, entry.name)
        if actual.size != entry.size:
            problems.append(Problem(str(path), f"has {actual.size} bytes, the manifest says {entry.size}"))
        elif actual != entry:
            problems.append(
                Problem(str(path), f"has SHA-256 {actual.sha256[:12]}..., the manifest says {entry.sha256[:12]}...")
            )
    return problems


def is_regular_file(folder: Path, name: str) -> bool:
    """Whether a name is a regular file inside the folder, no part of it a link."""
    parts = PurePosixPath(name).parts
    return (folder / name).is_file() and not any((folder / Path(*parts[:n])).is_symlink() for n in range(1, len(parts) + 1))


def read_verified(folder: Path, name: str) -> bytes:
    """The bytes of a file, hashed as they are used. A folder that is not ours has no manifest to compare with."""
    path = folder / name
    if not is_ours(folder):
        if not path.is_file():
            raise InputError("NO_FILE", path, "does not exist")
        return path.read_bytes()
    entry = read_manifest(folder).file(name)
    if not is_regular_file(folder, name):
        raise InputError("DAMAGED", path, "is missing or not a regular file", RESTORE)
    data = path.read_bytes()
    if len(data) != entry.size or hashlib.sha256(data).hexdigest() != entry.sha256:
        raise InputError("DAMAGED", path, "does not have the SHA-256 of its manifest", "restore it or make the folder again")
    return data


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


def fingerprint_files(paths: Iterable[Path]) -> str:
    """SHA-256 over (relative name, size, SHA-256) of files and folders of files; never over times or absolute paths."""
    hasher = hashlib.sha256()
    for path in paths:
        if not path.exists():
            raise InputError("NO_FILE", path, "does not exist", "check the path")
        inside = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
        named = {p.relative_to(path if path.is_dir() else path.parent).as_posix(): p for p in inside}
        for name in sorted(named, key=os.fsencode):  # which need not be UTF-8
            file = hash_file(named[name], name)
            hasher.update(os.fsencode(f"{file.name}\0{file.size}\0{file.sha256}\n"))
    return hasher.hexdigest()

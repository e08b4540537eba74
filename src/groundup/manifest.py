"""The manifest of a folder: what it holds, file by file with its SHA-256, and whether that is still so."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from groundup.adapter_folder import base_of, is_adapter
from groundup.errors import InputError, printable
from groundup.strict_json import RESTORE, canonical, fields, items, parse_json

MANIFEST = "manifest.json"
SCHEMA = 1
MOST_FILES = 65_536
LARGEST_MANIFEST = 16 * 2**20
KINDS = ("data", "model", "checkpoint", "report", "text", "adapter", "export", "run", "bundle")
CHUNK = 2**20
LONGEST_NAME, LONGEST_PATH = 255, 4096  # bytes of a part that file systems take, characters of a name


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
    stated = value.pop("digest")
    try:
        files = tuple(read_entry(entry, path) for entry in items(value.pop("files"), f"{path}: files", dict))
        manifest = Manifest(files=files, parents=tuple(value.pop("parents")), **value)
    except TypeError:
        raise InputError("BAD_MANIFEST", path, "has missing or unknown fields") from None
    if len(files) > MOST_FILES or len({f.name for f in files}) < len(files) or manifest.kind not in KINDS:
        raise InputError("BAD_MANIFEST", path, "lists a file twice, too many files or an unknown kind")
    if stated != manifest.digest or data != canonical(manifest.to_dict() | {"digest": stated}).encode():
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


def fingerprint_files(paths: Iterable[Path]) -> str:
    """SHA-256 over (relative name, size, SHA-256) of files and folders of files; never over times or absolute paths."""
    hasher = hashlib.sha256()
    for path in paths:
        if not path.exists():
            raise InputError("NO_FILE", path, "does not exist", "check the path")
        inside = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
        path_of = {p.relative_to(path if path.is_dir() else path.parent).as_posix(): p for p in inside}
        for name in sorted(path_of, key=os.fsencode):  # which need not be UTF-8
            file = hash_file(path_of[name], name)
            hasher.update(os.fsencode(f"{file.name}\0{file.size}\0{file.sha256}\n"))
    return hasher.hexdigest()

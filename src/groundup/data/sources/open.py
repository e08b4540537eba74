"""What the user names -> named byte streams: files, folders and archives, opened once, nothing written to disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from groundup.errors import InputError

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2")
SQUEEZED = (".gz", ".xz", ".bz2")
FORMATS = {
    ".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".csv": "csv",
    ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".arrow": "arrow",
}  # fmt: skip
REFUSED = {
    ".pkl", ".pickle", ".npy", ".npz", ".pt", ".pth", ".bin", ".xls", ".xlsx", ".h5", ".hdf5", ".joblib", ".doc",
    ".docx", ".pdf", ".7z", ".rar", ".py",
}  # fmt: skip
MAGIC = {b"PK\x03\x04": "a zip archive", b"\x1f\x8b": "packed with gzip", b"\xfd7zXZ\x00": "packed with xz",
         b"BZh": "packed with bzip2", b"PAR1": "Parquet", b"ARROW1": "Arrow", b"%PDF-": "PDF"}  # fmt: skip
BINARY = {"parquet", "arrow"}
MOST_MEMBERS = 100_000
LARGEST_TOTAL = 64 * 2**30
RATIO, RATIO_FROM = 200, 2**20
UNREADABLE = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile, tarfile.TarError, OSError)


@dataclass
class Input:
    """One stream of a known format. `name` is relative to what the user named, members after their archive."""

    name: str
    format: str
    stream: io.BufferedReader[Any]


def open_inputs(sources: Sequence[str], include: Sequence[str] = (), forced: str | None = None) -> Iterator[Input]:
    """Every readable file of the sources, in the order of the bytes of their names."""
    found = 0
    for source in sources:
        path = Path(source)
        if "://" in source:
            raise InputError("NOT_A_PATH", source, "is an address", "give a file or folder of this machine")
        for file, name in files_of(path):
            check_regular(file)
            for opened in open_file(file, name, forced, named=file == path):
                if not include or any(fnmatch(opened.name, p) or fnmatch("/" + opened.name, p) for p in include):
                    found += 1
                    yield opened
    if not found:
        raise InputError("EMPTY_DATA", ", ".join(sources), "holds no file that can be read",
                         f"formats: {', '.join(sorted(set(FORMATS.values())))}, also in zip, tar and gz")  # fmt: skip


def files_of(path: Path) -> Iterator[tuple[Path, str]]:
    """A file, or the files of a folder; hidden ones are left out."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise InputError("NO_FILE", path, "does not exist", "check the path") from None
    if not stat.S_ISDIR(mode):
        yield path, path.name
        return
    inside = {p.relative_to(path).as_posix(): p for p in path.rglob("*") if not p.is_dir()}
    for name in sorted(inside, key=str.encode):
        if not any(part.startswith(".") for part in PurePosixPath(name).parts):
            yield inside[name], name


def check_regular(path: Path) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise InputError("NOT_A_FILE", path, "is not a regular file", "name a file or folder")


def open_file(path: Path, name: str, forced: str | None, named: bool) -> Iterator[Input]:
    """The inputs in one file. `named` files must be readable; others of a folder are passed over when unknown."""
    before = (path.stat().st_size, path.stat().st_mtime_ns)
    with io.BufferedReader(io.FileIO(path)) as raw:
        if path.stat().st_size == 0 and named:
            raise InputError("EMPTY_DATA", name, "has 0 bytes", "give a file with content")
        try:
            yield from open_stream(raw, name, forced, named, path)
        except UNREADABLE as error:
            if isinstance(error, OSError) and error.errno:
                raise
            raise InputError("DAMAGED_ARCHIVE", name, f"cannot be unpacked: {error}", "fetch or pack it again") from None
    if (path.stat().st_size, path.stat().st_mtime_ns) != before:
        raise InputError("CHANGED_DURING_READ", name, "changed while it was read", "wait until it is complete")


def open_stream(raw: io.BufferedReader[Any], name: str, forced: str | None, named: bool, path: Path) -> Iterator[Input]:
    low = name.lower()
    if low.endswith(".zip"):
        yield from zip_members(raw, name, forced)
    elif low.endswith(ARCHIVES[1:]):
        yield from tar_members(raw, name, forced, path.stat().st_size)
    elif low.endswith(SQUEEZED):
        opener = {".gz": gzip.GzipFile, ".xz": lzma.LZMAFile, ".bz2": bz2.BZ2File}[PurePosixPath(low).suffix]
        unpacked = opener(fileobj=raw) if opener is gzip.GzipFile else opener(raw)
        stream = io.BufferedReader(Limited(unpacked, name, path.stat().st_size))
        yield from known(stream, name, name[: low.rindex(".")], forced, named)
    else:
        yield from known(raw, name, name, forced, named)


def known(stream: io.BufferedReader[Any], name: str, plain: str, forced: str | None, named: bool) -> Iterator[Input]:
    """An input when its format is known; refused when a known bad one or when the user named it."""
    suffix = PurePosixPath(plain).suffix.lower()
    kind = forced or FORMATS.get(suffix)
    if kind is not None and suffix not in REFUSED:
        check_content(stream.peek(8), kind, name)
        yield Input(name, kind, stream)
    elif named or suffix in (".pkl", ".pickle", ".py"):
        if suffix == ".py" and not named:
            return
        formats = ", ".join(sorted(set(FORMATS.values())))
        raise InputError("UNKNOWN_FORMAT", name, f"has the format '{suffix or 'none'}', which is not read",
                         f"convert it, or pass --read.format with one of {formats}")  # fmt: skip


def check_content(head: bytes, kind: str, name: str) -> None:
    """Content and name must agree: text may not begin like an archive or a table of bytes."""
    found = next((what for magic, what in MAGIC.items() if head.startswith(magic)), None)
    if found and kind not in BINARY:
        raise InputError("FORMAT_DIFFERS", name, f"is {found}, its name says {kind}", "give it the name of what it is")


def zip_members(raw: BinaryIO, name: str, forced: str | None) -> Iterator[Input]:
    with zipfile.ZipFile(raw) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        check_members([m.filename for m in members], name)
        total = 0
        for member in sorted(members, key=lambda m: m.filename.encode()):
            if member.flag_bits & 1:
                raise InputError("ENCRYPTED", f"{name}/{member.filename}", "is encrypted", "unpack it first")
            if stat.S_ISLNK(member.external_attr >> 16):
                raise InputError("LINK_IN_ARCHIVE", f"{name}/{member.filename}", "is a link", "pack files only")
            total += member.file_size
            check_total(total, name)
            if wanted(member.filename):
                with archive.open(member) as stream:
                    inner = f"{name}/{member.filename}"
                    limited = io.BufferedReader(Limited(stream, inner, member.compress_size))
                    yield from known(limited, inner, inner, forced, named=False)


def tar_members(raw: BinaryIO, name: str, forced: str | None, size: int) -> Iterator[Input]:
    """Members in the order of the archive's bytes sorted by name (the archive is passed twice, nothing is unpacked)."""
    with tarfile.open(fileobj=raw, mode="r:*") as archive:
        members = archive.getmembers()
        check_members([m.name for m in members], name)
        check_total(sum(m.size for m in members), name)
        for member in members:
            if not (member.isreg() or member.isdir()):
                raise InputError("LINK_IN_ARCHIVE", f"{name}/{member.name}", "is not a regular file", "pack files only")
        for member in sorted((m for m in members if m.isreg()), key=lambda m: m.name.encode()):
            stream = archive.extractfile(member)
            if wanted(member.name) and isinstance(stream, io.BufferedReader):
                inner = f"{name}/{member.name}"
                yield from known(stream, inner, inner, forced, named=False)


def wanted(member: str) -> bool:
    return not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(member).parts)


def check_members(names: list[str], archive: str) -> None:
    """Names that stay inside, stand once (case folded), and are no archives themselves."""
    if len(names) > MOST_MEMBERS:
        raise InputError("TOO_MANY_MEMBERS", archive, f"has {len(names):,} members", limit=f"{MOST_MEMBERS:,}")
    seen: set[str] = set()
    for name in names:
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if name.startswith("/") or ".." in parts or "\0" in name or (parts and parts[0].endswith(":")):
            raise InputError("BAD_MEMBER", f"{archive}/{name}", "has a name that leaves the archive", "pack it again")
        folded = name.rstrip("/").casefold()
        if folded in seen:
            raise InputError("DOUBLE_MEMBER", f"{archive}/{name}", "stands twice (or differs by case only)", "pack it again")
        seen.add(folded)
        if folded.endswith((*ARCHIVES, *SQUEEZED)):
            raise InputError("NESTED_ARCHIVE", f"{archive}/{name}", "is an archive in an archive", "unpack the outer one")


def check_total(total: int, name: str) -> None:
    if total > LARGEST_TOTAL:
        raise InputError("ARCHIVE_TOO_LARGE", name, f"unpacks to {total:,} bytes", limit=f"{LARGEST_TOTAL:,}")


class Limited(io.RawIOBase):
    """A stream that refuses to grow beyond RATIO times its packed size."""

    def __init__(self, inner: Any, name: str, packed: int):
        self.inner, self.name_, self.limit, self.done = inner, name, max(RATIO_FROM, packed * RATIO), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.inner.read(size if size is not None and size >= 0 else self.limit + 1 - self.done)
        self.done += len(data)
        if self.done > self.limit:
            raise InputError("BOMB", self.name_, "unpacks to far more than its size", limit=f"ratio {RATIO}")
        return data

    def readinto(self, buffer) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

"""Archives and packed files -> named streams. Nothing is written to disk, and nothing is believed before it is checked."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from groundup.data.sources.records import shown
from groundup.errors import InputError

TARS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2")
SQUEEZED = (".gz", ".xz", ".bz2")
ARCHIVES = (".zip", *TARS)
PACKINGS = {".gz": "gzip", ".tgz": "gzip", ".xz": "xz", ".txz": "xz", ".bz2": "bzip2", ".tar": "tar", ".zip": "zip"}
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
MOST_MEMBERS = 100_000
LARGEST_TOTAL = 64 * 2**30
RATIO, RATIO_FROM = 200, 2**20
LOCAL_HEADER = 30  # bytes before the name of a member of a zip
NAME_SIZES = 26  # where the lengths of its name and of its extra field stand in them
DESCRIBED = 8  # flag: sizes stand behind the content
DESCRIPTOR, LARGEST_DESCRIPTOR = b"PK\x07\x08", 24
MARKS = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06")  # of a member, and of the directory
CHUNK = 2**18
UNREADABLE = (
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    struct.error,
    NotImplementedError,
    UnicodeDecodeError,
    OSError,
)

Stream = io.BufferedReader


def damaged(name: str, error: Exception) -> Exception:
    """What a damaged archive is told as; a failing disk stays what it is."""
    if isinstance(error, OSError) and error.errno:
        return error
    return InputError("DAMAGED_ARCHIVE", name, f"cannot be unpacked: {error or 'it ends too early'}", "fetch or pack it again")


def largest(packed: int) -> int:
    """Bytes that a packed size may unpack to."""
    return max(RATIO_FROM, packed * RATIO)


def squeezed(raw: Stream, name: str, size: int) -> Stream:
    """The content of a gz, xz or bz2 file."""
    return io.BufferedReader(Limited(unpacker(raw, name), name, largest(size)))


def unpacker(raw: Stream, name: str) -> Any:
    match PACKINGS[PurePosixPath(name.lower()).suffix]:
        case "gzip":
            return gzip.GzipFile(fileobj=raw)
        case "xz":
            return lzma.LZMAFile(raw)
        case "bzip2":
            return bz2.BZ2File(raw)
    return raw


def members_of(raw: Stream, name: str, size: int) -> Iterator[tuple[str, Stream]]:
    """(name behind the archive's name, content) of every member that is not hidden."""
    try:
        yield from zip_members(raw, name) if name.lower().endswith(".zip") else tar_members(raw, name, size)
    except UNREADABLE as error:
        raise damaged(name, error) from None


def zip_members(raw: Stream, name: str) -> Iterator[tuple[str, Stream]]:
    """Members in the order of the bytes of their names."""
    with zipfile.ZipFile(raw) as archive:
        members = [m for m in archive.infolist() if not (m.filename and m.is_dir())]
        check_names([m.filename for m in members], name)
        check_total(sum(m.file_size for m in members), name)
        check_layout(raw, archive, name)
        for member in members:
            if member.flag_bits & 1:
                raise InputError("ENCRYPTED", f"{name}/{member.filename}", "is encrypted", "unpack it first")
            if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
                raise InputError("LINK_IN_ARCHIVE", f"{name}/{member.filename}", "is not a regular file", "pack files only")
        for member in sorted(members, key=lambda m: m.filename.encode()):
            if not hidden(member.filename):
                inner = f"{name}/{PurePosixPath(member.filename)}"
                with archive.open(member) as stream:
                    yield inner, io.BufferedReader(Limited(stream, inner, largest(member.compress_size)))


def tar_members(raw: Stream, name: str, size: int) -> Iterator[tuple[str, Stream]]:
    """Members in the order they were packed: a compressed tar can only be read forwards. All are checked before the first."""
    whole = Rewindable(unpacker(raw, name), name, largest(size))
    with tarfile.open(fileobj=whole, mode="r:") as archive:
        members = []
        for member in archive:
            members.append(member)
            check_count(len(members), name)
            if not (member.isreg() or member.isdir()) or member.issparse():
                raise InputError("LINK_IN_ARCHIVE", f"{name}/{member.name}", "is not a regular file", "pack files only")
        check_names([m.name for m in members], name)
        check_total(sum(m.size for m in members), name)
        check_end(whole, archive.offset, name)
        for member in members:
            stream = archive.extractfile(member) if member.isreg() and not hidden(member.name) else None
            if stream is not None:
                inner = f"{name}/{shown(str(PurePosixPath(member.name)))}"
                yield inner, io.BufferedReader(Limited(stream, inner, member.size))


def hidden(member: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(member).parts)


def check_count(count: int, archive: str) -> None:
    if count > MOST_MEMBERS:
        raise InputError("TOO_MANY_MEMBERS", archive, f"has {count:,} members or more", limit=f"{MOST_MEMBERS:,}")


def check_total(total: int, archive: str) -> None:
    if total > LARGEST_TOTAL:
        raise InputError("ARCHIVE_TOO_LARGE", archive, f"unpacks to {total:,} bytes", limit=f"{LARGEST_TOTAL:,}")


def check_names(names: list[str], archive: str) -> None:
    """Names that stay inside, stand once on every system, and are no archives themselves."""
    check_count(len(names), archive)
    earlier: set[str] = set()
    for name in names:
        place, path = f"{archive}/{name}", PurePosixPath(name.replace("\\", "/"))
        if not path.parts:
            raise InputError("BAD_MEMBER", place, "has no name", "pack it again")
        if path.is_absolute() or ".." in path.parts or "\0" in name or (path.parts and path.parts[0].endswith(":")):
            raise InputError("BAD_MEMBER", place, "has a name that leaves the archive", "pack it again")
        if any(part.endswith((".", " ")) or part.split(".")[0].casefold() in DEVICES for part in path.parts):
            raise InputError(
                "BAD_MEMBER", place, "has a name that is no file's on other systems", "rename it and pack it again"
            )
        folded = unicodedata.normalize("NFC", str(path)).casefold()
        if folded in earlier:
            raise InputError("DOUBLE_MEMBER", place, "stands twice (or differs by case only)", "pack it again")
        earlier.add(folded)
        if folded.endswith((*ARCHIVES, *SQUEEZED)):
            raise InputError("NESTED_ARCHIVE", place, "is an archive in an archive", "unpack the outer one")


def check_layout(raw: Stream, archive: zipfile.ZipFile, name: str) -> None:
    """The members of a zip lie one after another from its first byte to its directory: none shares bytes with another, and none
    is there that the directory does not name."""
    members = sorted(archive.infolist(), key=lambda m: m.header_offset)
    end, before = 0, "its beginning"
    for member in members:
        check_gap(raw, end, member.header_offset, name, before)
        if member.header_offset < end:
            raise InputError("BAD_MEMBER", f"{name}/{member.filename}", f"shares bytes with {before}", "pack it again")
        raw.seek(member.header_offset + NAME_SIZES)
        sizes = struct.unpack("<HH", raw.read(4))
        end, before = member.header_offset + LOCAL_HEADER + sum(sizes) + member.compress_size, member.filename
        end += descriptor(raw, end) if member.flag_bits & DESCRIBED else 0
    check_gap(raw, end, archive.start_dir, name, before)


def descriptor(raw: Stream, place: int) -> int:
    """Bytes of the sizes that stand behind a member whose writer did not know them before: with a mark or without, of 4 or of 8
    bytes each."""
    raw.seek(place)
    head = raw.read(LARGEST_DESCRIPTOR + len(MARKS[0]))
    mark = 4 if head.startswith(DESCRIPTOR) else 0
    return next((mark + size for size in (12, 20) if head[mark + size :].startswith(MARKS)), mark + 12)


def check_gap(raw: Stream, start: int, stop: int, name: str, before: str) -> None:
    """Refuse bytes that belong to no member; zeros are padding."""
    raw.seek(start)
    left = stop - start
    while left > 0 and (data := raw.read(min(left, CHUNK))):
        if data.strip(b"\0"):
            what = f"holds {stop - start:,} bytes after {before} that its directory does not name"
            raise InputError("DAMAGED_ARCHIVE", name, what, "fetch or pack it again")
        left -= len(data)


def check_end(whole: Rewindable, offset: int, archive: str) -> None:
    """A tar ends with zeros: what is cut, or goes on behind a damaged header, is not whole. Reading on checks the checksum."""
    whole.seek(offset)
    data = whole.read(CHUNK)
    zeros_only = bool(data)
    while data:
        zeros_only = zeros_only and not data.strip(b"\0")
        data = whole.read(CHUNK)
    if not zeros_only:
        raise damaged(archive, EOFError("its end mark is missing"))


class Limited(io.RawIOBase):
    """A stream that refuses to grow beyond its limit, and tells damage by the name of the file."""

    def __init__(self, inner: Any, name: str, limit: int):
        self.inner, self.place, self.limit, self.position = inner, name, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self.inner.read(len(buffer))
        except UNREADABLE as error:
            raise damaged(self.place, error) from None
        self.position += len(data)
        self.check(self.position)
        buffer[: len(data)] = data
        return len(data)

    def check(self, position: int) -> None:
        if position > self.limit:
            raise InputError("BOMB", self.place, "unpacks to far more than its size", limit=f"ratio {RATIO}")


class Rewindable(Limited):
    """A limited stream for tarfile, which goes back to the members after it has seen their headers."""

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only from the start")
        self.check(offset)
        try:
            self.position = self.inner.seek(offset)
        except UNREADABLE as error:
            raise damaged(self.place, error) from None
        return self.position

    def read(self, size: int = -1) -> bytes:
        """A header may claim any size: not more than the limit is asked for."""
        rest = self.limit - self.position + 1
        return super().read(rest if size < 0 else min(size, rest)) or b""

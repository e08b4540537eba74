"""What the user names -> named byte streams: files, folders and archives, each opened once."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.archives import ARCHIVES, PACKINGS, SQUEEZED, Stream, members_of, squeezed
from groundup.data.sources.files.formats import (
    FORMATS,
    HEAD,
    IMAGES,
    NOT_DATA,
    ONLY_NAMED,
    PICKLES,
    REFUSED,
    SGML,
    SHEETS,
    check_content,
    formats,
)
from groundup.data.sources.files.sniff import format_by_content
from groundup.data.sources.records import Rejects, shown
from groundup.errors import InputError, printable
from groundup.messages.current import message
from groundup.strict_json import read_json

PART = re.compile(r"(.*?)-(\d{5})-of-(\d{5})")
STATE = "state.json"
BUFFER = 2**18
SNIFFED = 2**14  # bytes by which a format is told where the name tells none
MACHINE_FAULTS = {errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM}


@dataclass
class Input:
    """One stream of a known format. `name` is relative to what the user named, members after their archive; `folder` is where
    a file that is no archive lies."""

    name: str
    format: str
    stream: Stream
    folder: Path | None = None


def open_inputs(
    sources: Sequence[str], settings: ReadSettings, rejects: Rejects, extensions: Mapping[str, str] = FORMATS
) -> Iterator[Input]:
    """Every file of these formats (`extensions`: ending -> name), in the order of the bytes of their names. Files that are
    passed over are counted."""
    count = 0
    places = places_of(sources) if extensions is IMAGES else {}
    for source in sources:
        path = Path(source)
        if "://" in source:
            raise InputError("NOT_A_PATH", source, "is an address", "give a file or folder of this machine")
        files = list(files_of(path, rejects))
        if path.is_dir():
            check_folders(path, files, settings, rejects)
        for file, inner in files:
            name = f"{places[source]}{inner}" if places.get(source) else inner
            for opened in open_file(file, name, file == path, settings, rejects, extensions):
                count += 1
                rejects.formats.add(opened.format)
                opened.folder = None if name.lower().endswith(ARCHIVES) else file.parent
                yield opened
    if not count:
        raise InputError(
            "EMPTY_DATA",
            ", ".join(sources),
            "holds no file that can be read",
            f"formats: {formats(extensions)}, also in zip, tar and gz",
        )


def places_of(sources: Sequence[str]) -> dict[str, str]:
    """What stands before the names of a source's files, where files of several sources have the same name: the way to it from
    the folder that holds all sources."""
    paths = {source: Path(source).absolute() for source in sources}
    names = Counter(name for path in set(paths.values()) if path.exists() for _, name in files_of(path, Rejects()))
    if len(paths) < 2 or max(names.values(), default=0) < 2:
        return {}
    homes = {source: path if path.is_dir() else path.parent for source, path in paths.items()}
    common = os.path.commonpath(homes.values())
    ways = {source: home.relative_to(common).as_posix() for source, home in homes.items()}
    return {source: "" if way == "." else f"{shown(way)}/" for source, way in ways.items()}


def check_folders(path: Path, files: Sequence[tuple[Path, str]], settings: ReadSettings, rejects: Rejects) -> None:
    """Refuse a folder that lacks files of which it tells, and name the folders in it that are empty."""
    if not settings.include:
        check_parts(str(path), [name for _, name in files])
        for file, name in files:
            if file.name == STATE:
                check_state(file, name)
    for folder in sorted(path.rglob("*")):
        name = folder.relative_to(path).as_posix()
        if folder.is_dir() and not any(folder.iterdir()) and not name.startswith(".") and "/." not in name:
            rejects.inform(message("folder is empty", folder=printable(shown(name))))


def check_state(path: Path, name: str) -> None:
    """Refuse a data set of Hugging Face's `save_to_disk` that lacks a file of which its state.json tells."""
    state = read_json(path)
    listed = state.get("_data_files") if isinstance(state, dict) else None
    if listed is None:
        return  # of another program
    names = [one.get("filename") if isinstance(one, dict) else None for one in listed] if isinstance(listed, list) else [None]
    if not all(isinstance(one, str) and one and Path(one).name == one for one in names):
        raise InputError("BAD_JSON", name, "its _data_files are no list of file names", "save the data set again")
    missing = [str(one) for one in names if not (path.parent / str(one)).is_file()]
    if missing:
        what = f"tells of {missing[0]}, which is not there ({len(missing)} of {len(names)} files)"
        raise InputError("PART_MISSING", name, what, "fetch it, or say which files you want with --read.include")


def check_parts(source: str, names: Sequence[str]) -> None:
    """Refuse a folder that lacks a part of a file that was cut: train-00001-of-00003.parquet tells of three."""
    parts: dict[tuple[str, int], set[int]] = defaultdict(set)
    for name in names:
        if part := PART.match(name):
            parts[part[1], int(part[3])].add(int(part[2]))
    for (start, total), numbers in parts.items():
        missing = sorted(set(range(total)) - numbers)
        if missing:
            what = f"holds {total - len(missing)} of {total} parts: {start}-{missing[0]:05d}-of-{total:05d} is not there"
            raise InputError("PART_MISSING", source, what, "fetch it, or say which files you want with --read.include")


def files_of(path: Path, rejects: Rejects) -> Iterator[tuple[Path, str]]:
    """A file, or the files of a folder with their names in it; hidden ones are left out, links must stay inside."""
    if not path.exists():
        raise InputError("NO_FILE", path, "does not exist", "check the path")
    if not path.is_dir():
        yield path, path.name
        return
    root = path.resolve()
    inside = {p.relative_to(path).as_posix(): p for p in path.rglob("*") if p.is_symlink() or not p.is_dir()}
    for name in sorted(inside, key=os.fsencode):
        if any(part.startswith(".") for part in PurePosixPath(name).parts):
            continue
        file = inside[name]
        if file.is_symlink() and not file.resolve().is_relative_to(root):
            raise InputError("LINK_OUTSIDE", name, "is a link out of the folder", "name the file itself, or copy it here")
        if file.is_dir():
            rejects.skip(name, "links to folders")
        else:
            yield file, shown(name)  # of a name that is not UTF-8


def open_file(
    path: Path, name: str, by_user: bool, settings: ReadSettings, rejects: Rejects, extensions: Mapping[str, str]
) -> Iterator[Input]:
    """The inputs in one file. A file that the user names (`by_user`) must be readable;
    others of a folder are passed over when unknown."""
    with open_regular(path) as raw:
        before = os.fstat(raw.fileno())
        if before.st_size == 0 and not by_user:
            rejects.skip(name, "empty")
            return
        if before.st_size == 0:
            raise InputError("EMPTY_DATA", name, "has 0 bytes", "give a file with content")
        read = False
        for opened in inputs_of(raw, name, before.st_size, by_user, settings, rejects, extensions):
            read = True
            yield opened
        if not read:
            return
        raw.seek(0)
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
        after = os.fstat(raw.fileno())
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise InputError("CHANGED_DURING_READ", name, "changed while it was read", "wait until it is complete")
    rejects.add_file(name, after.st_size, digest)


def open_regular(path: Path) -> Stream:
    """A regular file, opened without waiting for the other end of a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in MACHINE_FAULTS:
            raise
        raise InputError("CANNOT_OPEN", path, f"cannot be opened: {error.strerror}", "check the path and its rights") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError("NOT_A_FILE", path, "is not a regular file", "name a file or folder")
    return io.BufferedReader(io.FileIO(descriptor), BUFFER)


def inputs_of(
    raw: Stream, name: str, size: int, by_user: bool, settings: ReadSettings, rejects: Rejects, extensions: Mapping[str, str]
) -> Iterator[Input]:
    """The file itself, its unpacked content, or the members of an archive."""
    low = name.lower()
    if low.endswith((*ARCHIVES, *SQUEEZED)):
        check_content(raw, PACKINGS[PurePosixPath(low).suffix], name)
    if low.endswith(ARCHIVES):
        for inner, stream in members_of(raw, name, size):
            yield from known(stream, inner, inner, False, settings, rejects, extensions)
    elif low.endswith(SQUEEZED):
        yield from known(squeezed(raw, name, size), name, name[: name.rindex(".")], by_user, settings, rejects, extensions)
    else:
        yield from known(raw, name, name, by_user, settings, rejects, extensions)


def known(
    stream: Stream,
    name: str,
    plain: str,
    by_user: bool,
    settings: ReadSettings,
    rejects: Rejects,
    extensions: Mapping[str, str],
) -> Iterator[Input]:
    """An input when its format is known; refused when it runs code, or when the user named it; else passed over."""
    base, suffix = PurePosixPath(plain).name.lower(), PurePosixPath(plain).suffix.lower()
    kind = settings.format or extensions.get(suffix)
    if not is_included(name, settings):
        return
    if base in NOT_DATA and not by_user:
        rejects.skip(name, "about the data")
    elif suffix in ONLY_NAMED and not by_user and settings.format is None and not settings.include:
        rejects.skip(name, "of other formats")
    elif base == "indices.arrow":
        raise InputError("HAS_INDICES", name, "chooses rows of another file", "save the data set after flatten_indices()")
    elif base.startswith("cache-") and kind == "arrow" and not by_user:
        rejects.skip(name, "caches")
    elif suffix in PACKINGS:
        raise InputError("NESTED_ARCHIVE", name, "is packed twice", "unpack it once")
    elif kind == "xml" and not by_user and settings.format is None and not is_of_translations(stream):
        rejects.skip(name, "XML of other kinds")
    elif kind is not None and suffix not in REFUSED:
        if extensions is not IMAGES:  # each image is a record, whose faults are its own
            check_content(stream, kind, name)
        yield Input(name, kind, stream)
    elif by_user and suffix in SGML:
        raise InputError(
            "ONE_SIDE",
            name,
            "is one side of a test set in SGML",
            "call both as their languages, like set.en.sgm and set.de.sgm, and give the languages as columns: "
            "--text_column en --label_column de",
        )
    elif by_user and extensions is FORMATS and may_be_table(suffix) and (kind := by_content(stream)):
        rejects.inform(message("format by content", format=kind), name)
        yield Input(name, kind, stream)
    elif by_user or suffix in PICKLES:
        raise InputError(
            "UNKNOWN_FORMAT",
            name,
            f"has the format '{suffix or 'none'}', which is not read",
            way_out(suffix, settings, extensions),
        )
    else:
        rejects.skip(name, "of other formats")


def may_be_table(suffix: str) -> bool:
    """Whether the end of a name leaves open what the file is."""
    return suffix not in REFUSED and suffix not in IMAGES and suffix not in SHEETS


def by_content(stream: Stream) -> str | None:
    """The format that the beginning of a stream shows."""
    head = stream.peek(SNIFFED)[:SNIFFED]
    return format_by_content(head, len(head) < SNIFFED)


def way_out(suffix: str, settings: ReadSettings, extensions: Mapping[str, str]) -> str:
    """What to do with a file of a format that is not read."""
    if suffix in SHEETS:
        return "save the sheet as xlsx or csv in the program that made it"
    if suffix in IMAGES and extensions is not IMAGES:
        return "here texts are read, not images: give a table or a text file"
    if settings.format is not None or suffix in REFUSED or extensions is IMAGES:
        return f"convert it to one of {formats(extensions)}"
    return f"convert it, or pass --read.format with one of {formats(extensions)}"


def is_of_translations(stream: Stream) -> bool:
    """Whether XML begins like a translation memory or a test set of WMT."""
    head = stream.peek(4 * HEAD)[: 4 * HEAD].replace(b"\0", b"").lower()
    return b"<tmx" in head or b"<dataset" in head


def is_included(name: str, settings: ReadSettings) -> bool:
    """Whether a file fits one of the patterns, where there are any."""
    return not settings.include or any(fnmatch(name, p) or fnmatch("/" + name, p) for p in settings.include)

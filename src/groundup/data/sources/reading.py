"""Bytes -> text and lines. UTF-8 (with or without mark) and UTF-16 with mark are read; anything else must be said."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from groundup.data.sources.records import Rejects
from groundup.errors import InputError

LONGEST_LINE = 64 * 2**20
CHUNK = 2**20
WAY_OUT = "name its encoding, for example --read.encoding gb18030, big5, cp1252 or utf-16-le"


def encoding_of(head: bytes, encoding: str | None, place: str) -> tuple[str, int]:
    """The encoding and the length of the byte order mark."""
    if encoding is not None:
        try:
            name = codecs.lookup(encoding).name
        except LookupError:
            raise InputError("UNKNOWN_ENCODING", place, f"'{encoding}' is no encoding", "see Python's standard encodings") from None
        return ("utf-8", 3) if name == "utf-8" and head.startswith(codecs.BOM_UTF8) else (name, 0)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8", 3
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"), 2
    return "utf-8", 0


def read_text(stream: BinaryIO, encoding: str | None, place: str) -> str:
    """A whole text; refused when it is not in its encoding."""
    data = stream.read()
    name, skip = encoding_of(data[:4], encoding, place)
    try:
        return data[skip:].decode(name).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise InputError("BAD_ENCODING", f"{place}, byte {error.start + skip}", f"is not {name}: {error.reason}", WAY_OUT) from None


def read_lines(stream: BinaryIO, encoding: str | None, place: str, rejects: Rejects) -> Iterator[tuple[int, str]]:
    """(line number, text without line end) of each line. A line that is not in its encoding is rejected with its place.

    One record per \\n; a file in UTF-16 is decoded as a whole, since its line ends are two bytes.
    """
    head = stream.read(CHUNK)
    name, skip = encoding_of(head[:4], encoding, place)
    if name.startswith(("utf-16", "utf-32")):
        text = read_text(Rest(head, stream), encoding, place)
        yield from enumerate(text.removesuffix("\n").split("\n"), 1)
        return
    number, waiting, offset, chunk = 0, b"", skip, head[skip:]
    while chunk or waiting:
        *lines, rest = (waiting + chunk).split(b"\n") if chunk else (waiting, b"")
        for data in lines:
            number += 1
            try:
                yield number, data.removesuffix(b"\r").decode(name)
            except UnicodeDecodeError as error:
                rejects.fault(f"{place}:{number}", "BAD_ENCODING", f"byte {offset + error.start} is not {name}; {WAY_OUT}")
                if rejects.faults > 1000 and rejects.faults * 2 > number:
                    raise InputError("BAD_ENCODING", f"{place}:{number}", f"is not {name}", WAY_OUT) from None
            offset += len(data) + 1
        waiting = rest
        if len(waiting) > LONGEST_LINE:
            raise InputError("LINE_TOO_LONG", f"{place}:{number + 1}", "has no line end", limit=f"{LONGEST_LINE:,} bytes")
        if not chunk:
            return
        chunk = stream.read(CHUNK)


class Rest:
    """Bytes already read, then the stream."""

    def __init__(self, head: bytes, stream: BinaryIO):
        self.head, self.stream = head, stream

    def read(self) -> bytes:
        return self.head + self.stream.read()

"""Bytes -> lines of text. UTF-8 (with or without mark) and UTF-16 with mark are read; any other encoding must be said."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple, Protocol

from groundup.data.sources.files.encodings import decoded, two_bytes, way_out
from groundup.errors import InputError

LONGEST_LINE = 64 * 2**20
LARGEST_WHOLE = 2**30
CHUNK = 2**18
BINARY_PART = 2**16  # first bytes that show whether a file is text
CONTROLS = bytes({*range(32)} - {*b"\t\n\r\f\x1a\x1b"} | {127})  # that stand for no character of a text
MANY_CONTROLS = 0.04  # share of the bytes from which a file is none; of bytes by chance they are 0.1
MANY_BAD = 1000  # lines that are not in the encoding, after which the whole file is checked at once
WAY_OUT = way_out(b"")
KEPT = 2**16  # bytes of lines that are not in the encoding, by which others are offered
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
NOT_FOR_FILES = {
    "idna",
    "punycode",
    "undefined",
    "unicode_escape",
    "unicode-escape",
    "raw_unicode_escape",
    "raw-unicode-escape",
    "mbcs",
    "oem",
}
WHOLE_ONLY = ("utf-16", "utf-32", "utf-7", "hz", "iso2022", "iso-2022")  # a byte 10 in them may be part of a character


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Preview(NamedTuple):
    """The first lines of a stream, and whether they are all of it."""

    lines: list[str]
    whole: bool


def encoding_of(head: bytes, encoding: str | None, place: str) -> tuple[str, int]:
    """The codec of a stream that begins with `head`, and the length of its byte order mark. The mark decides."""
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name, len(mark)
    if encoding is None:
        return "utf-8", 0
    name = codec(encoding, place).removesuffix("-sig")
    if name in ("utf-16", "utf-32"):
        what = f"has no byte order mark, so {name} is not enough"
        raise InputError("NO_BYTE_ORDER", place, what, f"say {name}-le or {name}-be")
    return name, 0


def codec(encoding: str, place: str) -> str:
    """The normal name of a text encoding."""
    try:
        codec_info = codecs.lookup(encoding)
    except (LookupError, ValueError):
        codec_info = None
    if codec_info is None or codec_info.name in NOT_FOR_FILES or not codec_info._is_text_encoding:
        raise InputError("UNKNOWN_ENCODING", place, f"'{encoding}' is no text encoding", "see Python's standard encodings")
    return codec_info.name


def read_bytes(stream: Readable, place: str) -> bytes:
    """All of a stream, up to what memory is for."""
    parts: list[bytes] = []
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > LARGEST_WHOLE:
            raise InputError(
                "FILE_TOO_LARGE",
                place,
                "must be read as a whole",
                "cut it, or convert it to jsonl or csv",
                limit=f"{LARGEST_WHOLE:,} bytes",
            )
        parts.append(chunk)
    return b"".join(parts)


def refuse_two_bytes(head: bytes, place: str) -> None:
    """Refuse text of two bytes a character without a mark: its bytes are UTF-8, too, but a zero stands at every other place."""
    name = two_bytes(head)
    if name:
        raise InputError(
            "BAD_ENCODING",
            place,
            f"has a zero at every other byte, as {name} has, and no byte order mark",
            f"say the encoding of the file: --read.encoding {name}",
        )


def refuse_binary(head: bytes, place: str) -> None:
    """Refuse what is no text: bytes that are not UTF-8, a good part of which are no characters in any usual encoding."""
    part = head[:BINARY_PART]
    controls = sum(part.count(bytes([byte])) for byte in CONTROLS)
    if controls <= MANY_CONTROLS * len(part) or decoded(part, "utf-8") is not None:
        return
    what = f"is no text: {controls / len(part):.0%} of its first bytes are no characters"
    fix = "name the file what it is, or convert it to text; of text in UTF-16 say --read.encoding utf-16-le"
    raise InputError("NOT_TEXT", place, what, fix)


def read_text(stream: Readable, encoding: str | None, place: str) -> str:
    """A whole text with \\n as its line end; refused when it is not in its encoding."""
    data = read_bytes(stream, place)
    name, skip = encoding_of(data[:4], encoding, place)
    if encoding is None and not skip:
        refuse_two_bytes(data[:CHUNK], place)
        refuse_binary(data, place)
    try:
        return data[skip:].decode(name).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        where = f"{place}, byte {error.start + skip}"
        raise InputError("BAD_ENCODING", where, f"is not {name}: {error.reason}", way_out(data[:CHUNK])) from None


class Lines:
    """The lines of a stream, one per \\n, without line ends (\\r\\n is one).

    While iterating, `number` and `offset()` say where the line stands, `fault` what is wrong with its bytes (the text
    then holds lone surrogates and must not be used), and `ended` whether a line end stood after it.
    """

    def __init__(self, stream: Readable, encoding: str | None, place: str):
        self.stream, self.place = stream, place
        self.number = 0
        self.fault: str | None = None
        self.ended = True
        head = stream.read(CHUNK)
        self.codec, self.skip = encoding_of(head[:4], encoding, place)
        if encoding is None and not self.skip:
            refuse_two_bytes(head, place)
            refuse_binary(head, place)
        self.head = head[self.skip :]
        self.start: int | None = self.skip  # offset of the block's first line; None when bytes are not lines
        self.raw: list[str] = []
        self.index = 0
        self.offsets: list[int] | None = None
        self.bad, self.beyond_ascii = 0, 0
        self.undecoded = b""  # the first of the lines that are not in the encoding

    def __iter__(self) -> Iterator[str]:
        blocks = self.decoded_blocks() if self.codec.startswith(WHOLE_ONLY) else self.line_blocks()
        for raw, faults in blocks:
            self.raw, self.offsets = raw, None
            for self.index, line in enumerate(raw):
                self.number += 1
                self.fault = faults.get(self.index) if faults else None
                yield line[:-1] if line.endswith("\r") else line
        self.judge()

    def where(self) -> str:
        return f"{self.place}:{self.number}"

    @property
    def way_out(self) -> str:
        """The encodings that would read the lines that were not in this one."""
        return way_out(self.undecoded[:KEPT])

    def ahead(self) -> Preview:
        """The line at hand and those after it, as far as they are in memory."""
        return Preview([line[:-1] if line.endswith("\r") else line for line in self.raw[self.index :]], not self.ended)

    def preview(self) -> Preview:
        """The first whole lines, before any is read; bytes that are not in the encoding are shown as \\xe9."""
        parts = [self.head]
        while b"\n" not in parts[-1] and sum(map(len, parts)) < LONGEST_LINE and (chunk := self.stream.read(CHUNK)):
            parts.append(chunk)
        self.head = b"".join(parts)
        whole = len(self.head) + self.skip < CHUNK
        *lines, last = codecs.getincrementaldecoder(self.codec)("backslashreplace").decode(self.head, final=whole).split("\n")
        lines += [last] if last and (whole or not lines) else []
        return Preview([line[:-1] if line.endswith("\r") else line for line in lines], whole)

    def offset(self) -> int | None:
        """Byte at which the line begins."""
        if self.start is None:
            return None
        if self.offsets is None:
            sizes = (len(line.encode(self.codec, "surrogateescape")) + 1 for line in self.raw)
            self.offsets = list(accumulate(sizes, initial=self.start))
        return self.offsets[self.index]

    def line_blocks(self) -> Iterator[tuple[list[str], dict[int, str]]]:
        """Whole lines of about CHUNK bytes, decoded together, or one by one where some are not in the encoding."""
        assert self.start is not None
        for data in self.byte_blocks():
            faults: dict[int, str] = {}
            try:
                text = data.decode(self.codec)
                raw = text.split("\n")
                if not text.isascii():
                    self.beyond_ascii += len(raw) - sum(map(str.isascii, raw))
            except UnicodeDecodeError:
                raw = [self.decode(line, i, faults) for i, line in enumerate(data.split(b"\n"))]
            yield raw, faults
            self.start += len(data) + 1
            if faults and self.bad > MANY_BAD:
                self.judge()

    def decode(self, line: bytes, index: int, faults: dict[int, str]) -> str:
        try:
            text = line.decode(self.codec)
        except UnicodeDecodeError as error:
            faults[index] = f"byte {error.start} of the line is not {self.codec} ({error.reason})"
            self.bad += 1
            self.beyond_ascii += 1
            self.undecoded += line + b"\n" if len(self.undecoded) < KEPT else b""
            return line.decode(self.codec, "surrogateescape")
        self.beyond_ascii += not text.isascii()
        return text

    def byte_blocks(self) -> Iterator[bytes]:
        parts: list[bytes] = []
        size, chunk = 0, self.head
        self.head = b""
        while chunk:
            cut = chunk.rfind(b"\n")
            if size + (chunk.find(b"\n") if cut >= 0 else len(chunk)) > LONGEST_LINE:
                raise self.too_long()
            if cut < 0:
                parts.append(chunk)
                size += len(chunk)
            else:
                parts.append(chunk[:cut])
                yield b"".join(parts)
                parts = [chunk[cut + 1 :]]
                size = len(parts[0])
            chunk = self.stream.read(CHUNK)
        if size:
            self.ended = False
            yield b"".join(parts)

    def decoded_blocks(self) -> Iterator[tuple[list[str], dict[int, str]]]:
        """Lines of an encoding whose line ends are not single bytes: decoded first, split then."""
        decoder = codecs.getincrementaldecoder(self.codec)("strict")
        self.start, rest, chunk, position = None, "", self.head, self.skip
        while True:
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise InputError(
                    "BAD_ENCODING", f"{self.place}, after byte {position}", f"is not {self.codec}: {error.reason}", WAY_OUT
                ) from None
            position += len(chunk)
            *raw, rest = (rest + text).split("\n")
            if len(rest) > LONGEST_LINE:
                raise self.too_long()
            if raw:
                yield raw, {}
            if not chunk:
                break
            chunk = self.stream.read(CHUNK)
        if rest:
            self.ended = False
            yield [rest], {}

    def too_long(self) -> InputError:
        return InputError(
            "LINE_TOO_LONG",
            f"{self.place}, after line {self.number}",
            "a line does not end",
            "is this text? Name its format with --read.format",
            limit=f"{LONGEST_LINE:,} bytes",
        )

    def judge(self) -> None:
        """Refuse a file that is in another encoding: most of its lines beyond ASCII, and more than 1 % of all, are bad."""
        if self.bad * 2 > self.beyond_ascii and self.bad * 100 > self.number:
            raise InputError(
                "BAD_ENCODING",
                self.place,
                f"is not {self.codec}: {self.bad} of {self.beyond_ascii} lines beyond ASCII are not",
                self.way_out,
            )

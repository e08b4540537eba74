"""Parallel texts as WMT publishes them: two files line by line, one table of two columns, or two SGML files.

Texts are delivered as they stand, but for blanks around the segments of SGML. Language codes are endings (text.en, text.de,
text.pt.gz), so the ending says nothing of the format; what the bytes say is checked.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from groundup.data.settings import ReadSettings
from groundup.data.sources.archives import PACKINGS, SQUEEZED, Stream, squeezed
from groundup.data.sources.open import check_content, open_regular
from groundup.data.sources.records import Rejects, Row
from groundup.data.sources.text import WAY_OUT, Lines
from groundup.errors import InputError
from groundup.folders import hash_file

DOCUMENT = re.compile(r"<doc\b[^>]*\bdocid=\"([^\"]*)\"", re.IGNORECASE)
SEGMENT = re.compile(r"<seg\b[^>]*\bid=\"([^\"]*)\"[^>]*>(.*?)</seg>", re.IGNORECASE)


class Text(NamedTuple):
    """One side of a pair: where it stands, what is wrong with its bytes, and its name (document, segment) in SGML."""

    text: str
    number: int
    fault: str | None = None
    name: tuple[str, str] | None = None


def parallel_rows(files: Sequence[str | Path], settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Rows `source`, `target` of two files, or of one table of two columns (tsv), in their order.

    A pair of which a side is blank is dropped and counted. Raises `InputError` UNEQUAL_LINES with both numbers when the
    files do not have as many lines, SEGMENT_DIFFERS when SGML names another segment. Consume all rows before using any: the
    end of the files is where it is known that they belong together.
    """
    paths = [Path(file) for file in files]
    if len(paths) not in (1, 2):
        raise InputError("NOT_PARALLEL", "files", f"{len(paths)} files", "give two files, or one table with two columns")
    pairs = pairs_of_table(paths[0], settings) if len(paths) == 1 else pairs_of_files(*paths, settings)
    names = " and ".join(path.name for path in paths)
    for source, target in pairs:
        rejects.read += 1
        place = f"{paths[0].name}:{source.number}"
        fault = source.fault or target.fault
        if fault:
            rejects.fault(place, "BAD_ENCODING" if len(paths) == 2 else "RAGGED_ROW", fault, fix=WAY_OUT)
        elif not source.text.strip() or not target.text.strip():
            rejects.drop(place, "BLANK_SIDE", "has no text on one side")
        else:
            rejects.delivered += 1
            yield Row({"source": source.text, "target": target.text}, paths[0].name, source.number)
    for path in paths:
        found = hash_file(path, path.name)
        rejects.add_file(*found)
    rejects.check_sum(rejects.delivered)
    rejects.check(settings.max_rejects)
    if not rejects.delivered:
        raise InputError("EMPTY_DATA", names, "hold no pair of texts", "see the files")


def pairs_of_files(first: Path, second: Path, settings: ReadSettings) -> Iterator[tuple[Text, Text]]:
    """Line n of one file with line n of the other; segments of SGML must also have the same name."""
    counts = [0, 0]
    for one, other in zip_longest(texts_of(first, settings), texts_of(second, settings)):
        counts = [counts[0] + (one is not None), counts[1] + (other is not None)]
        if one is None or other is None:
            continue  # to the end, so that both numbers can be told
        if one.name != other.name:
            what = f"is {told(one.name)}, and {second.name}:{other.number} {told(other.name)}"
            raise InputError("SEGMENT_DIFFERS", f"{first.name}:{one.number}", what, "give two files of the same test set")
        yield one, other
    if counts[0] != counts[1]:
        raise InputError("UNEQUAL_LINES", f"{first.name} and {second.name}", f"have {counts[0]:,} and {counts[1]:,} texts",
                         "give files whose lines belong together")  # fmt: skip


def told(name: tuple[str, str] | None) -> str:
    return f"segment {name[1]} of document {name[0]}" if name else "a line without segment"


def pairs_of_table(path: Path, settings: ReadSettings) -> Iterator[tuple[Text, Text]]:
    """The two columns of an unquoted table without header."""
    for text in texts_of(path, settings):
        fields = text.text.split("\t")
        fault = text.fault or (None if len(fields) == 2 else f"has {len(fields)} columns, not 2")
        yield Text(fields[0], text.number, fault), Text(fields[-1], text.number, fault)


def texts_of(path: Path, settings: ReadSettings) -> Iterator[Text]:
    """The lines of a file, or the segments where it is SGML by its name."""
    with open_regular(path) as raw:
        size = os.fstat(raw.fileno()).st_size
        if not size:
            raise InputError("EMPTY_DATA", path, "has 0 bytes", "give a file with content")
        stream, name = unpacked(raw, path.name, size)
        check_content(stream, "text", path.name)
        lines = Lines(stream, settings.encoding, path.name)
        yield from segments(lines) if name.endswith((".sgm", ".sgml")) else plain_lines(lines)


def unpacked(raw: Stream, name: str, size: int) -> tuple[Stream, str]:
    """The content of a file and its name in lower case without packing."""
    low = name.lower()
    if not low.endswith(SQUEEZED):
        return raw, low
    check_content(raw, PACKINGS[PurePosixPath(low).suffix], name)
    return squeezed(raw, name, size), low[: low.rindex(".")]


def plain_lines(lines: Lines) -> Iterator[Text]:
    for line in lines:
        yield Text(line, lines.number, lines.fault)


def segments(lines: Lines) -> Iterator[Text]:
    """`<seg id="3">text</seg>` of the document that was opened before, one on a line, as WMT's test sets have them."""
    document = ""
    for line in lines:
        if opened := DOCUMENT.search(line):
            document = opened[1]
        found = SEGMENT.search(line)
        if found:
            yield Text(html.unescape(found[2]).strip(), lines.number, lines.fault, (document, found[1]))
        elif "<seg" in line.lower():
            raise InputError("BAD_SEGMENT", lines.where(), "opens a segment that is not closed on its line",
                             "put every <seg> on one line")  # fmt: skip

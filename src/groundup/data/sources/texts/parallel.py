"""Parallel texts as WMT and IWSLT publish them: two files line by line, one table of two columns, or two SGML files.

Texts are delivered as they stand, but for blanks around the segments of SGML; what is SGML, and what is text with lines about
talks between (IWSLT), is seen by the first lines of each file. Language codes are endings (text.en, text.de,
text.pt.gz), so the ending says nothing of the format; what the bytes say is checked. Who asks for the columns `en` and `de`
means such files where a source holds them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.archives import PACKINGS, SQUEEZED, Stream, squeezed
from groundup.data.sources.files.formats import FORMATS, check_content
from groundup.data.sources.files.markup import refuse_markup
from groundup.data.sources.files.open import files_of, open_regular
from groundup.data.sources.files.text import WAY_OUT, Lines
from groundup.data.sources.records import Rejects, Row, delivered
from groundup.data.sources.texts.sgml import Text, is_sgml, is_tagged, segments, untagged
from groundup.errors import InputError
from groundup.manifest import hash_file
from groundup.messages.current import message
from groundup.messages.translate import plural

ENDINGS = (".sgm", ".sgml", ".xml", ".txt")  # after a language: text.en.sgm, or en.txt
CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")  # of a language
OTHER_SIDE = {"-src": "-ref", "-ref": "-src"}  # newstest2014-deen-src.de.sgm and newstest2014-deen-ref.en.sgm


class Pair(NamedTuple):
    """Two files whose lines belong together, and the name of the first in what the user named."""

    first: Path
    second: Path
    name: str


def pairs_in(source: str | Path, languages: Sequence[str]) -> list[Pair]:
    """The pairs of files that a source holds for two languages; none in a source of other files.

    A file that ends with one of the languages (text.en) means itself and the other one beside it, a folder all such pairs.
    Raises `InputError` NO_PAIR for a named file whose other half is not there.
    """
    path = Path(source)
    if len(set(languages)) != 2 or any(f".{one.lower()}" in FORMATS for one in languages):
        return []
    if path.is_file() and parted(path.name)[1] in languages:
        halves = [other_half(path, one) for one in languages]
        if None in halves and not parted(path.name)[0]:
            return []  # words.txt of the columns words and tags is one table
        if None in halves:
            missing = languages[halves.index(None)]
            raise InputError(
                "NO_PAIR",
                path,
                f"has no file of the same name in '{missing}' beside it",
                "name both languages as the files end: --text_column en --label_column de",
            )
        return [Pair(*(half for half in halves if half), path.name)]
    if not path.is_dir():
        return []
    firsts = [(file, name) for file, name in files_of(path, Rejects()) if parted(file.name)[1] == languages[0]]
    pairs = [(file, other_half(file, languages[1]), name) for file, name in firsts]
    return [Pair(file, other, name) for file, other, name in pairs if other is not None]


def languages_in(source: str | Path) -> tuple[str, ...]:
    """The two languages that pairs of files in a source end with (text.en and text.de); none in a source of other files."""
    path = Path(source)
    named = [file for file, _ in files_of(path, Rejects())] if path.is_dir() else path.parent.glob("*")
    names = [parted(file.name) for file in named if f".{parted(file.name)[1].lower()}" not in FORMATS]
    stem = None if path.is_dir() else parted(path.name)[0]
    languages: dict[str, set[str]] = {}
    for one, language, _ in names:
        if CODE.fullmatch(language) and one and stem in (None, one):
            languages.setdefault(one, set()).add(language)
    pairs = {tuple(sorted(found)) for found in languages.values() if len(found) > 1}
    return next(iter(pairs)) if len(pairs) == 1 and len(next(iter(pairs))) == 2 else ()


def files_of_source(source: str | Path, languages: Sequence[str]) -> list[Path]:
    """What there is to read: the file or folder itself, or both files of a pair of which one is named."""
    pairs = pairs_in(source, languages) if Path(source).is_file() else []
    return [pairs[0].first, pairs[0].second] if pairs else [Path(source)]


def parted(name: str) -> tuple[str, str, str]:
    """text.en.sgm.gz -> (text, en, .sgm); en.txt -> ("", en, .txt)."""
    low, kind = name.lower(), ""
    if low.endswith(SQUEEZED):
        name = name[: low.rindex(".")]
    if name.lower().endswith(ENDINGS):
        name, kind = name[: name.rindex(".")], name[name.rindex(".") :]
    stem, _, language = name.rpartition(".")
    return stem, language, kind


def other_half(path: Path, language: str) -> Path | None:
    """The file of the same name in this language, packed or not; the file itself when it is in it."""
    stem, own, kind = parted(path.name)
    if own == language:
        return path
    stems = [stem, *(stem.replace(side, other) for side, other in OTHER_SIDE.items() if side in stem)]
    names = [f"{one}{'.' * bool(one)}{language}{kind}{packing}" for one in stems for packing in ("", *SQUEEZED)]
    return next((path.with_name(name) for name in names if path.with_name(name).is_file()), None)


def parallel_rows(
    files: Sequence[str | Path], settings: ReadSettings, rejects: Rejects, columns: Sequence[str] = ("source", "target")
) -> Iterator[Row]:
    """Rows of two columns from two files, or from one table of two columns (tsv), in their order.

    A pair of which a side is blank is dropped and counted. Raises `InputError` UNEQUAL_LINES with both numbers when the
    files do not have as many lines, SEGMENT_DIFFERS when SGML names another segment. Consume all rows before using any: the
    end of the files is where it is known that they belong together.
    """
    paths = [Path(file) for file in files]
    if len(paths) not in (1, 2):
        raise InputError("NOT_PARALLEL", "files", plural(len(paths), "file"), "give two files, or one table with two columns")
    pairs = pairs_of_table(paths[0], settings, rejects) if len(paths) == 1 else pairs_of_files(*paths, settings, rejects)
    yield from delivered(rows_of_texts(paths, pairs, columns, rejects), rejects)
    for path in paths:
        rejects.add_file(*hash_file(path, path.name))
    rejects.check_sum(rejects.delivered)
    rejects.check(settings.max_rejects)
    if not rejects.delivered:
        names = " and ".join(path.name for path in paths)
        raise InputError("EMPTY_DATA", names, "hold no pair of texts", "see the files")


def rows_of_texts(
    paths: Sequence[Path], pairs: Iterator[tuple[Text, Text]], columns: Sequence[str], rejects: Rejects
) -> Iterator[Row]:
    """A row of each pair of which both sides hold text."""
    for source, target in pairs:
        rejects.read += 1
        place = f"{paths[0].name}:{source.number}"
        fault = source.fault or target.fault
        if fault:
            rejects.fault(place, "BAD_ENCODING" if len(paths) == 2 else "RAGGED_ROW", fault, fix=WAY_OUT)
        elif not source.text.strip() or not target.text.strip():
            rejects.drop(place, "BLANK_SIDE", "has no text on one side")
        else:
            yield Row({columns[0]: source.text, columns[1]: target.text}, paths[0].name, source.number, number=rejects.read)


def pairs_of_files(first: Path, second: Path, settings: ReadSettings, rejects: Rejects) -> Iterator[tuple[Text, Text]]:
    """Line n of one file with line n of the other; segments of SGML must also have the same name."""
    counts = [0, 0]
    for one, other in zip_longest(texts_of(first, settings, rejects), texts_of(second, settings, rejects)):
        counts = [counts[0] + (one is not None), counts[1] + (other is not None)]
        if one is None or other is None:
            continue  # to the end, so that both numbers can be told
        if one.name != other.name:
            what = f"is {segment_name(one.name)}, and {second.name}:{other.number} {segment_name(other.name)}"
            raise InputError("SEGMENT_DIFFERS", f"{first.name}:{one.number}", what, "give two files of the same test set")
        yield one, other
    if counts[0] != counts[1]:
        raise InputError(
            "UNEQUAL_LINES",
            f"{first.name} and {second.name}",
            f"have {counts[0]:,} and {counts[1]:,} texts",
            "give files whose lines belong together",
        )


def segment_name(name: tuple[str, str] | None) -> str:
    return f"segment {name[1]} of document {name[0]}" if name else "a line without segment"


def pairs_of_table(path: Path, settings: ReadSettings, rejects: Rejects) -> Iterator[tuple[Text, Text]]:
    """The two columns of an unquoted table without header."""
    for text in texts_of(path, settings, rejects):
        fields = text.text.split("\t")
        fault = text.fault or (None if len(fields) == 2 else f"has {plural(len(fields), 'column')}, not 2")
        yield Text(fields[0], text.number, fault), Text(fields[-1], text.number, fault)


def texts_of(path: Path, settings: ReadSettings, rejects: Rejects) -> Iterator[Text]:
    """The lines of a file, or the segments where its first lines hold some."""
    with open_regular(path) as raw:
        size = os.fstat(raw.fileno()).st_size
        if not size:
            raise InputError("EMPTY_DATA", path, "has 0 bytes", "give a file with content")
        stream = unpacked(raw, path.name, size)
        check_content(stream, "text", path.name)
        lines = Lines(stream, settings.encoding, path.name)
        head = lines.preview().lines
        if settings.markup == "text":
            yield from plain_lines(lines)
        elif is_sgml(head):
            yield from segments(lines)
        elif is_tagged(head):
            yield from lines_between_tags(lines, path.name, rejects)
        else:
            refuse_markup(head, path.name)
            yield from plain_lines(lines)


def unpacked(raw: Stream, name: str, size: int) -> Stream:
    """The content of a file."""
    low = name.lower()
    if not low.endswith(SQUEEZED):
        return raw
    check_content(raw, PACKINGS[PurePosixPath(low).suffix], name)
    return squeezed(raw, name, size)


def plain_lines(lines: Lines) -> Iterator[Text]:
    for line in lines:
        yield Text(line, lines.number, lines.fault)


def lines_between_tags(lines: Lines, name: str, rejects: Rejects) -> Iterator[Text]:
    """The lines of IWSLT's tagged text without those about the talks."""
    left_out = 0
    for line in lines:
        text = untagged(line)
        left_out += text is None
        if text is not None:
            yield Text(text, lines.number, lines.fault)
    rejects.inform(message("IWSLT text", count=left_out), name)

"""Rows of csv, tsv, arff, sheets, json, jsonl, parquet, arrow, and lines of text."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.annotation_tools import annotated
from groundup.data.sources.annotated.conll import conll_rows
from groundup.data.sources.annotated.conll_layout import looks_like_conll
from groundup.data.sources.annotated.squad import squad_rows
from groundup.data.sources.files.formats import HEAD
from groundup.data.sources.files.markup import refuse_markup
from groundup.data.sources.files.open import Input
from groundup.data.sources.files.text import Lines, encoding_of, read_text
from groundup.data.sources.records import ALL, Columns, Rejects, Row, faulty, numbered, shown
from groundup.data.sources.tables.arff import arff_rows
from groundup.data.sources.tables.arrow import arrow_rows, parquet_rows
from groundup.data.sources.tables.delimited import csv_rows
from groundup.data.sources.tables.json_objects import as_object, holds_records, object_rows
from groundup.data.sources.tables.sheets import sheet_rows
from groundup.data.sources.texts.xml_texts import xml_rows
from groundup.errors import InputError, printable
from groundup.messages.current import message
from groundup.strict_json import Refused, faults_in, foreign

FIRST_OBJECTS = 1000  # looked at for the keys that objects of a file have
BLANKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"  # before the first character of JSON, in every Unicode encoding


def rows_of(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns = ALL) -> Iterator[Row]:
    """The rows of one input, plain where an annotation tool wrote them; `rejects.read` counts every record seen."""
    if opened.format in ("txt", "tsv") and settings.format is None:
        head = text_head(opened, settings)
        if looks_like_conll(head) and not is_table(head, columns):
            opened = replace(opened, format="conll")
    if opened.format in ANNOTATED:
        rows = numbered(ANNOTATED[opened.format](opened, settings, rejects), rejects)
    else:
        table_rows = READERS.get(opened.format, text_rows)(opened, settings, rejects, columns)
        rows = annotated(numbered(table_rows, rejects), opened.name, rejects, columns)
        if opened.format in ("json", "jsonl"):
            rows = with_absent_keys(rows, columns.needed)
    yield from without_words(rows, opened.name, settings.missing, rejects) if settings.missing else rows


def with_absent_keys(rows: Iterator[Row], needed: Sequence[str]) -> Iterator[Row]:
    """Rows of objects: what one leaves out that others of the file have is a missing value. What none of the first rows has is
    no column."""
    first, known = [], set()
    while not known.issuperset(needed) and len(first) < FIRST_OBJECTS and (row := next(rows, None)) is not None:
        first.append(row)
        known.update(row.values)
    for row in chain(first, rows):
        known.update(row.values)
        absent = () if row.fault is not None else (name for name in needed if name in known and name not in row.values)
        row.values |= dict.fromkeys(absent)
        yield row


def without_words(rows: Iterator[Row], name: str, words: Sequence[str], rejects: Rejects) -> Iterator[Row]:
    """Rows in which the words that mean that nothing is known are missing values."""
    counts = dict.fromkeys(words, 0)
    for row in rows:
        for column, value in row.values.items():
            if isinstance(value, str) and (word := value.strip()) in counts:
                counts[word] += 1
                row.values[column] = None
        yield row
    for word, count in counts.items():
        rejects.inform(
            message("missing as set" if count else "missing word absent", count=count, word=printable(word, 30)), name
        )


def text_head(opened: Input, settings: ReadSettings) -> str:
    """The beginning of a text, whole lines that have not been read."""
    head = opened.stream.peek(8 * HEAD)[: 8 * HEAD]
    name, skip = encoding_of(head[:4], settings.encoding, opened.name)
    return codecs.getincrementaldecoder(name)("backslashreplace").decode(head[skip:])


def is_table(head: str, columns: Columns) -> bool:
    """Whether the first line names the columns that are asked for, and no blank line parts sentences below."""
    first, _, below = head.replace("\r", "").partition("\n")
    return bool(columns.needed) and columns.within(first.split("\t")) and "\n\n" not in below


def text_rows(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Iterator[Row]:
    """One row a line, column `text`."""
    lines = Lines(opened.stream, settings.encoding, opened.name)
    if opened.format == "html":
        raise InputError("MARKUP", opened.name, "is HTML, whose lines are no rows", "pass --read.text_rows file: a page a row")
    if opened.format == "txt" and settings.markup == "auto":
        refuse_markup(lines.preview().lines, opened.name)
    for line in lines:
        rejects.read += 1
        row = Row({"text": shown(line) if lines.fault else line}, opened.name, lines.number)
        if lines.fault:
            yield from faulty(row, "BAD_ENCODING", lines.fault, rejects, lines.offset(), lines.way_out)
        else:
            yield row


def jsonl_rows(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Iterator[Row]:
    """One object a line. A damaged last line without a line end refuses the file: it was cut."""
    lines = Lines(opened.stream, settings.encoding, opened.name)
    for line in lines:
        if not line.strip() and not lines.fault:
            continue
        rejects.read += 1
        value, code, what = parsed(line, lines.fault, columns)
        row = Row(value if isinstance(value, dict) else {}, opened.name, lines.number)
        if not what:
            yield row
        elif lines.ended or code == "NOT_AN_OBJECT":
            yield from faulty(row, code, what, rejects, lines.offset(), lines.way_out if lines.fault else "")
        elif settings.allow_truncated_tail:
            rejects.drop(lines.where(), "TRUNCATED_TAIL", what)
            return  # before the file is checked by its cut last character
        else:
            raise InputError(
                "TRUNCATED_TAIL",
                lines.where(),
                f"the last line is damaged: {what}",
                "fetch the file again, or pass --read.allow_truncated_tail",
            )


def parsed(line: str, fault: str | None, columns: Columns) -> tuple[object, str, str]:
    """(value, code, what is wrong) of a line of JSON."""
    if fault:
        return None, "BAD_ENCODING", fault
    try:
        value = as_object(foreign(line))
    except Refused as error:
        return None, error.code, str(error)
    return value, *fault_of(value, columns)


def fault_of(value: object, columns: Columns) -> tuple[str, str]:
    """(code, what is wrong) of a record: only the columns that are needed must be right."""
    if not isinstance(value, dict):
        return "NOT_AN_OBJECT", f"is a {type(value).__name__}, not an object"
    what = faults_in(value, columns.needs)
    return ("BAD_JSON", what) if what else ("", "")


def json_rows(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Iterator[Row]:
    """An array of objects, or one object a line."""
    head = opened.stream.peek(HEAD)[:HEAD].lstrip(BLANKS)
    if holds_records(head):
        rows = object_rows(opened, settings, rejects)
        if not isinstance(rows, Input):
            yield from rows
            return
        opened = rows
    if head.partition(b"\n")[0].strip() == b"{":
        raise InputError(
            "ONE_OBJECT",
            opened.name,
            "is a single object over many lines, which says nothing of rows",
            "give an array of objects, or one object a line",
        )
    if not head.startswith(b"["):
        yield from jsonl_rows(opened, settings, rejects, columns)
        return
    text = read_text(opened.stream, settings.encoding, opened.name)
    try:
        values = foreign(text)
    except Refused as error:
        raise InputError("BAD_JSON", opened.name, str(error), "give an array of objects, or one object a line") from None
    for number, value in enumerate(values, 1):
        rejects.read += 1
        value = as_object(value)
        row = Row(value if isinstance(value, dict) else {}, opened.name, number)
        code, what = fault_of(value, columns)
        if code:
            yield from faulty(row, code, what, rejects)
        else:
            yield row


READERS = {
    "csv": csv_rows,
    "tsv": csv_rows,
    "arff": arff_rows,
    "sheet": sheet_rows,
    "jsonl": jsonl_rows,
    "json": json_rows,
    "parquet": parquet_rows,
    "arrow": arrow_rows,
    "tmx": xml_rows,
    "xml": xml_rows,
}
ANNOTATED = {"conll": conll_rows, "squad": squad_rows}

"""Rows of csv and tsv: records of fields with a delimiter between them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.open import Input
from groundup.data.sources.files.text import LONGEST_LINE, Lines
from groundup.data.sources.records import Columns, Rejects, Row, faulty, shown
from groundup.data.sources.tables.dialect import Dialect, dialect_of, is_comment
from groundup.data.sources.tables.fields import BLANKS, cut_by_blanks, cut_by_width
from groundup.data.sources.tables.missing_column import DELIMITED, no_column
from groundup.data.sources.tables.quoting import LONGEST_FIELD, open_quote, quote_of
from groundup.errors import InputError
from groundup.messages.translate import plural


def csv_rows(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Iterator[Row]:
    """Rows of delimited fields. Ragged rows are rejected, an unclosed quote refuses the file."""
    lines = Lines(opened.stream, settings.encoding, opened.name)
    dialect = dialect_of(lines.preview(), opened.name, opened.format, settings, columns)
    for note in dialect.notes:
        rejects.inform(note, opened.name)
    rejects.declare(dialect.declared)
    rejects.delimiters.add(dialect.delimiter)
    header, width = dialect.header, len(dialect.header)
    first, repeatable = header[0] if header else "", settings.header and width > 1
    for record in records_of(lines, dialect, settings, lambda note: rejects.inform(note, opened.name)):
        rejects.read += 1
        fields = record.fields
        if repeatable and fields[0].strip() == first and tuple(map(str.strip, fields)) == header:
            rejects.drop(f"{opened.name}:{record.line}", "REPEATED_HEADER", "repeats the header")
            continue
        if len(fields) != width and width - dialect.optional <= len(fields) < width:
            fields = [*fields, *[""] * (width - len(fields))]
        row = Row(dict(zip(header, fields)), opened.name, record.line)
        if record.fault and settings.header and width == 1 and not columns.within(header) and DELIMITED.search(header[0]):
            raise no_column(row, next(name for name in columns.needed if name not in header), "text_column")
        if record.fault:
            row.values = {name: shown(str(value)) for name, value in row.values.items()}
            yield from faulty(row, record.code, record.fault, rejects, record.offset, record.fix)
        elif len(fields) != width:
            what = f"has {plural(len(fields), 'field')}, the header has {width}"
            offset = lines.offset() if lines.number == record.line else record.offset
            yield from faulty(row, "RAGGED_ROW", what, rejects, offset)
        else:
            yield row


@dataclass(slots=True)
class Record:
    """Fields of a row, the line and byte where it begins, and what is wrong with it."""

    line: int
    fields: list[str]
    offset: int | None = None  # where it is known: of faulty records, and of those of several lines
    code: str = ""
    fault: str = ""
    fix: str = ""


def records_of(lines: Lines, dialect: Dialect, settings: ReadSettings, tell: Callable[[str], None]) -> Iterator[Record]:
    """The records below the header. A header whose bytes or quotes are damaged refuses the file."""
    stream = iter(lines)
    for _ in range(dialect.above):
        next(stream, None)
    if settings.comment is not None:
        stream = (line for line in stream if not is_comment(line, settings))
    one_line = not dialect.delimiter or dialect.delimiter == BLANKS
    records = records_of_lines(stream, lines, dialect, settings) if one_line else split_records(stream, lines, dialect, tell)
    header = dialect.header_records
    for record in records:
        if not record.fields:
            continue
        if header and record.fault:
            fix = record.fix or ("is the delimiter another one? See --read.delimiter" if record.code == "BAD_QUOTES" else "")
            raise InputError(record.code, f"{lines.place}:{record.line}", record.fault, fix)
        if not header:
            yield record
        header = max(0, header - 1)


def records_of_lines(stream: Iterator[str], lines: Lines, dialect: Dialect, settings: ReadSettings) -> Iterator[Record]:
    """The records of a table whose fields are parted by blanks or have fixed widths: one a line."""
    for line in stream:
        record = Record(lines.number, [])
        note(record, lines)
        if line.strip():
            record.fields = cut_by_width(line, settings.widths) if settings.widths else cut_by_blanks(line, dialect.quote)
        yield record


def split_records(stream: Iterator[str], lines: Lines, dialect: Dialect, tell: Callable[[str], None]) -> Iterator[Record]:
    """The records of a table. A quoted field may hold delimiters, doubled quotes and line ends. Where no quote stands among the
    first records, what the first later one means is decided by the lines that follow it."""
    delimiter, quote, undecided = dialect.delimiter, dialect.quote, dialect.undecided
    for line in stream:
        if undecided and '"' in line:
            quote, why = quote_of(lines.ahead(), lines.place, delimiter, "auto", header=False)
            undecided = False
            if why:
                tell(why)
        record = Record(lines.number, [])
        note(record, lines)
        if not quote or quote not in line:
            record.fields = line.split(delimiter) if line else []
        else:
            column = open_quote(line, delimiter, quote)
            if column is not None:
                record.offset = lines.offset()
                line = "\n".join([line, *closing_lines(stream, lines, delimiter, quote, record, column)])
            read_fields(line, delimiter, quote, record)
        if len(line) > LONGEST_FIELD and any(len(value) > LONGEST_FIELD for value in record.fields):
            record.code, record.fault = "FIELD_TOO_LONG", f"has a field of more than {LONGEST_FIELD:,} characters"
        yield record


def note(record: Record, lines: Lines) -> None:
    """Keep what is wrong with the bytes of a line."""
    if lines.fault and not record.fault:
        record.code, record.fault, record.fix, record.offset = "BAD_ENCODING", lines.fault, lines.way_out, lines.offset()


def closing_lines(
    stream: Iterator[str], lines: Lines, delimiter: str, quote: str, record: Record, column: int
) -> Iterator[str]:
    """The further lines of a record, to the one that closes the last quote that is opened in it."""
    size, opened = 0, (record.line, column)
    for line in stream:
        size += len(line) + 1
        if size > LONGEST_LINE:
            break
        note(record, lines)
        yield line
        still = open_quote(line, delimiter, quote, inside=True)
        if still is None:
            return
        if still >= 0:
            opened = (lines.number, still)
    where = f"{lines.place}:{opened[0]}:{opened[1] + 1}"
    raise InputError(
        "CSV_UNCLOSED_QUOTE",
        where,
        "the quote opened here is never closed",
        "close it, or pass --read.quote none",
        limit=f"one record <= {LONGEST_LINE:,} characters",
    )


def read_fields(text: str, delimiter: str, quote: str, record: Record) -> None:
    """The fields of a record with quotes; what stands between a closing quote and the delimiter is a fault."""
    try:
        record.fields = next(csv.reader([text], delimiter=delimiter, quotechar=quote, strict=True))
    except csv.Error as error:
        record.fields = [text]
        record.code, record.fault = record.code or "BAD_QUOTES", record.fault or f"has misplaced quotes: {error}"

"""Rows of csv, tsv, json, jsonl, parquet, arrow, and lines of text."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from groundup.data.settings import ReadSettings
from groundup.data.sources.conll import conll_rows
from groundup.data.sources.open import HEAD, Input
from groundup.data.sources.records import Rejects, Row
from groundup.data.sources.squad import squad_rows
from groundup.data.sources.text import LONGEST_LINE, WAY_OUT, Lines, read_bytes, read_text
from groundup.errors import InputError
from groundup.strict_json import Refused, strict

LONGEST_FIELD = 16 * 2**20
MOST_COLUMNS = 4096
BATCH = 4096  # rows of Parquet at a time
BLANKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"  # before the first character of JSON, in every Unicode encoding
ARROW_FILE, ARROW_END = b"ARROW1", b"\xff\xff\xff\xff\x00\x00\x00\x00"


def rows_of(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """The rows of one input; `rejects.read` counts every record seen."""
    yield from READERS.get(opened.format, text_rows)(opened, settings, rejects)


def text_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """One row a line, column `text`."""
    lines = Lines(opened.stream, settings.encoding, opened.name)
    for line in lines:
        rejects.read += 1
        row = Row({"text": shown(line) if lines.fault else line}, opened.name, lines.number)
        if lines.fault:
            yield from faulty(row, "BAD_ENCODING", lines.fault, rejects, lines.offset(), WAY_OUT)
        else:
            yield row


def faulty(row: Row, code: str, what: str, rejects: Rejects, offset: int | None = None, fix: str = "") -> Iterator[Row]:
    """Count a row that cannot be used, and deliver it where such rows are asked for."""
    rejects.fault(f"{row.file}:{row.line}", code, what, offset, fix)
    if rejects.deliver_faulty:
        row.fault = what
        yield row


def shown(text: str) -> str:
    """Text that can be written: bytes that are no text are shown as \\xe9."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def csv_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Comma or tab separated rows. Ragged rows are rejected, an unclosed quote refuses the file."""
    quoted = settings.quote == "double" or (settings.quote == "auto" and opened.format == "csv")
    lines = Lines(opened.stream, settings.encoding, opened.name)
    header: list[str] | None = None
    for record in split_records(lines, "," if opened.format == "csv" else "\t", quoted):
        if not record.fields:
            continue
        if header is None:
            if record.fault:
                raise InputError(record.code, f"{opened.name}:{record.line}", record.fault, record.fix)
            names = record.fields if settings.header else [str(i) for i in range(len(record.fields))]
            header = check_header(names, f"{opened.name}:{record.line}")
            if settings.header:
                continue
        rejects.read += 1
        row = Row(dict(zip(header, record.fields, strict=False)), opened.name, record.line)
        if record.fault:
            row.values = {name: shown(str(value)) for name, value in row.values.items()}
            yield from faulty(row, record.code, record.fault, rejects, record.offset, record.fix)
        elif len(record.fields) != len(header):
            what = f"has {len(record.fields)} fields, the header has {len(header)}"
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


def split_records(lines: Lines, separator: str, quoted: bool) -> Iterator[Record]:
    """The records of a table. A quoted field may hold separators, doubled quotes and line ends."""
    stream = iter(lines)
    for line in stream:
        record = Record(lines.number, [])
        note(record, lines)
        if not quoted or '"' not in line:
            record.fields = line.split(separator) if line else []
        else:
            column = open_quote(line, separator)
            if column is not None:
                record.offset = lines.offset()
                line = "\n".join([line, *closing_lines(stream, lines, separator, record, column)])
            read_fields(line, separator, record)
        if len(line) > LONGEST_FIELD and any(len(value) > LONGEST_FIELD for value in record.fields):
            record.code, record.fault = "FIELD_TOO_LONG", f"has a field of more than {LONGEST_FIELD:,} characters"
        yield record


def note(record: Record, lines: Lines) -> None:
    """Keep what is wrong with the bytes of a line."""
    if lines.fault and not record.fault:
        record.code, record.fault, record.fix, record.offset = "BAD_ENCODING", lines.fault, WAY_OUT, lines.offset()


def closing_lines(stream: Iterator[str], lines: Lines, separator: str, record: Record, column: int) -> Iterator[str]:
    """The further lines of a record, to the one that closes the last quote that is opened in it."""
    size, opened = 0, (record.line, column)
    for line in stream:
        size += len(line) + 1
        if size > LONGEST_LINE:
            break
        note(record, lines)
        yield line
        still = open_quote(line, separator, inside=True)
        if still is None:
            return
        if still >= 0:
            opened = (lines.number, still)
    where = f"{lines.place}:{opened[0]}:{opened[1] + 1}"
    raise InputError("CSV_UNCLOSED_QUOTE", where, "the quote opened here is never closed",
                     "close it, or pass --read.quote none", limit=f"one record <= {LONGEST_LINE:,} characters")  # fmt: skip


def open_quote(line: str, separator: str, inside: bool = False) -> int | None:
    """Column (from 0) of the quote that is open at the end of a line, -1 when a line before opened it, None when none is.

    `inside` says that the line begins in a quoted field. A quote within a plain field is literal.
    """
    position, begin = 0, -1
    while True:
        if not inside:
            if line.startswith('"', position):
                position, begin = position + 1, position
            else:
                position = line.find(separator, position) + 1
                if not position:
                    return None
                continue
        close = line.find('"', position)
        if close < 0:
            return begin
        position = close + 1
        inside = line.startswith('"', position)  # a doubled quote is part of the field
        if inside:
            position += 1
            continue
        position = line.find(separator, position) + 1
        if not position:
            return None


def read_fields(text: str, separator: str, record: Record) -> None:
    """The fields of a record with quotes; what stands between a closing quote and the separator is a fault."""
    csv.field_size_limit(2 * LONGEST_FIELD)  # judged with those of plain records
    try:
        record.fields = next(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error as error:
        record.fields = [text]
        record.code, record.fault = record.code or "BAD_QUOTES", record.fault or f"has misplaced quotes: {error}"


def check_header(names: list[str], place: str) -> list[str]:
    names = [name.strip() for name in names]
    if any("\r" in name for name in names):
        raise InputError("BAD_HEADER", place, "the lines end with CR alone", "save the file with LF or CRLF")
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice or not names:
        what = f"the columns {', '.join(map(repr, twice))} stand twice" if twice else "is empty"
        raise InputError("BAD_HEADER", place, what, "give every column its own name, or pass --read.header false")
    if len(names) > MOST_COLUMNS:
        raise InputError("TOO_MANY_COLUMNS", place, f"has {len(names):,} columns", limit=f"{MOST_COLUMNS:,}")
    return names


def jsonl_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """One object a line. A damaged last line without a line end refuses the file: it was cut."""
    lines = Lines(opened.stream, settings.encoding, opened.name)
    for line in lines:
        if not line.strip() and not lines.fault:
            continue
        rejects.read += 1
        value, code, what = parsed(line, lines.fault)
        row = Row(value if isinstance(value, dict) else {}, opened.name, lines.number)
        if not what:
            yield row
        elif lines.ended or code == "NOT_AN_OBJECT":
            yield from faulty(row, code, what, rejects, lines.offset(), WAY_OUT if lines.fault else "")
        elif settings.allow_truncated_tail:
            rejects.drop(lines.where(), "TRUNCATED_TAIL", what)
            return  # before the file is judged by its cut last character
        else:
            raise InputError("TRUNCATED_TAIL", lines.where(), f"the last line is damaged: {what}",
                             "fetch the file again, or pass --read.allow_truncated_tail")  # fmt: skip


def parsed(line: str, fault: str | None) -> tuple[object, str, str]:
    """(value, code, what is wrong) of a line of JSON."""
    if fault:
        return None, "BAD_ENCODING", fault
    try:
        value = strict(line)
    except Refused as error:
        return None, error.code, str(error)
    if not isinstance(value, dict):
        return None, "NOT_AN_OBJECT", f"is a {type(value).__name__}, not an object"
    return value, "", ""


def json_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """An array of objects, or one object a line."""
    head = opened.stream.peek(HEAD)[:HEAD].lstrip(BLANKS)
    if head.partition(b"\n")[0].strip() == b"{":
        raise InputError("ONE_OBJECT", opened.name, "is a single object over many lines, which says nothing of rows",
                         "give an array of objects, or one object a line")  # fmt: skip
    if not head.startswith(b"["):
        yield from jsonl_rows(opened, settings, rejects)
        return
    text = read_text(opened.stream, settings.encoding, opened.name)
    try:
        values = strict(text)
    except Refused as error:
        raise InputError("BAD_JSON", opened.name, str(error), "give an array of objects, or one object a line") from None
    for number, value in enumerate(values, 1):
        rejects.read += 1
        row = Row(value if isinstance(value, dict) else {}, opened.name, number)
        if isinstance(value, dict):
            yield row
        else:
            yield from faulty(row, "NOT_AN_OBJECT", f"is a {type(value).__name__}, not an object", rejects)


def parquet_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Rows of a Parquet file, a batch at a time."""
    import pyarrow.parquet as pq

    def batches() -> Iterator:
        file = pq.ParquetFile(seekable(opened))
        check_schema(file.schema_arrow, opened.name)
        yield from file.iter_batches(batch_size=BATCH)

    yield from batch_rows(batches(), "DAMAGED_PARQUET", opened.name, rejects)


def arrow_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Rows of an Arrow file or stream, as `save_to_disk` of Hugging Face's datasets writes them."""
    import pyarrow as pa

    def batches() -> Iterator:
        if opened.stream.peek(len(ARROW_FILE)).startswith(ARROW_FILE):
            file = pa.ipc.open_file(seekable(opened))
            check_schema(file.schema, opened.name)
            yield from (file.get_batch(i) for i in range(file.num_record_batches))
            return
        stream = seekable(opened)
        check_end_mark(stream, opened.name)
        file = pa.ipc.open_stream(stream)
        check_schema(file.schema, opened.name)
        yield from file

    yield from batch_rows(batches(), "DAMAGED_ARROW", opened.name, rejects)


def check_end_mark(stream: BinaryIO, place: str) -> None:
    """An Arrow stream that was cut between two batches looks whole but for its end mark."""
    stream.seek(-min(len(ARROW_END), stream.seek(0, io.SEEK_END)), io.SEEK_END)
    if stream.read() != ARROW_END:
        raise InputError("DAMAGED_ARROW", place, "has no end mark: it was cut", "fetch the file again")
    stream.seek(0)


def seekable(opened: Input) -> BinaryIO:
    """The stream, in memory where it cannot be read in any order."""
    return opened.stream if opened.stream.seekable() else io.BytesIO(read_bytes(opened.stream, opened.name))


def check_schema(schema: Any, place: str) -> None:
    """Columns have names of their own and plain types: an extension type may carry code of others."""
    if len(set(schema.names)) < len(schema.names):
        raise InputError("BAD_HEADER", place, "has two columns of one name", "rename one")
    if len(schema.names) > MOST_COLUMNS:
        raise InputError("TOO_MANY_COLUMNS", place, f"has {len(schema.names):,} columns", limit=f"{MOST_COLUMNS:,}")
    for field in schema:
        if extended(field):
            raise InputError("EXTENSION_TYPE", place, f"column '{field.name}' has an extension type", "save it as a plain type")


def extended(field: Any) -> bool:
    """Whether a field, or one inside it, has an extension type."""
    import pyarrow as pa

    inner = [field.type.field(i) for i in range(field.type.num_fields)]
    return (
        isinstance(field.type, pa.BaseExtensionType)
        or b"ARROW:extension:name" in (field.metadata or {})
        or any(map(extended, inner))
    )


def batch_rows(batches: Iterator, code: str, place: str, rejects: Rejects) -> Iterator[Row]:
    """Rows of Arrow batches, each checked before its values are used."""
    import pyarrow as pa

    number = 0
    while True:
        try:
            batch = next(batches, None)
            if batch is None:
                return
            batch.validate(full=True)
            rows = batch.to_pylist()
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            raise InputError(code, place, f"cannot be read: {error}", "fetch the file again") from None
        for values in rows:
            number += 1
            rejects.read += 1
            yield Row(values, place, number)


READERS = {"csv": csv_rows, "tsv": csv_rows, "jsonl": jsonl_rows, "json": json_rows, "parquet": parquet_rows,
           "arrow": arrow_rows, "conll": conll_rows, "squad": squad_rows}  # fmt: skip

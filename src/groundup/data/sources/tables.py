"""Rows of csv, tsv, json, jsonl, parquet, arrow, and lines of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from groundup.data.settings import ReadSettings
from groundup.data.sources.open import Input
from groundup.data.sources.records import Rejects, Row
from groundup.data.sources.text import WAY_OUT, Lines, read_text
from groundup.errors import InputError
from groundup.strict_json import Refused, strict

LONGEST_FIELD = 16 * 2**20
MOST_COLUMNS = 4096
LARGEST_JSON = 2**30


def rows_of(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """The rows of one input; `rejects.read` counts every record seen."""
    yield from READERS.get(opened.format, text_rows)(opened, settings, rejects)


def text_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """One row a line, column `text`."""
    lines = Lines(opened.stream, settings.encoding, opened.name)
    for line in lines:
        rejects.read += 1
        if lines.fault:
            yield from faulty(Row({}, opened.name, lines.number), "BAD_ENCODING", lines.fault, rejects, lines.offset())
        else:
            yield Row({"text": line}, opened.name, lines.number)


def faulty(row: Row, code: str, what: str, rejects: Rejects, offset: int | None = None, fix: str = "") -> Iterator[Row]:
    """Count a row that cannot be used, and deliver it where such rows are asked for."""
    rejects.fault(f"{row.file}:{row.line}", code, what, offset, fix)
    if rejects.deliver_faulty:
        row.fault = what
        yield row


def csv_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Comma or tab separated rows. Ragged rows are rejected, an unclosed quote refuses the file."""
    quoted = settings.quote == "double" or (settings.quote == "auto" and opened.format == "csv")
    lines = Lines(opened.stream, settings.encoding, opened.name)
    header: list[str] | None = None
    for number, values, fault in split_records(lines, "," if opened.format == "csv" else "\t", quoted):
        if header is None:
            if fault:
                raise InputError("BAD_ENCODING", f"{opened.name}:{number}", fault, WAY_OUT)
            header = check_header(values, opened.name) if settings.header else [str(i) for i in range(len(values))]
            if settings.header:
                continue
        if not values:
            continue
        rejects.read += 1
        row = Row(dict(zip(header, values, strict=False)), opened.name, number)
        if fault:
            yield from faulty(row, "BAD_ENCODING", fault, rejects, fix=WAY_OUT)
        elif len(values) != len(header):
            what = f"has {len(values)} fields, the header has {len(header)}"
            yield from faulty(row, "RAGGED_ROW", what, rejects)
        else:
            yield row
    if header is None:
        raise InputError("EMPTY_DATA", opened.name, "has no header", "give a table with a header and rows")


def split_records(lines: Lines, separator: str, quoted: bool) -> Iterator[tuple[int, list[str], str | None]]:
    """(line where it begins, fields, fault). A quoted field may hold separators, doubled quotes and line ends."""
    stream = iter(lines)
    for line in stream:
        text, begin, fault = line, lines.number, lines.fault
        if quoted and is_open(text, separator):
            parts, size = [text], len(text)
            while True:
                following = next(stream, None)
                if following is None or size > LONGEST_FIELD:
                    where = f"{lines.place}:{begin}:{quote_column(parts[0], separator) or 1}"
                    raise InputError("CSV_UNCLOSED_QUOTE", where, "the quote opened here is never closed",
                                     "close it, or pass --read.quote none", limit="one field <= 16 MiB")  # fmt: skip
                parts.append(following)
                size += len(following) + 1
                fault = fault or lines.fault
                if following.count('"') % 2 and not is_open(text := "\n".join(parts), separator):
                    break
        plain = not quoted or '"' not in text
        yield begin, (text.split(separator) if text else []) if plain else fields_of(text, separator), fault


def is_open(text: str, separator: str) -> bool:
    """Whether a quoted field is still open at the end of the text."""
    return text.count('"') % 2 == 1 and quote_column(text, separator) > 0


def quote_column(text: str, separator: str) -> int:
    """Column (from 1) of the quote that is open at the end; 0 when none is. A quote inside a plain field is literal."""
    position, length = 0, len(text)
    while position <= length:
        if position < length and text[position] == '"':
            begin, position = position, position + 1
            while True:
                close = text.find('"', position)
                if close < 0:
                    return begin + 1
                if text[close + 1 : close + 2] == '"':
                    position = close + 2
                    continue
                position = close + 1
                break
        following = text.find(separator, position)
        if following < 0:
            return 0
        position = following + 1
    return 0


def fields_of(text: str, separator: str) -> list[str]:
    csv.field_size_limit(LONGEST_FIELD)
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def check_header(names: list[str], place: str) -> list[str]:
    names = [name.strip() for name in names]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice or not names:
        raise InputError("BAD_HEADER", f"{place}:1", f"the columns {', '.join(twice)} stand twice" if twice else "is empty",
                         "give every column its own name, or pass --read.header false")  # fmt: skip
    if len(names) > MOST_COLUMNS:
        raise InputError("TOO_MANY_COLUMNS", f"{place}:1", f"has {len(names)} columns", limit=f"{MOST_COLUMNS}")
    return names


def jsonl_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """One object a line. A damaged last line without a line end refuses the file: it was cut."""
    lines = Lines(opened.stream, settings.encoding, opened.name)
    for line in lines:
        if not line.strip() and not lines.fault:
            continue
        rejects.read += 1
        row = Row({}, opened.name, lines.number)
        if lines.fault:
            yield from faulty(row, "BAD_ENCODING", lines.fault, rejects, lines.offset(), WAY_OUT)
            continue
        try:
            value = strict(line)
        except Refused as error:
            if lines.ended:
                yield from faulty(row, "BAD_JSON", str(error), rejects, lines.offset())
            elif settings.allow_truncated_tail:
                rejects.drop(lines.where(), "TRUNCATED_TAIL", str(error))
            else:
                raise InputError("TRUNCATED_TAIL", lines.where(), f"the last line is damaged: {error}",
                                 "fetch the file again, or pass --read.allow_truncated_tail") from None  # fmt: skip
            continue
        if isinstance(value, dict):
            row.values = value
            yield row
        else:
            yield from faulty(row, "NOT_AN_OBJECT", f"is a {type(value).__name__}, not an object", rejects, lines.offset())


def json_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """An array of objects, or one object a line."""
    text = read_text(opened.stream, settings.encoding, opened.name)
    if not text.lstrip().startswith("["):
        data = io.BufferedReader(io.BytesIO(text.encode("utf-8")))
        yield from jsonl_rows(Input(opened.name, "jsonl", data), settings, rejects)
        return
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
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(seekable(opened))
        yield from batch_rows(file.schema_arrow, file.iter_batches(batch_size=4096), opened.name, rejects)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise InputError("DAMAGED_PARQUET", opened.name, f"cannot be read: {error}", "fetch the file again") from None


def arrow_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Rows of an Arrow file or stream, as `save_to_disk` of Hugging Face's datasets writes them."""
    import pyarrow as pa

    try:
        if opened.stream.peek(6)[:6] == b"ARROW1":
            file = pa.ipc.open_file(seekable(opened))
            batches = (file.get_batch(i) for i in range(file.num_record_batches))
        else:
            file = batches = pa.ipc.open_stream(opened.stream)
        yield from batch_rows(file.schema, batches, opened.name, rejects)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise InputError("DAMAGED_ARROW", opened.name, f"cannot be read: {error}", "fetch the file again") from None


def seekable(opened: Input) -> BinaryIO:
    """The stream, in memory where it cannot be read in any order."""
    return opened.stream if opened.stream.seekable() else io.BytesIO(opened.stream.read())


def batch_rows(schema, batches: Iterable, place: str, rejects: Rejects) -> Iterator[Row]:
    """Rows of Arrow batches."""
    if len(set(schema.names)) < len(schema.names):
        raise InputError("BAD_HEADER", place, "has two columns of one name", "rename one")
    number = 0
    for batch in batches:
        for values in batch.to_pylist():
            number += 1
            rejects.read += 1
            yield Row(values, place, number)


READERS = {"csv": csv_rows, "tsv": csv_rows, "jsonl": jsonl_rows, "json": json_rows, "parquet": parquet_rows,
           "arrow": arrow_rows}  # fmt: skip

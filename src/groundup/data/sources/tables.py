"""Rows of csv, tsv, json, jsonl and parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from groundup.data.settings import ReadSettings
from groundup.data.sources.open import Input
from groundup.data.sources.reading import read_lines, read_text
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError
from groundup.strict_json import Refused, strict

LONGEST_FIELD = 16 * 2**20
MOST_COLUMNS = 4096
LARGEST_JSON = 2**30


def rows_of(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """The rows of one input; `rejects.read` counts every record seen."""
    reader = {"csv": csv_rows, "tsv": csv_rows, "jsonl": jsonl_rows, "json": json_rows, "parquet": parquet_rows}
    if opened.format not in reader:
        for number, line in read_lines(opened.stream, settings.encoding, opened.name, rejects):
            rejects.read += 1
            yield Row({"text": line}, opened.name, number)
        return
    yield from reader[opened.format](opened, settings, rejects)


def csv_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Comma or tab separated rows. Ragged rows are rejected, an unclosed quote refuses the file."""
    quoted = settings.quote == "double" or (settings.quote == "auto" and opened.format == "csv")
    lines = read_lines(opened.stream, settings.encoding, opened.name, rejects)
    records = split_records(lines, "," if opened.format == "csv" else "\t", quoted, opened.name)
    header: list[str] | None = None
    for number, values in records:
        if header is None:
            header = check_header(values, opened.name) if settings.header else [str(i) for i in range(len(values))]
            if settings.header:
                continue
        if not values:
            continue
        rejects.read += 1
        if len(values) != len(header):
            rejects.fault(f"{opened.name}:{number}", "RAGGED_ROW", f"has {len(values)} fields, the header has {len(header)}")
            continue
        yield Row(dict(zip(header, values, strict=True)), opened.name, number)
    if header is None:
        raise InputError("EMPTY_DATA", opened.name, "has no header", "give a table with a header and rows")


def split_records(lines: Iterator[tuple[int, str]], separator: str, quoted: bool, place: str) -> Iterator[tuple[int, list[str]]]:
    """(line where it begins, fields). A quoted field may hold separators, doubled quotes and line ends."""
    if not quoted:
        for number, line in lines:
            yield number, line.split(separator) if line else []
        return
    for number, line in lines:
        text, begin, size = line, number, len(line)
        while is_open(text, separator):
            found = next(lines, None)
            if found is None or size > LONGEST_FIELD:
                column = quote_column(text, separator)
                raise InputError("CSV_UNCLOSED_QUOTE", f"{place}:{begin}:{column}", "the quote opened here is never closed",
                                 "close it, or pass --read.quote none", limit="one field <= 16 MiB")  # fmt: skip
            text = f"{text}\n{found[1]}"
            size += len(found[1])
        yield begin, fields_of(text, separator) if '"' in text else (text.split(separator) if text else [])


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
    """One object a line."""
    fault = None
    for number, line in read_lines(opened.stream, settings.encoding, opened.name, rejects):
        if fault is not None:
            rejects.fault(*fault)
            fault = None
        if not line.strip():
            continue
        rejects.read += 1
        place = f"{opened.name}:{number}"
        try:
            value = strict(line)
        except Refused as error:
            fault = (place, "BAD_JSON", str(error))
            continue
        if isinstance(value, dict):
            yield Row(value, opened.name, number)
        else:
            fault = (place, "NOT_AN_OBJECT", f"is a {type(value).__name__}, not an object")
    if fault is not None:
        place, code, what = fault
        if code == "BAD_JSON" and not settings.allow_truncated_tail:
            raise InputError("TRUNCATED_TAIL", place, f"the last line is damaged: {what}",
                             "fetch the file again, or pass --read.allow_truncated_tail")  # fmt: skip
        rejects.drop(place, code, what)


def json_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """An array of objects, or one object a line."""
    text = read_text(opened.stream, settings.encoding, opened.name)
    if not text.lstrip().startswith("["):
        lines = Input(opened.name, "jsonl", io.BytesIO(text.encode("utf-8")))
        yield from jsonl_rows(lines, settings, rejects)
        return
    try:
        values = strict(text)
    except Refused as error:
        raise InputError("BAD_JSON", opened.name, str(error), "give an array of objects, or one object a line") from None
    for number, value in enumerate(values, 1):
        rejects.read += 1
        if isinstance(value, dict):
            yield Row(value, opened.name, number)
        else:
            rejects.fault(f"{opened.name}, item {number}", "NOT_AN_OBJECT", f"is a {type(value).__name__}, not an object")


def parquet_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Rows of a Parquet file, a batch at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    seekable: BinaryIO = opened.stream if opened.stream.seekable() else io.BytesIO(opened.stream.read())
    try:
        file = pq.ParquetFile(seekable)
        if len(set(file.schema_arrow.names)) < len(file.schema_arrow.names):
            raise InputError("BAD_HEADER", opened.name, "has two columns of one name", "rename one")
        number = 0
        for batch in file.iter_batches(batch_size=4096):
            for values in batch.to_pylist():
                number += 1
                rejects.read += 1
                yield Row(values, opened.name, number)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise InputError("DAMAGED_PARQUET", opened.name, f"cannot be read: {error}", "fetch the file again") from None

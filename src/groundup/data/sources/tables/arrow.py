"""Rows of Parquet and Arrow files. Only columns that are asked for are read, and each becomes plain values.

Numbers keep their value at any size, times, decimals and UUIDs become text, a value that is not a number (NaN) is missing, a
category is its value, and numbers of classes become the names that the file gives them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.open import Input
from groundup.data.sources.files.text import read_bytes
from groundup.data.sources.records import Columns, Rejects, Row
from groundup.data.sources.tables.class_names import ClassNames, names_beside, names_in_schema
from groundup.data.sources.tables.header import MOST_COLUMNS
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.messages.translate import plural

BATCH = 4096  # rows of Parquet at a time
SMALL = 2**24  # bytes of a file that never fills the memory of a machine
ARROW_FILE, ARROW_END = b"ARROW1", b"\xff\xff\xff\xff\x00\x00\x00\x00"
PLAIN_EXTENSIONS = {"arrow.uuid", "arrow.json", "arrow.bool8"}  # of which it is known what they hold
AGAIN = "fetch the file again"


def parquet_rows(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Iterator[Row]:
    """Rows of a Parquet file, a batch at a time; checksums of pages are verified where the file has them."""
    import pyarrow.parquet as pq

    stream = seekable(opened)

    def batches() -> Iterator:
        file = pq.ParquetFile(stream, page_checksum_verification=True)
        about = file.metadata
        counted = sum(about.row_group(i).num_rows for i in range(about.num_row_groups))
        check_rows(about.num_rows, counted, opened.name)
        chosen = choose(file.schema_arrow, opened, settings, rejects, columns)
        left = about.num_rows
        for batch in file.iter_batches(batch_size=BATCH, columns=list(chosen.names)):
            left -= batch.num_rows
            yield chosen, batch
        check_rows(about.num_rows, about.num_rows - left, opened.name)

    yield from batch_rows(batches(), stream, "DAMAGED_PARQUET", opened.name, rejects)


def check_rows(stated: int, counted: int, place: str) -> None:
    if stated != counted:
        what = f"says that it has {plural(stated, 'row')}, and its row groups have {counted:,}"
        raise InputError("DAMAGED_PARQUET", place, what, AGAIN)


def arrow_rows(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Iterator[Row]:
    """Rows of an Arrow file or stream, as `save_to_disk` of Hugging Face's datasets writes them."""
    import pyarrow as pa

    stream = seekable(opened)

    def batches() -> Iterator:
        begins = stream.read(len(ARROW_FILE))
        if begins != ARROW_FILE:
            check_end_mark(stream, opened.name)
        stream.seek(0)
        open_it: Callable = pa.ipc.open_file if begins == ARROW_FILE else pa.ipc.open_stream
        schema = open_it(stream).schema
        chosen = choose(schema, opened, settings, rejects, columns)
        stream.seek(0)
        positions = [position for position, name in enumerate(schema.names) if name in chosen.names]
        file = open_it(stream, options=pa.ipc.IpcReadOptions(included_fields=positions))
        record_batches = (file.get_batch(i) for i in range(file.num_record_batches)) if begins == ARROW_FILE else file
        yield from ((chosen, batch) for batch in record_batches)

    yield from batch_rows(batches(), stream, "DAMAGED_ARROW", opened.name, rejects)


def check_end_mark(stream: BinaryIO, place: str) -> None:
    """An Arrow stream that was cut between two batches looks whole but for its end mark."""
    stream.seek(-min(len(ARROW_END), stream.seek(0, io.SEEK_END)), io.SEEK_END)
    if stream.read() != ARROW_END:
        raise InputError("DAMAGED_ARROW", place, "has no end mark: it was cut", AGAIN)


def seekable(opened: Input) -> BinaryIO:
    """The stream, in memory where it cannot be read in any order."""
    return opened.stream if opened.stream.seekable() else io.BytesIO(read_bytes(opened.stream, opened.name))


class Chosen:
    """The columns that are read, with the function that makes plain values of each."""

    def __init__(self, convert: dict[str, Callable]):
        self.convert = convert

    @property
    def names(self) -> list[str]:
        return list(self.convert)

    def rows(self, batch: Any) -> list[dict]:
        """The rows of a checked batch."""
        batch.validate(full=True)
        values = [convert(batch.column(name)) for name, convert in self.convert.items()]
        if not values:
            return [{} for _ in range(batch.num_rows)]
        names = self.names
        return [dict(zip(names, row)) for row in zip(*values, strict=True)]


def choose(schema: Any, opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Chosen:
    """The columns to read. Where one that is asked for is not there all are, for whoever tells the person what is."""
    place, names = opened.name, schema.names
    if len(names) > MOST_COLUMNS:
        raise InputError("TOO_MANY_COLUMNS", place, f"has {plural(len(names), 'column')}", limit=f"{MOST_COLUMNS:,}")
    columns = columns if columns.within(names) else Columns(tuple(n for n in columns.needed if n in names) or ("",))
    classes = names_in_schema(schema) or names_beside(opened.folder, lambda note: rejects.inform(note, place))
    rejects.class_names = rejects.class_names or bool(classes)
    classes = classes if settings.class_names else {}
    convert = {}
    for field in schema:
        if not columns.takes(field.name):
            continue
        why = unreadable(field, names)
        if why and columns.needs(field.name):
            raise InputError(why[0], place, why[1], "rename one" if why[0] == "BAD_HEADER" else "save it as a plain type")
        if why:
            rejects.inform(message("column left out", column=field.name, why=why[1]), place)
            continue
        known = classes.get(field.name)
        if known is not None:
            rejects.inform(known.note(field.name), place)
        convert[field.name] = partial(values_of, name=field.name, classes=known, place=place, needed=columns.needs(field.name))
    return Chosen(convert)


def unreadable(field: Any, names: list[str]) -> tuple[str, str] | None:
    """(code, what is wrong) of a column that cannot be read by its name and type alone."""
    if names.count(field.name) > 1:
        return "BAD_HEADER", f"has two columns of one name: '{field.name}'"
    if has_extension(field):
        return "EXTENSION_TYPE", f"column '{field.name}' has an extension type"
    return None


def has_extension(field: Any) -> bool:
    """Whether a field, or one inside it, has an extension type of which it is not known what it holds."""
    name = getattr(field.type, "extension_name", None) or (field.metadata or {}).get(b"ARROW:extension:name", b"").decode()
    if name:
        return name not in PLAIN_EXTENSIONS
    return any(has_extension(field.type.field(i)) for i in range(field.type.num_fields))


def batch_rows(batches: Iterator, stream: BinaryIO, code: str, place: str, rejects: Rejects) -> Iterator[Row]:
    """Rows of Arrow batches, each checked before its values are used."""
    import pyarrow as pa

    number = 0
    while True:
        try:
            record_batch = next(batches, None)
            if record_batch is None:
                return
            chosen, batch = record_batch
            rows = chosen.rows(batch)
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            raise InputError(code, place, f"cannot be read: {error}", AGAIN) from None
        except MemoryError:
            if stream.seek(0, io.SEEK_END) > SMALL:
                raise
            raise InputError(code, place, "asks for more memory than so small a file needs", AGAIN) from None
        for values in rows:
            number += 1
            rejects.read += 1
            yield Row(values, place, number)


def values_of(
    column: Any, name: str = "", classes: ClassNames | None = None, place: str = "", needed: bool = False
) -> list[Any]:
    """The values of a column as JSON has them. A column of bytes that is asked for is text in UTF-8."""
    import pyarrow as pa

    types = pa.types
    while isinstance(column.type, pa.BaseExtensionType) and column.type.extension_name != "arrow.uuid":
        column = column.storage
    if types.is_run_end_encoded(column.type):
        column = column.decode()
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if needed and (types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind)):
        column = column.cast(pa.large_string())
    if types.is_timestamp(kind) or types.is_date(kind) or types.is_time(kind) or types.is_decimal(kind):
        column = column.cast(pa.string())
    if types.is_duration(kind):
        column = column.cast(pa.int64())
    if types.is_floating(kind):
        column = finite(column)
    values = column.to_pylist()
    if classes is not None:
        return [classes.name(value, name, place) for value in values]
    simple = (types.is_integer, types.is_floating, types.is_boolean, types.is_string, types.is_large_string)
    return values if any(is_kind(column.type) for is_kind in simple) else [plain_value(value) for value in values]


def finite(column: Any) -> Any:
    """A column of floats in which what is not a number, or beyond all numbers, is missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = column.cast(pa.float64())
    known = pc.call_function("is_finite", [column])
    return pc.call_function("if_else", [known, column, pa.scalar(None, pa.float64())])


def plain_value(value: Any) -> Any:
    """A value that JSON has: what is not a number is missing; times, decimals and UUIDs are texts."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if type(value).__name__ in ("NaTType", "NAType"):  # what pandas has for missing
        return None
    if isinstance(value, float):
        return None if value != value or value in (float("inf"), float("-inf")) else value
    if isinstance(value, dict):
        return {str(key): plain_value(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_value(inner) for inner in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(*(" ",) * isinstance(value, datetime))
    if isinstance(value, (UUID, Decimal, timedelta)):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "backslashreplace")
    if hasattr(value, "tolist") and type(value).__name__ != "datetime64":  # arrays and numbers of numpy
        return plain_value(value.tolist())
    return str(value)

"""Tables that a Python caller holds in memory, as files that every command can read.

A table is a list of dictionaries, a dictionary of columns, or what speaks Arrow: frames of pandas and polars, tables of
pyarrow, data sets of Hugging Face. A dictionary of tables by split (`{"train": frame, "test": frame}`) is a folder of files.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from groundup.config import fields_of, groups_of, named_group
from groundup.data.sources.arrow_tables import plain_value, values_of
from groundup.data.sources.class_names import ClassNames, names_in_features, names_in_schema
from groundup.errors import InputError
from groundup.folders import make_parents, write_file
from groundup.strict_json import line

DATA = ("source", "data", "validation", "test", "input", "background", "unlabelled")  # settings that name tables
SPEAKS = ("__arrow_c_stream__", "__arrow_c_array__", "to_arrow", "to_table", "to_pylist", "to_dicts", "to_dict", "with_format")
INDEX = re.compile(r"__index_level_\d+__")  # row numbers of pandas


@contextmanager
def files_of_tables(cls: type, settings: dict[str, Any]) -> Generator[dict[str, Any]]:
    """The settings of a command with tables in memory written as files: beside `out`, where they stay, or in a temporary
    folder that is gone afterwards."""
    tables: list[Any] = []
    replaced(cls, settings, lambda table: str(tables.append(table)))
    if not tables:
        yield settings
    elif settings.get("out") is not None:
        out = Path(settings["out"])
        yield replaced(cls, settings, partial(keep_table, folder=out.with_name(f"{out.name}.inputs")))
    else:
        with tempfile.TemporaryDirectory(prefix="groundup-") as folder:
            yield replaced(cls, settings, partial(keep_table, folder=Path(folder)))


def replaced(cls: type, settings: Mapping[str, Any], keep: Callable[[Any], str]) -> dict[str, Any]:
    """The settings of a class, groups inside them too, with what `keep` makes of tables in place of these."""
    fields = fields_of(cls)
    return {name: replaced_value(name, fields.get(name), value, keep) for name, value in settings.items()}


def replaced_value(name: str, kind: Any, value: Any, keep: Callable[[Any], str]) -> Any:
    if name in DATA:
        if is_table(value):
            return keep(value)
        return [keep(one) if is_table(one) else one for one in value] if isinstance(value, (list, tuple)) else value
    if kind is None or not isinstance(value, Mapping):
        return value
    if (one := named_group(kind)) is not None:
        return {key: replaced(one, inner, keep) if isinstance(inner, Mapping) else inner for key, inner in value.items()}
    groups = groups_of(kind)
    return replaced(groups[0], value, keep) if len(groups) == 1 else value


def is_table(value: object) -> bool:
    """Whether a value is a table in memory."""
    if isinstance(value, (str, PurePath, type, type(None))):
        return False
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(row, Mapping) and not holds_tables(row) for row in value)
    return isinstance(value, Mapping) or any(hasattr(value, name) for name in SPEAKS)


def holds_tables(value: Mapping) -> bool:
    """Whether a dictionary holds tables by the names of splits."""
    return bool(value) and all(not isinstance(one, Mapping) and is_table(one) for one in value.values())


def keep_table(value: Any, folder: Path) -> str:
    """Write a table to `<SHA-256>.jsonl` in the folder, so that the same rows are the same file, and say where. Tables by split
    are a folder of such name with a file each."""
    parts = value if isinstance(value, Mapping) and holds_tables(value) else {"": value}
    texts = {name: "".join(line(plain(row)) for row in rows_of(part)) for name, part in parts.items()}
    digest = hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in texts.items()).encode()).hexdigest()
    if "" in texts:
        path = folder / f"{hashlib.sha256(texts[''].encode()).hexdigest()}.jsonl"
        files = {path: texts[""]}
    else:
        path = folder / digest
        files = {path / f"{name}.jsonl": text for name, text in texts.items()}
    for file, text in files.items():
        if not file.is_file():
            make_parents(file.parent)
            write_file(file, text)
    return str(path)


def rows_of(value: Any) -> Iterable[Mapping]:
    """The rows of a table, numbers of classes as the names that it gives them."""
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, Mapping):
        lengths = {name: len(column) for name, column in value.items()}
        if len(set(lengths.values())) > 1:
            raise InputError("RAGGED_COLUMNS", "data", f"has columns of different lengths: {lengths}", "give every row a value")
        return (dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True))
    features = getattr(value, "features", None)
    classes = names_in_features(features.to_dict() if hasattr(features, "to_dict") else features)
    table = arrow_of(value)
    if table is not None:
        return arrow_rows(table, classes | names_in_schema(table.schema))
    rows = next((getattr(value, name)() for name in ("to_pylist", "to_dicts") if hasattr(value, name)), None)
    if rows is None:
        rows = value if classes or features is not None else value.to_dict("records")
    return ({name: named(cell, name, classes) for name, cell in row.items()} for row in rows)


def named(cell: Any, column: str, classes: Mapping[str, ClassNames]) -> Any:
    return classes[column].name(plain_value(cell), column, "data") if column in classes else cell


def arrow_of(value: Any) -> Any:
    """The table as one of pyarrow; None where it does not speak Arrow, or holds what Arrow has no type for."""
    import pyarrow as pa

    if hasattr(value, "collect") and not hasattr(value, "__arrow_c_stream__"):
        value = value.collect()  # a frame of polars that was not computed yet
    try:
        if hasattr(value, "with_format") and hasattr(value, "__len__"):  # a data set of Hugging Face, its order kept
            return value.with_format("arrow")[:]
        if isinstance(value, (pa.Table, pa.RecordBatch)):
            return value
        if hasattr(value, "__arrow_c_stream__"):
            return pa.table(value)
        if hasattr(value, "__arrow_c_array__"):
            return pa.record_batch(value)
        call = next((getattr(value, name) for name in ("to_arrow", "to_table") if hasattr(value, name)), None)
        return call() if call else None
    except (pa.ArrowException, TypeError):
        return None


def arrow_rows(table: Any, classes: Mapping[str, ClassNames]) -> Iterator[dict]:
    """Rows of a table of pyarrow, without the row numbers of pandas."""
    names = [name for name in table.schema.names if not INDEX.fullmatch(name)]
    if len(set(names)) < len(names):
        raise InputError("BAD_HEADER", "data", "has two columns of one name", "rename one")
    batches = table.to_batches() if hasattr(table, "to_batches") else [table]
    for batch in batches:
        columns = [values_of(batch.column(name), name, classes.get(name), "data") for name in names]
        yield from (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def plain(row: Mapping) -> dict:
    """A row of values that JSON has; numbers of numpy become Python's, a missing value (NaN) becomes null."""
    return {str(name): plain_value(value) for name, value in row.items()}

"""Rows that a Python caller holds in memory, as a file that every command can read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from groundup.errors import InputError
from groundup.folders import make_parents, write_file
from groundup.strict_json import line


def is_rows(value: object) -> bool:
    """Whether a value is a table in memory: a data frame, an Arrow table, a list of dictionaries, a dictionary of lists."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(row, Mapping) for row in value)
    return isinstance(value, Mapping) or hasattr(value, "to_pylist") or hasattr(value, "to_dict")


def keep_rows(value: object, out: Path) -> str:
    """Write the rows to `<out>.inputs/<SHA-256>.jsonl`, so that the same rows are the same file, and say where."""
    text = "".join(line(plain(row)) for row in rows_of(value))
    folder = out.with_name(f"{out.name}.inputs")
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()}.jsonl"
    if not path.is_file():
        make_parents(folder)
        write_file(path, text)
    return str(path)


def rows_of(value) -> Iterable[Mapping]:
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, Mapping):
        lengths = {name: len(column) for name, column in value.items()}
        if len(set(lengths.values())) > 1:
            raise InputError("RAGGED_COLUMNS", "data", f"has columns of different lengths: {lengths}", "give every row a value")
        return (dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True))
    return value.to_pylist() if hasattr(value, "to_pylist") else value.to_dict("records")


def plain(row: Mapping) -> dict:
    """A row of values that JSON has; numbers of numpy become Python's, a missing value (NaN) becomes null."""
    found = {}
    for name, value in row.items():
        value = value.item() if hasattr(value, "item") else value
        if not isinstance(value, (str, int, float, bool, list, dict, type(None))):
            value = str(value)
        found[str(name)] = None if isinstance(value, float) and value != value else value
    return found

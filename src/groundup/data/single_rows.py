"""Rows that a Python caller holds one at a time: dictionaries, rows of pandas (`frame.iloc[0]`), named tuples, and lists or
iterators of them. They become lists of dictionaries, which are tables (dataframes.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any


def row_of(value: Any, columns: Iterable[str] = ()) -> Mapping | None:
    """The cells of one row by the names of its columns; None for anything else. `columns` are those it must have if it is a
    Series, which may be a column as well."""
    if isinstance(value, Mapping):
        return None if any(map(holds_several, value.values())) else value
    if isinstance(value, tuple):
        return value._asdict() if hasattr(value, "_asdict") else None
    if not (hasattr(type(value), "to_frame") and hasattr(value, "index") and hasattr(value, "to_dict")):
        return None
    labels = list(value.index)
    named = bool(labels) and all(isinstance(label, str) for label in labels) and set(columns) <= set(labels)
    return value.to_dict() if named else None


def holds_several(cell: Any) -> bool:
    """Whether a value of a dictionary is a column or a table: then the dictionary is one of columns, or of tables by split."""
    single = isinstance(cell, (str, bytes, bytearray, memoryview, Mapping))
    return not single and any(hasattr(cell, name) for name in ("__iter__", "__len__", "collect"))


def is_list(value: Any) -> bool:
    """Whether a value is several values in an order: a column, and no cell."""
    return not isinstance(value, (str, bytes, bytearray, memoryview, Mapping)) and (
        isinstance(value, Sequence) or getattr(value, "ndim", 0) == 1
    )


def as_table(value: Any, columns: Iterable[str] = ()) -> Any:
    """One row, or several in a list or an iterator, as a list of dictionaries; an iterator of other values as a list of them;
    anything else as it is."""
    if isinstance(value, (str, bytes, PurePath)) or value is None:
        return value
    row = row_of(value, columns)
    if row is not None and len(row):
        return [row]
    if hasattr(value, "__next__"):  # an iterator, which can be read only once
        value = list(value)
    if isinstance(value, (list, tuple)) and value and row_of(value[0], columns) is not None:
        rows = [row_of(one, columns) for one in value]
        return value if any(one is None for one in rows) else rows
    return value

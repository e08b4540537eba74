"""Rows that a Python caller gives: a frame, or a list of mappings by names of columns, or of cells in the columns' order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from groundup.data.dataframes import is_table, rows_of
from groundup.data.single_rows import as_table, is_list
from groundup.errors import InputError
from groundup.messages.translate import plural

Row = tuple[Any, ...]


class ReadsColumns(Protocol):
    """What of a reader a row in memory depends on."""

    columns: tuple[str, ...]

    def absent(self, names: Collection[str], /) -> list[str]: ...


def rows_in_memory(values: Any, reader: ReadsColumns, read: Callable[[Sequence[Any]], Row | None]) -> list[Row]:
    """The rows as `read` makes them of the cells of the reader's columns. InputError for anything else, with the number of the
    row; `read` raises ValueError, in words, for a cell that is none, and gives None for a row that holds nothing."""
    values = as_table(values)
    if isinstance(values, (str, bytes)) or (not is_table(values) and not hasattr(values, "__iter__")):
        raise InputError("NOT_ROWS", "rows", f"is a {type(values).__name__}", "give a frame, or a list of rows")
    rows = rows_of(values, "rows") if is_table(values) else values
    return [row_in_memory(row, number, reader, read) for number, row in enumerate(rows, 1)]


def row_in_memory(row: Any, number: int, reader: ReadsColumns, read: Callable[[Sequence[Any]], Row | None]) -> Row:
    place = f"row {number}"
    if isinstance(row, Mapping):
        if absent := reader.absent(row.keys()):
            what = f"has no column '{absent[0]}', which the model reads"
            raise InputError("NO_COLUMN", place, what, "add it, if only with None")
        row = [row.get(name) for name in reader.columns]
    if not is_list(row) or len(row) != len(reader.columns):
        what = f"is no row of the {plural(len(reader.columns), 'column')} {', '.join(reader.columns[:8])}"
        raise InputError("NOT_A_ROW", place, what, "give a mapping from names to cells")
    try:
        cells = read(row)
    except ValueError as error:
        raise InputError("NOT_A_CELL", place, str(error), "give one value a cell") from None
    if cells is None:
        raise InputError("EMPTY_ROW", place, "holds nothing that the model reads", "leave it out")
    return cells

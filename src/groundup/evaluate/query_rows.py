"""What a Python caller asks a model for, as rows of texts: a list or an array of texts, a column or a table in memory."""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import PurePath
from typing import Any

from groundup.data.dataframes import is_column, is_table, rows_of
from groundup.data.single_rows import as_table, is_list
from groundup.errors import InputError, printable

GIVE = "give a list of texts, of a frame for instance frame['text'].tolist()"
Row = tuple[str, ...]


def query_rows(texts: Any, columns: Sequence[str]) -> list[Row]:
    """One tuple of texts for each row. Of a table these are the texts of the model's own `columns`.

    Raises InputError for what is no list of texts, with the number of the row and what was found there.
    """
    if isinstance(texts, (str, bytes)):
        raise InputError("ONE_TEXT", "texts", "is a single text", "give a list of texts, if only of one")
    texts = as_table(texts, columns) if columns else texts
    if isinstance(texts, Set):
        raise InputError("NO_ORDER", "texts", f"is a {type(texts).__name__}, which has no order", GIVE)
    if is_table(texts):
        return rows_of_table(texts, columns)
    values = texts.to_pylist() if is_column(texts) and hasattr(texts, "to_pylist") else texts
    if not hasattr(values, "__iter__") or getattr(values, "ndim", 1) == 0:
        raise InputError("NOT_TEXT", "texts", f"is {kind_of(texts)}", GIVE)
    return [row_of(value, number) for number, value in enumerate(values, 1)]


def rows_of_table(table: Any, columns: Sequence[str]) -> list[Row]:
    """The texts of each row of a table."""
    if not columns:
        raise InputError("NO_TEXT_COLUMN", "texts", "is a table, and the model has no text column of its own", GIVE)
    rows = []
    for number, row in enumerate(rows_of(table, "texts"), 1):
        if absent := [name for name in columns if name not in row]:
            has = ", ".join(f"'{printable(name)}'" for name in row)
            what = f"has no column '{printable(absent[0])}', which the model reads; it has {has}"
            raise InputError("NO_TEXT_COLUMN", f"row {number}", what, "rename the column, or give a list of texts")
        rows.append(row_of(tuple(row[name] for name in columns), number))
    return rows


def row_of(value: Any, number: int) -> Row:
    """The texts of one row."""
    if isinstance(value, (str, PurePath)):  # a text, or the path of an image
        return (str(value),)
    if not is_list(value):
        raise InputError("NOT_TEXT", f"row {number}", f"is {kind_of(value)}", "fill it in, or leave the row out")
    wrong = [text for text in value if not isinstance(text, str)]
    if wrong:
        raise InputError("NOT_TEXT", f"row {number}", f"holds {kind_of(wrong[0])}", "fill it in, or leave the row out")
    return tuple(value)


def kind_of(value: object) -> str:
    return "None" if value is None else f"{printable(repr(value), 40)} ({type(value).__name__}), not text"

"""What each column of a table is, as training rows show it: the one description that encodings, simple methods, explanations
and pages share. It is saved with the model as numbers and words (`columns.json`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from groundup.data.cells.categories import CategoryForm, spelling
from groundup.data.cells.date_forms import DateForm, days_of
from groundup.data.cells.missing import is_empty, is_error, says_missing
from groundup.data.cells.numbers import NumberForm
from groundup.errors import InputError
from groundup.kinds.parts import Typical
from groundup.kinds.table.settings import ColumnKind
from groundup.messages.current import message

Cell = str | None  # a cell as it is written; None where it holds nothing
Row = tuple[Cell, ...]

READ: tuple[ColumnKind, ...] = ("number", "category", "date")
"""Kinds whose cells become tokens."""
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its kind and why, and what training rows hold of it."""

    name: str
    kind: ColumnKind
    reason: str = ""
    """What in the cells shows the kind, for people."""
    number: NumberForm | None = None
    date: DateForm | None = None
    missing: tuple[str, ...] = ()
    """Texts that are no value in this column, besides the usual ones."""
    categories: tuple[str, ...] = ()
    """Values that have a vector of their own, the most frequent first."""
    truths: bool = False
    """Whether they are true and false, so that 1 and 0 stand for them where a table has only these."""
    pooled: int = 0
    """Rarer values of training rows, which share one vector."""
    parts: tuple[str, ...] = ()
    """Numbers that a cell is read as: one, or of a date several."""
    edges: tuple[tuple[float, ...], ...] = ()
    """Of each part: the edges of its bins, rising."""
    typical: Typical | None = None
    """What training rows hold; unknown in folders of older versions."""

    def holds(self, cell: Cell) -> bool:
        """Whether a cell holds a value. NA is one among categories, for it may be Namibia."""
        if cell is None or is_empty(cell) or is_error(cell) or (self.missing and spelling(cell) in self.missing_spellings):
            return False
        return self.kind == "category" or not says_missing(cell)

    def read(self, cell: str) -> float | None:
        """The number, or the days of the date, that a cell is; None for what is neither."""
        if self.number is not None:
            return self.number.parse(cell)
        moment = self.date.parse(cell) if self.date is not None else None
        return None if moment is None else days_of(moment)

    @cached_property
    def missing_spellings(self) -> frozenset[str]:
        """What the words that mean that nothing is known have in common with their other spellings: 0 of 0.0."""
        return frozenset(map(spelling, self.missing))

    @cached_property
    def form(self) -> CategoryForm:
        """How other spellings of the categories are recognised."""
        return CategoryForm(self.categories, self.truths)

    @cached_property
    def places(self) -> dict[str, int]:
        """Number of each category."""
        return {name: number for number, name in enumerate(self.categories)}

    def category(self, cell: str, bits: bool = False) -> int | None:
        """The number of the category that a cell names in any spelling; None for one that has no vector of its own."""
        name = self.form.parse(cell, bits)
        return None if name is None else self.places.get(name)


@dataclass(frozen=True)
class Columns:
    """The columns of a table in their order, as training rows show them."""

    columns: tuple[Column, ...]
    rows: int = 0
    """Training rows they were learned from."""
    notes: tuple[str, ...] = field(default=(), compare=False)
    """What was inferred, a line each, with the setting that says otherwise."""

    def __len__(self) -> int:
        return len(self.columns)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def read(self) -> tuple[int, ...]:
        """Places of the columns whose cells become tokens."""
        return tuple(place for place, column in enumerate(self.columns) if column.kind in READ)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for `columns.json`."""
        return {"version": VERSION, "rows": self.rows, "columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Columns:
        """The inverse of `as_dict`. InputError for another version."""
        if stored.get("version") != VERSION:
            what = f"is of version {stored.get('version')}, not {VERSION}"
            raise InputError("COLUMNS_VERSION", "columns.json", what, "train the model again with this version")
        return cls(tuple(map(column_of, stored["columns"])), stored["rows"])


def column_of(stored: Mapping[str, Any]) -> Column:
    values: dict[str, Any] = dict(stored)
    number, date = values["number"], values["date"]
    values["number"] = None if number is None else NumberForm(**number)
    values["date"] = None if date is None else DateForm(**date)
    values["typical"] = Typical(*typical) if (typical := stored.get("typical")) else None
    for name in ("missing", "categories", "parts"):
        values[name] = tuple(values[name])
    values["edges"] = tuple(map(tuple, values["edges"]))
    return Column(**values)


def described(columns: Sequence[Column]) -> str:
    """The kinds of columns in a line: `12 numbers, 7 categories, 1 date`."""
    kinds = ("number", "category", "date", "text", "id", "constant")
    counts = {kind: sum(column.kind == kind for column in columns) for kind in kinds}
    return message("comma").join(message(f"of kind {kind}", count=count) for kind, count in counts.items() if count)

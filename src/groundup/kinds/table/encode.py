"""Cells of a table as what a model reads: for each part of a column which vector stands for it, and its number.

R rows, P parts (a number or a category is one, a date several), V bins.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from groundup.data.cells.categories import is_of_bits
from groundup.data.cells.counts import quoted
from groundup.data.cells.numbers import NumberForm
from groundup.data.numbers import COMMA, POINT
from groundup.errors import printable
from groundup.kinds.table.bins import part_values
from groundup.kinds.table.columns import Cell, Column, Columns, Row
from groundup.messages.current import message

ABSENT = -1
MARK, VALUE = (
    0,
    1,
)  # vectors of a part: that its cell is missing; its number, or rare and unknown categories; then each category
MANY_UNKNOWN = 0.5  # share of a column's cells that training never saw, from which its values may be another column's


class Slot(NamedTuple):
    """A part of a column as the model has it."""

    column: int
    """Place of the column in the table."""
    part: int
    """Place of the part in the column."""
    first_vector: int
    """Row of its vector for a missing cell; those of its values follow."""
    edges: tuple[float, ...]
    """Of its bins; empty for a category."""


@dataclass
class Encoded:
    """Rows of a table: the vector of each part [R, P] int32, -1 where it is absent, and its number [R, P] float64."""

    vectors: np.ndarray
    values: np.ndarray

    def take(self, rows: np.ndarray) -> Encoded:
        return Encoded(self.vectors[rows], self.values[rows])


class Encoder:
    """From cells to `Encoded`. Vector 0 is that of the first token."""

    def __init__(self, columns: Columns, mark_missing: bool = False):
        self.columns, self.mark_missing = columns, mark_missing
        self.slots: list[Slot] = []
        self.num_vectors = 1
        for place in columns.read:
            column = columns.columns[place]
            for part, edges in enumerate(column.edges) if column.kind != "category" else [(0, ())]:
                self.slots.append(Slot(place, part, self.num_vectors, edges))
                self.num_vectors += 2 + (len(edges) - 1 if edges else len(column.categories))
        self.num_bins = max((len(slot.edges) - 1 for slot in self.slots if slot.edges), default=1)
        """V: bins of the part that has most."""

    def part(self, names: Sequence[str]) -> Encoder:
        """The same for rows of some of the columns, in this order: their vectors are those of the whole."""
        encoder = copy.copy(self)
        known = {column.name: place for place, column in enumerate(self.columns.columns)}
        stands = {known[name]: place for place, name in enumerate(names)}
        encoder.columns = replace(self.columns, columns=tuple(self.columns.columns[place] for place in stands))
        encoder.slots = [slot._replace(column=stands[slot.column]) for slot in self.slots if slot.column in stands]
        return encoder

    @property
    def edges(self) -> np.ndarray:
        """[P, V + 1] edges of all parts, the last one repeated where a part has fewer bins; zeros for categories."""
        edges = np.zeros((len(self.slots), self.num_bins + 1))
        for place, slot in enumerate(self.slots):
            if slot.edges:
                edges[place] = [*slot.edges, *[slot.edges[-1]] * (self.num_bins + 1 - len(slot.edges))]
        return edges

    @property
    def parts(self) -> np.ndarray:
        """[vectors] the part of a column that each vector is of; -1 for that of the first token."""
        states = np.full(self.num_vectors, ABSENT)
        for place, slot in enumerate(self.slots):
            states[slot.first_vector :] = place
        return states

    @property
    def answers(self) -> np.ndarray:
        """[vectors] the part of a column that a vector is a value or a bin of; -1 for those that stand for no value."""
        states = self.parts
        for slot in self.slots:
            states[slot.first_vector : slot.first_vector + VALUE + bool(slot.edges)] = ABSENT
        return states

    @property
    def marks(self) -> np.ndarray:
        """[P] the vector of each part that says that its cell is missing, or hidden."""
        return np.array([slot.first_vector + MARK for slot in self.slots], dtype=np.int64)

    @property
    def numeric(self) -> np.ndarray:
        """[P] bool: which parts are numbers."""
        return np.array([bool(slot.edges) for slot in self.slots], dtype=bool)

    def encode(self, rows: Sequence[Row]) -> Encoded:
        """The rows as the model reads them."""
        vectors = np.full((len(rows), len(self.slots)), ABSENT, dtype=np.int32)
        values = np.zeros((len(rows), len(self.slots)))
        by_column: dict[int, list[int]] = {}
        for place, slot in enumerate(self.slots):
            by_column.setdefault(slot.column, []).append(place)
        for number, places in by_column.items():
            column, cells = self.columns.columns[number], [row[number] for row in rows]
            if column.kind == "category":
                states = category_vectors(column, cells)[:, None]
                numbers = np.zeros(states.shape)
            else:
                numbers = part_values(column, cells)
                states = np.where(np.isnan(numbers), ABSENT, VALUE)
            first = np.array([self.slots[place].first_vector for place in places])
            if self.mark_missing:
                states = np.where(states == ABSENT, MARK, states)
            vectors[:, places] = np.where(states == ABSENT, ABSENT, states + first)
            values[:, places] = np.nan_to_num(numbers)
        return Encoded(vectors, values)

    def complaints(self, rows: Sequence[Row], places: Sequence[str] = ()) -> list[str]:
        """What of these rows training never saw or could not read, a line a column."""
        notes = []
        for number in self.columns.read:
            column = self.columns.columns[number]
            cells = [row[number] for row in rows]
            cells_present = [cell for cell in cells if cell is not None and column.holds(cell)]
            strange = strange_cells(column, cells_present)
            if strange:
                notes.append(complaint(column, strange, len(cells_present), cells, places))
        return notes


def strange_cells(column: Column, cells: Sequence[str]) -> Counter[str]:
    """Cells that hold something which training did not have, or which is no number or date, with their counts."""
    counts = Counter(cells)
    if column.kind != "category":
        return Counter({cell: count for cell, count in counts.items() if column.read(cell) is None})
    bits = column.truths and is_of_bits(cells)
    known = set(column.categories)
    return Counter({cell: count for cell, count in counts.items() if column.form.parse(cell, bits) not in known})


def complaint(column: Column, strange: Counter[str], total: int, cells: Sequence[Cell], places: Sequence[str] = ()) -> str:
    """What is known of a column with unknown categories, or with cells that are no number."""
    count, examples = sum(strange.values()), [quoted(value) for value, _ in strange.most_common(3)]
    known = {"place": message("column of name", name=printable(column.name, 60)), "count": count, "total": total}
    if column.kind != "category":
        row = next(row for row, cell in enumerate(cells) if cell in strange)
        where = places[row] if row < len(places) else message("row of number", number=row + 1) if len(cells) > 1 else ""
        key = f"cells of no {column.kind}" if where else f"one cell of no {column.kind}"
        return with_other_decimal(message(key, cell=quoted(cells[row]), row=where, **known), column, strange)
    key = "rare categories" if column.pooled else "unknown categories"
    note = message(key, cells=message("comma").join(examples), **known)
    return message("another column?", note=note) if count > MANY_UNKNOWN * total else note


def with_other_decimal(note: str, column: Column, strange: Counter[str]) -> str:
    """The note, which says more where the cells are numbers, written with the other decimal mark."""
    if column.number is None:
        return note
    mark = COMMA if column.number.decimal == POINT else POINT
    if any(NumberForm(mark, column.number.unit).parse(cell) is None for cell in strange):
        return note
    return message("write decimals like", note=note, mark=column.number.decimal)


def category_vectors(column: Column, cells: Sequence[Cell]) -> np.ndarray:
    """[R] the vector of each cell behind the first of its part. A value that training did not have is read like the rare ones,
    and where training had none of these, as missing."""
    known: dict[str, int] = {}
    bits = column.truths and is_of_bits(cells)
    for cell in set(cells):
        if cell is not None and column.holds(cell):
            number = column.category(cell, bits)
            known[cell] = number + VALUE + 1 if number is not None else VALUE if column.pooled else ABSENT
    return np.array([ABSENT if cell is None else known.get(cell, ABSENT) for cell in cells], dtype=np.int64)

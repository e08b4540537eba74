"""Rows of a table as a model reads them: a token for each cell that holds something, and none for a missing one.

A row is a tuple of its cells as they are written, so that people see what they wrote; what each column is, training rows show
once (`recognize.py`) and `columns.json` keeps. R rows.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from groundup.data.packed import Packed
from groundup.data.settings import Chinese
from groundup.data.sources.records import Declared
from groundup.data.splits.split import Leakage
from groundup.errors import InputError
from groundup.folders import NewFolder
from groundup.kinds.in_memory import rows_in_memory
from groundup.kinds.parts import ExplanationUnit
from groundup.kinds.reader import Reader, TooLong
from groundup.kinds.table import background
from groundup.kinds.table.bins import deviation
from groundup.kinds.table.columns import Cell, Columns, Row
from groundup.kinds.table.encode import ABSENT, Encoder
from groundup.kinds.table.features import ColumnFeatures
from groundup.kinds.table.packed import CellChanges, PackedCells
from groundup.kinds.table.recognize import NOTHING_WRITTEN, Written, read_cell, recognize
from groundup.kinds.table.settings import ColumnSettings
from groundup.messages.translate import plural
from groundup.nn.inputs import Cells
from groundup.strict_json import fields, read_json

FILE, BACKGROUND = "columns.json", "background.json"
ALL = "*"  # every column that has no other part
MOST_COLUMNS = 1000  # each is a token, and attention looks at all pairs
MOSTLY_DISTINCT = 0.9  # share of different rows from which equal ones are repeats, not people who are alike


class TableReader(Reader[PackedCells]):
    """Reads columns of numbers, categories and dates. It knows nothing before it has learned from training rows."""

    kind, words, limited, numeric, equal_is_same = "table", "a cell of a table", False, True, False
    renamed_singly = True
    weighs_rare = False  # who asks of a table asks how probable; thresholds by cost find rare classes

    def __init__(self, columns: Sequence[str], settings: ColumnSettings | None = None, table: Columns | None = None):
        super().__init__(columns)
        self.check_count()
        self.settings = settings or ColumnSettings()
        self.written = NOTHING_WRITTEN
        self.changes, self.seed = CellChanges(), 0
        self.table, self.encoder = Columns(()), Encoder(Columns(()))
        if table is not None:
            self.use(table)

    def check_count(self) -> None:
        if len(self.columns) > MOST_COLUMNS:
            what = plural(len(self.columns), "column")
            raise InputError("TOO_MANY_COLUMNS", "table_column", what, "name those that matter", limit=f"{MOST_COLUMNS:,}")

    @property
    def chooses(self) -> bool:
        return ALL in self.columns

    def choose_columns(self, names: Sequence[str], used_columns: Collection[str]) -> None:
        """`*` is every column that has no other part. InputError where none is left, and for one that has another part."""
        both = [name for name in self.columns if name in used_columns]
        if both:
            what = f"reads '{both[0]}', which is the label, a group, a time or a column of another kind here"
            raise InputError("COLUMN_TAKEN", "table_column", what, "name it once: leave it out here or there")
        rest = [name for name in names if name not in used_columns and name not in self.columns]
        self.columns = tuple(name for pattern in self.columns for name in (rest if pattern == ALL else [pattern]))
        if not self.columns:
            raise InputError("NO_COLUMNS", "table_column", f"{ALL} is no column: all have another part", "name the columns")
        self.check_count()

    def name_columns(self, columns: Sequence[str]) -> None:
        """The columns that training has read keep their order, however they are named."""
        if not self.learned:
            super().name_columns(columns)
            return
        other = [name for name in columns if name != ALL and name not in self.table.names]
        absent = [] if ALL in columns else self.absent(columns)
        if other or absent:
            what = f"'{other[0]}' did not train the model" if other else f"'{absent[0]}' trained the model and is not named"
            raise InputError("OTHER_COLUMNS", "table_column", what, f"name {ALL}, or the columns that the model reads")

    def part(self, columns: Mapping[str, Sequence[str]]) -> TableReader:
        """InputError for a column that training did not have."""
        names = tuple(columns[self.kind])
        if not self.learned:
            return self.with_columns(names)
        if other := [name for name in names if name != ALL and name not in self.table.names]:
            what = f"'{other[0]}' did not train the model"
            raise InputError("OTHER_COLUMNS", "table_column", what, "name the columns that the model reads")
        reader = self.with_columns(self.table.names if ALL in names else names)
        reader.encoder = self.encoder.part(reader.columns)
        reader.table = reader.encoder.columns
        reader.background = background.part_of(self.background, [self.table.names.index(name) for name in reader.columns])
        return reader

    def begin(self, seed: int, *, horizontal_flip: bool = False, drop_kinds: float = 0.0) -> None:
        super().begin(seed, horizontal_flip=horizontal_flip, drop_kinds=drop_kinds)
        settings = self.settings
        self.seed, self.changes = seed, CellChanges(drop=settings.cell_dropout, noise=settings.noise, swap=settings.swap)

    def use(self, table: Columns) -> None:
        """Read columns as this says."""
        self.table, self.encoder = table, Encoder(table, self.settings.mark_missing)

    @property
    def learned(self) -> bool:
        return bool(self.table)

    @property
    def inputs(self) -> tuple[Cells, ...]:
        return (self.input,)

    @property
    def input(self) -> Cells:
        """What a model needs to read such rows."""
        return Cells(rows=self.encoder.num_vectors, columns=len(self.encoder.slots), values=self.encoder.num_bins)

    def setting_of(self, column: str) -> str:
        return "" if self.learned else super().setting_of(column)

    def absent(self, names: Collection[str]) -> list[str]:
        """Columns that are read and not there. What was left out, like an id, need not be there."""
        read = [self.columns[place] for place in self.table.read] if self.learned else self.columns
        return [name for name in read if name not in names]

    def expect(self, declared: Mapping[str, Declared], missing: tuple[str, ...], decimal: str) -> None:
        self.written = Written(declared, missing, decimal)

    # Reading

    def read_cells(self, raw: Sequence[object], home: Path | None = None) -> Row | None:
        """ValueError, in words, for a list or an object; a cell of the wrong type is missing, and `notes` count such. None
        where no column that the model reads has a cell."""
        row = []
        for name, cell in zip(self.columns, raw, strict=True):
            try:
                row.append(read_cell(cell))
            except ValueError as error:
                raise ValueError(f"column '{name}' {error}") from None
        read = self.table.read if self.learned and len(self.table.names) == len(row) else range(len(row))
        return tuple(row) if any(row[place] is not None for place in read) else None

    def nothing_to_read(self) -> str:
        return "no column that is read holds anything"

    def learn(self, rows: Sequence[Row], places: Sequence[str] = ()) -> None:
        """What each column is. InputError where the cells do not show it, or no column holds anything that tells rows apart."""
        if self.learned:
            return
        table = recognize(self.columns, rows, self.settings, datetime.now(UTC).year, self.written, places)
        if not table.read:
            what = "none is a number, a category or a date that differs from row to row"
            reasons = "; ".join(f"{column.name}: {column.reason}" for column in list(table)[:5])
            raise InputError("NO_COLUMNS", "table_column", f"{what} ({reasons})", "name a kind with --table.kinds")
        self.notes.extend(table.notes)
        self.use(table)
        self.background = background.background_rows(rows, self.encoder, self.settings.background)

    def learn_together(self, tables: Sequence[tuple[Sequence[str], Sequence[Row]]]) -> None:
        """Columns of one name are one column; a row lacks those of the other tables."""
        if not self.learned:
            self.columns = tuple(dict.fromkeys(name for columns, _ in tables for name in columns))
            self.check_count()
        parts = [
            [tuple(map(dict(zip(columns, row, strict=True)).get, self.columns)) for row in rows] for columns, rows in tables
        ]
        known = self.learned
        self.learn([row for rows in parts for row in rows])
        if not known:  # each table keeps rows of its own
            kept = (background.background_rows(rows, self.encoder, self.settings.background) for rows in parts if rows)
            self.background = tuple(row for rows in kept for row in rows)

    # Tokens

    def pack(self, rows: Sequence[Row], length: int = 0, too_long: TooLong = "error") -> PackedCells:
        scales = np.array([deviation(np.array(slot.edges)) if slot.edges else 0.0 for slot in self.encoder.slots])
        return PackedCells(self.encoder.encode(rows), self.encoder.edges, scales, self.seed, self.changes)

    def rows_in_memory(self, values: Any) -> list[Row]:
        return rows_in_memory(values, self, lambda row: tuple(map(read_cell, row)))

    def complaints(self, rows: Sequence[Row], places: Sequence[str] = ()) -> list[str]:
        """What of these rows training never saw or could not read, a line a column."""
        return self.encoder.complaints(rows, places)

    def save(self, folder: NewFolder, length: int = 0, *, segments: bool = False, frame: Sequence[str] = ()) -> None:
        folder.write_json(FILE, self.table.as_dict() | {"mark_missing": self.settings.mark_missing})
        if self.background:
            folder.write_json(BACKGROUND, background.as_dict(self.background))

    def for_export(self) -> TableReader:
        reader = copy.copy(self)
        reader.background = ()
        return reader

    @classmethod
    def open(cls, folder: Path) -> TableReader:
        """The inverse of `save`."""
        place = folder / FILE
        stored = fields(read_json(place), place, version=int, rows=int, columns=list, mark_missing=bool)
        table = Columns.from_dict(stored)
        reader = cls(table.names, ColumnSettings(mark_missing=stored["mark_missing"]), table)
        kept = folder / BACKGROUND  # which folders of older versions lack
        if kept.is_file():
            rows = fields(read_json(kept), kept, version=int, rows=list)
            reader.background = background.from_dict(rows, len(table.names), str(kept))
        return reader

    # Rows as rows

    def clusters(self, rows: Sequence[Row], groups: Sequence[str | None] | None = None) -> np.ndarray:
        """Each row is one of its own, but for rows of one group: people of the same age are several."""
        first: dict[str, int] = {}
        groups_of_rows = groups or [None] * len(rows)
        return np.array(
            [place if group is None else first.setdefault(group, place) for place, group in enumerate(groups_of_rows)]
        )

    def leaks(self, train: Sequence[Row], other: Sequence[Row]) -> Leakage:
        """The share of rows that also train, where training rows differ from each other; else equal rows tell nothing, and it
        is not measured."""
        if not self.mostly_distinct(train):
            return Leakage(None, None, None)
        known = set(train)
        same = [row for row in other if row in known]
        return Leakage(len(same) / max(1, len(other)), None, None, [self.line(row) for row in same[:3]])

    def key(self, row: Row) -> Row:
        return row

    def mostly_distinct(self, rows: Sequence[Row]) -> bool:
        """Whether nearly all rows differ, so that an equal one is a repeat."""
        return len(set(rows)) >= MOSTLY_DISTINCT * len(rows)

    # For simple methods, for explanations, for people

    def features(self, rows: Sequence[Row]) -> ColumnFeatures:
        return ColumnFeatures(self.table)

    def missing_units(self, row: Row) -> list[ExplanationUnit]:
        """A unit for each column that the model reads and the row lacks, where training rows are there to lay beside it."""
        if not self.background or self.settings.mark_missing:
            return []
        held = {unit.column for unit in self.units(row, self.pack([row]))[0]}
        names = self.columns
        absent = [place for place in self.table.read if names[place] not in held]
        return [self.cell_unit(place, row[place], known=False) for place in absent]

    def units(self, row: Row, packed: Packed, chinese: Chinese = "words") -> tuple[list[ExplanationUnit], list[np.ndarray]]:
        """A unit for each column that holds something; the parts of a date are one. The first token is of none."""
        present = [place for place, vector in enumerate(self.encoder.encode([row]).vectors[0]) if vector != ABSENT]
        columns = list(dict.fromkeys(self.encoder.slots[place].column for place in present))
        units = [self.cell_unit(column, row[column]) for column in columns]
        number = {column: place for place, column in enumerate(columns)}
        return units, [np.array([-1, *(number[self.encoder.slots[place].column] for place in present)])]

    def cell_unit(self, column: int, cell: Cell, known: bool = True) -> ExplanationUnit:
        name, text = self.columns[column], "(missing)" if cell is None else cell if known else f"{cell} (read as missing)"
        return ExplanationUnit(f"{name} = {text}", column=name, typical=self.table.columns[column].typical)

    def line(self, row: Row) -> str:
        """A row in a line, its first columns."""
        cells = [f"{name}={cell}" for name, cell in zip(self.columns, row, strict=True) if cell is not None]
        return ", ".join(cells[:6]) + (" ..." if len(cells) > 6 else "")

    def report(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        """Each column: its kind and why, missing cells, different values, and the most frequent ones."""
        columns = []
        for place, column in enumerate(self.table):
            cells = [row[place] for row in rows]
            cells_present = [cell for cell in cells if cell is not None and column.holds(cell)]
            counts = Counter(cells_present)
            columns.append(
                {
                    "name": column.name,
                    "kind": column.kind,
                    "reason": column.reason,
                    "missing": len(cells) - len(cells_present),
                    "distinct": len(counts),
                    "frequent": counts.most_common(3),
                }
            )
        return {"columns": columns, "rows": len(rows)}

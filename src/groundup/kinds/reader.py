"""A reader turns the cells of rows into tokens with places: one for each kind of input, the only code that knows the kind.

A row has columns. The columns of one kind are read by one reader, which says of its rows all that others ask without knowing
what they hold: which belong together, what simple methods see of them, how people see them. Free of torch. R rows, F features.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, Self, TypeVar

import numpy as np

from groundup.data.dataframes import names_of
from groundup.data.packed import Packed
from groundup.data.settings import Chinese, ReadSettings
from groundup.data.single_rows import as_table
from groundup.data.sources.records import Declared, Rejects
from groundup.data.splits.split import Leakage
from groundup.errors import InputError
from groundup.folders import NewFolder
from groundup.kinds.features import Features
from groundup.kinds.in_memory import rows_in_memory
from groundup.kinds.parts import ExplanationUnit, Picture, UnitKind
from groundup.kinds.store import Store, StoredRow
from groundup.nn.inputs import Input

Row = tuple[Any, ...]  # the cells of a reader's columns as it reads them; None where one is missing
TooLong = Literal["error", "truncate", "window"]
P = TypeVar("P", bound=Packed, covariant=True)


@dataclass(slots=True)
class FileRow:
    """A row that is a file: its name, the class that its place tells, and its cells or what is wrong with it."""

    name: str
    label: str
    cells: Row | None
    fault: str = ""


class Reader(ABC, Generic[P]):
    """What a model reads of one kind. `save` writes what `kinds/known.py` opens again."""

    kind: str
    """text, image, table ...: the word of `--text_column` and of the model's input."""
    words: str
    """What a cell is, in a message: `column is empty or not text`."""
    at_once: int | None = None
    """Rows that are packed and answered together, of kinds whose rows take much memory."""
    kept_in_runs: bool = True
    """Whether a run keeps its rows; of images their names alone."""
    equal_is_same: bool = True
    """Whether rows with equal cells are the same example; two people of one age are two."""
    limited: bool = True
    """Whether a row may have more tokens than a model reads; an image is as large as the model."""
    numeric: bool = False
    """Whether cells may be numbers, as people write them."""
    weighs_rare: bool = True
    """Whether class_weights auto weighs rare classes: they are answered more often, by probabilities that are too high."""
    unit: UnitKind = "column"
    """What `units` are. A word that is absent keeps its place, with something else in it; other units leave no token."""
    takes_texts: bool = False
    """Whether a row is one text, which can be given by itself (`--text`): of an image the name of its file."""
    may_hold_others: bool = False
    """Whether a row may be a part of another one, as a sentence is of a text."""
    renamed_singly: bool = False
    """Whether single columns of another file may be named beside those of the training, as NAME=COLUMN."""
    export_formats: tuple[str, ...] = ("onnx", "onnx_int8")
    """Forms of others in which models of the kind are written (`groundup export --format`)."""
    common: tuple[int, float] = (10, 0.05)
    """Rows, and share of all rows, above which equal cells are a value like others in rows of several kinds, no one example."""
    missing_code: str = "NO_CELLS"
    """What a row without anything to read is called in lists of faults."""
    unchecked: str = ""
    """What is not looked for among rows, where people may think that it is."""

    def __init__(self, columns: Sequence[str] = ()):
        self.columns = tuple(columns)
        self.background: tuple[Row, ...] = ()  # rows of the training that explanations start from
        self.notes: list[str] = []  # what a person should know of how rows are read

    def class_weights(self, setting: str) -> str:
        """How classes are weighed, where `auto` may be none."""
        return "none" if setting == "auto" and not self.weighs_rare else setting

    def with_columns(self, columns: Sequence[str]) -> Self:
        """The same reader of other columns."""
        reader = copy.copy(self)
        reader.columns = tuple(columns)
        return reader

    def name_columns(self, columns: Sequence[str]) -> None:
        """Read these columns of a table instead. InputError for others where the kind knows its columns by their names."""
        self.columns = tuple(columns)

    def part(self, columns: Mapping[str, Sequence[str]]) -> Reader:
        """The same for rows that have these columns alone, by kind: those of one of several tasks."""
        return self.with_columns(columns[self.kind])

    @property
    def readers(self) -> tuple[Reader, ...]:
        """The readers of the kinds of a row, one each."""
        return (self,)

    def setting_of(self, column: str) -> str:
        """The setting that names a column that is read; nothing where the model says its name."""
        return next((f"{one.kind}_column" for one in self.readers if column in one.columns), "")

    def split(self, rows: Sequence[Row]) -> list[list[Row | None]]:
        """Of each of `readers` the rows as it has them, or None."""
        return [list(rows)]

    def absent(self, names: Collection[str]) -> list[str]:
        """Columns that a table with the columns `names` must have and has not."""
        return [name for name in self.columns if name not in names]

    def without(self, names: Collection[str]) -> list[tuple[str, str]]:
        """(kind, its columns) of each kind that rows of a table with the columns `names` are read without."""
        return []

    def kinds_absent(self, table: Any, count: int) -> Counter[tuple[str, str]]:
        """The same of a table in memory of `count` rows, with the number of rows that lack each kind."""
        rows = as_table(table)
        if isinstance(rows, list):
            return Counter(pair for row in rows if isinstance(row, Mapping) for pair in self.without(row))
        names = list(rows) if isinstance(rows, Mapping) else names_of(rows)
        return Counter(dict.fromkeys(self.without(names), count) if names else {})

    def begin(self, seed: int, *, horizontal_flip: bool = False, drop_kinds: float = 0.0) -> None:
        """What a training says of the kind: how rows that train are changed. InputError for what is of other kinds."""
        if drop_kinds:
            raise InputError("BAD_SETTING", "drop_kinds", "is for rows of several kinds", "leave it out")
        if horizontal_flip:
            raise InputError("BAD_SETTING", "horizontal_flip", f"is for images, not for {self.kind}", "leave it out")

    # Reading

    @abstractmethod
    def read_cells(self, raw: Sequence[object], home: Path | None = None) -> Row | None:
        """A row from the cells of its columns as they stand in a file of the folder `home`, from which paths count. None where
        there is nothing to read; ValueError, in words, for a cell of the wrong kind. Cells of a row that it made are read as
        they are."""

    def nothing_to_read(self) -> str:
        """What is wrong with a row of which `read_cells` gives None."""
        columns = "' or '".join(self.columns)
        return f"column '{columns}' is empty or not {self.words}"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What a new model must read of such rows."""
        raise NotImplementedError(f"a new model does not read {self.kind}")

    @property
    def vocab_size(self) -> int:
        """Ids of words of a new model that reads such rows; 0 where there are none."""
        return 0

    def choose_columns(self, names: Sequence[str], used_columns: Collection[str]) -> None:
        """Settle which columns are read, where that is said by a pattern: `names` are all, `used_columns` those
        with another role."""
        return

    @property
    def chooses(self) -> bool:
        """Whether `choose_columns` is still to be asked."""
        return False

    def expect(self, declared: Mapping[str, Declared], missing: tuple[str, ...], decimal: str) -> None:
        """What files declare of columns and settings say of all of them, before `learn`: words that mean that nothing is known,
        and what stands before the decimals."""
        return

    def learn(self, rows: Sequence[Row], places: Sequence[str] = ()) -> None:
        """Learn from training rows what the model folder must remember. A reader that knows already learns nothing. `places` is
        where the rows stand in their files, for messages."""
        return

    def learn_together(self, tables: Sequence[tuple[Sequence[str], Sequence[Row]]]) -> None:
        """The same from training rows of several tables, each with its own columns."""
        self.learn([row for _, rows in tables for row in rows])

    def rows_in_memory(self, values: Any) -> list[Row] | None:
        """The rows of what a Python caller gives; None where they are texts, or files."""
        return rows_in_memory(values, self, self.read_cells)

    def complaints(self, rows: Sequence[Row], places: Sequence[str] = ()) -> list[str]:
        """What of these rows training never saw or could not read, a line each; `places` is where they stand."""
        return []

    def sources_of(self, source: str) -> list[str] | None:
        """The sources that a person names, where their files are the rows themselves (images); None for tables."""
        return None

    def file_rows(self, sources: Sequence[str], read: ReadSettings, rejects: Rejects) -> Iterator[FileRow]:
        """The rows of such sources, in the order of their names, the faulty ones too."""
        raise InputError("NO_FILES", ", ".join(sources), f"files are no rows of the kind {self.kind}", "name a table")

    def to_prepare(self, source: str) -> str | None:
        """How a person makes a folder of `groundup prepare` of files that are rows; None for a kind that has none."""
        return None

    def is_there(self, row: Row) -> bool:
        """Whether the row holds what is read, or it can be found by its name."""
        return True

    def use_store(self, store: Store) -> None:
        """Take rows that are prepared. InputError where they do not fit the model."""
        raise self.other_store(store)

    def stored_row(self, store: Store, row: StoredRow) -> Row:
        """A row that is prepared."""
        raise self.other_store(store)

    def other_store(self, store: Store) -> InputError:
        """The refusal of rows that are prepared and of another kind."""
        what = f"holds {store.stored.plural}, and the model reads {self.kind}"
        return InputError("WRONG_MODEL", store.folder, what, f"use a model of {store.stored.plural}")

    def light(self, row: Row) -> Row:
        """What is kept of a row that was answered: of kinds that take much memory no more than its name."""
        return row

    def write_cells(self, row: Row) -> tuple[str | None, ...]:
        """A row as fields of a table that a run keeps, which `restore_cells` reads again."""
        return tuple(None if cell is None else str(cell) for cell in row)

    def restore_cells(self, stored: Sequence[str | None]) -> Row:
        return tuple(stored)

    # Tokens

    @abstractmethod
    def pack(self, rows: Sequence[Row], length: int, too_long: TooLong = "truncate") -> P:
        """The rows as sequences of tokens, at most `length` long."""

    @abstractmethod
    def save(self, folder: NewFolder, length: int, *, segments: bool = False, frame: Sequence[str] = ()) -> None:
        """Write what is needed to read rows like these again, as Hugging Face calls it where it has such a file."""

    def for_export(self) -> Reader:
        """The same for a folder that others are given: without rows of the training."""
        return self

    def spare_padding(self, token: int) -> None:
        """The model takes this token for padding, and reads its answer from the last other one: rows must not end in it."""
        return

    @property
    def around(self) -> tuple[str, ...]:
        """Roles of the tokens that stand around a text ($A) which a model is to read before it writes."""
        return ()

    @property
    def specials(self) -> dict[str, int] | None:
        """Ids of special tokens that a config names, where there are any."""
        return None

    # Rows as rows

    @abstractmethod
    def clusters(self, rows: Sequence[Row], groups: Sequence[str | None] | None = None) -> np.ndarray:
        """[R] number of the cluster of each row, which no split parts: rows of one group, and rows that are the same example.
        Equal cells are not always the same example: two people of one age are two."""

    @abstractmethod
    def leaks(self, train: Sequence[Row], other: Sequence[Row]) -> Leakage:
        """How much of `other` training has seen."""

    def holders(self, rows: Sequence[Row]) -> Sequence[Collection[int]]:
        """Of each row the rows that it is a part of, for `--split.group_by containment`."""
        what = f"'containment' is for texts that are parts of other texts; the rows here are of the kind {self.kind}"
        raise InputError("BAD_SETTING", "split.group_by", what, "name a column, or leave it out")

    def line(self, row: Row) -> str:
        """A row in a line of text, for lists of what was found."""
        return "; ".join(self.display(row))

    @abstractmethod
    def key(self, row: Row) -> Hashable:
        """Equal for rows that hold the same."""

    def slices(self, rows: Sequence[Row]) -> Mapping[str, Sequence[object]]:
        """Slices of rows by which a report tells the accuracy, in names of its own (evaluate/evaluation.py)."""
        return {}

    def keys(self, rows: Sequence[Row]) -> list[Hashable]:
        """The key of each row."""
        return [self.key(row) for row in rows]

    def equal_rows(self, rows: Sequence[Row]) -> dict[int, int]:
        """Row -> the first row that holds the same, for each that is equal to an earlier one."""
        first: dict[Hashable, int] = {}
        earlier = {number: first.setdefault(key, number) for number, key in enumerate(self.keys(rows))}
        return {number: other for number, other in earlier.items() if other != number}

    def repeats(self, rows: Sequence[Row]) -> dict[int, int]:
        """Row -> the first row that it is the same example as, for each that repeats one."""
        return self.equal_rows(rows) if self.equal_is_same else {}

    # For simple methods, for explanations, for people

    @abstractmethod
    def features(self, rows: Sequence[Row]) -> Features:
        """What simple methods see, made for training rows like these."""

    def pack_located(self, row: Row, length: int, too_long: TooLong) -> P:
        """A row alone, packed so that `units` knows where its parts stand."""
        return self.pack([row], length, too_long)

    def units(
        self, row: Row, packed: Packed, chinese: Chinese = "words"
    ) -> tuple[Sequence[ExplanationUnit], Sequence[np.ndarray]]:
        """What of a row (`packed` by `pack_located`) can be there or not, and of each token in a sequence its unit, or -1."""
        raise NotImplementedError(f"{self.kind} is not explained")

    def missing_units(self, row: Row) -> Sequence[ExplanationUnit]:
        """Parts that rows usually hold and this one lacks, where an explanation may tell what their absence does."""
        return ()

    def unread(self, row: Row, packed: Packed, chinese: Chinese = "words") -> int:
        """Units that the model does not read, because the row is too long."""
        return 0

    def picture(self, row: Row) -> Picture | None:
        """The image that a row is; None for what is none."""
        return None

    def parts(self, row: Row) -> Iterator[tuple[Reader, Row | None]]:
        """Each reader of a kind with its cells of a row; None for a kind that the row lacks."""
        yield self, row

    def display(self, row: Row) -> tuple[str, ...]:
        """The cells as people read them, in the order of the columns."""
        return tuple("" if cell is None else str(cell) for cell in row)

    def title(self, row: Row) -> str:
        """What stands before an answer in a line: a name of the row, where there are many; else nothing."""
        return ""

    def report(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        """What these rows are like, in numbers, for the report on data."""
        return {}

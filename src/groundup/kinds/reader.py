"""A reader turns the cells of rows into tokens with places: one for each kind of input, the only code that knows the kind.

A row has columns. The columns of one kind are read by one reader, which says of its rows all that others ask without knowing
what they hold: which belong together, what simple methods see of them, how people see them. Free of torch. R rows, F features.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np

from groundup.data.packed import Packed
from groundup.data.splits.split import Leakage
from groundup.folders import NewFolder
from groundup.kinds.parts import ExplanationUnit

Row = tuple[Any, ...]  # the cells of a reader's columns as it reads them; None where one is missing
P = TypeVar("P", bound=Packed, covariant=True)


class Features(Protocol):
    """What simple methods see of rows. It learns from training rows alone."""

    name: str
    """As reports call it: tfidf, pixels, columns."""

    @property
    def strengths(self) -> Sequence[float]:
        """Strengths C of regularization that a linear model of them is tried with."""
        ...

    def fit(self, rows: Sequence[Row]) -> Any:
        """Learn, and return the features of the same rows: a matrix [R, F], which may be sparse."""
        ...

    def transform(self, rows: Sequence[Row]) -> Any:
        """[R, F] of other rows."""
        ...


class Reader(ABC, Generic[P]):
    """What a model reads of one kind. `save` writes what `kinds/known.py` opens again."""

    kind: ClassVar[str]
    """text, image, table ...: the word of `--text_column` and of the model's input."""
    at_once: ClassVar[int | None] = None
    """Rows that are packed and answered together, of kinds whose rows take much memory."""
    limited: ClassVar[bool] = True
    """Whether a row may have more tokens than a model reads; an image is as large as the model."""

    def __init__(self, columns: Sequence[str] = ()):
        self.columns = tuple(columns)
        self.notes: list[str] = []  # what a person should know of how rows are read

    # Reading

    @abstractmethod
    def read_cells(self, raw: Sequence[object]) -> Row | None:
        """A row from the cells of its columns as they stand in a file. None where there is nothing to read; ValueError, in
        words, for a cell of the wrong kind."""

    def learn(self, rows: Sequence[Row]) -> bool:
        """Learn from training rows what the model folder must remember. Whether cells must be read again, which then have
        other types. A reader that knows already learns nothing."""
        return False

    def write_cells(self, row: Row) -> tuple[str | None, ...]:
        """A row as fields of a table that a run keeps, which `restore_cells` reads again."""
        return tuple(None if cell is None else str(cell) for cell in row)

    def restore_cells(self, stored: Sequence[str | None]) -> Row:
        return tuple(stored)

    # Tokens

    @abstractmethod
    def pack(self, rows: Sequence[Row], length: int, too_long: str = "truncate") -> P:
        """The rows as sequences of tokens, at most `length` long."""

    @abstractmethod
    def save(self, folder: NewFolder, length: int, *, segments: bool = False, frame: Sequence[str] = ()) -> None:
        """Write what is needed to read rows like these again, as Hugging Face calls it where it has such a file."""

    # Rows as rows

    @abstractmethod
    def clusters(self, rows: Sequence[Row], groups: Sequence[str | None] | None = None) -> np.ndarray:
        """[R] number of the cluster of each row, which no split parts: rows of one group, and rows that are the same example.
        Equal cells are not always the same example: two people of one age are two."""

    @abstractmethod
    def leaks(self, train: Sequence[Row], other: Sequence[Row]) -> Leakage:
        """How much of `other` training has seen."""

    def repeats(self, rows: Sequence[Row]) -> dict[int, int]:
        """Row -> the first row that it is the same example as, for each that repeats one."""
        return {}

    # For simple methods, for explanations, for people

    @abstractmethod
    def features(self, rows: Sequence[Row]) -> Features:
        """What simple methods see, made for training rows like these."""

    def units(self, row: Row, packed: Packed) -> tuple[Sequence[ExplanationUnit], np.ndarray]:
        """What of a row can be there or not, and the unit of each token of its sequences (-1: of none)."""
        raise NotImplementedError(f"{self.kind} is not explained")

    def display(self, row: Row) -> tuple[str, ...]:
        """The cells as people read them, in the order of the columns."""
        return tuple("" if cell is None else str(cell) for cell in row)

    def title(self, row: Row) -> str:
        """A name for the row in a line, before an answer; empty where the row itself stands there."""
        return ""

    def report(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        """What these rows are like, in numbers, for the report on data."""
        return {}

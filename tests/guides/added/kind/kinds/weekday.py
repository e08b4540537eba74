"""Days of the week as a model reads them: a token for each cell, none for a missing one, behind one trained token.

A row is the days of its columns, 0 (Monday) to 6, or None where one is missing. R rows, C columns, N tokens of a batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from groundup.data.batches.ragged_batch import Flat
from groundup.data.packed import Packed
from groundup.data.settings import Chinese
from groundup.data.splits.split import Leakage
from groundup.folders import NewFolder
from groundup.kinds.parts import ExplanationUnit
from groundup.kinds.reader import Reader, Row, TooLong
from groundup.nn.inputs import Weekdays
from groundup.strict_json import fields, read_json

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FILE = "weekdays.json"
ABSENT = -1


def read_day(cell: object) -> int | None:
    """0 to 6 of `Tue`, `tuesday` or the number itself; None of an empty cell. ValueError for anything else."""
    if isinstance(cell, int) and cell in range(len(DAYS)):
        return cell
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    name = str(cell).strip().casefold()
    found = [day for day, full in enumerate(DAYS) if len(name) >= 3 and full.casefold().startswith(name)]
    if not found:
        raise ValueError(f"'{cell}' is no day of the week, like Tuesday or Tue")
    return found[0]


@dataclass
class PackedDays(Packed):
    """A token is an id: 0 for the first of a row, else that of the column and its day."""

    days: np.ndarray  # [R, C] int64, ABSENT where one is missing

    def __post_init__(self):
        self.owner = np.arange(len(self.days))
        self.long = np.zeros(len(self.days), dtype=bool)

    @property
    def lengths(self) -> np.ndarray:
        return 1 + (self.days != ABSENT).sum(axis=1)

    def lay(self, places: np.ndarray, numbers: np.ndarray, labels: Mapping[str, np.ndarray], training: bool = False) -> Flat:
        places = np.asarray(places)
        order = np.argsort(-self.lengths[places], kind="stable")
        days = self.days[places[order]]
        ids = np.where(days == ABSENT, ABSENT, 1 + len(DAYS) * np.arange(days.shape[1]) + days)
        tokens = np.concatenate([np.zeros((len(days), 1), dtype=np.int64), ids], axis=1)
        return Flat(
            tokens[tokens != ABSENT],
            (tokens != ABSENT).sum(axis=1),
            np.asarray(numbers)[order],
            labels={name: values[order] for name, values in labels.items()},
            places=np.zeros((tokens != ABSENT).sum(), dtype=np.int64),
            sequences=places[order],
        )

    def digest(self) -> str:
        return hashlib.sha256(f"{self.days.shape}".encode() + self.days.tobytes()).hexdigest()

    def joined(self, other: PackedDays) -> PackedDays:
        return replace(self, days=np.concatenate([self.days, other.days]))


class DayFeatures:
    """A 1 for the day of each column."""

    name = "logistic regression"
    strengths = (0.01, 0.1, 1.0, 10.0)

    def fit(self, rows: Sequence[Row]) -> np.ndarray:
        return self.transform(rows)

    def transform(self, rows: Sequence[Row]) -> np.ndarray:
        """[R, 7 C]."""
        return np.array([[float(day == one) for day in row for one in range(len(DAYS))] for row in rows])


class WeekdayReader(Reader[PackedDays]):
    """Reads columns of days; it knows all that it must know from the start."""

    kind, words, limited, equal_is_same = "weekday", "a day of the week", False, False

    @property
    def inputs(self) -> tuple[Weekdays, ...]:
        return (Weekdays(columns=len(self.columns)),)

    def read_cells(self, raw: Sequence[object], home: Path | None = None) -> Row | None:
        row = []
        for name, cell in zip(self.columns, raw, strict=True):
            try:
                row.append(read_day(cell))
            except ValueError as error:
                raise ValueError(f"column '{name}': {error}") from None
        return tuple(row) if any(day is not None for day in row) else None

    def write_cells(self, row: Row) -> tuple[str | None, ...]:
        return tuple(None if day is None else DAYS[day] for day in row)

    def restore_cells(self, stored: Sequence[str | None]) -> Row:
        return tuple(map(read_day, stored))

    def pack(self, rows: Sequence[Row], length: int = 0, too_long: TooLong = "error") -> PackedDays:
        days = [[ABSENT if day is None else day for day in row] for row in rows]
        return PackedDays(np.array(days, dtype=np.int64).reshape(len(rows), len(self.columns)))

    def save(self, folder: NewFolder, length: int = 0, *, segments: bool = False, frame: Sequence[str] = ()) -> None:
        folder.write_json(FILE, {"columns": list(self.columns)})

    @classmethod
    def open(cls, folder: Path) -> WeekdayReader:
        """The inverse of `save`."""
        return cls(fields(read_json(folder / FILE), folder / FILE, columns=list)["columns"])

    def clusters(self, rows: Sequence[Row], groups: Sequence[str | None] | None = None) -> np.ndarray:
        """Each row is one of its own, but for rows of one group."""
        first: dict[str, int] = {}
        given = groups or [None] * len(rows)
        return np.array([place if group is None else first.setdefault(group, place) for place, group in enumerate(given)])

    def leaks(self, train: Sequence[Row], other: Sequence[Row]) -> Leakage:
        """Equal days are no repeat."""
        return Leakage(0.0, 0.0, 0.0)

    def key(self, row: Row) -> Row:
        return row

    def features(self, rows: Sequence[Row]) -> DayFeatures:
        return DayFeatures()

    def units(self, row: Row, packed: Packed, chinese: Chinese = "words") -> tuple[list[ExplanationUnit], list[np.ndarray]]:
        """A unit for each column that has a day; the first token is of none."""
        pairs = [(name, day) for name, day in zip(self.columns, row, strict=True) if day is not None]
        return [ExplanationUnit(f"{name} = {DAYS[day]}", column=name) for name, day in pairs], [np.arange(-1, len(pairs))]

    def display(self, row: Row) -> tuple[str, ...]:
        return tuple("" if day is None else DAYS[day] for day in row)

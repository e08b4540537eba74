"""Rows whose columns are of several kinds: each kind is read by its own reader, and a kind that a row lacks is no token.

A row is the cells of all kinds in the order of the kinds; of a kind that is missing all cells are None. R rows.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from groundup.data.packed import Packed
from groundup.data.settings import Chinese
from groundup.data.sources.records import Declared
from groundup.data.splits.split import Leakage, link_equal, merge
from groundup.errors import InputError
from groundup.folders import NewFolder
from groundup.kinds.cell_fault import CellFault
from groundup.kinds.image.reader import ImageReader
from groundup.kinds.parts import ExplanationUnit
from groundup.kinds.reader import Reader, Row, TooLong
from groundup.kinds.several.features import JoinedFeatures
from groundup.kinds.several.packed import ABSENT, PackedKinds, members_of
from groundup.kinds.text.reader import TextReader
from groundup.messages.current import message
from groundup.nn.inputs import Input


class SeveralReader(Reader[PackedKinds]):
    """Reads columns of several kinds, in the order of its readers."""

    words = "anything that the model reads"

    def __init__(self, readers: Sequence[Reader], trained: bool = False):
        """`trained`: of a model that has learned from rows of all kinds, which reads tables without the columns of some."""
        self.members, self.trained = tuple(readers), trained
        self.renamed: tuple[str, ...] = ()  # columns of files that are called otherwise than in training
        super().__init__()
        self.kind = " and ".join(one.kind for one in readers)
        self.limited = any(one.limited for one in readers)
        self.numeric = any(one.numeric for one in readers)
        self.unchecked = next((one.unchecked for one in readers if one.unchecked), "")
        self.at_once = min((one.at_once for one in readers if one.at_once), default=None)
        self.notes = [note for one in readers for note in one.notes]
        self.drop, self.seed = 0.0, 0
        if len(readers) == 1:  # the part of a task that reads one kind alone
            self.words, self.takes_texts = readers[0].words, readers[0].takes_texts

    # Columns

    @property
    def readers(self) -> tuple[Reader, ...]:
        return self.members

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for one in self.members for name in one.columns)

    @columns.setter
    def columns(self, columns: Sequence[str]) -> None:
        """Those of each kind follow each other; one kind whose columns are not chosen yet takes the rest."""
        if not columns:
            return
        rest = len(columns) - sum(len(one.columns) for one in self.members if not one.chooses)
        start = 0
        for one in self.members:
            width = rest if one.chooses else len(one.columns)
            one.columns = tuple(columns[start : start + width])
            start += width

    def with_columns(self, columns: Sequence[str]) -> Self:
        reader = copy.copy(self)
        reader.members = tuple(map(copy.copy, self.members))
        reader.renamed = tuple(name for name in columns if name not in self.columns)
        reader.columns = columns
        return reader

    @property
    def chooses(self) -> bool:
        return any(one.chooses for one in self.members)

    def choose_columns(self, names: Sequence[str], used_columns: Collection[str]) -> None:
        for one in self.members:
            one.choose_columns(names, used_columns)

    def setting_of(self, column: str) -> str:
        return next((one.setting_of(column) for one in self.members if column in one.columns), "")

    def absent(self, names: Collection[str]) -> list[str]:
        """Of a trained model a kind may be absent as a whole, but not all; of the columns of one that is there none may be, and
        none that was named anew."""
        there = [one for one in self.members if any(c in names for c in one.columns)]
        read = there if self.trained and there else self.members
        return [name for name in self.renamed if name not in names] or [name for one in read for name in one.absent(names)]

    def without(self, names: Collection[str]) -> list[tuple[str, str]]:
        if len(self.members) == 1:
            return []
        return [(one.kind, " and ".join(one.columns)) for one in self.members if not any(c in names for c in one.columns)]

    def part(self, columns: Mapping[str, Sequence[str]]) -> SeveralReader:
        """Of the kinds that have a column."""
        reader = SeveralReader([one.part(columns) for one in self.members if columns.get(one.kind)], self.trained)
        reader.drop, reader.seed = self.drop, self.seed
        return reader

    def split(self, rows: Sequence[Row]) -> list[list[Row | None]]:
        """Of each kind the rows as its reader has them, or None."""
        parts, start = [], 0
        for one in self.members:
            cells = [row[start : start + len(one.columns)] for row in rows]
            parts.append([None if all(cell is None for cell in row) else row for row in cells])
            start += len(one.columns)
        return parts

    def parts(self, row: Row) -> Iterator[tuple[Reader, Row | None]]:
        """Each reader with its part of a row."""
        for one, (cells,) in zip(self.members, self.split([row]), strict=True):
            yield one, cells

    # Reading

    def begin(self, seed: int, *, horizontal_flip: bool = False, drop_kinds: float = 0.0) -> None:
        if horizontal_flip and not any(isinstance(one, ImageReader) for one in self.members):
            raise InputError("BAD_SETTING", "horizontal_flip", f"is for images, not for {self.kind}", "leave it out")
        self.drop, self.seed = drop_kinds, seed
        for one in self.members:
            one.begin(seed, horizontal_flip=horizontal_flip and isinstance(one, ImageReader))

    @property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(one for reader in self.members for one in reader.inputs)

    @property
    def vocab_size(self) -> int:
        return sum(one.vocab_size for one in self.members)

    def read_cells(self, raw: Sequence[object], home: Path | None = None) -> Row | None:
        """None where no kind is there; ValueError, in words, for a kind of which a part is missing."""
        row: list[Any] = []
        start = 0
        for one in self.members:
            own_cells = raw[start : start + len(one.columns)]
            start += len(one.columns)
            cells = one.read_cells(own_cells, home)
            if cells is None and not all(is_empty(cell) for cell in own_cells):
                raise CellFault(one.missing_code, one.nothing_to_read())
            row += [None] * len(own_cells) if cells is None else cells
        return tuple(row) if any(cell is not None for cell in row) else None

    def nothing_to_read(self) -> str:
        return "no column that is read holds anything"

    def expect(self, declared: Mapping[str, Declared], missing: tuple[str, ...], decimal: str) -> None:
        for one in self.members:
            one.expect(declared, missing, decimal)

    def learn(self, rows: Sequence[Row], places: Sequence[str] = ()) -> None:
        """Each kind from the rows that have it. InputError for a kind that no training row has."""
        for one, cells in zip(self.members, self.split(rows), strict=True):
            there = [row for row in cells if row is not None]
            if rows and not there:
                what = f"'{' and '.join(one.columns)}' is empty in all training rows"
                raise InputError("NO_ROWS", f"{one.kind}_column", what, f"leave out --{one.kind}_column")
            before = len(one.notes)
            one.learn(there, places_of(cells, places))
            self.notes += one.notes[before:]
            if len(there) < len(rows):
                lacking = len(rows) - len(there)
                self.notes.append(
                    message("rows lack the kind", count=lacking, total=len(rows), kind=message(f"kind {one.kind}"))
                )

    def rows_in_memory(self, values: Any) -> list[Row] | None:
        if len(self.members) == 1:
            return self.members[0].rows_in_memory(values)
        return super().rows_in_memory(values)

    def complaints(self, rows: Sequence[Row], places: Sequence[str] = ()) -> list[str]:
        lines = []
        for one, cells in zip(self.members, self.split(rows), strict=True):
            there = [row for row in cells if row is not None]
            lines += one.complaints(there, places_of(cells, places))
            if there and len(there) < len(rows):
                missing = len(rows) - len(there)
                columns, kind = message("and").join(one.columns), message(f"kind {one.kind}")
                lines.append(message("no kind in columns", kind=kind, columns=columns, count=missing, total=len(rows)))
        return lines

    def light(self, row: Row) -> Row:
        return self.joined_parts(one.light(cells) if cells else None for one, cells in self.parts(row))

    def write_cells(self, row: Row) -> tuple[str | None, ...]:
        return self.joined_parts(one.write_cells(cells) if cells else None for one, cells in self.parts(row))

    def restore_cells(self, stored: Sequence[str | None]) -> Row:
        return self.joined_parts(one.restore_cells(cells) if cells else None for one, cells in self.parts(tuple(stored)))

    def joined_parts(self, parts: Any) -> tuple:
        """The parts of a row, None for a kind that is missing, as one row."""
        pairs = zip(self.members, parts, strict=True)
        return tuple(cell for one, cells in pairs for cell in ([None] * len(one.columns) if cells is None else cells))

    # Tokens

    def pack(self, rows: Sequence[Row], length: int = 0, too_long: TooLong = "truncate", located: bool = False) -> PackedKinds:
        """`length` counts the tokens of the text; other kinds have as many as they have."""
        kinds: dict[str, Packed] = {}
        split = self.split(rows)
        for one, cells in zip(self.members, split, strict=True):
            there = [row for row in cells if row is not None]
            more = {"located": True} if located and isinstance(one, TextReader) else {}
            kinds[one.kind] = one.pack(there, length, too_long, **more)
        there = np.array([[row is not None for row in cells] for cells in split], dtype=bool).reshape(len(split), -1).T
        return PackedKinds(kinds, *members_of(list(kinds.values()), there), drop=self.drop, seed=self.seed)

    def save(self, folder: NewFolder, length: int, *, segments: bool = False, frame: Sequence[str] = ()) -> None:
        """The files of each kind."""
        for one in self.members:
            one.save(folder, length, segments=segments, frame=frame)

    def for_export(self) -> SeveralReader:
        reader = copy.copy(self)
        reader.members = tuple(one.for_export() for one in self.members)
        return reader

    @property
    def specials(self) -> dict[str, int] | None:
        return next((one.specials for one in self.members if one.specials is not None), None)

    # Rows as rows

    def clusters(self, rows: Sequence[Row], groups: Sequence[str | None] | None = None) -> np.ndarray:
        """Rows that share what one kind takes for the same example (a text, an image) are never parted. What many rows hold,
        like `no note`, is a value like a category, and ties none of them together."""
        links: list[list[int]] = [[] for _ in rows]
        for one, cells in zip(self.members, self.split(rows), strict=True):
            at = [place for place, row in enumerate(cells) if row is not None]
            clusters = one.clusters([row for row in cells if row is not None]).tolist() if at else []
            common = common_keys(clusters, len(rows), *one.common)
            pairs = [(place, name) for place, name in zip(at, clusters, strict=True) if name not in common]
            link_equal(links, [place for place, _ in pairs], [name for _, name in pairs])
        return merge(links, len(rows), groups)

    def leaks(self, train: Sequence[Row], other: Sequence[Row]) -> Leakage:
        """That of the kind of which training has seen most. Equal columns tell something of rows that have no other kind, and
        what many rows hold tells nothing (`clusters`)."""
        leaks, split = [], self.split(other)
        counts = np.sum([[row is not None for row in cells] for cells in split], axis=0)
        for one, known, cells in zip(self.members, self.split(train), split, strict=True):
            pairs = zip(cells, counts, strict=True)
            there = [row for row, count in pairs if row is not None and (one.equal_is_same or count == 1)]
            if not there:
                continue
            seen = [row for row in known if row is not None]
            common = common_keys(one.keys(seen), len(train), *one.common) if one.equal_is_same else frozenset()
            rare = [row for row in there if not common or one.key(row) not in common]
            leaks.append(
                of_all(one.leaks([row for row in seen if not common or one.key(row) not in common], rare), rare, other)
            )
        return max(leaks, key=lambda leak: -1.0 if leak.worst is None else leak.worst, default=Leakage(None, None, None))

    def repeats(self, rows: Sequence[Row]) -> dict[int, int]:
        """Equal rows are the same example where a kind says so of its own cells."""
        same = np.zeros(len(rows), dtype=bool)
        for one, cells in zip(self.members, self.split(rows), strict=True):
            same |= np.array([row is not None and one.equal_is_same for row in cells], dtype=bool)
        return {row: first for row, first in self.equal_rows(rows).items() if same[row]}

    def key(self, row: Row) -> Hashable:
        return tuple(None if cells is None else one.key(cells) for one, cells in self.parts(row))

    def line(self, row: Row) -> str:
        return "; ".join(one.line(cells) for one, cells in self.parts(row) if cells is not None)

    # For simple methods, for explanations, for people

    def features(self, rows: Sequence[Row]) -> JoinedFeatures:
        split = zip(self.members, self.split(rows), strict=True)
        return JoinedFeatures([one.features([row for row in cells if row is not None]) for one, cells in split], self.split)

    def pack_located(self, row: Row, length: int, too_long: TooLong) -> PackedKinds:
        return self.pack([row], length, too_long, located=True)

    def units(self, row: Row, packed: Packed, chinese: Chinese = "words") -> tuple[list[ExplanationUnit], list[np.ndarray]]:
        """Those of each kind, which know their kind and column; the first token is of none."""
        assert isinstance(packed, PackedKinds)
        units: list[ExplanationUnit] = []
        owners: list[Sequence[np.ndarray]] = []  # of each kind
        for one, cells in self.parts(row):
            cell_units, own = ([], []) if cells is None else one.units(cells, packed.kinds[one.kind], chinese)
            owners.append([np.where(owner < 0, -1, owner + len(units)) for owner in own])
            units += [unit._replace(kind=one.kind, column=unit.column or one.columns[unit.text]) for unit in cell_units]
        first = [np.array([-1])]
        members = [zip(owners, sequence, strict=True) for sequence in packed.members.tolist()]
        return units, [np.concatenate(first + [own[at] for own, at in pairs if at != ABSENT]) for pairs in members]

    def missing_units(self, row: Row) -> list[ExplanationUnit]:
        """Those of the kinds that the row has."""
        pairs = [(one, one.missing_units(cells)) for one, cells in self.parts(row) if cells is not None]
        return [unit._replace(kind=one.kind) for one, units in pairs for unit in units]

    def unread(self, row: Row, packed: Packed, chinese: Chinese = "words") -> int:
        assert isinstance(packed, PackedKinds)
        there = [(one, cells) for one, cells in self.parts(row) if cells is not None]
        return sum(one.unread(cells, packed.kinds[one.kind], chinese) for one, cells in there)

    def display(self, row: Row) -> tuple[str, ...]:
        return self.joined_parts(
            [""] * len(one.columns) if cells is None else one.display(cells) for one, cells in self.parts(row)
        )

    def report(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        split = zip(self.members, self.split(rows), strict=True)
        return {one.kind: one.report([row for row in cells if row is not None]) for one, cells in split}


def places_of(cells: Sequence[Row | None], places: Sequence[str]) -> list[str]:
    """Of the rows that have a kind, where they stand; nothing where that is not known."""
    return [place for row, place in zip(cells, places, strict=False) if row is not None]


def is_empty(cell: object) -> bool:
    """Whether a cell holds nothing at all; a number of a file of objects that is none is nothing, too."""
    return cell is None or (isinstance(cell, str) and not cell.strip()) or (isinstance(cell, float) and cell != cell)


def common_keys(keys: Sequence[Hashable], rows: int, few: int, share: float) -> frozenset[Hashable]:
    """The keys that so many of all rows have that they are values like others, not one example."""
    most = max(few, share * rows)
    return frozenset(key for key, count in Counter(keys).items() if count > most)


def of_all(leak: Leakage, part: Sequence[Row], rows: Sequence[Row]) -> Leakage:
    """What leaks of a part of the rows, as shares of all rows."""
    share = len(part) / max(1, len(rows))
    shares = (None if one is None else one * share for one in (leak.exact, leak.near, leak.contained))
    return Leakage(*shares, leak.examples)

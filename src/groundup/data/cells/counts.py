"""What the cells of a column come to when they are read as values of one type: how many are, and which are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from groundup.data.cells.missing import is_empty, is_error, says_missing
from groundup.errors import printable
from groundup.messages.current import message, place_text


@dataclass(slots=True)
class CellCounts:
    """The account of a column: every cell is a value, missing, or strange."""

    values: int = 0  # cells that hold a value of the type
    empty: int = 0
    missing: Counter = field(default_factory=Counter)  # words for "not known" -> cells
    errors: list[int] = field(default_factory=list)  # rows of errors of a spreadsheet
    strange: list[int] = field(default_factory=list)  # rows of cells that hold something else
    notes: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Share of the cells that hold something which are values of the type."""
        return self.values / max(1, self.values + len(self.strange))

    def count_without_value(self, row: int, cell: object) -> None:
        """Count a cell that is no value of the type."""
        if is_empty(cell):
            self.empty += 1
        elif is_error(cell):
            self.errors.append(row)
        elif says_missing(cell):
            self.missing[str(cell).strip()] += 1
        else:
            self.strange.append(row)

    def note_missing(self, place: str, cells: Sequence[object]) -> None:
        """Note which words and which errors of a spreadsheet are missing values."""
        for word, count in sorted(self.missing.items()):
            self.notes.append(message("words are missing", place=place_text(place), count=count, word=quoted(word)))
        if self.errors:
            cell = quoted(cells[self.errors[0]])
            self.notes.append(message("errors are missing", place=place_text(place), count=len(self.errors), cell=cell))


def quoted(cell: object) -> str:
    """A cell as notes and refusals show it."""
    return f"'{printable(str(cell), 30)}'"

"""What training rows hold in a column, as people read it: what an explanation lays beside the cell of a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from groundup.kinds.parts import Typical
from groundup.kinds.table.columns import Cell, Column


def with_typical(column: Column, cells: Sequence[Cell]) -> Column:
    """The column with the median and the middle half of its numbers or dates, or its most frequent category, all of them cells
    of these rows as they are written; without where no cell holds a value."""
    held = [cell for cell in cells if cell is not None and column.holds(cell)]
    typical = most_frequent(held) if column.kind == "category" else middle_half(column, held)
    return replace(column, typical=typical)


def most_frequent(held: Sequence[str]) -> Typical | None:
    """Of equally frequent ones the first in the alphabet."""
    if not held:
        return None
    cell, count = min(Counter(held).items(), key=lambda pair: (-pair[1], pair[0]))
    return Typical(cell, share=count / len(held))


def middle_half(column: Column, held: Sequence[str]) -> Typical | None:
    counts = Counter(held)
    values = {cell: column.read(cell) for cell in counts}
    ordered = sorted((value, cell) for cell, value in values.items() if value is not None)
    written = [cell for _, cell in ordered for _ in range(counts[cell])]
    if not written:
        return None
    low, middle, high = (written[round(quarter * (len(written) - 1) / 4)] for quarter in (1, 2, 3))
    return Typical(middle, low, high)

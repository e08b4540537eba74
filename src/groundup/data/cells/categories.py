"""Columns of categories: which texts are one value in another spelling, and which only look alike.

`3.0` and `3` are one value, `TRUE` and `True`, too; `02139` and `2139` are two. What a training taught decides, so a table that
went through another program is answered as the one it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from groundup.data.cells.missing import is_empty, is_error

CODE = re.compile(r"0[0-9]+")
WHOLE = re.compile(r"([+-]?)(?:0|([1-9][0-9]*))(?:\.0+)?")
TRUTHS = {"true": "true", "false": "false"}
BITS = {"1": "true", "0": "false"}


def is_code(cell: object) -> bool:
    """Whether a text is a code of digits that begins with zero, like the post code 02139: no number."""
    return isinstance(cell, str) and CODE.fullmatch(cell.strip()) is not None


def has_codes(cells: Iterable[object]) -> bool:
    """Whether a column holds codes of digits: then all of its cells are texts as they are written."""
    return any(map(is_code, cells))


def text_of(cell: object) -> str | None:
    """A cell as text, as a table of texts would have it; None for one that holds no value."""
    if is_empty(cell) or is_error(cell):
        return None
    return cell.strip() if isinstance(cell, str) else str(cell)


def spelling(text: str) -> str:
    """What a text has in common with its other spellings: `3` of 3 and 3.0, `true` of TRUE and True; else the text itself."""
    whole = WHOLE.fullmatch(text)
    if whole:
        digits = whole[2] or "0"
        return "-" + digits if whole[1] == "-" and digits != "0" else digits
    return TRUTHS.get(text.casefold(), text)


@dataclass(frozen=True)
class CategoryForm:
    """The values of a column, in their order, and how other spellings are recognised."""

    values: tuple[str, ...]
    bits: bool = False  # whether the column is of truths, so that 1 and 0 are true and false in a table of only these
    known: dict[str, str] = field(init=False, repr=False, compare=False)  # spelling -> value, where one value has it

    def __post_init__(self) -> None:
        several: dict[str, list[str]] = {}
        for value in self.values:
            several.setdefault(spelling(value), []).append(value)
        object.__setattr__(self, "known", {key: values[0] for key, values in several.items() if len(values) == 1})

    def parse(self, cell: object, bits: bool = False) -> str | None:
        """The value that a cell holds, in the spelling of training; a text of its own where training had none like it; None
        where it holds no value. `bits` says that its whole column is 1 and 0, where training saw true and false."""
        text = text_of(cell)
        if text is None or text in self.values:
            return text
        if bits and self.bits and spelling(text) in BITS:
            return self.known.get(BITS[spelling(text)], text)
        return self.known.get(spelling(text), text)


def category_form(cells: Sequence[object], order: Sequence[str] = ()) -> CategoryForm:
    """The values of a column, by how often they occur (the first one seen first), or in a given `order`.

    Of two spellings of one value the more frequent one stays; columns with codes are left as they are written.
    """
    counts: dict[str, int] = {}
    for cell in cells:
        text = text_of(cell)
        if text is not None:
            counts[text] = counts.get(text, 0) + 1
    if not has_codes(counts):
        counts = joined(counts)
    values = [value for value in order if value in counts] if order else sorted(counts, key=lambda value: -counts[value])
    return CategoryForm(
        (*values, *(value for value in counts if value not in values)), set(map(spelling, counts)) == {"true", "false"}
    )


def joined(counts: dict[str, int]) -> dict[str, int]:
    """Counts with the spellings of one value together, under the most frequent one."""
    groups: dict[str, list[str]] = {}
    for value in counts:
        groups.setdefault(spelling(value), []).append(value)
    return {max(same, key=lambda value: counts[value]): sum(counts[value] for value in same) for same in groups.values()}


def is_of_bits(cells: Iterable[object]) -> bool:
    """Whether all cells that hold something are 1 or 0."""
    spellings = {spelling(text) for text in map(text_of, cells) if text is not None}
    return bool(spellings) and spellings <= set(BITS)

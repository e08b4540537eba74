"""Numbers as people write them. What stands before the decimals is decided once, from all cells of a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from groundup.errors import InputError, printable
from groundup.messages.current import message, place_text

POINT, COMMA = ".", ","
EXPONENT = r"(?:[eE][+-]?\d{1,4})?"
NUMBER = {
    POINT: re.compile(rf"[+-]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+\.?|(?=\.\d))(?:(?<=\.)\d+|\.\d+)?{EXPONENT}", re.ASCII),
    COMMA: re.compile(rf"[+-]?(?:\d{{1,3}}(?:\.\d{{3}})+|\d+,?|(?=,\d))(?:(?<=,)\d+|,\d+)?{EXPONENT}", re.ASCII),
}
EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)  # 1,234: with a decimal comma, or a thousand and more


def number_of(text: str, decimal: str = POINT) -> float | None:
    """The number that a text is: digits, perhaps in groups of three, one mark before the decimals, an exponent; else None."""
    text = text.strip()
    if not NUMBER[decimal].fullmatch(text):
        return None
    grouped = COMMA if decimal == POINT else POINT
    return float(text.replace(grouped, "").replace(decimal, POINT))


def decimal_of(cells: Iterable[str], place: str, setting: str, inform: Callable[[str], None]) -> str:
    """What stands before the decimals in a column: as the setting says, else as its cells show. InputError where they show
    both, or could mean either."""
    if setting != "auto":
        return setting
    examples: dict[str, list[str]] = {POINT: [], COMMA: [], "either": []}
    for cell in map(str.strip, cells):
        kinds = [mark for mark in (POINT, COMMA) if number_of(cell, mark) is not None]
        if kinds == [POINT] or (len(kinds) == 2 and POINT in cell):
            examples[POINT].append(cell)
        elif EITHER.fullmatch(cell):
            examples["either"].append(cell)
        elif COMMA in cell and COMMA in kinds:
            examples[COMMA].append(cell)
    point, comma, either = examples[POINT], examples[COMMA], examples["either"]
    if point and comma:
        what = f"writes {len(point):,} numbers like {cells_text(point)} and {len(comma):,} like {cells_text(comma)}"
        raise InputError("WHICH_DECIMAL", place, what, "write them alike, or say which with --read.decimal")
    if either and not point and not comma:
        what = f"writes {len(either):,} numbers like {cells_text(either)}, which can be read in two ways"
        raise InputError("WHICH_DECIMAL", place, what, "say what stands before the decimals with --read.decimal , or .")
    if comma:
        inform(message("decimal comma set", place=place_text(place), cell=cells_text(comma)))
    elif either:
        cell, value, example = cells_text(either), number_of(either[0]), cells_text(point)
        inform(message("decimal point shown", place=place_text(place), cell=cell, value=value, example=example))
    return COMMA if comma else POINT


def cells_text(cells: list[str]) -> str:
    return f"'{printable(cells[0], 30)}'"

"""Columns of numbers as people write them: 1,234.5, 1.234,5, 12.5%, $1,200, (300), <0.5.

How a column is written is decided once, from all of its cells, before one of them becomes a number; `NumberForm` keeps it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from groundup.data.cells.counts import CellCounts, quoted
from groundup.data.numbers import COMMA, POINT, number_of
from groundup.errors import InputError
from groundup.messages.current import message, place_text

MONEY = r"[$€£¥₩₹₽₺₴₦฿]|(?:US|CA|AU|HK|NZ|R)\$|USD|EUR|GBP|JPY|CNY|RMB|CHF|CAD|AUD|INR|KRW|SEK|NOK|DKK|PLN|元|円"
SIGN = "[+-]"
DIGITS = r"[0-9.,][0-9.,' \u00a0\u2009\u202f\u2019]*(?:[eE][+-]?[0-9]{1,4})?"
DRESSED = re.compile(
    rf"(?P<limit>[<>]=?|[≤≥])?\s*(?P<open>\()?(?P<first>{SIGN})?\s*(?P<before>{MONEY})?\s*(?P<second>{SIGN})?\s*"
    rf"(?P<digits>{DIGITS})\s*(?P<after>%|{MONEY})?(?P<last>-)?(?P<close>\))?"
)
PLAIN = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]+)?)")  # most cells
GROUPED = re.compile(
    r"[0-9]{1,3}(?:(?P<mark>[' \u00a0\u2009\u202f\u2019])[0-9]{3})(?:(?P=mark)[0-9]{3})*(?![0-9])(?:[.,][0-9]*)?"
)
SPACES = re.compile(r"[' \u00a0\u2009\u202f\u2019]")
THOUSAND = {POINT: re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}"), COMMA: re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")}
MINUS = {"\u2212": "-", "\u2013": "-"}
PERCENT = "%"


class Parts(NamedTuple):
    """A cell taken apart."""

    digits: str
    negative: bool
    limit: str  # "<" or ">", of values that an instrument cannot measure
    unit: str  # "%", a currency, or nothing


def number_parts(cell: str) -> Parts | None:
    """The digits of a cell and what stands around them; None for what is no number in any way of writing."""
    text = cell.strip()
    plain = PLAIN.fullmatch(text)
    if plain:
        return Parts(plain[2], plain[1] == "-", "", "")
    for dash, minus in MINUS.items():
        text = text.replace(dash, minus)
    match = DRESSED.fullmatch(text)
    if match is None:
        return None
    part = match.groupdict()
    signs = [sign for sign in (part["first"], part["second"], part["last"]) if sign]
    if bool(part["open"]) != bool(part["close"]) or len(signs) > 1 or (part["open"] and signs):
        return None
    if part["before"] and part["after"]:
        return None
    digits = part["digits"].strip()
    if SPACES.search(digits):
        if not GROUPED.fullmatch(digits):
            return None
        digits = SPACES.sub("", digits)
    limit = (part["limit"] or "")[:1].replace("≤", "<").replace("≥", ">")
    return Parts(digits, bool(part["open"]) or "-" in signs, limit, part["before"] or part["after"] or "")


class PlainNumber(str):
    """The text of a cell that came as a number and not as a text: with a point, however the column is written in files."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How the numbers of a column are written."""

    decimal: str = POINT  # what stands before the decimals
    unit: str = ""  # what stands beside the numbers: % or a currency

    def parse(self, cell: object) -> float | None:
        """The number of a cell, as large as it is written: 12.5% is 12.5; of <0.5 the limit. None for what is no number, or
        beyond all numbers."""
        if isinstance(cell, (int, float, PlainNumber)):
            number = float(cell)
            return number if math.isfinite(number) else None
        parts = number_parts(cell) if isinstance(cell, str) else None
        return None if parts is None else value_of(parts, self.decimal)


def value_of(parts: Parts, decimal: str) -> float | None:
    number = number_of(parts.digits, decimal)
    if number is None or not math.isfinite(number):
        return None
    return -number if parts.negative else number


def is_number(cell: object) -> bool:
    """Whether a cell is a number in one of the ways that people write numbers."""
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
        return False
    return any(NumberForm(decimal).parse(cell) is not None for decimal in (POINT, COMMA))


def is_limit(cell: object) -> bool:
    """Whether a cell says only that a value is below or above a number, like <0.5."""
    parts = number_parts(cell) if isinstance(cell, str) and cell.strip()[:1] in "<>≤≥" else None
    return parts is not None and bool(parts.limit)


@dataclass(slots=True)
class NumberColumn(CellCounts):
    """What the cells of a column come to when they are read as numbers; limits are among the values."""

    form: NumberForm = field(default_factory=NumberForm)
    limits: list[int] = field(default_factory=list)  # rows of cells like <0.5


def number_column(cells: Sequence[object], place: str, decimal: str = "auto", setting: str = "--read.decimal ") -> NumberColumn:
    """How the numbers of a column are written, and which cells hold none. `place` names the column, and `setting` what decides
    the mark before the decimals, in notes and refusals.

    InputError where the cells are written in two ways that mean different numbers: both decimal marks, % beside bare numbers,
    two currencies.
    """
    known = {cell: number_parts(cell) for cell in {cell for cell in cells if isinstance(cell, str)}}
    texts = [cell for cell in cells if isinstance(cell, str) and known[cell] is not None and is_number(cell)]
    notes: list[str] = []
    unit = unit_of([(cell, known[cell]) for cell in texts], sum(not isinstance(cell, str) for cell in cells), place)
    form = NumberForm(mark_of([(cell, known[cell]) for cell in texts], place, decimal, notes, setting), unit)
    column = NumberColumn(form=form, notes=notes)
    parsed = {cell: form.parse(cell) for cell in known}
    for row, cell in enumerate(cells):
        number = parsed[cell] if isinstance(cell, str) else form.parse(cell)
        if number is None:
            column.count_without_value(row, cell)
            continue
        column.values += 1
        parts = known.get(cell) if isinstance(cell, str) else None
        if parts is not None and parts.limit:
            column.limits.append(row)
    note_cells(column, cells, place)
    return column


def note_cells(column: NumberColumn, cells: Sequence[object], place: str) -> None:
    """Note what was taken for a number, or for none."""
    if column.form.unit == PERCENT:
        column.notes.append(message("numbers before percent", place=place_text(place)))
    if column.limits:
        cell = quoted(cells[column.limits[0]])
        column.notes.append(message("cells count as limit", place=place_text(place), count=len(column.limits), cell=cell))
    column.note_missing(place, cells)


def unit_of(texts: Iterable[tuple[str, Parts | None]], bare: int, place: str) -> str:
    """What stands beside the numbers of a column. InputError where numbers with % stand beside others, or two currencies."""
    first: dict[str, str] = {}
    counts: Counter = Counter()
    for cell, parts in texts:
        unit = parts.unit if parts is not None else ""
        counts[unit] += 1
        first.setdefault(unit, cell)
    units = [unit for unit in counts if unit]
    if len(units) > 1 or (PERCENT in counts and (counts[""] or bare)):
        shares = " and ".join(f"{counts[unit]:,} numbers like {quoted(first[unit])}" for unit in sorted(first))
        raise InputError(
            "MIXED_UNITS", place, f"writes {shares}", "write them alike: what they have in common, nobody can know"
        )
    return units[0] if units else ""


def mark_of(texts: Iterable[tuple[str, Parts | None]], place: str, decimal: str, notes: list[str], setting: str) -> str:
    """What stands before the decimals. Where all cells fit both readings a point is taken, and said."""
    if decimal != "auto":
        return decimal
    certain: dict[str, str] = {}
    counts: Counter = Counter()
    doubtful: dict[str, str] = {}
    for cell, parts in texts:
        digits = parts.digits if parts is not None else ""
        marks = [mark for mark in (POINT, COMMA) if number_of(digits, mark) is not None]
        if len(marks) == 1:
            counts[marks[0]] += 1
            certain.setdefault(marks[0], cell)
        elif POINT in digits or COMMA in digits:
            written = POINT if POINT in digits else COMMA
            if THOUSAND[written].fullmatch(digits):
                doubtful.setdefault(written, cell)
            elif len(digits.split(written)) == 2:
                counts[written] += 1  # 0.125: no group of three begins with a zero
                certain.setdefault(written, cell)
    if len(certain) == 2:
        both = " and ".join(f"{counts[mark]:,} numbers like {quoted(certain[mark])}" for mark in (POINT, COMMA))
        raise InputError("WHICH_DECIMAL", place, f"writes {both}", f"write them alike, or say {setting}{POINT}")
    mark = next(iter(certain), POINT)
    if mark == COMMA:
        notes.append(message("decimal comma", place=place_text(place), cell=quoted(certain[mark]), setting=setting))
    elif doubtful and not certain:
        cell = next(iter(doubtful.values()))
        value = NumberForm(mark).parse(cell)
        notes.append(message("decimal point taken", place=place_text(place), cell=quoted(cell), value=value, setting=setting))
    return mark

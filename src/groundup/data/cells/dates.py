"""Columns of dates. Which number is the day is decided once, from all cells of a column; `DateForm` keeps it.

Day numbers of spreadsheets among dates are dates; alone they are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from groundup.data.cells.counts import CellCounts, quoted
from groundup.data.cells.date_forms import DateForm, Order, date_parts, is_serial, moment_of
from groundup.data.cells.missing import is_empty
from groundup.errors import InputError
from groundup.messages.current import message, place_text


@dataclass(slots=True)
class DateColumn(CellCounts):
    """What the cells of a column come to when they are read as dates."""

    form: DateForm = field(default_factory=DateForm)
    serials: list[int] = field(default_factory=list)  # rows of day numbers of a spreadsheet
    certain: bool = True  # whether the order of day and month is settled by the cells or by a setting
    doubtful: str = ""  # a cell that can be read in two ways


def date_column(
    cells: Sequence[object],
    place: str,
    last_year: int,
    order: Literal["auto", "dmy", "mdy"] = "auto",
    epoch: Literal[1900, 1904] = 1900,
    place_of: Callable[[int], str] = lambda row: f"row {row + 1}",
    setting: str = "--split.dates ",
) -> DateColumn:
    """How the dates of a column are written, and which cells hold none.

    `place` names the column, `place_of` a row, `setting` what decides the order, for notes and refusals. Where nothing settles
    which number is the day, `certain` is false, and the usual order is taken: the month first between slashes, else the day.
    InputError where some cells can only have the day first and others only the month.
    """
    known = {cell: date_parts(cell) for cell in {cell for cell in cells if isinstance(cell, str)}}
    notes: list[str] = []
    chosen, certain, doubtful = order_of(cells, known, place, order, place_of, setting)
    form = DateForm(chosen, last_year, serials=False, epoch=epoch)
    parsed = {cell: moment_of(parts, chosen, last_year) for cell, parts in known.items() if parts is not None}
    some = any(moment is not None for moment in parsed.values()) or any(isinstance(cell, date) for cell in cells)
    form = DateForm(chosen, last_year, some and any(is_serial(cell) for cell in cells), epoch)
    column = DateColumn(form=form, certain=certain, doubtful=doubtful, notes=notes)
    for row, cell in enumerate(cells):
        moment = parsed.get(cell) if isinstance(cell, str) else None
        if moment is None:
            moment = form.parse(cell)
        if moment is None:
            column.count_without_value(row, cell)
            continue
        column.values += 1
        if is_serial(cell):
            column.serials.append(row)
    note_cells(column, cells, place, order, known, setting)
    return column


def looks_like_serials(cells: Sequence[object]) -> bool:
    """Whether a column of numbers may hold day numbers of a spreadsheet: all of them, and all of the last decades."""
    full = [cell for cell in cells if not is_empty(cell)]
    return len(full) > 1 and len(set(full)) > 1 and all(is_serial(cell) and float(str(cell)) % 1 == 0 for cell in full)


def order_of(
    cells: Sequence[object],
    known: dict[str, dict[str, str] | None],
    place: str,
    order: str,
    place_of: Callable[[int], str],
    setting: str,
) -> tuple[Order, bool, str]:
    """(which of two numbers comes first, whether that is certain, a cell that leaves it open)."""
    day_first = month_first = None
    doubtful, slash = "", False
    for row, cell in enumerate(cells):
        if not isinstance(cell, str) or not (parts := known.get(cell)) or "first" not in parts:
            continue
        first, other = int(parts["first"]), int(parts["other"])
        if first > 12 >= other and day_first is None:
            day_first = row
        elif other > 12 >= first and month_first is None:
            month_first = row
        elif first <= 12 and other <= 12 and first != other and not doubtful and parts["mark"] != ".":
            doubtful, slash = cell, parts["mark"] == "/"  # between points the day is first
    if order in ("dmy", "mdy"):
        return ("dmy" if order == "dmy" else "mdy"), True, doubtful
    if day_first is not None and month_first is not None:
        what = (
            f"writes {quoted(cells[day_first])} ({place_of(day_first)}), where only the first number can be the day, and "
            f"{quoted(cells[month_first])} ({place_of(month_first)}), where only the second can"
        )
        raise InputError("WHICH_DAY", place, what, f"write all dates alike, best with the year first, or say {setting}dmy")
    if day_first is not None or month_first is not None:
        return ("dmy" if month_first is None else "mdy"), True, doubtful
    return ("mdy" if slash else "dmy"), not doubtful, doubtful


def note_cells(column: DateColumn, cells: Sequence[object], place: str, order: str, known: dict, setting: str) -> None:
    """Note what was taken for a date, and how."""
    if column.doubtful and order == "auto":
        moment = column.form.parse(column.doubtful)
        other = "mdy" if column.form.order == "dmy" else "dmy"
        key, cell, day = "day known" if column.certain else "day guessed", quoted(column.doubtful), f"{moment:%Y-%m-%d}"
        column.notes.append(message(key, place=place_text(place), cell=cell, day=day, setting=setting + other))
    short = next((cell for cell, parts in known.items() if parts and len(parts["year"]) == 2 and column.form.parse(cell)), None)
    if short is not None:
        years = {"first": str(column.form.last_year - 99), "last": str(column.form.last_year)}
        day = f"{column.form.parse(short):%Y-%m-%d}"
        column.notes.append(message("years of two digits", place=place_text(place), cell=quoted(short), day=day, **years))
    if column.serials:
        cell = cells[column.serials[0]]
        day, count = f"{column.form.parse(cell):%Y-%m-%d}", len(column.serials)
        column.notes.append(message("day numbers", place=place_text(place), count=count, cell=quoted(cell), day=day))
    column.note_missing(place, cells)

"""What each column of a table is, from the cells of training rows: number, category, date, text, id or constant.

The one place that decides it, for all commands. What a person might decide otherwise is a line of `Columns.notes`, and
`ColumnSettings.kinds` overrides it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, cast

import numpy as np

from groundup.data.cells.categories import category_form, has_codes, spelling, text_of
from groundup.data.cells.counts import CellCounts, quoted
from groundup.data.cells.date_forms import is_date, is_serial
from groundup.data.cells.dates import date_column, looks_like_serials
from groundup.data.cells.missing import is_error, says_missing
from groundup.data.cells.numbers import PlainNumber, is_number, number_column
from groundup.data.sources.records import Declared
from groundup.errors import InputError, printable
from groundup.kinds.table.bins import with_edges
from groundup.kinds.table.columns import Cell, Column, Columns, Row, described
from groundup.kinds.table.settings import ColumnKind, ColumnSettings
from groundup.kinds.table.typical import with_typical
from groundup.messages.current import message, place_text

NUMBERS, DATES = 0.95, 0.99  # share of the cells from which a column is one of numbers, or of dates
MOST_CATEGORIES = 20  # different numbers in a column of words before a person is asked
FEWEST_IDS = 20  # rows before a column can be one of ids
WORDS_OF_TEXT, CHARACTERS_OF_TEXT = 4, 8  # words, or Chinese characters, of a text on average
DISTINCT_TEXTS = 0.5  # share of texts that differ
ID_NAME = re.compile(
    r"(?:^|[_\s.-])(?:id|nr|no|uuid|guid|index|rowid)$|(?<=[a-z])I[Dd]$|(?:编号|序号)$|^(?:Unnamed: ?\d+|__index_level_\d+__)?$"
)
WHOLE = re.compile(r"-?[0-9]{1,18}")
MANY_DIGITS = re.compile(r"-?[0-9]{16,308}")  # of whole numbers, more than a number keeps
IDEOGRAPH = re.compile("[\u3400-\u9fff]")
SENTINELS = {0, -1, -9, -99, -999, -9999, 99, 999, 9999, 99999}
SENTINEL_SHARE = 0.01  # of the rows
FEWEST_NUMBERS = 10  # different ones before one of them stands out


@dataclass(frozen=True)
class Written:
    """What files and settings say of how the columns of a table are written."""

    declared: Mapping[str, Declared] = field(default_factory=dict)
    """Column -> what its file declares; a text may be a category."""
    missing: tuple[str, ...] = ()
    """Words that mean that nothing is known, in every column."""
    decimal: str = "auto"
    """What stands before the decimals of numbers."""


NOTHING_WRITTEN = Written()


@dataclass
class Situation:
    """What the recognition of one column works with."""

    name: str
    cells: Sequence[Cell]
    year: int
    form: str = "auto"  # how it is written, where a person says it
    values_in_order: tuple[str, ...] = ()  # of a category that its file declares
    decimal: str = "auto"  # what stands before the decimals, where nothing is said of this column
    places: Sequence[str] = ()  # where the rows stand
    notes: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        return place_of(self.name)

    def where(self, row: int) -> str:
        """Where a row stands, for messages."""
        return self.places[row] if self.places else message("training row", number=row + 1)

    def note(self, key: str, **values: object) -> None:
        """Note a message about the column."""
        self.notes.append(message(key, place=place_text(self.place), **values))

    def values(self) -> list[str]:
        """The cells that can be a number or a date."""
        return [cell for cell in self.cells if cell is not None and not says_missing(cell)]


def place_of(name: str) -> str:
    return f"column '{printable(name, 60)}'"


def read_cell(value: object) -> Cell:
    """A cell of any file as text, None where it holds nothing. ValueError, in words, for a list or an object."""
    if isinstance(value, (list, tuple, dict, set)):
        raise ValueError("holds a list or an object, not one value")
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != datetime.min.time() else value.date().isoformat()
    text = text_of(value.isoformat() if isinstance(value, date) else value)
    if text is None or is_error(text):
        return None
    return PlainNumber(text) if isinstance(value, (int, float)) and not isinstance(value, bool) else text


def recognize(
    names: Sequence[str],
    rows: Sequence[Row],
    settings: ColumnSettings,
    year: int,
    written: Written = NOTHING_WRITTEN,
    places: Sequence[str] = (),
) -> Columns:
    """The columns of a table, as these training rows show them. `year` is that of the training: it ends the hundred years of
    dates whose year has two digits. `written` is what files and settings say of all columns, and `places` where
    the rows stand in their files.

    InputError where a column can mean several things and only a person can tell which.
    """
    settings.check_names(names)
    columns, notes = [], []
    for place, name in enumerate(names):
        missing = (*settings.missing_of(name), *written.missing)
        unknown = set(map(spelling, missing))
        cells = [None if cell is None or spelling(cell) in unknown else cell for cell in (row[place] for row in rows)]
        kind, form = settings.kind_of(name)
        declared = written.declared.get(name)
        situation = Situation(name, cells, year, form, declared.values if declared else (), written.decimal, places)
        if kind is not None:
            column = as_kind(situation, kind, message("as the setting says"))
        elif declared is not None and declared.kind != "text" and situation.values():
            column = as_kind(situation, declared.kind, message("as the file says"))
        else:
            column = column_of(situation)
        column = replace(column, missing=missing)
        columns.append(learned(column, situation, settings))
        notes.extend(situation.notes)
    summary = message("columns recognized", columns=described(columns), rows=len(rows))
    return Columns(tuple(columns), len(rows), (summary, *notes))


def learned(column: Column, situation: Situation, settings: ColumnSettings) -> Column:
    """The column with the categories or bins of its training rows."""
    if column.kind == "category":
        return with_typical(with_categories(column, situation, settings.pool), situation.cells)
    if column.kind in ("number", "date"):
        column = with_typical(with_edges(column, situation.cells, settings.bins), situation.cells)
        note_numbers(column, situation)
        return column
    situation.note("column unread", reason=column.reason, name=column.name)
    return column


def as_kind(situation: Situation, kind: ColumnKind, reason: str) -> Column:
    """The column, read as a kind that is settled. InputError where no cell is of it."""
    column = Column(name=situation.name, kind=kind, reason=reason)
    if kind not in ("number", "date"):
        return column
    account: CellCounts
    if kind == "number":
        decimal = situation.decimal if situation.form == "auto" else situation.form
        account = number_column(situation.cells, situation.place, decimal, f"--table.kinds {situation.name}=number:")
        column = replace(column, number=account.form)
    else:
        order = cast(Literal["auto", "dmy", "mdy"], situation.form)
        setting = f"--table.kinds {situation.name}=date:"
        account = date_column(
            situation.cells, situation.place, situation.year, order, place_of=situation.where, setting=setting
        )
        column = replace(column, date=account.form)
    if not account.values:
        value = next(iter(situation.values()), "")
        raise InputError(
            "WRONG_KIND",
            situation.place,
            f"holds no {kind}, but cells like {quoted(value)}",
            "say another kind with --table.kinds",
        )
    situation.notes.extend(account.notes)
    strange = account.strange
    if strange:
        cell, row = quoted(situation.cells[strange[0]]), situation.where(strange[0])
        situation.note(f"cells of no {kind}", count=len(strange), total=len(situation.cells), cell=cell, row=row)
    return column


def column_of(situation: Situation) -> Column:
    """The column, of the kind that its cells show."""
    name, cells, values = situation.name, situation.cells, situation.values()
    present = [cell for cell in cells if cell is not None]
    if not values and not present:
        return Column(name=name, kind="constant", reason=message("holds nothing"))
    if len(set(present)) == 1 and len(present) == len(cells):
        return Column(name=name, kind="constant", reason=message("same in every row", cell=quoted(present[0])))
    reason = id_reason(name, values)
    if reason:
        return Column(name=name, kind="id", reason=reason)
    kind = None if has_codes(values) else number_or_date(situation, values)
    return as_kind(situation, kind, message(f"cells are {kind}s")) if kind else words(name, present)


def number_or_date(situation: Situation, values: Sequence[str]) -> ColumnKind | None:
    """Whether the cells are numbers or dates; None for neither. InputError where many are and many are not."""
    distinct = Counter(values)
    serial = sum(count for value, count in distinct.items() if is_serial(value))
    dates = sum(count for value, count in distinct.items() if is_date(value))
    if dates and dates + serial >= DATES * len(values):
        return "date"
    numbers = {value for value in distinct if is_number(value)}
    count = sum(distinct[value] for value in numbers)
    if values and count >= NUMBERS * len(values):
        return None if set(map(spelling, numbers)) <= {"0", "1"} else "number"
    for kind, share, kinds in (("numbers", count, len(numbers)), ("dates", dates, len(distinct))):
        if share >= len(values) / 2 and kinds > MOST_CATEGORIES:
            other = next(value for value in values if not (is_number(value) if kind == "numbers" else is_date(value)))
            what = f"holds {share:,} {kind} and {len(values) - share:,} cells like {quoted(other)}"
            name = situation.name
            fix = f"--table.kinds {name}={kind[:-1]} reads the others as missing, --table.kinds {name}=category all as words"
            raise InputError("MIXED_COLUMN", situation.place, what, fix)
    return None


def words(name: str, present: Sequence[str]) -> Column:
    """A column of words: text, category, or, where nothing repeats, id."""
    distinct = Counter(present)
    lengths = [
        len(value) * WORDS_OF_TEXT / CHARACTERS_OF_TEXT if IDEOGRAPH.search(value) else len(value.split()) for value in distinct
    ]
    mean, share = sum(lengths) / len(lengths), len(distinct) / len(present)
    if mean >= WORDS_OF_TEXT and share >= DISTINCT_TEXTS and len(distinct) > 2:
        return Column(name=name, kind="text", reason=message("cells are texts", words=round(mean)))
    if len(present) >= FEWEST_IDS and distinct.most_common(1)[0][1] < 3 and share > DISTINCT_TEXTS:
        return Column(name=name, kind="id", reason=message("hardly any twice"))
    return Column(name=name, kind="category", reason=message("different values of", count=len(distinct)))


def id_reason(name: str, values: Sequence[str]) -> str:
    """Why a column only names its rows; empty where it does not."""
    distinct = len(set(values))
    if len(values) < FEWEST_IDS or distinct < 0.95 * len(values):
        return ""
    if ID_NAME.search(name):
        return message("called like an id")
    if distinct < len(values) or not all(WHOLE.fullmatch(value) for value in values):
        return ""
    numbers = np.array([int(value) for value in values], dtype=np.float64)
    steps = np.diff(numbers)
    if (steps > 0).all() or (steps < 0).all():
        return message("numbers rise" if steps[0] > 0 else "numbers fall")
    return message("numbers its rows") if np.ptp(numbers) + 1 <= 2 * len(numbers) else ""


def with_categories(column: Column, situation: Situation, pool: int) -> Column:
    """The values that enough rows have; the others are pooled."""
    cells = [cell for cell in situation.cells if column.holds(cell)]
    form = category_form(cells, situation.values_in_order)
    counts = Counter(form.parse(cell) for cell in cells)
    silent = Counter(cell for cell in cells if cell is not None and says_missing(cell))
    for word, count in silent.items():
        situation.note("word is a value", word=quoted(word), count=count, setting=f"{column.name}={word}")
    frequent = tuple(value for value in form.values if counts[value] >= pool)
    rare = len(form.values) - len(frequent)
    if rare:
        rows = sum(count for value, count in counts.items() if count < pool)
        situation.note("values pooled", count=rare, pool=pool, rows=rows)
    return replace(column, categories=frequent, truths=form.bits, pooled=rare)


def note_numbers(column: Column, situation: Situation) -> None:
    """Note values of a column of numbers that may mean something else: days of a spreadsheet, or that nothing is known."""
    if column.kind != "number":
        return
    values = [cell for cell in situation.cells if cell is not None and column.holds(cell)]
    whole = {int(cell) for cell in set(values) if MANY_DIGITS.fullmatch(cell)}
    if len(apart := set(map(float, whole))) < len(whole):
        situation.note("digits are lost", count=len(whole), apart=len(apart), name=column.name)
    if len(set(values)) > MOST_CATEGORIES and looks_like_serials(values):
        situation.note("looks like days", name=column.name)
    numbers = [number for number in map(column.read, values) if number is not None]
    for value, share in sentinels(np.array(numbers)):
        situation.note("may mean unknown", value=value, share=share, name=column.name)


def sentinels(values: np.ndarray) -> list[tuple[float, float]]:
    """Usual words for nothing among numbers that stand at an end, far from all others, with their shares."""
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) < FEWEST_NUMBERS:
        return []
    candidates = []
    for end, neighbor in ((0, 1), (-1, -2)):
        value, share = float(distinct[end]), float(counts[end] / len(values))
        others = values[values != value]
        gap, spacing = abs(float(distinct[neighbor]) - value), float(np.median(np.diff(np.unique(others))))
        spread = float(np.subtract(*np.quantile(others, [0.75, 0.25])))
        if value in SENTINELS and share >= SENTINEL_SHARE and gap >= max(3 * spacing, spread / 2):
            candidates.append((value, share))
    return candidates

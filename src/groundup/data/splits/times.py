"""The order of a column of times. How the column is written is decided once, from all of its cells; what has no certain order
is refused: no day is told from a month by guessing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from groundup.data.cells.counts import quoted
from groundup.data.cells.dates import date_column
from groundup.errors import InputError, printable

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
YEAR_LAST = re.compile(r"(0[1-9]|[12][0-9]|3[01]){2}(19|20)[0-9]{2}")
DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?|(?P<whole>[0-9]{8})"
CLOCK = r"(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(:?(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]{1,9}))?)?"
ZONE = r"Z|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2})?"
TIME = re.compile(rf"({DATE})(?P<clock>[T ]{CLOCK}(?P<zone>{ZONE})?)?")
DayOrder = Literal["auto", "dmy", "mdy"]
FIX = "write all times alike, as numbers or like 2024-01-19 or 2024-01-19 08:30, and leave out rows that have none"


class Time(NamedTuple):
    """A cell of the column: how it is written, and what it is ordered by."""

    form: str
    order: tuple


def order_of_times(
    times: Sequence[str | None], place_of: Callable[[int], str], column: str, dates: DayOrder = "auto"
) -> list[tuple]:
    """[rows] what each row is ordered by. Times are all numbers, all dates of one form with the year first, or all dates of
    other forms of which it is certain which number is the day.

    `place_of` says where a row stands, `dates` which number of 03/04/2024 is the day. Raises InputError (NO_ORDER) for missing
    times, for what is no time, and for times of several forms, with the first such row and how many there are, and (WHICH_DAY)
    where the day can be the month.
    """
    times = [(value or "").strip() for value in times]
    moments = times_of(times)
    if any(time is None and value for time, value in zip(moments, times, strict=True)):
        ordered = order_of_dates(times, place_of, column, dates)
        if ordered is not None:
            return ordered
    missing = [row for row, value in enumerate(times) if not value]
    unknown = [row for row, time in enumerate(moments) if time is None and times[row]]
    forms = Counter(time.form for time in moments if time is not None)
    usual = max(forms, key=lambda form: forms[form], default="")
    other = [row for row, time in enumerate(moments) if time is not None and time.form != usual]
    example = next(
        (
            f" beside '{printable(times[row], 60)}'"
            for row, time in enumerate(moments)
            if time is not None and time.form == usual
        ),
        "",
    )
    for rows, what in (
        (unknown, "is neither a number nor a date"),
        (missing, "holds no time"),
        (other, f"is written another way{example}"),
    ):
        if rows:
            value = f"'{printable(times[rows[0]], 60)}' "
            raise InputError(
                "NO_ORDER",
                "split.time_column",
                f"{value}in '{column}' at {place_of(rows[0])} {what}; {len(rows):,} of {len(times):,} rows are such",
                FIX,
            )
    return [time.order for time in moments if time is not None]


def order_of_dates(times: Sequence[str], place_of: Callable[[int], str], column: str, dates: DayOrder) -> list[tuple] | None:
    """[rows] the day of each row, of a column of dates; None where some cell is none."""
    place = f"column '{printable(column, 60)}'"
    date_values = date_column(times, place, date.today().year, dates, place_of=place_of)
    if date_values.values < len(times):
        return None
    if not date_values.certain:
        what = f"{quoted(date_values.doubtful)} can be two days, and no cell of the column shows which"
        raise InputError("WHICH_DAY", place, what, "say which number comes first: --split.dates dmy or --split.dates mdy")
    return [(date_values.form.parse(time),) for time in times]


def times_of(values: Sequence[str]) -> list[Time | None]:
    """The times of a whole column. Numbers that are all dates with the year last (19012024) are none."""
    days_first = all(YEAR_LAST.fullmatch(value.zfill(8)) for value in values if value)
    if days_first and any(value and time_of(f"{value}T00:00") is None for value in values):
        return [None] * len(values)
    return [time_of(value) for value in values]


def time_of(value: str) -> Time | None:
    """A number, a month, a day, or a time of a day to the minute or second, with or without a zone; else None."""
    if NUMBER.fullmatch(value):
        return Time("number", (Decimal(value),))
    match = TIME.fullmatch(value)
    if match is None:
        return None
    part = match.groupdict()
    if part["whole"]:
        part |= {"year": part["whole"][:4], "month": part["whole"][4:6], "day": part["whole"][6:]}
    if part["clock"] and not part["day"]:
        return None
    try:
        year, month, day = (int(part[name] or 1) for name in ("year", "month", "day"))
        hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
        moment = datetime(year, month, day, hour, minute, second)
        if part["sign"]:
            ahead = timedelta(hours=int(part["hours"]), minutes=int(part["minutes"] or 0))
            moment = moment - ahead if part["sign"] == "+" else moment + ahead
    except (ValueError, OverflowError):
        return None
    finest = next(name for name in ("second", "minute", "day", "month") if part[name])
    written = ("compact " if part["whole"] else "") + finest + (" with a zone" if part["zone"] else "")
    return Time(written, (moment, int((part["fraction"] or "0").ljust(9, "0"))))

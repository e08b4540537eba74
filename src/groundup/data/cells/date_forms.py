"""Dates as people write them: 2021-01-05, 05.01.2021, 1/5/21, 5 Jan 2021, Dec-11, 2021年1月5日, with or without a time.

`DateForm` says what a column's cells leave open: which number is the day, in which hundred years a year of two digits lies, and
whether integers are day numbers of a spreadsheet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Order = Literal["dmy", "mdy"]
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
CLOCK = (
    r"(?:(?:T|,?\s+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|GMT|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2})?)?)?"
)
WRITTEN = tuple(
    re.compile(WEEKDAY + form + CLOCK, re.IGNORECASE | re.ASCII)
    for form in (
        r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?:(?P=mark)(?P<day>[0-9]{1,2}))?",
        r"(?P<year>[0-9]{4})\s*年\s*(?P<month>[0-9]{1,2})\s*月(?:\s*(?P<day>[0-9]{1,2})\s*[日号])?",
        rf"(?P<first>[0-9]{{1,2}})(?P<mark>[-/.])(?P<other>[0-9]{{1,2}})(?P=mark){YEAR}",
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?[\s-]*{MONTH}[\s,-]*{YEAR}",
        rf"{MONTH}[\s-]+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+){YEAR}",
        rf"{MONTH}[\s'/-]*{YEAR}",
    )
)
COULD_BE = re.compile(r"[0-9]")
SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
SERIALS = (18264, 73050)  # 1950 to 2099
DAY_ZERO = {1900: datetime(1899, 12, 30), 1904: datetime(1904, 1, 1)}
EPOCH = datetime(1970, 1, 1)


def days_of(moment: datetime) -> float:
    """Days since 1970-01-01, what a date is as a number."""
    return (moment - EPOCH) / timedelta(days=1)


def date_parts(cell: str) -> dict[str, str] | None:
    """What is written where in a date; None for what is none."""
    text = cell.strip()
    if len(text) > 40 or not COULD_BE.search(text):
        return None
    for form in WRITTEN:
        match = form.fullmatch(text)
        if match is not None:
            parts = {name: part for name, part in match.groupdict().items() if part is not None}
            return parts if "name" not in parts or month_of(parts["name"]) else None
    return None


def month_of(name: str) -> int:
    """The number of a month's English name, whole or its first letters; 0 for what is none."""
    low = name.casefold()
    return next((n for n, month in enumerate(MONTHS, 1) if month.startswith(low) or (low == "sept" and n == 9)), 0)


@dataclass(frozen=True, slots=True)
class DateForm:
    """How the dates of a column are written."""

    order: Order = "dmy"  # of two numbers before the year
    last_year: int = 2099  # a year of two digits lies in the hundred years that end with this one
    serials: bool = False  # whether integers are day numbers of a spreadsheet
    epoch: Literal[1900, 1904] = 1900  # the calendar of those

    def parse(self, cell: object) -> datetime | None:
        """The time of a cell, in UTC where it says its zone; None for what is no date."""
        if isinstance(cell, datetime):
            return cell.replace(tzinfo=None)
        if isinstance(cell, date):
            return datetime(cell.year, cell.month, cell.day)
        text = str(cell).strip() if isinstance(cell, (str, int, float)) and not isinstance(cell, bool) else ""
        if self.serials and SERIAL.fullmatch(text):
            return serial_date(text, self.epoch)
        parts = date_parts(text)
        return None if parts is None else moment_of(parts, self.order, self.last_year)


def serial_date(text: str, epoch: int) -> datetime | None:
    """The time of a spreadsheet's day number, where it is from 1950 to 2099."""
    number = float(text)
    return DAY_ZERO[epoch] + timedelta(days=number) if SERIALS[0] <= number <= SERIALS[1] else None


def moment_of(parts: dict[str, str], order: Order, last_year: int) -> datetime | None:
    """The time that is written so; None for the 30th of February, and for years below 1000."""
    day, month = parts.get("day", "1"), parts.get("month", "1")
    if "first" in parts:
        day, month = (parts["first"], parts["other"]) if order == "dmy" else (parts["other"], parts["first"])
    if "name" in parts:
        month = str(month_of(parts["name"]))
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year = last_year - (last_year - year) % 100
    try:
        moment = datetime(year, int(month), int(day)) + clock_of(parts)
    except (ValueError, OverflowError):
        return None
    return moment if year >= 1000 else None


def clock_of(parts: dict[str, str]) -> timedelta:
    """The time of the day, less what its zone is ahead of UTC. ValueError for what no clock shows."""
    hour, minute, second = (int(parts.get(name, 0)) for name in ("hour", "minute", "second"))
    if "half" in parts:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of half a day")
        hour = hour % 12 + 12 * (parts["half"][0] in "Pp")
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError("no time of a day")
    ahead = timedelta(hours=int(parts.get("hours", 0)), minutes=int(parts.get("minutes", 0)))
    fraction = int(parts.get("fraction", "0").ljust(6, "0")[:6])
    clock = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction)
    return clock - ahead if parts.get("sign") == "+" else clock + ahead


def is_date(cell: object) -> bool:
    """Whether a cell is a date in one of the ways that people write dates; day numbers of spreadsheets are numbers."""
    if isinstance(cell, date):
        return True
    parts = date_parts(cell) if isinstance(cell, str) else None
    return parts is not None and any(moment_of(parts, order, 2099) is not None for order in ("dmy", "mdy"))


def is_serial(cell: object) -> bool:
    """Whether a cell is a number that a spreadsheet may have for a day from 1950 to 2099."""
    text = str(cell).strip() if isinstance(cell, (str, int, float)) and not isinstance(cell, bool) else ""
    return bool(SERIAL.fullmatch(text)) and SERIALS[0] <= float(text) <= SERIALS[1]

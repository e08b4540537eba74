"""Rows of a sheet of a workbook (xlsx, xlsm, ods), read by the package python-calamine. Cells are texts, as in a csv."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.archives import UNREADABLE, largest
from groundup.data.sources.files.open import Input
from groundup.data.sources.files.text import read_bytes
from groundup.data.sources.records import Columns, Rejects, Row
from groundup.data.sources.tables.first_lines import refuse_preamble
from groundup.data.sources.tables.header import header_of
from groundup.data.sources.tables.quoting import RECORDS
from groundup.errors import InputError, printable
from groundup.messages.current import message

AGAIN = "save it again, or save the sheet as csv"


def sheet_rows(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Iterator[Row]:
    """Rows of one sheet, the first or that of a setting. Rows without any value are no rows."""
    lines = sheet_lines(opened, settings, rejects)
    lines = [(number, record) for number, record in lines if number > settings.skip_lines and any(record)]
    if not lines:
        return
    place, records = f"{opened.name}:{lines[0][0]}", [record for _, record in lines[:RECORDS]]
    if settings.header:
        refuse_preamble([without_end(record) for record in records], place, lines[0][0])
    header = header_of(records, place, lines[0][0], settings, columns)
    for note in header.notes:
        rejects.inform(note, opened.name)
    rejects.declare(header.declared)
    for number, record in lines[header.records :]:
        rejects.read += 1
        if header.records and tuple(map(str.strip, record)) == header.names:
            rejects.drop(f"{opened.name}:{number}", "REPEATED_HEADER", "repeats the header")
        else:
            yield Row(dict(zip(header.names, record)), opened.name, number)


def without_end(record: Sequence[str]) -> Sequence[str]:
    """A record without its empty cells at the right: all records of a sheet have as many."""
    width = max((at for at, cell in enumerate(record, 1) if cell), default=0)
    return record[:width]


def sheet_lines(opened: Input, settings: ReadSettings, rejects: Rejects) -> list[tuple[int, list[str]]]:
    """The lines of the sheet with their numbers, cells as texts."""
    calamine = calamine_of(opened.name)
    data = read_bytes(opened.stream, opened.name)
    check_size(data, opened.name)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = chosen_sheet(book, opened.name, settings, rejects)
        sheet = book.get_sheet_by_name(name)
        first = sheet.start[0] + 1 if sheet.start else 1
        return [(number, list(map(text_of_cell, cells))) for number, cells in enumerate(sheet.to_python(), first)]
    except calamine.PasswordError:
        raise InputError("ENCRYPTED", opened.name, "is encrypted", "save it without a password") from None
    except (calamine.CalamineError, *UNREADABLE) as error:
        raise InputError("DAMAGED_SHEET", opened.name, f"cannot be read: {error}", AGAIN) from None


def calamine_of(place: str) -> Any:
    """The package that reads workbooks."""
    try:
        import python_calamine
    except ImportError:
        what = "is read by the package python-calamine, which is not installed"
        raise InputError("MISSING_EXTRA", place, what, "pip install 'groundup[sheets]', or save the sheet as csv") from None
    return python_calamine


def check_size(data: bytes, place: str) -> None:
    """Refuse what is no zip file, and one that unpacks to more than its size lets expect."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except UNREADABLE as error:
        raise InputError("DAMAGED_SHEET", place, f"cannot be read: {error}", AGAIN) from None
    if size > largest(len(data)):
        raise InputError("FILE_TOO_LARGE", place, f"unpacks to {size:,} bytes", AGAIN, limit=f"{largest(len(data)):,} bytes")


def chosen_sheet(book: Any, place: str, settings: ReadSettings, rejects: Rejects) -> str:
    """The name of the sheet to read."""
    names = list(book.sheet_names)
    names_text = ", ".join(f"'{printable(name, 30)}'" for name in names)
    if settings.sheet is None:
        if len(names) > 1:
            rejects.inform(message("several sheets", names=names_text), place)
        return names[0]
    if settings.sheet not in names:
        raise InputError(
            "NO_SHEET", place, f"has no sheet '{printable(settings.sheet, 30)}'", f"--read.sheet is one of {names_text}"
        )
    return settings.sheet


def text_of_cell(value: object) -> str:
    """A cell as a csv would have it: whole numbers without a point, days and times with the year first."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)

"""Tables as we write them for others to open (csv and tsv): what a spreadsheet would run as a formula is text, and every row
stays one row.

A text that begins with = + - @ a tab or a carriage return gets an apostrophe in front, as spreadsheets do; so does one that
begins with apostrophes and then one of these, so that `unguarded` gives back every text. Numbers stay as they are, and so do
signs alone, like the - of a missing value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

FORMULA = re.compile(r"'*[=+\-@\t\r]")
SIGNS = re.compile(r"[+\-]+")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
GUARD = "'"


def csv_text(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Rows as one table, each ending in a line feed. A missing value is an empty cell."""
    return "".join(csv_line(row, delimiter) for row in rows)


def csv_line(row: Sequence[object], delimiter: str = ",") -> str:
    """One row."""
    texts = [guarded(value) if isinstance(value, str) else "" if value is None else str(value) for value in row]
    cells = [quoted(text, delimiter) for text in texts]
    return ('""' if cells == [""] else delimiter.join(cells)) + "\n"  # a line without anything would be no row


def quoted(text: str, delimiter: str) -> str:
    """A cell, in quotes where it holds what would end it: a carriage return ends a row for most readers."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in (delimiter, '"', "\n", "\r")) else text


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return GUARD + text if FORMULA.match(text) and not NUMBER.fullmatch(text) and not SIGNS.fullmatch(text) else text


def unguarded(text: str) -> str:
    """The text that was guarded."""
    return text[1:] if text.startswith(GUARD) and FORMULA.match(text) else text

"""Fields of a line where no mark of its own stands between them: parted by blanks, or of fixed widths."""

from __future__ import annotations

import re
from collections.abc import Sequence

BLANKS = " "  # any number of blanks and tabs
QUOTED = {
    '"': re.compile(r'"((?:[^"]|"")*)"(?!\S)|(\S+)'),
    "'": re.compile(r"'((?:[^']|'')*)'(?!\S)|(\S+)"),
}


def cut_by_blanks(line: str, quote: str) -> list[str]:
    """The fields of a line that blanks and tabs part; those in quotes may hold blanks."""
    if not quote or quote not in line:
        return line.split()
    return [match[2] or match[1].replace(2 * quote, quote) for match in QUOTED[quote].finditer(line)]


def cut_by_width(line: str, widths: Sequence[int]) -> list[str]:
    """The fields of a line, each of its width, without the blanks around them; what lies beyond the last is part of it."""
    fields, start = [], 0
    for width in widths[:-1]:
        fields.append(line[start : start + width].strip())
        start += width
    return [*fields, line[start:].strip()]

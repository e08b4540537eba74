"""About how wide a table of a page is at least, so that the page can say where there is more to the right.

The box of a table scrolls; whether it has to, no style sheet knows. So it is reckoned from the letters: all of
what is not broken into lines, and a few words of what is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LETTER, PADDING = 8.8, 14.0  # pixels of a letter of a table in a wide font, and between columns
LONG = 18  # letters that a cell of several lines has room for at least
WINDOWS = (390, 440, 520, 640, 760, 900, 1040)  # pixels of windows of which it is said whether a table fits; none has more room
MARGIN = 40  # of a window around a box
MARKUP = re.compile(r"<[^>]*>|&#?\w+;")


def scroll_class(headers: Sequence[str], rows: Sequence[Sequence[tuple[str, bool]]], one_line: int) -> str | None:
    """The class of a box into which a table may not fit: `over-760` where a window of 760 pixels is too narrow. None where it
    fits into any. `rows` are texts, and whether they are numbers; texts shorter than `one_line` are not broken into lines."""
    wide = sum(
        PADDING + max(letters(name) * LETTER, *(room(*row[place], one_line) for row in rows if place < len(row)), 0.0)
        for place, name in enumerate(headers)
    )
    narrow = [window for window in WINDOWS if wide > window - MARGIN]
    return f"over-{narrow[-1]}" if narrow else None


def room(text: str, numeric: bool, one_line: int) -> float:
    """Pixels that a cell needs."""
    plain = MARKUP.sub("", text) if "<" in text or "&" in text else text
    return (letters(plain) if numeric or len(text) < one_line else min(LONG, letters(plain))) * LETTER


def letters(text: str) -> int:
    """Letters, of which wide East Asian ones are two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)

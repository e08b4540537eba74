"""What is known of the streams that people read: whether they are terminals, how wide, and whether they show colours."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Sequence
from typing import TextIO

NARROWEST, USUAL = 40, 80  # columns
CLOSING = "，。；：！？、）》」』”’…"  # marks that never begin a line
PIECES = re.compile(rf"\s+|[^\s\u1100-\U0003ffff]+[{CLOSING}]*|[\u1100-\U0003ffff][{CLOSING}]*")  # spaces, words, wide letters


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody sits before the stream. A dumb terminal counts as none."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def colorful(stream: TextIO) -> bool:
    """Whether a stream shows colours: terminals do. NO_COLOR forbids them anywhere, FORCE_COLOR wants them anywhere."""
    if os.environ.get("NO_COLOR"):
        return False
    return os.environ.get("FORCE_COLOR", "") not in ("", "0") or is_terminal(stream)


def width_of(stream: TextIO) -> int:
    """Columns of a terminal, or of what is drawn for one; 80 where nobody knows."""
    columns = os.environ.get("COLUMNS", "")
    try:
        found = int(columns) if columns.isdecimal() and int(columns) else os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        found = USUAL
    return max(NARROWEST, found or USUAL)


def cells(text: str) -> int:
    """Columns that a text takes: wide letters take two, marks above others none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def padded(text: str, width: int, right: bool = False) -> str:
    """A text with blanks behind it, or before it, so that it takes these columns."""
    blanks = " " * max(0, width - cells(text))
    return blanks + text if right else text + blanks


def table_of(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Rows as lines with columns of one width, two blanks between them; the first `left` ones stand at the left."""
    widths = [max(cells(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(padded(cell, width, i >= left) for i, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def wrapped(line: str, width: int, hang: int = 0) -> list[str]:
    """A line as lines of at most `width` columns, broken between words; what follows stands `hang` deep, or else as deep as the
    first and two more. A word that is longer than a line, a path for example, is left whole."""
    if cells(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip(" ")))
    lines, current = [], indent
    for piece in PIECES.findall(line.lstrip(" ")):
        if cells(current) + cells(piece.rstrip()) > width and current.strip():
            lines.append(current.rstrip())
            current = (" " * hang or f"{indent}  ") + piece.lstrip()
        else:
            current += piece
    return [*lines, current.rstrip()]


def print_on(stream: TextIO, text: str, end: str = "\n") -> None:
    """Write a text at once."""
    stream.write(text + end)
    stream.flush()


def standard_error() -> TextIO:
    """The stream of progress: the one of this moment, for a host program or a test may put another in its place."""
    return sys.stderr

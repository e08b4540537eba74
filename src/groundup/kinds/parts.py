"""What an explanation is about, whatever the input: words of texts, patches of images, columns of a table."""

from __future__ import annotations

from typing import NamedTuple


class ExplanationUnit(NamedTuple):
    """A part of an input that is there or not: a word, a patch, a column."""

    name: str
    """As people read it."""
    start: int = 0
    """First character in its text; 0 where there are none."""
    end: int = 0
    """Character after the last."""
    text: int = 0
    """Which of several texts it stands in."""

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
    column: str = ""
    """Column of a table that it is a cell of; empty for what is none."""

    @property
    def key(self) -> str:
        """What parts of other inputs are the same as this one: the column, or the word in small letters."""
        return (self.column or self.name).casefold()

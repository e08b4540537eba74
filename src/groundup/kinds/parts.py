"""What an explanation is about, whatever the input: words of texts, patches of images, columns of a row."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

UnitKind = Literal["word", "patch", "column"]
"""What the parts of a row are called: of texts words, of images patches, of all others columns."""


class Typical(NamedTuple):
    """What training rows hold in a column: the median of numbers or dates, or the most frequent category."""

    value: str
    low: str = ""
    """Of numbers and dates: a quarter of the rows lies below."""
    high: str = ""
    """A quarter lies above."""
    share: float = 0.0
    """Of a category: its share of the rows that have one."""


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
    """Column of a row that it is a cell of, or is a part of; empty for what is none."""
    kind: str = ""
    """Kind of input of its column, in rows of several kinds."""
    typical: Typical | None = None
    """What training rows hold in its column, of cells of a table."""

    @property
    def cell(self) -> str:
        """What stands in its column."""
        return self.name.removeprefix(f"{self.column} = ")

    @property
    def key(self) -> str:
        """What parts of other inputs are the same as this one: the column, or the word in small letters."""
        return (self.column or self.name).casefold()


class Picture(NamedTuple):
    """An image as a model reads it, which its patches divide row by row."""

    pixels: np.ndarray
    """[C, S, S] bytes."""
    patch: int
    """Side of a patch, in pixels."""

    @property
    def side(self) -> int:
        """Patches in a row."""
        return self.pixels.shape[-1] // self.patch

"""Kinds of input that a backbone reads: words, patches of images, cells of tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeVar, get_args


@dataclass(frozen=True, kw_only=True)
class Words:
    """Texts: token ids, looked up in a table. The sizes are fields of TransformerConfig:
    vocab_size, max_positions, num_segments, positions, embedding_scale."""

    kind: ClassVar[str] = "text"
    ordered: ClassVar[bool] = True
    """Whether the place of a token in its row says something."""
    token_shape: ClassVar[tuple[int, ...]] = ()
    """Of the numbers of a token; an id has none."""


@dataclass(frozen=True, kw_only=True)
class Patches:
    """Images: squares of pixels, row by row, behind one trained token (Dosovitskiy et al., 2020, arXiv:2010.11929)."""

    kind: ClassVar[str] = "image"
    ordered: ClassVar[bool] = True
    size: int = 16
    """Side of a patch in pixels."""
    image_size: int = 224
    """Side of the image in pixels."""
    channels: int = 3

    @property
    def count(self) -> int:
        """Patches of an image."""
        return (self.image_size // self.size) ** 2

    @property
    def values(self) -> int:
        """Numbers in a patch."""
        return self.channels * self.size**2

    @property
    def token_shape(self) -> tuple[int, ...]:
        return (self.values,)

    @property
    def most_tokens(self) -> int:
        """Most tokens of a row: the trained one and the patches."""
        return 1 + self.count

    @property
    def num_vectors(self) -> int:
        """Vectors of width C in the embedder: a matrix and its bias, the first token, and one for each place."""
        return self.values + 2 + self.most_tokens

    @property
    def num_looked_up(self) -> int:
        """Vectors that tokens choose by their number; those of places are few."""
        return 0

    def check(self) -> Iterable[tuple[str, str]]:
        if self.image_size % self.size:
            yield "size", f"squares of {self.size} do not fill an image of {self.image_size} pixels"


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Rows of a table: a token for each cell that is not missing, behind one trained token (Gorishniy et al., 2021,
    arXiv:2106.11959).

    A token is `[which, values...]`, float32: `which` is a row of one trained table, `values` weight the rows that follow it.
    A category is the row that is its own, with no values. A number is the row of its column, with the code of the number as
    values (Gorishniy et al., 2022, arXiv:2203.05556), so its column owns 1 + len(code) rows. Row 0 is the trained token.
    """

    kind: ClassVar[str] = "table"
    ordered: ClassVar[bool] = False
    rows: int
    """Rows of the trained table."""
    columns: int
    """Columns that are read."""
    values: int = 0
    """Most values of a token: the longest code of a number."""

    @property
    def token_shape(self) -> tuple[int, ...]:
        return (1 + self.values,)

    @property
    def most_tokens(self) -> int:
        """Most tokens of a row: the trained one and the cells."""
        return 1 + self.columns

    @property
    def num_vectors(self) -> int:
        """Vectors of width C in the embedder."""
        return self.rows

    @property
    def num_looked_up(self) -> int:
        """Vectors that tokens choose by their number."""
        return self.rows

    def check(self) -> Iterable[tuple[str, str]]:
        if not 1 <= self.columns < self.rows <= 2**24:
            yield "rows", f"{self.rows} vectors of {self.columns} columns are not from columns + 1 to {2**24}"
        if not 0 <= self.values < self.rows:
            yield "values", f"{self.values} values of a token are not from 0 to {self.rows - 1}, the vectors that they weight"


Input = Words | Patches | Cells
"""What a model reads of one kind; `kind` names it. `nn/embed/make.py` makes the embedder of each."""
INPUTS: dict[str, type[Input]] = {cls.kind: cls for cls in get_args(Input)}
OneInput = TypeVar("OneInput", bound=Input)

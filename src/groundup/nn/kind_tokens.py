"""The tokens of one kind in a batch whose rows have several kinds. Free of torch: arrays in `data`, tensors in `nn`.

N tokens of the stream, K of them of this kind, V numbers of a token.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

Array = TypeVar("Array")


class KindTokens(NamedTuple, Generic[Array]):
    """Tokens of one kind. A row of the batch is `[first]`, then its tokens of each kind that it has; `first` is no kind's and
    stands at the start of every row, so `at` of all kinds together is every place of the stream but the starts."""

    tokens: Array
    """[K] int64 ids of words, or [K, V] float32 of any other kind, as a model of that kind alone reads them."""
    places: Array
    """[K] int64: where each token stands in what its kind reads (word 3 of the text, patch 17 of the image). Cells of a table
    have no order: 0."""
    at: Array
    """[K] int64: where each token stands in the stream of the batch."""
    segments: Array | None = None
    """[K] int64, of words alone; None where there are none."""

"""How the cells of a kind lie in a prepared folder: all of one size, end to end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class StoredKind:
    """A kind with large cells."""

    kind: str
    """Its key in the manifest."""
    plural: str
    """Of its files (`images.jsonl`, `shards/train.images`), and in messages."""
    shape: Callable[[Mapping[str, Any]], tuple[int, ...]]
    """Of a cell, by what the manifest says of it."""
    dtype: type[np.generic] = np.uint8

    @property
    def listing(self) -> str:
        """The file that names every row, its label and its split."""
        return f"{self.plural}.jsonl"

    def shard(self, split: str) -> str:
        """The file with the bytes of a split."""
        return f"shards/{split}.{self.plural}"

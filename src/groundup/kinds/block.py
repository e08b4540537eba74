"""Rows as the inputs of an exported model: of each kind blocks of B sequences, filled up on the right, with a mask. Free of
torch; `nn/embed/blocks.py` takes them apart again, inside the model.

B sequences, T tokens of a block, K tokens of one kind in a batch, V numbers of a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic

import numpy as np

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.nn.config import TransformerConfig
from groundup.nn.inputs import OneInput, Words

COUNTS = (1, 3, 5)  # sequences of drawn blocks


class Block(Generic[OneInput]):
    """`<kind>_tokens` [B, T, V] float32, or [B, T] int64 of ids, and `<kind>_mask` [B, T] int64, with room for the longest row
    there is. This serves every kind that others have no names for."""

    def __init__(self, one: OneInput, alone: bool):
        self.one, self.alone = one, alone
        self.most = 0 if isinstance(one, Words) else one.most_tokens
        self.names: tuple[str, ...] = (f"{one.kind}_tokens", f"{one.kind}_mask")

    def width(self, lengths: np.ndarray) -> int:
        """T for sequences of these lengths [B]."""
        return self.most

    @property
    def fixed(self) -> bool:
        """Whether that does not depend on the sequences."""
        return True

    def names_for(self, config: TransformerConfig) -> tuple[str, ...]:
        """Those of the inputs that a model has."""
        return self.names

    def arrays(self, tokens: np.ndarray, lengths: np.ndarray, segments: np.ndarray | None) -> list[np.ndarray]:
        """The inputs, in the order of `names`, of sequences that lie end to end. What stands in the padding does not matter."""
        inside = np.arange(self.width(lengths)) < lengths[:, None]
        block = np.zeros((*inside.shape, *self.one.token_shape), dtype=tokens.dtype)
        block[inside] = tokens
        return [block, inside.astype(np.int64)]

    # Drawn sequences, on which an export is compared

    def drawn_lengths(self, config: TransformerConfig) -> list[tuple[int, ...]]:
        """Uneven, block by block, the longest and the shortest among them."""
        most = self.most
        return [(most, 1, (most + 1) // 2, (most + 2) // 3, most)[:count] for count in COUNTS]

    def draw(self, count: int, number: int, config: TransformerConfig) -> np.ndarray:
        """[count] ids, or [count, V] tokens from 0 to 1, by a draw of this number."""
        shares = self.shares((count, *self.one.token_shape), number)
        if self.one.token_shape or isinstance(self.one, Words):
            return shares.astype(np.float32)
        return (shares * self.one.num_looked_up).astype(np.int64)

    def shares(self, shape: tuple[int, ...], number: int) -> np.ndarray:
        numbers = draws.uniform(draws.key(0, f"parity/{self.one.kind}"), number, np.arange(int(np.prod(shape))))
        return numbers.reshape(shape)


class Feed:
    """A batch of rows as the inputs of an exported model, by name."""

    def __init__(self, blocks: Mapping[str, Block]):
        self.blocks = blocks

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for block in self.blocks.values() for name in block.names)

    def __call__(self, flat: Flat) -> dict[str, np.ndarray]:
        arrays: list[np.ndarray] = []
        for kind, block in self.blocks.items():
            arrays += block.arrays(*sequences_of(flat, kind, block))
        return dict(zip(self.names, arrays, strict=True))


def sequences_of(flat: Flat, kind: str, block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """The tokens of one kind, end to end in the order of the rows, how many of each row [B], and their segments."""
    if flat.parts is None:
        return flat.tokens, flat.lengths, flat.segments
    part = flat.parts.get(kind)
    if part is None:
        dtype = np.float32 if block.one.token_shape else np.int64
        return np.zeros((0, *block.one.token_shape), dtype), np.zeros_like(flat.lengths), None
    order = np.argsort(part.at, kind="stable")
    lengths = np.bincount(flat.rows[part.at], minlength=len(flat.lengths))
    return part.tokens[order], lengths, None if part.segments is None else part.segments[order]

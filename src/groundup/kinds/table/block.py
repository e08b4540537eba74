"""Rows of a table as the inputs of an exported model: a token for each cell that is there, `[which vector, shares of bins]`."""

from __future__ import annotations

import numpy as np

from groundup.kinds.block import Block
from groundup.nn.config import TransformerConfig
from groundup.nn.inputs import Cells


class CellBlock(Block[Cells]):
    """table_tokens [B, T, 1 + V] float32 and table_mask [B, T]: the tokens of a row in any order, the first one among them."""

    def draw(self, count: int, number: int, config: TransformerConfig) -> np.ndarray:
        tokens = super().draw(count, number, config)
        tokens[:, 0] = (tokens[:, 0] * self.one.rows).astype(np.int64)
        return tokens

"""Texts as others ask a model for them: ids and a mask, by the names of Hugging Face.

B sequences, T tokens of the longest.
"""

from __future__ import annotations

import numpy as np

from groundup.data.batches.ragged_batch import Flat
from groundup.kinds.block import Block, Feed
from groundup.nn.config import TransformerConfig
from groundup.nn.inputs import Words

INPUTS = ("input_ids", "attention_mask", "token_type_ids")  # the last where a model tells the texts of a pair apart
LENGTHS = ((1,), (2, 1), (5,) * 3, (11, 7, 7, 2, 1), (64, 63, 40, 17, 3, 1), (128,))  # of blocks; longer ones are cut to fit
MAX_LENGTH = 512  # of the last block, where the model reads so many


class TextBlock(Block[Words]):
    """input_ids, attention_mask and token_type_ids [B, T] int64."""

    def __init__(self, one: Words, alone: bool):
        super().__init__(one, alone)
        self.names = INPUTS

    def width(self, lengths: np.ndarray) -> int:
        return max(1, int(lengths.max()))

    @property
    def fixed(self) -> bool:
        return False

    def arrays(self, tokens: np.ndarray, lengths: np.ndarray, segments: np.ndarray | None) -> list[np.ndarray]:
        ids, mask = super().arrays(tokens, lengths, segments)
        kinds = np.zeros_like(ids)
        kinds[mask > 0] = 0 if segments is None else segments
        return [ids, mask, kinds]

    def names_for(self, config: TransformerConfig) -> tuple[str, ...]:
        return text_inputs(config)

    def drawn_lengths(self, config: TransformerConfig) -> list[tuple[int, ...]]:
        return lengths_up_to(config.max_positions)

    def draw(self, count: int, number: int, config: TransformerConfig) -> np.ndarray:
        return (self.shares((count,), number) * config.vocab_size).astype(np.int64)


def text_inputs(config: TransformerConfig) -> tuple[str, ...]:
    """input_ids, attention_mask and, of a model that tells segments apart, token_type_ids."""
    return INPUTS if config.num_segments > 1 else INPUTS[:2]


def lengths_up_to(longest: int) -> list[tuple[int, ...]]:
    """Of drawn texts, block by block."""
    blocks = (*LENGTHS, (min(longest, MAX_LENGTH),))
    return [tuple(min(length, longest) for length in block) for block in blocks]


def pad(flat: Flat) -> dict[str, np.ndarray]:
    """The inputs of an exported model of texts."""
    return Feed({Words.kind: TextBlock(Words(), alone=True)})(flat)

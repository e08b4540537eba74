"""What an exported model is asked by: the module that is traced, its inputs, and drawn rows on which it is compared with the
model in torch. How the rows of a kind become inputs is said by the kind (`kinds/block.py`).

B sequences, T positions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from groundup.compress.export.drawn_rows import drawn_rows
from groundup.compress.export.padded_model import BlockModel
from groundup.data.batches.ragged_batch import Flat
from groundup.kinds.block import Feed
from groundup.kinds.known import make_feed
from groundup.nn.config import Pooling
from groundup.nn.model import Model

BATCH, TOKENS = "batch", "tokens"  # names of the sizes that are not fixed


class Face(NamedTuple):
    """How others ask a model."""

    model: BlockModel
    feed: Feed
    examples: Mapping[str, Tensor]
    """Input -> an example of its shape."""
    sizes: Mapping[str, Mapping[int, str]]
    """Input -> its dimensions that are not fixed -> the name of each."""
    longest: int
    """Most tokens of a sequence, where their number is not fixed."""
    rows: list[Flat]
    """On which the answers are compared."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.examples)


def make_face(model: Model, head: str | None, pooling: Pooling = "mean") -> Face:
    """The face of a model of any kinds."""
    feed, config = make_feed(model.config.inputs), model.config
    rows = drawn_rows(feed, config, pairs=config.num_segments > 1 and head is not None)
    names = {kind: block.names_for(config) for kind, block in feed.blocks.items()}
    sizes = {
        name: {0: BATCH} if block.fixed else {0: BATCH, 1: TOKENS}
        for kind, block in feed.blocks.items()
        for name in names[kind]
    }
    example = feed(max(rows, key=lambda flat: len(flat.lengths)))  # sizes 0 and 1 are taken for fixed
    made = BlockModel(model, head, pooling, [len(one) for one in names.values()])
    return Face(made, feed, {name: torch.from_numpy(example[name]) for name in sizes}, sizes, config.max_positions, rows)

"""What generation remembers: the keys and values of all tokens so far, in buffers made once.

B sequences, H heads of keys, P places in the buffer, D head size, N' rows as attention sees them.
"""

from __future__ import annotations

import torch
from torch import Tensor

from groundup.nn.config import TransformerConfig
from groundup.nn.layout import Layout


class KeyValues:
    """One layer's keys and values [B, H, P, D]; zeros where nothing is yet, so that what is hidden is a number, too."""

    def __init__(self, sequences: int, heads: int, places: int, size: int):
        self.keys = torch.zeros(sequences, heads, places, size)
        self.values = torch.zeros(sequences, heads, places, size)

    def fill(self, k: Tensor, v: Tensor, layout: Layout) -> None:
        """Keep keys and values [N', H, D]: of whole prompts, or of one more token of each sequence (Layout.step)."""
        if layout.past:
            if layout.ragged:
                place = (torch.arange(len(k)), slice(None), layout.positions)
                self.keys[place], self.values[place] = k, v
            else:
                self.keys.select(2, layout.past).copy_(k)
                self.values.select(2, layout.past).copy_(v)
            return
        for buffer, new in ((self.keys, k), (self.values, v)):
            first = 0
            for group, part in zip(layout.groups, new.split(layout.group_sizes), strict=True):
                rows = layout.sequences[first : first + group.batch]
                first += group.batch
                if rows:  # a group may hold rows that only fill up
                    found = part.view(*group, *new.shape[1:])[: len(rows)]
                    buffer[rows, :, : group.length] = found.transpose(1, 2)


class Memory:
    """The layers' buffers, and how many tokens of each sequence they hold."""

    def __init__(self, config: TransformerConfig, sequences: int, places: int):
        heads = [config.of_layer(i).kv_heads if config.heads_of(i) else 0 for i in range(config.num_layers)]
        self.layers = [KeyValues(sequences, number, places, config.head_width) for number in heads]
        self.lengths = torch.zeros(sequences, dtype=torch.int64)

    def choose(self, rows: Tensor) -> None:
        """Go on with these sequences [B'], in this order; one may be taken several times."""
        self.lengths = self.lengths.index_select(0, rows)
        for layer in self.layers:
            layer.keys, layer.values = layer.keys.index_select(0, rows), layer.values.index_select(0, rows)

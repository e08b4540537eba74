"""The key-value cache of generation: keys and values of all tokens so far, in one buffer that is allocated once.

B sequences, H heads of keys, P places in the buffer, S places in use, D head size, N' rows of the stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from groundup.nn.config import TransformerConfig
from groundup.nn.device import CPU
from groundup.nn.layout import Layout


class LayerCache(NamedTuple):
    """One layer's keys and values [B, H, S, D] of the tokens so far, and views [B, H, D] of the last place among them."""

    keys: Tensor
    values: Tensor
    last_keys: Tensor
    last_values: Tensor

    def update(self, k: Tensor, v: Tensor, layout: Layout) -> None:
        """Store keys and values [N', H, D] of whole prompts, or of one new token of each sequence (Layout.decode_step)."""
        if not layout.cached_length:
            self.store_prompts(k, v, layout)
        elif layout.is_ragged:
            place = (torch.arange(len(k), device=k.device), slice(None), layout.positions)
            self.keys[place], self.values[place] = k, v
        else:
            self.last_keys.copy_(k)
            self.last_values.copy_(v)

    def store_prompts(self, k: Tensor, v: Tensor, layout: Layout) -> None:
        """Store keys and values of whole prompts."""
        for buffer, new in ((self.keys, k), (self.values, v)):
            first = 0
            for group, part in zip(layout.groups, new.split(layout.group_sizes), strict=True):
                rows = layout.sequences[first : first + group.batch]
                first += group.batch
                if rows:  # the last group may hold padding rows only
                    block = part.view(*group, *new.shape[1:])[: len(rows)]
                    buffer[torch.tensor(rows).to(buffer.device), :, : group.length] = block.transpose(1, 2)


class KVCache:
    """The buffer [B, all heads of keys and values, P, D], and the number of tokens it holds of each sequence. Empty places are
    zero, so that masked scores are finite numbers."""

    def __init__(self, config: TransformerConfig, sequences: int, places: int, device: torch.device = CPU):
        heads = [config.of_layer(i).kv_heads if config.heads_of(i) else 0 for i in range(config.num_layers)]
        self.heads = [
            number for pair in zip(heads, heads, strict=True) for number in pair
        ]  # keys and values of layer 0, of layer 1, ...
        self.buffer = torch.zeros(sequences, sum(self.heads), places, config.head_width, device=device)
        self.lengths = torch.zeros(sequences, dtype=torch.int64, device=device)

    def layers(self, layout: Layout) -> list[LayerCache]:
        """The part of the buffer that each layer reads and writes for these tokens."""
        used = layout.cached_length + layout.longest
        buffer = self.buffer.narrow(2, 0, used).split_with_sizes(self.heads, 1)
        last = self.buffer.select(2, used - 1).split_with_sizes(self.heads, 1)
        return [LayerCache(*parts) for parts in zip(buffer[::2], buffer[1::2], last[::2], last[1::2], strict=True)]

    def select(self, rows: Sequence[int]) -> None:
        """Keep only these sequences, in this order; one may be repeated. If their number stays the same, sequences that stay in
        their place are not copied."""
        order = torch.tensor(rows).to(self.buffer.device)
        self.lengths = self.lengths.index_select(0, order)
        if len(rows) != len(self.buffer):
            self.buffer = self.buffer.index_select(0, order)
            return
        moved = [place for place, row in enumerate(rows) if row != place]
        if moved:
            used = self.buffer.narrow(2, 0, int(self.lengths.max()))
            old, new = torch.tensor([[rows[place] for place in moved], moved]).to(self.buffer.device)
            used[new] = used[old]

"""The inputs of an exported model, of each kind, as tokens: blocks of B sequences that are filled up on the right. What makes
such blocks, and names their inputs, is `kinds/block.py`.

B sequences, T tokens of the longest, V numbers of a token, K tokens of one kind (B times its T), N = B T of all kinds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from groundup.nn.embed.patches import cut_patches
from groundup.nn.inputs import Input, Patches
from groundup.nn.kind_tokens import KindTokens
from groundup.nn.layout import Padded


class TokenBlock(NamedTuple):
    """Tokens of one kind."""

    tokens: Tensor
    """[K] or [K, V]."""
    mask: Tensor
    """[B, T] bool: where there is a token."""
    places: Tensor
    """[K] where each stands in what its kind reads."""
    segments: Tensor | None = None
    """[K], of words alone."""


def read_block(one: Input, arrays: Sequence[Tensor]) -> TokenBlock:
    """The tokens of one kind. Most kinds have two inputs: tokens [B, T] or [B, T, V], and a mask [B, T]; words may have their
    segments behind these. Images are pixels [B, channels, side, side] and, among other kinds, [B] which rows have one."""
    if isinstance(one, Patches):
        pixels, *there = arrays
        mask = torch.ones(pixels.shape[0], one.most_tokens, dtype=torch.bool)
        for rows in there:
            mask = mask & rows.bool()[:, None]
        return TokenBlock(cut_patches(pixels, one), mask, places_of(one, mask))
    tokens, mask, *segments = arrays
    flat = [part.flatten() for part in segments]
    return TokenBlock(tokens.flatten(0, 1), mask.bool(), places_of(one, mask), *flat)


def places_of(one: Input, mask: Tensor) -> Tensor:
    """[K] for a block of this mask."""
    places = torch.arange(mask.shape[1], device=mask.device).expand(mask.shape).flatten()
    return places if one.ordered else torch.zeros_like(places)


def mixed_block(blocks: Mapping[str, TokenBlock]) -> tuple[dict[str, KindTokens[Tensor]], Padded]:
    """Rows of several kinds as one block [B, T]: the token that each begins with, then those of the kinds that it has; what is
    missing, of any kind, is moved behind them. So each row lies as it does in a stream without padding."""
    masks = [block.mask for block in blocks.values()]
    first = torch.ones_like(masks[0][:, :1])
    there = torch.cat([first, *masks], dim=1)  # [B, T]
    counts = there.sum(1, keepdim=True)
    at = torch.where(there, there.cumsum(1) - 1, counts + (~there).cumsum(1) - 1)  # a permutation of the places of each row
    width = torch.arange(there.shape[1], device=there.device)
    layout = Padded(width < counts)
    at = at + layout.first_rows[:, None]
    parts, start = {}, 1
    for kind, block in blocks.items():
        stop = start + block.mask.shape[1]
        parts[kind] = KindTokens(block.tokens, block.places, at[:, start:stop].flatten(), block.segments)
        start = stop
    places = torch.cat([torch.zeros_like(layout.first_rows), *(part.places for part in parts.values())])
    order = torch.cat([layout.first_rows, *(part.at for part in parts.values())]).argsort()
    return parts, layout.with_positions(places.index_select(0, order))

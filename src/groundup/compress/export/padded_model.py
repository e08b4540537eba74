"""A model as other runtimes ask it: blocks of sequences with a mask, filled up on the right.

B sequences, T positions, N = B T of the stream, V numbers of a token, C hidden, H heads, D head size, O outputs of a head.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

import torch
from torch import Tensor, nn

from groundup.nn.config import Pooling
from groundup.nn.embed.blocks import TokenBlock, mixed_block, read_block
from groundup.nn.embed.cells import CellTable
from groundup.nn.embed.embedder import Tokens
from groundup.nn.embed.several import SeveralEmbedder
from groundup.nn.heads import PooledHead
from groundup.nn.kind_tokens import KindTokens
from groundup.nn.layout import Layout, Padded
from groundup.nn.linear import layer_slots
from groundup.nn.model import Model
from groundup.nn.rotary import RotaryEmbedding
from groundup.nn.transformer import Transformer

ReadStates = Callable[[Transformer, Tokens, Padded, Tensor | None], Tensor]
NEXT = "lm"  # the head that is asked after the last token alone


class BlockModel(nn.Module):
    """What one head says of rows in blocks: of each kind as many arrays as `counts` says, as `kinds/block.py` makes them. The
    parameters are those of `model`, not copies.

    Of a head at each token [B, T, O], of one that pools [B, O], of the next word [B, O] after the last token. Without a head it
    is the vector of each row [B, C], by `pooling`.
    """

    def __init__(self, model: Model, head: str | None, pooling: Pooling = "mean", counts: Sequence[int] = ()):
        super().__init__()
        self.inputs, self.counts = model.config.inputs, tuple(counts)
        model = copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()}).eval()
        make_plain(model)
        self.backbone, self.head = model.backbone, None if head is None else model.heads[head]
        self.read = choose_read_states(self.head, head == NEXT, pooling)

    def forward(self, *arrays: Tensor) -> Tensor:
        states = self.read(self.backbone, *self.lay(arrays))
        return states if self.head is None else self.head(self.backbone, states)

    def lay(self, arrays: Sequence[Tensor]) -> tuple[Tokens, Padded, Tensor | None]:
        """The arrays as what the backbone reads."""
        if len(self.inputs) > 1:
            return *mixed_block(self.blocks(arrays)), None
        block = read_block(self.inputs[0], arrays)
        return block.tokens, Padded(block.mask).with_positions(block.places), block.segments

    def blocks(self, arrays: Sequence[Tensor]) -> dict[str, TokenBlock]:
        """Kind -> its part of them."""
        spans = zip(self.inputs, pairwise([0, *accumulate(self.counts)]), strict=True)
        return {one.kind: read_block(one, arrays[start:stop]) for one, (start, stop) in spans}


class PaddedModel(nn.Module):
    """The same of a model of texts, its arrays by their names."""

    def __init__(self, model: Model, head: str | None, pooling: Pooling = "mean"):
        super().__init__()
        self.model = BlockModel(model, head, pooling)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        """[B, T] each; token_type_ids of a model that tells texts apart."""
        more = () if token_type_ids is None else (token_type_ids,)
        return self.model(input_ids, attention_mask, *more)


def make_plain(model: Model) -> None:
    """Put the same in other words where other runtimes have no fast way, or none, for ours."""
    for place in layer_slots(model, RotaryEmbedding):
        place.replace(PlainRotaryEmbedding(place.layer.head_size, place.layer.base))
    for place in layer_slots(model, CellTable):
        place.replace(PlainCellTable(place.layer))
    for module in model.modules():
        if isinstance(module, SeveralEmbedder):
            module.embed_kind = embed_block


def choose_read_states(head: nn.Module | None, is_next: bool, pooling: Pooling) -> ReadStates:
    """Which states a head is given, or are the vector of a text."""
    if isinstance(head, PooledHead) or head is None:
        means = pooling == "mean" if head is None else head.pools_mean
        return read_mean if means else read_last if head is not None and head.pools_last else read_first
    return read_last if is_next else read_all


def read_all(backbone: Transformer, tokens: Tokens, layout: Padded, segments: Tensor | None) -> Tensor:
    """[B, T, C]."""
    return backbone(tokens, layout, segments).unflatten(0, layout.mask.shape)


def read_first(backbone: Transformer, tokens: Tokens, layout: Padded, segments: Tensor | None) -> Tensor:
    """[B, C]."""
    return backbone(tokens, layout, segments, layout.first_rows)


def read_last(backbone: Transformer, tokens: Tokens, layout: Padded, segments: Tensor | None) -> Tensor:
    """[B, C]."""
    return backbone(tokens, layout, segments, layout.last_rows)


def read_mean(backbone: Transformer, tokens: Tokens, layout: Padded, segments: Tensor | None) -> Tensor:
    """[B, C] over what is not padding."""
    states = read_all(backbone, tokens, layout, segments)
    inside = layout.mask[:, :, None].to(states.dtype)
    return (states * inside).sum(1) / inside.sum(1)


def embed_block(embed: nn.Module, tokens: KindTokens[Tensor]) -> Tensor:
    """[K, C] of the tokens of one kind: how many there are is not known, so nothing is filled up."""
    return embed(tokens.tokens, tokens.places, tokens.segments)


class PlainRotaryEmbedding(RotaryEmbedding):
    """The same without writing into parts of a tensor, for which other runtimes have no fast way."""

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        cos, sin = self.cos_sin(layout)  # [N, 1, D/2]
        a, b = x.view(x.shape[0], -1, 2, self.head_size // 2).unbind(2)  # [N, H, D/2]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


class PlainCellTable(CellTable):
    """The same as a product, for other runtimes have no weighted sum of rows of a table."""

    def __init__(self, table: CellTable):
        nn.Module.__init__(self)
        self.weight, self.values = table.weight, table.values

    def forward(self, x: Tensor) -> Tensor:
        rows, weights = self.rows_and_weights(x)
        return (weights[:, None] @ torch.embedding(self.weight, rows)).squeeze(1)  # [N, 1, 1 + V] @ [N, 1 + V, C]

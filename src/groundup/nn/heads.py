"""Heads: predictions from the states of the backbone, at some positions. A head is given the backbone, whose weights it may
share.

N tokens of the stream, B sequences, M positions, C hidden, V vocabulary, K classes.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.activation import ACTIVATIONS
from groundup.nn.config import HeadConfig, NumberHeadConfig, PooledHeadConfig, TokenHeadConfig, TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.embed.tokens import Scale
from groundup.nn.layout import MIN_ROWS, Layout
from groundup.nn.linear import Linear
from groundup.nn.norm import make_norm
from groundup.nn.transformer import Transformer


class Dense(nn.Module):
    """norm(act(W h + b)), the norm where there is one."""

    def __init__(self, config: TransformerConfig, activation: str, bias: bool, norm: bool = True):
        super().__init__()
        self.linear = Linear(config.hidden_size, config.hidden_size, bias=bias)
        self.activation = ACTIVATIONS[activation]
        self.norm = make_norm(config) if norm else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.activation(self.linear(x)))


class TokenHead(nn.Module):
    """Logits [M, V] over the vocabulary from the states [M, C] at its positions only."""

    pools_mean = pools_last = False

    def __init__(self, head: TokenHeadConfig, config: TransformerConfig):
        super().__init__()
        self.dense = Dense(config, head.activation, head.bias) if head.dense else nn.Identity()
        self.scale = Scale(head.scale) if head.scale != 1 else nn.Identity()
        self.weight = None if head.tied else nn.Parameter(torch.empty(config.vocab_size, config.hidden_size))
        self.bias = nn.Parameter(torch.empty(config.vocab_size)) if head.output_bias else None
        self.product: nn.Module | None = None  # the same matrix in another form (see inference/)

    def forward(self, backbone: Transformer, x: Tensor) -> Tensor:
        x = self.scale(self.dense(x))
        if self.product is not None:
            return self.product(x)
        weight = backbone.token_embedding.weight if self.weight is None else self.weight
        return F.linear(x, weight, self.bias)


class PooledHead(nn.Module):
    """Logits [M, K] from one vector per sequence [M, C]: its first state, its last one (`pools_last`), or the mean of its
    states (`pools_mean`)."""

    def __init__(self, head: PooledHeadConfig, config: TransformerConfig):
        super().__init__()
        self.pools_mean, self.pools_last = head.pooling == "mean", head.pooling == "last"
        self.pool = pool_by_pooler if head.pooling == "pooler" else identity
        dense = Dense(config, head.activation, head.dense_bias, head.dense_norm) if head.dense else nn.Identity()
        self.dense = dense
        self.dropout = make_dropout(head.dropout)
        self.classes = Linear(config.hidden_size, head.classes, bias=head.bias)

    def forward(self, backbone: Transformer, x: Tensor) -> Tensor:
        return self.classes(self.dropout(self.dense(self.pool(backbone, x))))


class NumberHead(nn.Module):
    """Numbers [M, O] from the states [M, C] at its positions."""

    pools_mean = pools_last = False

    def __init__(self, head: NumberHeadConfig, config: TransformerConfig):
        super().__init__()
        self.dense = Dense(config, head.activation, head.dense_bias) if head.dense else nn.Identity()
        self.dropout = make_dropout(head.dropout)
        self.numbers = Linear(config.hidden_size, head.outputs)

    def forward(self, backbone: Transformer, x: Tensor) -> Tensor:
        return self.numbers(self.dropout(self.dense(x)))


def pool_by_pooler(backbone: Transformer, x: Tensor) -> Tensor:
    """tanh(W h + b) by the backbone's pooler."""
    assert backbone.pooler is not None  # Model.add_head refuses
    return torch.tanh(backbone.pooler(x))


def identity(backbone: Transformer, x: Tensor) -> Tensor:
    """The vector as it is."""
    return x


def mean_pool(states: Tensor, places: Tensor, layout: Layout) -> Tensor:
    """[M, C] the mean state of each sequence whose first token is at one of `places`."""
    rows = layout.sequence_ids()
    sums = states.new_zeros(len(layout.lengths), states.shape[1]).index_add(0, rows, states)  # [B, C]
    counts = torch.tensor(layout.lengths, dtype=states.dtype).to(states.device)
    return (sums / counts[:, None]).index_select(0, rows.index_select(0, places))


def last_positions(places: Tensor, layout: Layout) -> Tensor:
    """[M] the last token of the sequence of each of `places`."""
    ends = torch.tensor([start + length - 1 for start, length in zip(layout.starts, layout.lengths, strict=True)])  # [B]
    return ends.to(layout.device).index_select(0, layout.sequence_ids().index_select(0, places.to(layout.device)))


def shift_right(tokens: Tensor, layout: Layout, start: int) -> Tensor:
    """[N] each sequence shifted right by one: the token `start` comes first, the last token is dropped."""
    shifted = tokens.roll(1)
    shifted[layout.first_rows.to(tokens.device)] = start
    return shifted


def pad_rows(x: Tensor) -> Tensor:
    """At least MIN_ROWS rows, so that a result does not depend on the number of positions."""
    missing = MIN_ROWS - len(x)
    return F.pad(x, (0, 0, 0, missing)) if missing > 0 else x


def unpad_rows(x: Tensor, rows: int) -> Tensor:
    """The first rows. All rows are returned as they are, for a slice costs a copy in the backward pass."""
    return x if len(x) == rows else x[:rows]


def make_head(head: HeadConfig, config: TransformerConfig) -> TokenHead | PooledHead | NumberHead:
    """The head a config describes."""
    if isinstance(head, NumberHeadConfig):
        return NumberHead(head, config)
    return TokenHead(head, config) if isinstance(head, TokenHeadConfig) else PooledHead(head, config)

"""Heads: what a model says at the positions it is asked about. They are given the backbone, whose weights they share.

N tokens of the stream, M asked positions, C hidden, V vocabulary, K classes.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.activation import ACTIVATIONS
from groundup.nn.config import HeadConfig, PooledHeadConfig, TokenHeadConfig, TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.layout import LEAST_ROWS, Layout
from groundup.nn.norm import make_norm
from groundup.nn.transformer import Transformer


class Dense(nn.Module):
    """norm(act(W h + b))."""

    def __init__(self, config: TransformerConfig, activation: str, bias: bool):
        super().__init__()
        self.linear = nn.Linear(config.hidden_size, config.hidden_size, bias=bias)
        self.activation = ACTIVATIONS[activation]
        self.norm = make_norm(config)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.activation(self.linear(x)))


class TokenHead(nn.Module):
    """Logits [M, V] over the vocabulary at the flat positions [M], and nowhere else."""

    def __init__(self, head: TokenHeadConfig, config: TransformerConfig):
        super().__init__()
        self.dense = Dense(config, head.activation, head.bias)
        self.weight = None if head.tied else nn.Parameter(torch.empty(config.vocab_size, config.hidden_size))
        self.bias = nn.Parameter(torch.zeros(config.vocab_size)) if head.output_bias else None

    def forward(self, backbone: Transformer, states: Tensor, positions: Tensor, layout: Layout) -> Tensor:
        weight = backbone.embed.tokens.weight if self.weight is None else self.weight
        x = filled(states.index_select(0, positions))  # [M, C]
        return F.linear(self.dense(x), weight, self.bias)[: len(positions)]


class PooledHead(nn.Module):
    """Logits [M, K] of the sequences whose first tokens stand at the flat positions [M]."""

    def __init__(self, head: PooledHeadConfig, config: TransformerConfig):
        super().__init__()
        self.pool = {"pooler": pool_by_pooler, "first": pool_first, "mean": pool_mean}[head.pooling]
        self.dense = Dense(config, head.activation, head.dense_bias) if head.dense else nn.Identity()
        self.dropout = make_dropout(head.dropout)
        self.classes = nn.Linear(config.hidden_size, head.classes)

    def forward(self, backbone: Transformer, states: Tensor, positions: Tensor, layout: Layout) -> Tensor:
        x = self.pool(backbone, states, positions, layout)  # [M, C]
        return self.classes(self.dropout(self.dense(x)))[: len(positions)]


def pool_first(backbone: Transformer, states: Tensor, positions: Tensor, layout: Layout) -> Tensor:
    """The state of the first token."""
    return filled(states.index_select(0, positions))


def pool_by_pooler(backbone: Transformer, states: Tensor, positions: Tensor, layout: Layout) -> Tensor:
    """tanh(W h + b) of the first token, by the backbone's pooler."""
    return torch.tanh(backbone.pooler(filled(states.index_select(0, positions))))


def pool_mean(backbone: Transformer, states: Tensor, positions: Tensor, layout: Layout) -> Tensor:
    """The mean over the sequence."""
    sums = states.new_zeros(len(layout.lengths), states.shape[1]).index_add(0, layout.rows, states)  # [B, C]
    means = sums / torch.tensor(layout.lengths, dtype=states.dtype, device=states.device)[:, None]
    return filled(means.index_select(0, layout.rows.index_select(0, positions)))


def filled(x: Tensor) -> Tensor:
    """At least LEAST_ROWS rows, so that a result does not depend on how many are asked for."""
    missing = LEAST_ROWS - len(x)
    return F.pad(x, (0, 0, 0, missing)) if missing > 0 else x


def make_head(head: HeadConfig, config: TransformerConfig) -> TokenHead | PooledHead:
    """The head a config describes."""
    return TokenHead(head, config) if isinstance(head, TokenHeadConfig) else PooledHead(head, config)

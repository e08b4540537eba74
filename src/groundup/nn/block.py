"""One layer: attention and feed-forward, each with its residual, norm and dropout.

N tokens of the stream, M output rows, C hidden, F inside the feed-forward part.
"""

from __future__ import annotations

from torch import Tensor, nn

from groundup.nn.activation import ACTIVATIONS
from groundup.nn.attention import Attention, Bias, CrossAttention, EncoderStates, NoAttention
from groundup.nn.config import TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.kv_cache import LayerCache
from groundup.nn.layout import Layout
from groundup.nn.linear import BiasOnly, Linear
from groundup.nn.norm import make_norm

BY_UNIT = {"input.weight": 0, "input.bias": 0, "gate.weight": 0, "gate.bias": 0, "output.weight": 1}
"""Parameters of a feed-forward part that fall into pieces of one unit each -> along which axis."""


class FeedForward(nn.Module):
    """W2 act(W1 x)."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.input = Linear(config.hidden_size, config.intermediate_size, bias=config.inner_bias)
        self.output = Linear(config.intermediate_size, config.hidden_size, bias=config.inner_bias)
        self.activation = ACTIVATIONS[config.activation]

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.activation(self.input(x)))  # [N, C] -> [N, F] -> [N, C]


class GatedFeedForward(nn.Module):
    """W2 (act(W1 x) * V x) (Shazeer, 2020, arXiv:2002.05202)."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.input = Linear(config.hidden_size, config.intermediate_size, bias=config.inner_bias)
        self.gate = Linear(config.hidden_size, config.intermediate_size, bias=config.inner_bias)
        self.output = Linear(config.intermediate_size, config.hidden_size, bias=config.inner_bias)
        self.activation = ACTIVATIONS[config.activation]
        self.fused_gate: nn.Module | None = None  # input and gate in one product (inference/fused_projections.py)

    def forward(self, x: Tensor) -> Tensor:
        inner, gate = (self.input(x), self.gate(x)) if self.fused_gate is None else self.fused_gate(x).chunk(2, 1)
        return self.output(self.activation(inner) * gate)


class NoFeedForward(nn.Module):
    """A feed-forward part after all its units were pruned: only the bias of its output is left."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.output = BiasOnly(config.hidden_size, config.inner_bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(x)


class Block(nn.Module):
    """x + f(norm(x)) or norm(x + f(x)), for f attention and then feed-forward; in a decoder with an encoder, cross attention
    stands between them. Unused norm slots are Identity."""

    def __init__(self, config: TransformerConfig, number: int):
        super().__init__()
        before = config.norm_place == "before"
        heads, width, own = config.heads_of(number), config.width_of(number), config.of_layer(number)
        self.before_attention = make_norm(config) if before and heads and (number or config.first_norm) else nn.Identity()
        self.attention = Attention(own, config.window_of(number)) if heads else NoAttention(config)
        self.after_attention = nn.Identity() if before else make_norm(config)
        self.cross = Cross(config) if config.cross_attention else None
        self.before_feed_forward = make_norm(config) if before and width else nn.Identity()
        feed_forward = (GatedFeedForward if config.gated else FeedForward) if width else NoFeedForward
        self.feed_forward = feed_forward(own)
        self.after_feed_forward = nn.Identity() if before else make_norm(config)
        self.dropout = make_dropout(config.dropout)

    def forward(
        self,
        x: Tensor,
        layout: Layout,
        rows: Tensor | None = None,
        bias: Bias | None = None,
        encoder_states: EncoderStates | None = None,
        cache: LayerCache | None = None,
    ) -> Tensor:
        """States [N, C] of the whole stream, or [M, C] at `rows`."""
        early = rows if self.cross is None else None  # rows are selected as early as possible
        attended = self.attention(self.before_attention(x), layout, early, bias, cache)
        x = x if early is None else x.index_select(0, early)
        x = self.after_attention(x + self.dropout(attended))
        if self.cross is not None and encoder_states is not None:
            x = self.cross(x, layout, encoder_states)
            x = x if rows is None else x.index_select(0, rows)
        return self.after_feed_forward(x + self.dropout(self.feed_forward(self.before_feed_forward(x))))


class Cross(nn.Module):
    """The middle part of a decoder's block: cross attention to the states of the encoder."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        before = config.norm_place == "before"
        self.before = make_norm(config) if before else nn.Identity()
        self.attention = CrossAttention(config)
        self.after = nn.Identity() if before else make_norm(config)
        self.dropout = make_dropout(config.dropout)

    def forward(self, x: Tensor, layout: Layout, encoder_states: EncoderStates) -> Tensor:
        return self.after(x + self.dropout(self.attention(self.before(x), layout, encoder_states)))

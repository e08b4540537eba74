"""The backbone: embedder, blocks, final norm.

N tokens of the stream, M output rows, C hidden, H heads, T positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import cast

import torch
from torch import Tensor, nn

from groundup.errors import InputError
from groundup.nn.attention import EncoderStates
from groundup.nn.block import Block
from groundup.nn.config import RelativeBias, TransformerConfig
from groundup.nn.device import device_of
from groundup.nn.embed.embedder import Tokens, move_tokens
from groundup.nn.embed.make import make_embedder
from groundup.nn.embed.several import SeveralEmbedder
from groundup.nn.embed.tokens import TokenEmbedder
from groundup.nn.kv_cache import KVCache
from groundup.nn.layout import Layout
from groundup.nn.linear import Embedding, Linear
from groundup.nn.norm import make_norm


class Transformer(nn.Module):
    """tokens [N] -> states [N, C], in the order of the stream whatever the layout."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.embed = make_embedder(config)
        self.blocks = nn.ModuleList([Block(config, number) for number in range(config.num_layers)])
        self.norm = make_norm(config) if config.final_norm else nn.Identity()
        self.bias = DistanceBias(config.positions, config) if isinstance(config.positions, RelativeBias) else None
        self.pooler = Linear(config.hidden_size, config.hidden_size) if config.pooler else None
        self.max_length = config.longest

    def forward(
        self,
        tokens: Tokens,
        layout: Layout,
        segments: Tensor | None = None,
        rows: Tensor | None = None,
        encoder_states: EncoderStates | None = None,
        cache: KVCache | None = None,
        start: int = 0,
    ) -> Tensor:
        """States of the whole stream [N, C], or at `rows` [M, C].

        The last block needs only keys and values of the other rows, so the rest of it runs on `rows` alone: the same result
        for less work. Cross attention reads `encoder_states`; `cache` holds keys and values of earlier tokens of these
        sequences. With `start` the tokens are states [N, C] after so many blocks (`states_after`), and those blocks do not run.
        """
        layout = layout.to(device_of(self))
        if start:
            assert isinstance(tokens, Tensor), "states after some blocks are one tensor"
            x = layout.gather(tokens.to(layout.device))
        else:
            x = self.embed_inputs(tokens, layout, segments)
        output_rows = None if rows is None else layout.locate_rows(rows.to(layout.device))
        blocks = self.forward_blocks()
        layers = list(zip(blocks, cache.layers(layout) if cache else [None] * len(blocks), strict=True))[start:]
        for block, layer_cache in layers[:-1]:
            x = block(x, layout, None, self.bias, encoder_states, layer_cache)
        for block, layer_cache in layers[-1:]:
            x = block(x, layout, output_rows, self.bias, encoder_states, layer_cache)
        x = self.norm(x if layers or output_rows is None else x.index_select(0, output_rows))
        return layout.scatter(x) if rows is None else x[: rows.shape[0]]

    def forward_blocks(self) -> Sequence[Block]:
        """The blocks that a forward pass runs."""
        return cast("Sequence[Block]", self.blocks)

    def states_after(self, tokens: Tokens, layout: Layout, segments: Tensor | None, blocks: int) -> Tensor:
        """States [N, C] after the embedding and the first `blocks` blocks, from which `forward` can continue (`start`)."""
        layout = layout.to(device_of(self))
        x = self.embed_inputs(tokens, layout, segments)
        for block in self.blocks[:blocks]:
            x = block(x, layout, None, self.bias)
        return layout.scatter(x)

    def embed_inputs(self, tokens: Tokens, layout: Layout, segments: Tensor | None) -> Tensor:
        """The embedded stream [N', C] in attention's order."""
        if layout.cached_length + layout.longest > self.max_length:
            raise InputError(
                "TOO_LONG",
                "",
                f"a sequence of {layout.cached_length + layout.longest} tokens",
                "cut it, or split it into windows",
                limit=f"{self.max_length} tokens, by the model's position table",
            )
        return self.embed.stream(*move_tokens(tokens, layout, segments))

    @property
    def token_embedding(self) -> Embedding:
        """The word embedding."""
        return self.words_embedder.tokens

    def share_token_embedding(self, other: Transformer) -> None:
        """Tie the word embedding to that of another stack."""
        self.words_embedder.tokens = other.token_embedding

    @property
    def words_embedder(self) -> TokenEmbedder:
        """The embedder of words, alone or among several."""
        embed = self.embed.kinds["text"] if isinstance(self.embed, SeveralEmbedder) else self.embed
        assert isinstance(embed, TokenEmbedder), "this model reads no words"
        return embed

    def encoder_states(
        self, tokens: Tokens, layout: Layout, segments: Tensor | None = None, use_cache: bool = False
    ) -> EncoderStates:
        """Output states for the cross attention of a decoder; with `use_cache` their keys and values are computed once."""
        layout = layout.to(device_of(self))
        return EncoderStates(layout.gather(self(tokens, layout, segments)), layout, use_cache)


class DistanceBias(nn.Module):
    """One number per head and bucket of distances; near distances have a bucket each, far ones share buckets of logarithmic
    size."""

    def __init__(self, bias: RelativeBias, config: TransformerConfig):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(bias.buckets, config.num_heads))
        self.max_distance, self.causal = bias.max_distance, config.causal

    def forward(self, distance: Tensor) -> Tensor:
        """[..., T, T] distances of keys after queries -> [H, ..., T, T]."""
        buckets = len(self.weight)
        offset = torch.zeros_like(distance)
        if not self.causal:
            buckets //= 2
            offset = torch.where(distance > 0, buckets, 0)
        far = distance.abs() if not self.causal else (-distance).clamp(min=0)
        exact = buckets // 2
        steps = (far.clamp(min=1).float() / exact).log() / log(self.max_distance / exact) * (buckets - exact)
        bucket = torch.where(far < exact, far, (exact + steps.long()).clamp(max=buckets - 1))
        return self.weight[bucket + offset].movedim(-1, 0)

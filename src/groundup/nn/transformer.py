"""The backbone: embedder, blocks, final norm.

N tokens of the stream, C hidden.
"""

from __future__ import annotations

from torch import Tensor, nn

from groundup.nn.block import Block
from groundup.nn.config import TransformerConfig
from groundup.nn.embed.tokens import TokenEmbedder
from groundup.nn.layout import Layout
from groundup.nn.norm import make_norm


class Transformer(nn.Module):
    """tokens [N] -> states [N, C], in the order of the stream whatever the layout."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.embed = TokenEmbedder(config)
        self.blocks = nn.ModuleList([Block(config, number) for number in range(config.num_layers)])
        self.norm = make_norm(config) if config.final_norm else nn.Identity()
        self.pooler = nn.Linear(config.hidden_size, config.hidden_size) if config.pooler else None

    def forward(self, tokens: Tensor, layout: Layout, segments: Tensor | None = None) -> Tensor:
        segments = None if segments is None else layout.gather(segments)
        x = self.embed(layout.gather(tokens), layout.positions, segments)
        for block in self.blocks:
            x = block(x, layout)
        return layout.scatter(self.norm(x))

"""The backbone: embedder, blocks, final norm.

N tokens of the stream, M asked rows of it, C hidden.
"""

from __future__ import annotations

from torch import Tensor, nn

from groundup.errors import InputError
from groundup.nn.block import Block
from groundup.nn.config import TransformerConfig
from groundup.nn.embed.tokens import TokenEmbedder
from groundup.nn.layout import Layout
from groundup.nn.linear import Linear
from groundup.nn.norm import make_norm


class Transformer(nn.Module):
    """tokens [N] -> states [N, C], in the order of the stream whatever the layout."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.embed = TokenEmbedder(config)
        self.blocks = nn.ModuleList([Block(config, number) for number in range(config.num_layers)])
        self.norm = make_norm(config) if config.final_norm else nn.Identity()
        self.pooler = Linear(config.hidden_size, config.hidden_size) if config.pooler else None
        self.max_positions = config.max_positions

    def forward(
        self, tokens: Tensor, layout: Layout, segments: Tensor | None = None, rows: Tensor | None = None
    ) -> Tensor:
        """States of the whole stream [N, C], or of the asked rows [M, C].

        In the last block nothing but keys and values depends on the rows that are not asked for: the rest of it runs on
        the asked ones alone, which is the same result for less.
        """
        if layout.longest > self.max_positions:
            raise InputError(
                "TOO_LONG",
                "",
                f"a sequence of {layout.longest} tokens",
                "cut it, or split it into windows",
                limit=f"{self.max_positions} tokens, by the model's position table",
            )
        segments = None if segments is None else layout.gather(segments)
        x = self.embed(layout.gather(tokens), layout.positions, segments)
        for block in self.blocks[:-1]:
            x = block(x, layout)
        if rows is None:
            return layout.scatter(self.norm(self.blocks[-1](x, layout)))
        return self.norm(self.blocks[-1](x, layout, layout.find(rows)))[: len(rows)]

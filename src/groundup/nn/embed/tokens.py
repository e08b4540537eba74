"""Token ids become states: word + position + segment, norm, dropout (Devlin et al., 2018, arXiv:1810.04805).

N tokens of the stream, C hidden, P positions of the table.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from groundup.nn.config import Learned, Sinusoidal, TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.embed.embedder import Embedder
from groundup.nn.linear import Embedding
from groundup.nn.norm import make_norm


class TokenEmbedder(Embedder):
    """Sum of the embeddings that the config asks for: ids [N], places [N], segments [N] -> [N, C]."""

    content: ClassVar[str] = "tokens"

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.tokens = Embedding(config.vocab_size, config.hidden_size)
        self.positions = make_positions(config)
        self.segments = SegmentEmbedding(config.num_segments, config.hidden_size) if config.num_segments else NoEmbedding()
        self.norm = make_norm(config) if config.embedding_norm else nn.Identity()
        self.dropout = make_dropout(config.dropout)
        self.scale = Scale(config.embedding_scale) if config.embedding_scale != 1 else nn.Identity()

    def forward(self, tokens: Tensor, positions: Tensor, segments: Tensor | None) -> Tensor:
        x = self.scale(self.tokens(tokens))  # [N, C]
        for added in (self.positions(positions), self.segments(segments)):
            x = x if added is None else x + added
        return self.dropout(self.norm(x))


class SegmentEmbedding(Embedding):
    """One trained vector per segment; without segments, or with a single one in the table, every token is in segment 0."""

    def forward(self, ids: Tensor | None) -> Tensor:
        return self.weight[:1] if ids is None or len(self.weight) == 1 else super().forward(ids)


class Sinusoids(nn.Module):
    """sin(p / base^(2 i / C)) and the cosine, interleaved (Vaswani et al., 2017, arXiv:1706.03762)."""

    def __init__(self, max_positions: int, size: int, base: float):
        super().__init__()
        frequencies = base ** (-torch.arange(0, size, 2, dtype=torch.float32, device="cpu") / size)
        angles = torch.arange(max_positions, dtype=torch.float32, device="cpu")[:, None] * frequencies  # [P, C/2]
        table = torch.stack([angles.sin(), angles.cos()], dim=-1).view(max_positions, size)
        self.table: Tensor
        self.register_buffer("table", table, persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        return nn.functional.embedding(ids, self.table)


class OffsetEmbedding(Embedding):
    """A table of positions that begins at row `offset`."""

    def __init__(self, rows: int, size: int, offset: int):
        super().__init__(rows + offset, size)
        self.offset = offset

    def forward(self, ids: Tensor) -> Tensor:
        return super().forward(ids + self.offset)


class Scale(nn.Module):
    """x times a factor."""

    def __init__(self, factor: float):
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor


class NoEmbedding(nn.Module):
    """Adds nothing."""

    def forward(self, ids: Tensor | None) -> None:
        return None


def make_positions(config: TransformerConfig) -> nn.Module:
    """What the embedding adds for positions; rotary ones and biases enter in attention."""
    if isinstance(config.positions, Learned):
        offset = config.positions.offset
        rows = config.max_positions, config.hidden_size
        return OffsetEmbedding(*rows, offset) if offset else Embedding(*rows)
    if isinstance(config.positions, Sinusoidal):
        return Sinusoids(config.max_positions, config.hidden_size, config.positions.base)
    return NoEmbedding()

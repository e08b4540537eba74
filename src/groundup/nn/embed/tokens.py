"""Token ids become states: word + position + segment, norm, dropout (Devlin et al., 2018, arXiv:1810.04805).

N tokens of the stream, C hidden, P positions of the table.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from groundup.nn.config import Learned, Sinusoidal, TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.norm import make_norm


class TokenEmbedder(nn.Module):
    """Sum of the embeddings that the config asks for. Without `segments` every token is in segment 0."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.positions = make_positions(config)
        self.segments = Segments(config.num_segments, config.hidden_size) if config.num_segments else NoSegments()
        self.norm = make_norm(config) if config.embedding_norm else nn.Identity()
        self.dropout = make_dropout(config.dropout)

    def forward(self, tokens: Tensor, positions: Tensor, segments: Tensor | None) -> Tensor:
        x = self.segments(self.positions(self.tokens(tokens), positions), segments)  # [N, C]
        return self.dropout(self.norm(x))


class Segments(nn.Module):
    """Adds one trained vector per segment."""

    def __init__(self, num_segments: int, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(num_segments, size))

    def forward(self, x: Tensor, segments: Tensor | None) -> Tensor:
        return x + (self.weight[0] if segments is None else nn.functional.embedding(segments, self.weight))


class NoSegments(nn.Module):
    """The model does not tell segments apart."""

    def forward(self, x: Tensor, segments: Tensor | None) -> Tensor:
        return x


class LearnedPositions(nn.Module):
    """Adds one trained vector per position."""

    def __init__(self, max_positions: int, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_positions, size))

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        return x + nn.functional.embedding(positions, self.weight)


class SinusoidalPositions(nn.Module):
    """Adds sin(p / base^(2 i / C)) and the cosine, interleaved."""

    def __init__(self, max_positions: int, size: int, base: float):
        super().__init__()
        frequencies = base ** (-torch.arange(0, size, 2, dtype=torch.float32, device="cpu") / size)
        angles = torch.arange(max_positions, dtype=torch.float32, device="cpu")[:, None] * frequencies  # [P, C/2]
        table = torch.stack([angles.sin(), angles.cos()], dim=-1).view(max_positions, size)
        self.register_buffer("table", table, persistent=False)

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        return x + nn.functional.embedding(positions, self.table)


class NoPositions(nn.Module):
    """Positions enter elsewhere (in attention) or not at all."""

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        return x


def make_positions(config: TransformerConfig) -> nn.Module:
    """What adds positions to the embedding."""
    if isinstance(config.positions, Learned):
        return LearnedPositions(config.max_positions, config.hidden_size)
    if isinstance(config.positions, Sinusoidal):
        return SinusoidalPositions(config.max_positions, config.hidden_size, config.positions.base)
    return NoPositions()

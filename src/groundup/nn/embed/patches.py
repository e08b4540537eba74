"""Images become states: squares of pixels through one linear layer, behind a trained token (Dosovitskiy et al., 2020,
arXiv:2010.11929).

N tokens of the stream (per image one trained token and its patches, row by row), P numbers of a patch, C hidden, I images.
"""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.config import TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.embed.embedder import Embedder
from groundup.nn.inputs import Patches
from groundup.nn.linear import Embedding
from groundup.nn.norm import make_norm


class PatchEmbedder(Embedder):
    """patches [N, P], places [N] -> [N, C]. Place 0 is the trained token, whatever stands in its row."""

    content: ClassVar[str] = "patches"

    def __init__(self, patches: Patches, config: TransformerConfig):
        super().__init__()
        self.patches = PatchLinear(patches, config.hidden_size)
        self.first = nn.Parameter(torch.empty(1, config.hidden_size))
        self.positions = Embedding(patches.most_tokens, config.hidden_size)
        self.norm = make_norm(config) if config.embedding_norm else nn.Identity()
        self.dropout = make_dropout(config.dropout)

    def forward(self, tokens: Tensor, positions: Tensor, segments: Tensor | None) -> Tensor:
        x = torch.where(positions[:, None] == 0, self.first, self.patches(tokens))
        return self.dropout(self.norm(x + self.positions(positions)))


class PatchLinear(nn.Module):
    """W x + b, the matrix in the form of a patch: [C, channels, size, size]."""

    def __init__(self, patches: Patches, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size, patches.channels, patches.size, patches.size))
        self.bias = nn.Parameter(torch.empty(size))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight.flatten(1), self.bias)


def cut_patches(images: Tensor, patches: Patches) -> Tensor:
    """Images [I, channels, side, side] as a stream [I (1 + count), P]: a row of zeros, then the patches, row by row; a patch is
    its channels, each row by row."""
    count, side = images.shape[0], patches.image_size // patches.size  # no len(): exports have sizes that are symbols
    x = images.view(count, patches.channels, side, patches.size, side, patches.size)
    x = x.permute(0, 2, 4, 1, 3, 5).reshape(count, patches.count, patches.values)
    return torch.cat([x.new_zeros(count, 1, patches.values), x], dim=1).flatten(0, 1)

"""Cells of a table become states: a trained vector, and a weighted sum of the vectors that follow it (Gorishniy et al., 2021,
arXiv:2106.11959; the codes of numbers: Gorishniy et al., 2022, arXiv:2203.05556).

N tokens of the stream, V values of a token, R rows of the table, C hidden.
"""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.config import TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.embed.embedder import Embedder
from groundup.nn.inputs import Cells
from groundup.nn.norm import make_norm


class CellEmbedder(Embedder):
    """cells [N, 1 + V] -> [N, C]. Cells have no order, so their places are not read."""

    content: ClassVar[str] = "cells"

    def __init__(self, cells: Cells, config: TransformerConfig):
        super().__init__()
        self.cells = CellTable(cells, config.hidden_size)
        self.norm = make_norm(config) if config.embedding_norm else nn.Identity()
        self.dropout = make_dropout(config.dropout)

    def forward(self, tokens: Tensor, positions: Tensor, segments: Tensor | None) -> Tensor:
        return self.dropout(self.norm(self.cells(tokens)))


class CellTable(nn.Module):
    """One table for categories and for columns of numbers: row `which` of it, and the rows behind that by their weights."""

    def __init__(self, cells: Cells, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(cells.rows, size))
        self.values = cells.values

    def forward(self, x: Tensor) -> Tensor:
        rows, weights = self.rows_and_weights(x)
        return F.embedding_bag(rows, self.weight, per_sample_weights=weights, mode="sum")

    def rows_and_weights(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """[N, 1 + V] rows of the table that each token is the sum of, and the weight of each."""
        steps = torch.arange(1 + self.values, device=x.device)
        rows = (x[:, :1].long() + steps).clamp(max=len(self.weight) - 1)
        return rows, torch.cat([torch.ones_like(x[:, :1]), x[:, 1:]], 1)

"""Layers without first numbers: these are drawn in one place (initialize.py) or come from a file."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Linear(nn.Linear):
    """W x + b."""

    def reset_parameters(self) -> None:
        pass


class LayerNorm(nn.LayerNorm):
    """(x - mean) / sqrt(variance + epsilon) * w + b (Ba et al., 2016, arXiv:1607.06450)."""

    def reset_parameters(self) -> None:
        pass


class RMSNorm(nn.RMSNorm):
    """x / sqrt(mean of squares + epsilon) * w (Zhang and Sennrich, 2019, arXiv:1910.07467)."""

    def reset_parameters(self) -> None:
        pass


class Table(nn.Module):
    """One trained vector per row: ids [N] -> [N, C]."""

    def __init__(self, rows: int, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(rows, size))

    def forward(self, ids: Tensor) -> Tensor:
        return F.embedding(ids, self.weight)

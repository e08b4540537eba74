"""Normalization of each state over its channels."""

from __future__ import annotations

from torch import nn

from groundup.nn.config import TransformerConfig


def make_norm(config: TransformerConfig, bias: bool | None = None) -> nn.Module:
    """Layer norm (Ba et al., 2016, arXiv:1607.06450) or RMS norm (Zhang and Sennrich, 2019, arXiv:1910.07467)."""
    if config.norm == "rms":
        return nn.RMSNorm(config.hidden_size, eps=config.norm_epsilon)
    return nn.LayerNorm(config.hidden_size, eps=config.norm_epsilon, bias=config.norm_bias if bias is None else bias)

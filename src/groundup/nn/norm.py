"""Normalization of each state over its channels."""

from __future__ import annotations

from groundup.nn.config import TransformerConfig
from groundup.nn.linear import LayerNorm, RMSNorm


def make_norm(config: TransformerConfig) -> LayerNorm | RMSNorm:
    """The norm that the config asks for."""
    if config.norm == "rms":
        return RMSNorm(config.hidden_size, eps=config.norm_epsilon)
    return LayerNorm(config.hidden_size, eps=config.norm_epsilon, bias=config.norm_bias)

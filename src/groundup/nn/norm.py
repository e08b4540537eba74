"""Normalization of each state over its channels."""

from __future__ import annotations

from groundup.nn.config import TransformerConfig
from groundup.nn.linear import LayerNorm, RMSNorm


def make_norm(config: TransformerConfig, size: int | None = None) -> LayerNorm | RMSNorm:
    """The norm that the config asks for, over the channels of a state or over `size` others."""
    size = config.hidden_size if size is None else size
    if config.norm == "rms":
        return RMSNorm(size, eps=config.norm_epsilon)
    return LayerNorm(size, eps=config.norm_epsilon, bias=config.norm_bias)

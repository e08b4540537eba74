"""The head of tasks that ask for numbers at tokens."""

from __future__ import annotations

from groundup.nn.config import NumberHeadConfig, PooledHeadConfig


def token_head(usual: PooledHeadConfig, outputs: int) -> NumberHeadConfig:
    """Numbers at each token; behind a dense layer and its norm in families that have these before classes, too (ModernBERT)."""
    return NumberHeadConfig(
        outputs=outputs,
        dense=usual.dense and usual.dense_norm,
        activation=usual.activation,
        dense_bias=usual.dense_bias,
        dropout=usual.dropout,
    )

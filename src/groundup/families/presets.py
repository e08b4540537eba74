"""Sizes under names, in two regimes: `paper` is the published BERT, `fast` is shaped like ModernBERT. Free of torch."""

from __future__ import annotations

from typing import Literal, NamedTuple

from groundup.nn.config import HeadConfig, PooledHeadConfig, Pooling, Rotary, TokenHeadConfig, TransformerConfig

Regime = Literal["paper", "fast"]
FAMILY = {"paper": "bert", "fast": "modernbert"}
MULTIPLE = 64  # rows and widths in steps that the matrix units like


class Size(NamedTuple):
    num_layers: int
    hidden_size: int
    num_heads: int


PRESETS = {
    "tiny": Size(2, 128, 2),
    "mini": Size(4, 256, 4),
    "small": Size(4, 512, 8),
    "medium": Size(8, 512, 8),
    "base": Size(12, 768, 12),
}


def make_config(
    preset: str, regime: Regime, vocab_size: int, dropout: float | None = None, max_positions: int = 512
) -> TransformerConfig:
    """The shape of a new model. `dropout` None: 0.1 for paper, 0 for fast, which fills the vocabulary to whole 64s."""
    make = make_paper if regime == "paper" else make_fast
    return make(PRESETS[preset], vocab_size, dropout, max_positions)


def make_paper(size: Size, vocab_size: int, dropout: float | None, max_positions: int) -> TransformerConfig:
    """Devlin et al., 2018, arXiv:1810.04805; the small sizes by Turc et al., 2019, arXiv:1908.08962."""
    dropout = 0.1 if dropout is None else dropout
    return TransformerConfig(
        vocab_size=vocab_size,
        **size._asdict(),
        intermediate_size=4 * size.hidden_size,
        max_positions=max_positions,
        num_segments=2,
        pooler=True,
        dropout=dropout,
        attention_dropout=dropout,
    )


def make_fast(size: Size, vocab_size: int, dropout: float | None, max_positions: int) -> TransformerConfig:
    """Norms before, rotary positions, GELU gate at 8/3 of the width, no biases, all layers see all."""
    return TransformerConfig(
        vocab_size=-(-vocab_size // MULTIPLE) * MULTIPLE,
        **size._asdict(),
        intermediate_size=round(size.hidden_size * 8 / 3 / MULTIPLE) * MULTIPLE,
        max_positions=max_positions,
        positions=Rotary(base=10000.0, window_base=10000.0),
        gated=True,
        norm_place="before",
        norm_bias=False,
        norm_epsilon=1e-5,
        first_norm=False,
        final_norm=True,
        bias=False,
        dropout=dropout or 0.0,
        attention_dropout=dropout or 0.0,
        initialization="scaled",
    )


def pretraining_heads(regime: Regime, next_sentence: bool = True) -> dict[str, HeadConfig]:
    """Masked words, and whether B follows A."""
    heads: dict[str, HeadConfig] = {"mlm": TokenHeadConfig(bias=regime == "paper")}
    if next_sentence and regime == "paper":
        heads["nsp"] = PooledHeadConfig(classes=2)
    elif next_sentence:
        heads["nsp"] = PooledHeadConfig(classes=2, pooling="first", dense=True, dense_bias=False)
    return heads


def label_head(
    config: TransformerConfig, classes: int, dropout: float = 0.0, pooling: Pooling | Literal["auto"] = "auto"
) -> PooledHeadConfig:
    """The classification head. `auto` is what the family of this shape has: BERT's pooler, else the mean of all states.

    The mean learns from fewer labels than the first token in models that were pretrained for minutes (docs/decisions/006).
    """
    if pooling == "auto":
        pooling = "pooler" if config.pooler else "mean"
    return PooledHeadConfig(classes=classes, pooling=pooling, dense=not config.pooler, dense_bias=config.bias, dropout=dropout)

"""Sizes under names, in two regimes: `paper` is the published BERT, `fast` is shaped like ModernBERT. Free of torch."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from groundup.nn.config import (
    HeadConfig,
    Learned,
    NumberHeadConfig,
    PooledHeadConfig,
    Pooling,
    RelativeBias,
    Rotary,
    Sinusoidal,
    TokenHeadConfig,
    TransformerConfig,
)
from groundup.nn.inputs import Patches

Regime = Literal["paper", "fast"]
FAMILIES: dict[tuple[str, Regime], str] = {  # (objective, regime) -> the family that a new model has
    ("masked", "paper"): "bert",
    ("masked", "fast"): "modernbert",
    ("replaced", "paper"): "bert",
    ("replaced", "fast"): "modernbert",
    ("causal", "paper"): "gpt2",
    ("causal", "fast"): "llama",
    ("spans", "paper"): "t5",
    ("spans", "fast"): "t5 gated",
    ("prefix", "paper"): "t5",
    ("prefix", "fast"): "t5 gated",
    ("denoise", "paper"): "bart",
    ("denoise", "fast"): "bart",
    ("patches", "paper"): "vit",
    ("patches", "fast"): "vit",
}
MULTIPLE = 64  # rows and widths in steps that the matrix units like


class Size(NamedTuple):
    num_layers: int
    hidden_size: int
    num_heads: int


PRESETS = {
    "micro": Size(2, 64, 4),
    "tiny": Size(2, 128, 2),
    "nano": Size(4, 128, 4),
    "mini": Size(4, 256, 4),
    "small": Size(4, 512, 8),
    "medium": Size(8, 512, 8),
    "base": Size(12, 768, 12),
}


def make_config(
    preset: str | Size, regime: Regime, vocab_size: int, dropout: float | None = None, max_positions: int = 512
) -> TransformerConfig:
    """The shape of a new model. `dropout` None: 0.1 for paper, 0 for fast, which fills the vocabulary to whole 64s."""
    make = make_paper if regime == "paper" else make_fast
    return make(size_of(preset), vocab_size, dropout, max_positions)


def size_of(preset: str | Size) -> Size:
    """A size by its name; one of no name is itself."""
    return PRESETS[preset] if isinstance(preset, str) else preset


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


class Shape(NamedTuple):
    """A new model: its trunk, the encoder that it looks at (if any), its heads, and the family that can hold it."""

    config: TransformerConfig
    encoder: TransformerConfig | None
    heads: dict[str, HeadConfig]
    family: str


def make_shape(
    objective: str,
    preset: str | Size,
    regime: Regime,
    vocab_size: int,
    dropout: float | None = None,
    max_positions: int = 512,
    next_sentence: bool = True,
) -> Shape:
    """The shape of a new model for an objective. A pair of stacks has the preset's layers in each."""
    family, size = FAMILIES[objective, regime], size_of(preset)
    if objective == "masked":
        config = make_config(preset, regime, vocab_size, dropout, max_positions)
        return Shape(config, None, pretraining_heads(regime, next_sentence), family)
    if objective == "replaced":
        config = make_config(preset, regime, vocab_size, dropout, max_positions)
        return Shape(config, None, {"replaced": NumberHeadConfig(outputs=1)}, family)
    if family == "gpt2":
        return Shape(make_gpt2(size, vocab_size, dropout, max_positions), None, {"lm": plain_words()}, family)
    if family == "llama":
        return Shape(make_llama(size, vocab_size, dropout, max_positions), None, {"lm": plain_words()}, family)
    make = make_bart if family == "bart" else make_t5
    decoder, encoder = (make(size, vocab_size, dropout, max_positions, family, side) for side in ("decoder", "encoder"))
    return Shape(decoder, encoder, {"lm": TokenHeadConfig(dense=False) if family == "bart" else plain_words()}, family)


def make_vit(preset: str, patches: Patches, dropout: float | None = None) -> Shape:
    """Dosovitskiy et al., 2020, arXiv:2010.11929, as the encoder of a masked autoencoder whose decoder has two blocks."""
    size = PRESETS[preset]

    def stack(layers: int, decoder: bool) -> TransformerConfig:
        return TransformerConfig(
            vocab_size=0,
            inputs=(patches,),
            hidden_size=size.hidden_size,
            num_layers=layers,
            num_heads=size.num_heads,
            intermediate_size=4 * size.hidden_size,
            max_positions=patches.most_tokens,
            positions=Learned(),
            norm_place="before",
            norm_epsilon=1e-12,
            embedding_norm=False,
            final_norm=True,
            cross_attention=decoder,
            dropout=dropout or 0.0,
            attention_dropout=dropout or 0.0,
        )

    heads: dict[str, HeadConfig] = {"pixels": NumberHeadConfig(outputs=patches.values)}
    return Shape(stack(2, True), stack(size.num_layers, False), heads, "vit")


def textbook(
    size: Size,
    vocab_size: int,
    norm_place: Literal["before", "after"] = "before",
    dropout: float = 0.1,
    max_positions: int = 512,
    encoder: bool = True,
) -> Shape:
    """The Transformer of the paper (Vaswani et al., 2017, arXiv:1706.03762): sines and cosines as positions, two linear layers
    with ReLU, dropout on each part's output, embeddings times sqrt(C).

    H = Encoder(X), Y = Decoder(H); without `encoder` the decoder stands alone. Norms are before each part, as textbooks and the
    authors' later code have them (then also after the last block), or after it, as first published. No family holds it.
    """

    def stack(decoder: bool) -> TransformerConfig:
        return TransformerConfig(
            vocab_size=vocab_size,
            **size._asdict(),
            intermediate_size=4 * size.hidden_size,
            max_positions=max_positions,
            positions=Sinusoidal(),
            embedding_scale=size.hidden_size**0.5,
            embedding_norm=False,
            activation="relu",
            norm_place=norm_place,
            norm_epsilon=1e-5,
            final_norm=norm_place == "before",
            causal=decoder,
            cross_attention=decoder and encoder,
            dropout=dropout,
            attention_dropout=dropout,
            initialization="scaled",
        )

    return Shape(stack(True), stack(False) if encoder else None, {"lm": plain_words()}, "")


def generator_of(config: TransformerConfig) -> TransformerConfig:
    """The small model that replaces tokens: a third of the blocks."""
    return replace(config, num_layers=max(1, config.num_layers // 3), pooler=False)


def plain_words() -> TokenHeadConfig:
    """The states meet the word embedding as they are."""
    return TokenHeadConfig(dense=False, output_bias=False)


def make_gpt2(size: Size, vocab_size: int, dropout: float | None, max_positions: int) -> TransformerConfig:
    """Radford et al., 2019, "Language models are unsupervised multitask learners"."""
    dropout = 0.1 if dropout is None else dropout
    return TransformerConfig(
        vocab_size=vocab_size,
        **size._asdict(),
        intermediate_size=4 * size.hidden_size,
        max_positions=max_positions,
        positions=Learned(),
        activation="gelu_tanh",
        norm_place="before",
        norm_epsilon=1e-5,
        embedding_norm=False,
        final_norm=True,
        causal=True,
        dropout=dropout,
        attention_dropout=dropout,
    )


def make_llama(size: Size, vocab_size: int, dropout: float | None, max_positions: int) -> TransformerConfig:
    """Touvron et al., 2023, arXiv:2302.13971, with the word embedding tied. Its dropout is of attention alone."""
    return TransformerConfig(
        vocab_size=-(-vocab_size // MULTIPLE) * MULTIPLE,
        **size._asdict(),
        intermediate_size=round(size.hidden_size * 8 / 3 / MULTIPLE) * MULTIPLE,
        max_positions=max_positions,
        positions=Rotary(base=10000.0),
        activation="silu",
        gated=True,
        norm="rms",
        norm_place="before",
        norm_epsilon=1e-6,
        embedding_norm=False,
        final_norm=True,
        bias=False,
        causal=True,
        attention_dropout=dropout or 0.0,
        initialization="scaled",
    )


def make_t5(
    size: Size, vocab_size: int, dropout: float | None, max_positions: int, family: str, side: str
) -> TransformerConfig:
    """Raffel et al., 2019, arXiv:1910.10683; gated as its version 1.1."""
    gated = family == "t5 gated"
    dropout = dropout if dropout is not None else 0.0 if gated else 0.1
    return TransformerConfig(
        vocab_size=-(-vocab_size // MULTIPLE) * MULTIPLE,
        **size._asdict(),
        head_size=size.hidden_size // size.num_heads,
        intermediate_size=round(size.hidden_size * 8 / 3 / MULTIPLE) * MULTIPLE if gated else 4 * size.hidden_size,
        max_positions=2**20,
        positions=RelativeBias(),
        attention_scale=1.0,
        activation="gelu_tanh" if gated else "relu",
        gated=gated,
        norm="rms",
        norm_place="before",
        norm_epsilon=1e-6,
        embedding_norm=False,
        final_norm=True,
        bias=False,
        causal=side == "decoder",
        cross_attention=side == "decoder",
        dropout=dropout,
        attention_dropout=dropout,
        initialization="scaled",
    )


def make_bart(
    size: Size, vocab_size: int, dropout: float | None, max_positions: int, family: str, side: str
) -> TransformerConfig:
    """Lewis et al., 2019, arXiv:1910.13461."""
    return TransformerConfig(
        vocab_size=vocab_size,
        **size._asdict(),
        intermediate_size=4 * size.hidden_size,
        max_positions=max_positions,
        positions=Learned(offset=2),
        norm_epsilon=1e-5,
        causal=side == "decoder",
        cross_attention=side == "decoder",
        dropout=0.1 if dropout is None else dropout,
    )


def pretraining_heads(regime: Regime, next_sentence: bool = True) -> dict[str, HeadConfig]:
    """Masked words, and whether B follows A."""
    heads: dict[str, HeadConfig] = {"mlm": TokenHeadConfig(bias=regime == "paper")}
    if next_sentence and regime == "paper":
        heads["nsp"] = PooledHeadConfig(classes=2)
    elif next_sentence:
        heads["nsp"] = PooledHeadConfig(classes=2, pooling="first", dense=True, dense_bias=False)
    return heads


def read_at(head: PooledHeadConfig, pooling: Pooling | None) -> PooledHeadConfig:
    """The head that reads another vector of a text; of a decoder's last token as its classes in `transformers` do."""
    if pooling is None or pooling == head.pooling:
        return head
    if pooling == "last":
        return PooledHeadConfig(classes=head.classes, pooling="last", bias=False, dropout=head.dropout)
    return replace(head, pooling=pooling)


def label_head(config: TransformerConfig, classes: int, dropout: float = 0.0) -> PooledHeadConfig:
    """The classification head of this shape: BERT's pooler where there is one, else the mean of all states.

    The mean learns from fewer labels than the first token in models that were pretrained for minutes (docs/decisions/006).
    """
    if config.pooler:
        return PooledHeadConfig(classes=classes, dropout=dropout)
    return PooledHeadConfig(classes=classes, pooling="mean", dense=True, dense_bias=config.bias, dropout=dropout)

"""GPT-2 (Radford et al., 2019, "Language models are unsupervised multitask learners") as a table: a decoder, norms before."""

from __future__ import annotations

from collections.abc import Mapping

from groundup.families.family import (
    ACTIVATIONS,
    BOUNDS,
    Architecture,
    Family,
    ForeignConfig,
    Shapes,
    TensorSource,
    find_ends,
    rows_of,
    token_architecture,
    write_activation,
)
from groundup.nn.config import HeadConfig, Learned, NumberHeadConfig, PooledHeadConfig, TokenHeadConfig, TransformerConfig

WORDS = TokenHeadConfig(dense=False, output_bias=False)
BACKBONE = {
    "embed.tokens": "wte",
    "embed.positions": "wpe",
    "blocks.*.before_attention": "h.*.ln_1",
    "blocks.*.attention.query": TensorSource("h.*.attn.c_attn", 0, 3, transposed=True),
    "blocks.*.attention.key": TensorSource("h.*.attn.c_attn", 1, 3, transposed=True),
    "blocks.*.attention.value": TensorSource("h.*.attn.c_attn", 2, 3, transposed=True),
    "blocks.*.attention.output": TensorSource("h.*.attn.c_proj", transposed=True),
    "blocks.*.before_feed_forward": "h.*.ln_2",
    "blocks.*.feed_forward.input": TensorSource("h.*.mlp.c_fc", transposed=True),
    "blocks.*.feed_forward.output": TensorSource("h.*.mlp.c_proj", transposed=True),
    "norm": "ln_f",
}


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """Their config.json as our shape."""
    hidden_size = theirs.integer("n_embd", 768)
    inner = theirs.value("n_inner")
    return TransformerConfig(
        vocab_size=theirs.integer("vocab_size", 50257),
        hidden_size=hidden_size,
        num_layers=theirs.layers("n_layer", 12),
        num_heads=theirs.integer("n_head", 12),
        intermediate_size=4 * hidden_size if inner is None else theirs.integer("n_inner", 4 * hidden_size),
        max_positions=theirs.integer("n_positions", 1024),
        positions=Learned(),
        activation=theirs.choice("activation_function", "gelu_new", ACTIVATIONS),
        norm_place="before",
        norm_epsilon=theirs.positive("layer_norm_epsilon", 1e-5),
        embedding_norm=False,
        final_norm=True,
        causal=True,
        dropout=theirs.fraction("resid_pdrop", 0.1),
        attention_dropout=theirs.fraction("attn_pdrop", 0.1),
    )


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shape in their words."""
    return {
        "model_type": "gpt2",
        "vocab_size": config.vocab_size,
        "n_embd": config.hidden_size,
        "n_layer": config.num_layers,
        "n_head": config.num_heads,
        "n_inner": config.intermediate_size,
        "n_positions": config.max_positions,
        "activation_function": write_activation(config.activation),
        "layer_norm_epsilon": config.norm_epsilon,
        "embd_pdrop": config.dropout,
        "resid_pdrop": config.dropout,
        "attn_pdrop": config.attention_dropout,
        "initializer_range": 0.02,
        "tie_word_embeddings": True,
    }


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The head whose tensors are there; without any the words of the next token, whose matrix is always the embedding."""
    if "score.weight" in shapes:
        return {"label": last_token(rows_of(shapes, "score.weight"))}
    if "classifier.weight" in shapes:
        return {"label": NumberHeadConfig(outputs=rows_of(shapes, "classifier.weight"), dropout=token_dropout(theirs))}
    return find_ends(shapes) or {"lm": WORDS}


def last_token(classes: int, dropout: float = 0.0) -> PooledHeadConfig:
    """The classes of a text, from the last token, which has seen all others."""
    return PooledHeadConfig(classes=classes, pooling="last", bias=False, dropout=dropout)


def token_dropout(theirs: ForeignConfig) -> float:
    """That before the labels of tokens, as the classes of decoders have it."""
    return theirs.fraction("classifier_dropout", theirs.fraction("hidden_dropout", 0.1))


def of_label(name: str, heads: Mapping[str, HeadConfig]) -> Architecture | None:
    """The class of a decoder for the label of a text, of each token, or the ends of an answer."""
    label = heads.get("label")
    if isinstance(label, PooledHeadConfig) and label == last_token(label.classes, label.dropout):
        return Architecture(f"{name}ForSequenceClassification", ("label",))
    return token_architecture(name, heads)


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """A label head decides; else the words of the next token."""
    if label_head := of_label("GPT2", heads):
        return label_head
    return Architecture("GPT2LMHeadModel", ("lm",)) if heads.get("lm") == WORDS else Architecture("GPT2Model", ())


GPT2 = Family(
    name="gpt2",
    prefix="transformer.",
    backbone=BACKBONE,
    heads={"lm": {}, "label": {"classes": "score", "numbers": "classifier"}, "ends": {"numbers": "qa_outputs"}},
    aliases={"lm_head.weight": "transformer.wte.weight"},
    unused=("multiple_choice_head.*", "v_head.*"),
    plain={"scale_attn_weights": (True,), "scale_attn_by_inverse_layer_idx": (False,), "add_cross_attention": (False,)},
    ignored=("transformer.h.*.attn.bias", "transformer.h.*.attn.masked_bias"),
    objectives=("causal",),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
    roles=BOUNDS,
)

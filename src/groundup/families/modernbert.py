"""ModernBERT (Warner et al., 2024, arXiv:2412.13663) as a table: norms before, rotary positions, gates, no biases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from groundup.errors import InputError
from groundup.families.family import (
    ACTIVATIONS,
    QUESTIONS,
    Architecture,
    Family,
    ForeignConfig,
    Shapes,
    TensorSource,
    at_each_token,
    names_tags,
    rows_of,
    token_architecture,
    write_activation,
)
from groundup.nn.config import HeadConfig, NumberHeadConfig, PooledHeadConfig, Rotary, TokenHeadConfig, TransformerConfig

POOLINGS: dict[str, Literal["first", "mean"]] = {"cls": "first", "mean": "mean"}
FULL, WINDOW = "full_attention", "sliding_attention"

BACKBONE = {
    "embed.tokens": "embeddings.tok_embeddings",
    "embed.norm": "embeddings.norm",
    "blocks.*.before_attention": "layers.*.attn_norm",
    "blocks.*.attention.query": TensorSource("layers.*.attn.Wqkv", 0, 3),
    "blocks.*.attention.key": TensorSource("layers.*.attn.Wqkv", 1, 3),
    "blocks.*.attention.value": TensorSource("layers.*.attn.Wqkv", 2, 3),
    "blocks.*.attention.output": "layers.*.attn.Wo",
    "blocks.*.before_feed_forward": "layers.*.mlp_norm",
    "blocks.*.feed_forward.input": TensorSource("layers.*.mlp.Wi", 0, 2),
    "blocks.*.feed_forward.gate": TensorSource("layers.*.mlp.Wi", 1, 2),
    "blocks.*.feed_forward.output": "layers.*.mlp.Wo",
    "norm": "final_norm",
}
DENSE = {"dense.linear": "head.dense", "dense.norm": "head.norm"}
HEADS = {
    "mlm": DENSE | {"bias": "decoder.bias"},
    "label": DENSE | {"classes": "classifier", "numbers": "classifier"},  # of a text, and of each token
    "ends": DENSE | {"numbers": "classifier"},
}


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """Their config.json as our shape, in the words of transformers 5 (rope_parameters, layer_types) or 4."""
    bias, inner = theirs.flag("attention_bias", False), theirs.flag("mlp_bias", False)
    num_layers = theirs.layers("num_hidden_layers", 22)
    every = theirs.integer("global_attn_every_n_layers", 3)
    kinds = theirs.value("layer_types") or [WINDOW if i % every else FULL for i in range(num_layers)]
    if not isinstance(kinds, list) or len(kinds) != num_layers or any(kind not in (FULL, WINDOW) for kind in kinds):
        theirs.refuse("layer_types", f"does not name {FULL} or {WINDOW} for each of {num_layers} layers")
    window = theirs.integer("local_attention", 128) // 2
    return TransformerConfig(
        vocab_size=theirs.integer("vocab_size", 50368),
        hidden_size=theirs.integer("hidden_size", 768),
        num_layers=num_layers,
        num_heads=theirs.integer("num_attention_heads", 12),
        intermediate_size=theirs.integer("intermediate_size", 1152),
        max_positions=theirs.integer("max_position_embeddings", 8192),
        positions=Rotary(base=rope_base(theirs, FULL), window_base=rope_base(theirs, WINDOW)),
        activation=theirs.choice("hidden_activation", "gelu", ACTIVATIONS),
        gated=True,
        norm_place="before",
        norm_bias=theirs.flag("norm_bias", False),
        norm_epsilon=theirs.positive("norm_eps", 1e-5),
        first_norm=False,
        final_norm=True,
        bias=bias,
        feed_forward_bias=None if inner == bias else inner,
        windows=tuple(0 if kind == FULL else window for kind in kinds) if WINDOW in kinds else (),
        dropout=theirs.fraction("mlp_dropout", 0.0),
        attention_dropout=theirs.fraction("attention_dropout", 0.0),
        initialization="scaled",
    )


def rope_base(theirs: ForeignConfig, kind: str) -> float:
    """The base of rotary positions in layers of a kind."""
    parameters = theirs.section("rope_parameters").section(kind)
    parameters.refuse_unless("rope_type", "default")
    old, default = ("global_rope_theta", 160000.0) if kind == FULL else ("local_rope_theta", 10000.0)
    return parameters.positive("rope_theta", theirs.positive(old, default))


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shape in their words."""
    label, mlm = heads.get("label", heads.get("ends")), heads.get("mlm")
    if not isinstance(config.positions, Rotary):
        raise InputError("WRONG_FAMILY", "modernbert", "its positions are rotary")
    base = config.positions.base
    theta = {FULL: base, WINDOW: config.positions.window_base}
    return {
        "model_type": "modernbert",
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_size,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": config.num_heads,
        "intermediate_size": config.intermediate_size,
        "max_position_embeddings": config.max_positions,
        "hidden_activation": write_activation(config.activation),
        "norm_eps": config.norm_epsilon,
        "norm_bias": config.norm_bias,
        "attention_bias": config.bias,
        "mlp_bias": config.inner_bias,
        "layer_types": [WINDOW if window else FULL for window in config.windows or [0] * config.num_layers],
        "local_attention": 2 * max(config.windows, default=64) or 128,
        "rope_parameters": {kind: {"rope_type": "default", "rope_theta": value} for kind, value in theta.items()},
        "embedding_dropout": config.dropout,
        "mlp_dropout": config.dropout,
        "attention_dropout": config.attention_dropout,
        "initializer_range": 0.02,
        "tie_word_embeddings": True,
    } | write_heads(mlm if label is None or not label.dense else label)


def write_heads(head: HeadConfig | None) -> dict:
    """How config.json describes the dense layer and what follows it."""
    if isinstance(head, PooledHeadConfig | NumberHeadConfig):
        means = isinstance(head, PooledHeadConfig) and head.pooling == "mean"
        return {
            "classifier_pooling": "mean" if means else "cls",
            "classifier_bias": head.dense_bias,
            "classifier_activation": write_activation(head.activation),
            "classifier_dropout": head.dropout,
        }
    if isinstance(head, TokenHeadConfig):
        return {
            "classifier_bias": head.bias,
            "classifier_activation": write_activation(head.activation),
            "decoder_bias": head.output_bias,
        }
    return {}


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The heads whose tensors are there; those of its classifiers are alike."""
    activation = theirs.choice("classifier_activation", "gelu", ACTIVATIONS)
    bias = theirs.flag("classifier_bias", False)
    if "classifier.weight" in shapes:
        dropout, count = theirs.fraction("classifier_dropout", 0.0), rows_of(shapes, "classifier.weight")
        at_token = NumberHeadConfig(outputs=count, dense=True, activation=activation, dense_bias=bias, dropout=dropout)
        if theirs.names("architectures", QUESTIONS):
            return {"ends": at_token}
        if at_each_token(theirs, texts=not names_tags(theirs)):
            return {"label": at_token}
        return {
            "label": PooledHeadConfig(
                classes=count,
                pooling=theirs.choice("classifier_pooling", "cls", POOLINGS),
                dense=True,
                dense_bias=bias,
                activation=activation,
                dropout=dropout,
            )
        }
    if "head.dense.weight" in shapes:
        return {"mlm": TokenHeadConfig(activation=activation, bias=bias, output_bias="decoder.bias" in shapes)}
    return {}


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """A label head decides; else the masked-LM head."""
    label, mlm = heads.get("label"), heads.get("mlm")
    if isinstance(label, PooledHeadConfig) and label.dense and label.pooling != "pooler":
        return Architecture("ModernBertForSequenceClassification", ("label",))
    if token_head := token_architecture("ModernBert", heads, dense=True):
        return token_head
    if isinstance(mlm, TokenHeadConfig) and mlm.tied:
        return Architecture("ModernBertForMaskedLM", ("mlm",))
    return Architecture("ModernBertModel", ())


MODERNBERT = Family(
    name="modernbert",
    prefix="model.",
    backbone=BACKBONE,
    heads=HEADS,
    aliases={"decoder.weight": "model.embeddings.tok_embeddings.weight"},
    ignored=("model.layers.*.attn.rotary_emb.inv_freq", "model.rotary_emb.*inv_freq"),
    plain={"position_embedding_type": ("rope", "absolute", "sans_pos")},
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
)

"""DistilBERT (Sanh et al., 2019, arXiv:1910.01108) as a table: BERT without segments and pooler."""

from __future__ import annotations

from collections.abc import Mapping

from groundup.families.family import (
    ACTIVATIONS,
    Architecture,
    Family,
    ForeignConfig,
    Shapes,
    at_each_token,
    find_ends,
    rows_of,
    token_architecture,
    write_activation,
)
from groundup.families.presets import read_at
from groundup.nn.config import HeadConfig, Learned, NumberHeadConfig, PooledHeadConfig, TokenHeadConfig, TransformerConfig

BACKBONE = {
    "embed.tokens": "embeddings.word_embeddings",
    "embed.positions": "embeddings.position_embeddings",
    "embed.norm": "embeddings.LayerNorm",
    "blocks.*.attention.query": "transformer.layer.*.attention.q_lin",
    "blocks.*.attention.key": "transformer.layer.*.attention.k_lin",
    "blocks.*.attention.value": "transformer.layer.*.attention.v_lin",
    "blocks.*.attention.output": "transformer.layer.*.attention.out_lin",
    "blocks.*.after_attention": "transformer.layer.*.sa_layer_norm",
    "blocks.*.feed_forward.input": "transformer.layer.*.ffn.lin1",
    "blocks.*.feed_forward.output": "transformer.layer.*.ffn.lin2",
    "blocks.*.after_feed_forward": "transformer.layer.*.output_layer_norm",
}
HEADS = {
    "mlm": {"dense.linear": "vocab_transform", "dense.norm": "vocab_layer_norm", "bias": "vocab_projector.bias"},
    "label": {"dense.linear": "pre_classifier", "classes": "classifier", "numbers": "classifier"},
    "ends": {"numbers": "qa_outputs"},
}


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """Their config.json as our shape. Sinusoidal positions are a table in their files, too."""
    return TransformerConfig(
        vocab_size=theirs.integer("vocab_size", 30522),
        hidden_size=theirs.integer("dim", 768),
        num_layers=theirs.layers("n_layers", 6),
        num_heads=theirs.integer("n_heads", 12),
        intermediate_size=theirs.integer("hidden_dim", 3072),
        max_positions=theirs.integer("max_position_embeddings", 512),
        activation=theirs.choice("activation", "gelu", ACTIVATIONS),
        norm_epsilon=1e-12,
        dropout=theirs.fraction("dropout", 0.1),
        attention_dropout=theirs.fraction("attention_dropout", 0.1),
        positions=Learned(),
    )


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shape in their words."""
    label = heads.get("label")
    return {
        "model_type": "distilbert",
        "vocab_size": config.vocab_size,
        "dim": config.hidden_size,
        "n_layers": config.num_layers,
        "n_heads": config.num_heads,
        "hidden_dim": config.intermediate_size,
        "max_position_embeddings": config.max_positions,
        "activation": write_activation(config.activation),
        "dropout": config.dropout,
        "attention_dropout": config.attention_dropout,
        "seq_classif_dropout": label.dropout if isinstance(label, PooledHeadConfig) else 0.2,
        "sinusoidal_pos_embds": False,
        "initializer_range": 0.02,
        "tie_word_embeddings": True,
    }


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The heads whose tensors are there."""
    heads: dict[str, HeadConfig] = {}
    if "vocab_transform.weight" in shapes:
        heads["mlm"] = TokenHeadConfig(activation=theirs.choice("activation", "gelu", ACTIVATIONS))
    if "classifier.weight" in shapes:
        count, texts = rows_of(shapes, "classifier.weight"), "pre_classifier.weight" in shapes
        tokens = NumberHeadConfig(outputs=count, dropout=theirs.fraction("dropout", 0.1))
        whole = classifier(count, theirs.fraction("seq_classif_dropout", 0.2))
        heads["label"] = tokens if at_each_token(theirs, texts) else whole
    return heads | find_ends(shapes)


def classifier(classes: int, dropout: float) -> PooledHeadConfig:
    """classes(relu(W h)) on the first token."""
    return PooledHeadConfig(classes=classes, pooling="first", dense=True, dense_norm=False, activation="relu", dropout=dropout)


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """A label head decides; else the masked-LM head."""
    label = heads.get("label")
    if isinstance(label, PooledHeadConfig) and label == classifier(label.classes, label.dropout):
        return Architecture("DistilBertForSequenceClassification", ("label",))
    if token_head := token_architecture("DistilBert", heads):
        return token_head
    if heads.get("mlm") == TokenHeadConfig(activation=config.activation):
        return Architecture("DistilBertForMaskedLM", ("mlm",))
    return Architecture("DistilBertModel", ())


DISTILBERT = Family(
    name="distilbert",
    prefix="distilbert.",
    backbone=BACKBONE,
    heads=HEADS,
    aliases={"vocab_projector.weight": "distilbert.embeddings.word_embeddings.weight"},
    ignored=("distilbert.embeddings.position_ids",),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
    classifier=lambda config, classes, dropout, pooling: read_at(classifier(classes, dropout), pooling),
)

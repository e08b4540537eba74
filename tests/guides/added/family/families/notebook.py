"""Notebook, a family of no one: an encoder without segments and pooler, whose names are its own."""

from __future__ import annotations

from collections.abc import Mapping

from groundup.families.family import ACTIVATIONS, Architecture, Family, ForeignConfig, Shapes, rows_of, write_activation
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig

BACKBONE = {
    "embed.tokens": "page.words",
    "embed.positions": "page.places",
    "embed.norm": "page.norm",
    "blocks.*.attention.query": "layers.*.asks",
    "blocks.*.attention.key": "layers.*.offers",
    "blocks.*.attention.value": "layers.*.tells",
    "blocks.*.attention.output": "layers.*.joins",
    "blocks.*.after_attention": "layers.*.norm_1",
    "blocks.*.feed_forward.input": "layers.*.widens",
    "blocks.*.feed_forward.output": "layers.*.narrows",
    "blocks.*.after_feed_forward": "layers.*.norm_2",
}


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """Their config.json as our shape."""
    return TransformerConfig(
        vocab_size=theirs.integer("words", 8192),
        hidden_size=theirs.integer("width", 128),
        num_layers=theirs.layers("layers", 2),
        num_heads=theirs.integer("heads", 4),
        intermediate_size=theirs.integer("inner_width", 512),
        max_positions=theirs.integer("longest", 512),
        activation=theirs.choice("activation", "gelu", ACTIVATIONS),
        dropout=theirs.fraction("dropout", 0.1),
        attention_dropout=theirs.fraction("attention_dropout", 0.1),
    )


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shape in their words."""
    return {
        "model_type": "notebook",
        "words": config.vocab_size,
        "width": config.hidden_size,
        "layers": config.num_layers,
        "heads": config.num_heads,
        "inner_width": config.intermediate_size,
        "longest": config.max_positions,
        "activation": write_activation(config.activation),
        "dropout": config.dropout,
        "attention_dropout": config.attention_dropout,
    }


def classifier(classes: int, dropout: float = 0.0) -> PooledHeadConfig:
    """The classes of a text, from its first token."""
    return PooledHeadConfig(classes=classes, pooling="first", dropout=dropout)


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The head whose tensors are there."""
    return {"label": classifier(rows_of(shapes, "label.weight"))} if "label.weight" in shapes else {}


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """The class with the classes of a text, or the one without a head."""
    label = heads.get("label")
    if isinstance(label, PooledHeadConfig) and label == classifier(label.classes, label.dropout):
        return Architecture("NotebookForClasses", ("label",))
    return Architecture("Notebook", ())


NOTEBOOK = Family(
    name="notebook",
    prefix="",
    backbone=BACKBONE,
    heads={"label": {"classes": "label"}},
    aliases={},
    ignored=(),
    objectives=("turned",),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
    classifier=lambda config, classes, dropout, pooling: classifier(classes, dropout),
)

"""ViT (Dosovitskiy et al., 2020, arXiv:2010.11929) as a table: an encoder of patches, norms before."""

from __future__ import annotations

from collections.abc import Mapping

from groundup.errors import InputError
from groundup.families.family import (
    ACTIVATIONS,
    Architecture,
    Family,
    ForeignConfig,
    Shapes,
    TensorSource,
    rows_of,
    write_activation,
)
from groundup.families.presets import read_at
from groundup.nn.config import HeadConfig, Learned, PooledHeadConfig, TransformerConfig
from groundup.nn.inputs import Patches

BACKBONE = {
    "embed.patches": "embeddings.patch_embeddings.projection",
    "embed.first": TensorSource("embeddings.cls_token", boxed=True),
    "embed.positions.weight": TensorSource("embeddings.position_embeddings", boxed=True),
    "blocks.*.before_attention": "encoder.layer.*.layernorm_before",
    "blocks.*.attention.query": "encoder.layer.*.attention.attention.query",
    "blocks.*.attention.key": "encoder.layer.*.attention.attention.key",
    "blocks.*.attention.value": "encoder.layer.*.attention.attention.value",
    "blocks.*.attention.output": "encoder.layer.*.attention.output.dense",
    "blocks.*.before_feed_forward": "encoder.layer.*.layernorm_after",
    "blocks.*.feed_forward.input": "encoder.layer.*.intermediate.dense",
    "blocks.*.feed_forward.output": "encoder.layer.*.output.dense",
    "norm": "layernorm",
    "pooler": "pooler.dense",
}


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """Their config.json as our shape."""
    theirs.refuse_unless("qkv_bias", True)
    theirs.refuse_unless("pooler_act", "tanh")
    patches = Patches(
        size=theirs.integer("patch_size", 16),
        image_size=theirs.integer("image_size", 224),
        channels=theirs.integer("num_channels", 3),
    )
    return TransformerConfig(
        vocab_size=0,
        inputs=(patches,),
        hidden_size=theirs.integer("hidden_size", 768),
        num_layers=theirs.layers("num_hidden_layers", 12),
        num_heads=theirs.integer("num_attention_heads", 12),
        intermediate_size=theirs.integer("intermediate_size", 3072),
        max_positions=patches.most_tokens,
        positions=Learned(),
        activation=theirs.choice("hidden_act", "gelu", ACTIVATIONS),
        norm_place="before",
        norm_epsilon=theirs.positive("layer_norm_eps", 1e-12),
        embedding_norm=False,
        final_norm=True,
        dropout=theirs.fraction("hidden_dropout_prob", 0.0),
        attention_dropout=theirs.fraction("attention_probs_dropout_prob", 0.0),
        pooler=True,
    )


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shape in their words."""
    patches = config.input_of(Patches)
    if patches is None:
        raise InputError("WRONG_FAMILY", "vit", "it reads patches of images")
    return {
        "model_type": "vit",
        "image_size": patches.image_size,
        "patch_size": patches.size,
        "num_channels": patches.channels,
        "hidden_size": config.hidden_size,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": config.num_heads,
        "intermediate_size": config.intermediate_size,
        "hidden_act": write_activation(config.activation),
        "layer_norm_eps": config.norm_epsilon,
        "hidden_dropout_prob": config.dropout,
        "attention_probs_dropout_prob": config.attention_dropout,
        "qkv_bias": True,
        "initializer_range": 0.02,
    }


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The classes of an image, on the first token."""
    if "classifier.weight" not in shapes:
        return {}
    return {"label": PooledHeadConfig(classes=rows_of(shapes, "classifier.weight"), pooling="first")}


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """With the classes, or without."""
    label = heads.get("label")
    if isinstance(label, PooledHeadConfig) and label == PooledHeadConfig(classes=label.classes, pooling="first"):
        return Architecture("ViTForImageClassification", ("label",), ("backbone.pooler",))
    return Architecture("ViTModel", ())


VIT = Family(
    name="vit",
    prefix="vit.",
    backbone=BACKBONE,
    heads={"label": {"classes": "classifier"}},
    aliases={},
    ignored=(),
    objectives=("patches",),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
    roles={},
    reads="image",
    classifier=lambda config, classes, dropout, pooling: read_at(PooledHeadConfig(classes=classes, pooling="first"), pooling),
)

"""BART (Lewis et al., 2019, arXiv:1910.13461) as a table: encoder and decoder, norms after, one word embedding for both."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from groundup.errors import InputError
from groundup.families import t5
from groundup.families.family import (
    ACTIVATIONS,
    BOUNDS,
    Architecture,
    Family,
    ForeignConfig,
    Shapes,
    TensorSource,
    rows_of,
    token_of,
    write_activation,
)
from groundup.families.presets import read_at
from groundup.nn.config import HeadConfig, Learned, PooledHeadConfig, TokenHeadConfig, TransformerConfig

WORDS, PLAIN_WORDS = TokenHeadConfig(dense=False), TokenHeadConfig(dense=False, output_bias=False)
OFFSET = 2  # rows of the position table before the first


def stack(side: str) -> dict[str, str]:
    """The rows of one stack."""
    return {
        "embed.positions": f"{side}.embed_positions",
        "embed.norm": f"{side}.layernorm_embedding",
        "blocks.*.attention.query": f"{side}.layers.*.self_attn.q_proj",
        "blocks.*.attention.key": f"{side}.layers.*.self_attn.k_proj",
        "blocks.*.attention.value": f"{side}.layers.*.self_attn.v_proj",
        "blocks.*.attention.output": f"{side}.layers.*.self_attn.out_proj",
        "blocks.*.after_attention": f"{side}.layers.*.self_attn_layer_norm",
        "blocks.*.cross.attention.query": f"{side}.layers.*.encoder_attn.q_proj",
        "blocks.*.cross.attention.key": f"{side}.layers.*.encoder_attn.k_proj",
        "blocks.*.cross.attention.value": f"{side}.layers.*.encoder_attn.v_proj",
        "blocks.*.cross.attention.output": f"{side}.layers.*.encoder_attn.out_proj",
        "blocks.*.cross.after": f"{side}.layers.*.encoder_attn_layer_norm",
        "blocks.*.feed_forward.input": f"{side}.layers.*.fc1",
        "blocks.*.feed_forward.output": f"{side}.layers.*.fc2",
        "blocks.*.after_feed_forward": f"{side}.layers.*.final_layer_norm",
    }


def read_stack(theirs: ForeignConfig, side: str) -> TransformerConfig:
    """One stack of their config.json as our shape."""
    size = theirs.integer("d_model", 1024)
    return TransformerConfig(
        vocab_size=theirs.integer("vocab_size", 50265),
        hidden_size=size,
        num_layers=theirs.layers(f"{side}_layers", 12),
        num_heads=theirs.integer(f"{side}_attention_heads", 16),
        intermediate_size=theirs.integer(f"{side}_ffn_dim", 4096),
        max_positions=theirs.integer("max_position_embeddings", 1024),
        positions=Learned(offset=OFFSET),
        embedding_scale=sqrt(size) if theirs.flag("scale_embedding", False) else 1.0,
        activation=theirs.choice("activation_function", "gelu", ACTIVATIONS),
        norm_epsilon=1e-5,
        causal=side == "decoder",
        cross_attention=side == "decoder",
        dropout=theirs.fraction("dropout", 0.1),
        attention_dropout=theirs.fraction("attention_dropout", 0.0),
    )


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """The decoder."""
    return read_stack(theirs, "decoder")


def read_encoder(theirs: ForeignConfig) -> TransformerConfig:
    """The encoder."""
    return read_stack(theirs, "encoder")


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shapes in their words."""
    if encoder is None:
        raise InputError("WRONG_FAMILY", "bart", "it has an encoder beside its decoder")
    label = heads.get("label")
    stacks = {
        f"{side}_{key}": value
        for side, shape in (("encoder", encoder), ("decoder", config))
        for key, value in (
            ("layers", shape.num_layers),
            ("attention_heads", shape.num_heads),
            ("ffn_dim", shape.intermediate_size),
        )
    }
    return stacks | {
        "model_type": "bart",
        "is_encoder_decoder": True,
        "vocab_size": config.vocab_size,
        "d_model": config.hidden_size,
        "max_position_embeddings": config.max_positions,
        "scale_embedding": config.embedding_scale != 1,
        "activation_function": write_activation(config.activation),
        "dropout": config.dropout,
        "attention_dropout": config.attention_dropout,
        "classifier_dropout": label.dropout if isinstance(label, PooledHeadConfig) else 0.0,
        "init_std": 0.02,
        "tie_word_embeddings": True,
        "forced_eos_token_id": None,
    }


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The classes of a text, else the words of the decoder, by the embedding."""
    if "qa_outputs.weight" in shapes:
        theirs.refuse("architectures", "finds answers by a decoder, and no such head is known here")
    if "classification_head.out_proj.weight" in shapes:
        start = token_of(theirs, "decoder_start_token_id")
        count, dropout = rows_of(shapes, "classification_head.out_proj.weight"), t5.classifier_dropout(theirs)
        return {"label": t5.classifier(count, dropout, 2 if start < 0 else start)}
    return {"lm": WORDS if "final_logits_bias" in shapes else PLAIN_WORDS}


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """A label head decides; else the words of the decoder."""
    label = heads.get("label")
    if isinstance(label, PooledHeadConfig) and label == t5.classifier(label.classes, label.dropout, label.start):
        return Architecture("BartForSequenceClassification", ("label",))
    known = heads.get("lm") in (WORDS, PLAIN_WORDS)
    return Architecture("BartForConditionalGeneration", ("lm",)) if known else Architecture("BartModel", ())


BART = Family(
    name="bart",
    prefix="model.",
    backbone={"embed.tokens": "shared"} | stack("decoder"),
    heads={
        "lm": {"bias": TensorSource("final_logits_bias", boxed=True)},
        "label": {"dense.linear": "classification_head.dense", "classes": "classification_head.out_proj"},
    },
    aliases={
        "lm_head.weight": "model.shared.weight",
        "model.encoder.embed_tokens.weight": "model.shared.weight",
        "model.decoder.embed_tokens.weight": "model.shared.weight",
    },
    ignored=(),
    plain={
        "normalize_before": (False,),
        "add_final_layer_norm": (False,),
        "normalize_embedding": (True,),
        "static_position_embeddings": (False,),
        "extra_pos_embeddings": (2,),
        "add_bias_logits": (False,),
    },
    objectives=("denoise", "spans", "prefix"),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
    encoder=stack("encoder"),
    read_encoder=read_encoder,
    start="sep",
    classifier=lambda config, classes, dropout, pooling: read_at(t5.classifier(classes, dropout, start=0), pooling),
    roles=BOUNDS,
)

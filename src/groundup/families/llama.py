"""Llama (Touvron et al., 2023, arXiv:2302.13971) as a table: a decoder with rotary positions, gates and RMS norms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from groundup.errors import InputError
from groundup.families.family import (
    ACTIVATIONS,
    BOUNDS,
    TOKENS,
    Architecture,
    Family,
    ForeignConfig,
    Shapes,
    find_ends,
    rows_of,
    write_activation,
)
from groundup.families.gpt2 import last_token, of_label, token_dropout
from groundup.nn.config import HeadConfig, NumberHeadConfig, Rotary, TokenHeadConfig, TransformerConfig

BACKBONE = {
    "embed.tokens": "embed_tokens",
    "blocks.*.before_attention": "layers.*.input_layernorm",
    "blocks.*.attention.query": "layers.*.self_attn.q_proj",
    "blocks.*.attention.key": "layers.*.self_attn.k_proj",
    "blocks.*.attention.value": "layers.*.self_attn.v_proj",
    "blocks.*.attention.output": "layers.*.self_attn.o_proj",
    "blocks.*.before_feed_forward": "layers.*.post_attention_layernorm",
    "blocks.*.feed_forward.input": "layers.*.mlp.gate_proj",
    "blocks.*.feed_forward.gate": "layers.*.mlp.up_proj",
    "blocks.*.feed_forward.output": "layers.*.mlp.down_proj",
    "norm": "norm",
}

HEADS = {
    "lm": {"weight": "lm_head.weight"},
    "label": {"classes": "score", "numbers": "score"},
    "ends": {"numbers": "qa_outputs"},
}
ALIASES = {"lm_head.weight": "model.embed_tokens.weight"}
IGNORED = ("model.layers.*.self_attn.rotary_emb.inv_freq", "model.rotary_emb.inv_freq")


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """Their config.json as our shape, in the words of transformers 5 (rope_parameters) or 4."""
    positions, window = theirs.integer("max_position_embeddings", 2048), theirs.value("sliding_window")
    if window is not None and not (type(window) is int and window >= positions):
        theirs.refuse("sliding_window", f"is not supported; only null is, or as much as max_position_embeddings {positions}")
    heads, size = theirs.integer("num_attention_heads", 32), theirs.integer("hidden_size", 4096)
    config = read_decoder(theirs, optional(theirs, "head_dim", max(1, size // heads)), 32000, 11008, positions)
    inner = theirs.flag("mlp_bias", False)
    return replace(config, feed_forward_bias=None if inner == config.bias else inner)


def read_decoder(
    theirs: ForeignConfig, head_size: int, vocab_size: int, intermediate_size: int, positions: int
) -> TransformerConfig:
    """What decoders of this form say with the same keys; the numbers are the family's defaults."""
    heads, size = theirs.integer("num_attention_heads", 32), theirs.integer("hidden_size", 4096)
    return TransformerConfig(
        vocab_size=theirs.integer("vocab_size", vocab_size),
        hidden_size=size,
        num_layers=theirs.layers("num_hidden_layers", 32),
        num_heads=heads,
        num_kv_heads=optional(theirs, "num_key_value_heads", heads) % heads,
        head_size=0 if head_size * heads == size else head_size,
        intermediate_size=theirs.integer("intermediate_size", intermediate_size),
        max_positions=positions,
        positions=Rotary(base=rope_base(theirs)),
        activation=theirs.choice("hidden_act", "silu", ACTIVATIONS),
        gated=True,
        norm="rms",
        norm_place="before",
        norm_epsilon=theirs.positive("rms_norm_eps", 1e-6),
        embedding_norm=False,
        final_norm=True,
        bias=theirs.flag("attention_bias", False),
        causal=True,
        attention_dropout=theirs.fraction("attention_dropout", 0.0),
    )


def optional(theirs: ForeignConfig, key: str, default: int) -> int:
    """A whole number that may be null."""
    return default if theirs.value(key) is None else theirs.integer(key, default)


def rope_base(theirs: ForeignConfig) -> float:
    """The base of rotary positions; stretched ones are not computed here."""
    if theirs.value("rope_scaling") is not None:
        theirs.refuse("rope_scaling", "is not supported; only plain rotary positions are")
    parameters = theirs.section("rope_parameters")
    parameters.refuse_unless("rope_type", "default")
    parameters.refuse_unless("partial_rotary_factor", 1.0, None)
    return parameters.positive("rope_theta", theirs.positive("rope_theta", 10000.0))


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shape in their words."""
    return write_decoder("llama", config, heads) | {"mlp_bias": config.inner_bias}


def write_decoder(name: str, config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> dict:
    """What `read_decoder` reads."""
    lm = heads.get("lm")
    if not isinstance(config.positions, Rotary):
        raise InputError("WRONG_FAMILY", name, "its positions are rotary")
    return {
        "model_type": name,
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_size,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": config.num_heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_width,
        "intermediate_size": config.intermediate_size,
        "max_position_embeddings": config.max_positions,
        "hidden_act": write_activation(config.activation),
        "rms_norm_eps": config.norm_epsilon,
        "attention_bias": config.bias,
        "attention_dropout": config.attention_dropout,
        "rope_parameters": {"rope_type": "default", "rope_theta": config.positions.base},
        "initializer_range": 0.02,
        "tie_word_embeddings": isinstance(lm, TokenHeadConfig) and lm.tied,
    }


def words(tied: bool) -> TokenHeadConfig:
    """The words of the next token."""
    return TokenHeadConfig(dense=False, output_bias=False, tied=tied)


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The head whose tensors are there; a tied matrix of words is not, and is there where no other head is."""
    if "score.weight" in shapes:
        count = rows_of(shapes, "score.weight")
        tokens = "score.bias" in shapes or theirs.names("architectures", TOKENS)
        return {"label": NumberHeadConfig(outputs=count, dropout=token_dropout(theirs)) if tokens else last_token(count)}
    if ends := find_ends(shapes):
        return ends
    tied = theirs.flag("tie_word_embeddings", False)
    there = tied or "lm_head.weight" in shapes or theirs.names("architectures", "ForCausalLM")
    return {"lm": words(tied)} if there else {}


def architecture_of(name: str, heads: Mapping[str, HeadConfig]) -> Architecture:
    """A label head decides; else the words of the next token. `name` is what their classes begin with."""
    if label_head := of_label(name, heads):
        return label_head._replace(prefix="transformer." if label_head.heads == ("ends",) else None)
    known = heads.get("lm") in (words(True), words(False))
    return Architecture(f"{name}ForCausalLM", ("lm",)) if known else Architecture(f"{name}Model", ())


LLAMA = Family(
    name="llama",
    prefix="model.",
    backbone=BACKBONE,
    heads=HEADS,
    also=("mistral",),
    unused=("v_head.*",),
    plain={"partial_rotary_factor": (1.0,)},
    aliases=ALIASES,
    ignored=IGNORED,
    objectives=("causal",),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=lambda config, heads: architecture_of("Llama", heads),
    roles=BOUNDS,
)

"""Qwen3 (Yang et al., 2025, arXiv:2505.09388) as a table: Llama with a norm on the queries and keys of each head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from groundup.errors import InputError
from groundup.families.family import BOUNDS, Family, ForeignConfig
from groundup.families.llama import (
    ALIASES,
    BACKBONE,
    HEADS,
    IGNORED,
    architecture_of,
    find_heads,
    optional,
    read_decoder,
    write_decoder,
)
from groundup.nn.config import HeadConfig, TransformerConfig

FULL = "full_attention"


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """Their config.json as our shape."""
    theirs.refuse_unless("use_sliding_window", False, None)  # without it sliding_window means nothing
    for key in ("sliding_window", "max_window_layers"):
        theirs.value(key)
    layers = theirs.value("layer_types")
    if layers is not None and not (isinstance(layers, list) and set(layers) <= {FULL}):
        theirs.refuse("layer_types", f"is not supported; only {FULL} is, in all layers")
    positions = theirs.integer("max_position_embeddings", 32768)
    config = read_decoder(theirs, optional(theirs, "head_dim", 128), 151936, 22016, positions)
    return replace(config, query_key_norm=True, feed_forward_bias=False if config.bias else None)


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shape in their words."""
    if not config.query_key_norm:
        raise InputError("WRONG_FAMILY", "qwen3", "its queries and keys have norms")
    return write_decoder("qwen3", config, heads) | {"use_sliding_window": False, "layer_types": [FULL] * config.num_layers}


QWEN3 = Family(
    name="qwen3",
    prefix="model.",
    backbone=BACKBONE
    | {
        "blocks.*.attention.query_norm": "layers.*.self_attn.q_norm",
        "blocks.*.attention.key_norm": "layers.*.self_attn.k_norm",
    },
    heads=HEADS,
    aliases=ALIASES,
    ignored=IGNORED,
    objectives=("causal",),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=lambda config, heads: architecture_of("Qwen3", heads),
    roles=BOUNDS,
)

"""Llama (Touvron et al., 2023, arXiv:2302.13971) as a table: a decoder with rotary positions, gates and RMS norms."""

from __future__ import annotations

from collections.abc import Mapping

from groundup.errors import InputError
from groundup.families.family import ACTIVATIONS, BOUNDS, Architecture, Family, Settings, write_activation
from groundup.nn.config import HeadConfig, Rotary, TokenHeadConfig, TransformerConfig

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


def read_config(theirs: Settings) -> TransformerConfig:
    """Their config.json as our shape, in the words of transformers 5 (rope_parameters) or 4."""
    bias = theirs.flag("attention_bias", False)
    theirs.refuse_unless("mlp_bias", bias)
    heads, size = theirs.whole("num_attention_heads", 32), theirs.whole("hidden_size", 4096)
    width = optional(theirs, "head_dim", max(1, size // heads))
    return TransformerConfig(
        vocab_size=theirs.whole("vocab_size", 32000),
        hidden_size=size,
        num_layers=theirs.whole("num_hidden_layers", 32),
        num_heads=heads,
        num_kv_heads=optional(theirs, "num_key_value_heads", heads) % heads,
        head_size=0 if width * heads == size else width,
        intermediate_size=theirs.whole("intermediate_size", 11008),
        max_positions=theirs.whole("max_position_embeddings", 2048),
        positions=Rotary(base=rope_base(theirs)),
        activation=theirs.choice("hidden_act", "silu", ACTIVATIONS),
        gated=True,
        norm="rms",
        norm_place="before",
        norm_epsilon=theirs.number("rms_norm_eps", 1e-6),
        embedding_norm=False,
        final_norm=True,
        bias=bias,
        causal=True,
        attention_dropout=theirs.number("attention_dropout", 0.0),
    )


def optional(theirs: Settings, key: str, default: int) -> int:
    """A whole number that may be null."""
    return default if theirs.values.get(key) is None else theirs.whole(key, default)


def rope_base(theirs: Settings) -> float:
    """The base of rotary positions; stretched ones are not computed here."""
    if theirs.values.get("rope_scaling") is not None:
        theirs.refuse("rope_scaling", "is not supported; only plain rotary positions are")
    given = theirs.section("rope_parameters")
    given.refuse_unless("rope_type", "default")
    return given.number("rope_theta", theirs.number("rope_theta", 10000.0))


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shape in their words."""
    lm = heads.get("lm")
    if not isinstance(config.positions, Rotary):
        raise InputError("WRONG_FAMILY", "llama", "its positions are rotary")
    return {
        "model_type": "llama",
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
        "mlp_bias": config.bias,
        "attention_dropout": config.attention_dropout,
        "rope_parameters": {"rope_type": "default", "rope_theta": config.positions.base},
        "initializer_range": 0.02,
        "tie_word_embeddings": isinstance(lm, TokenHeadConfig) and lm.tied,
    }


def words(tied: bool) -> TokenHeadConfig:
    """The words of the next token."""
    return TokenHeadConfig(dense=False, output_bias=False, tied=tied)


def find_heads(theirs: Settings, names: set[str]) -> dict[str, HeadConfig]:
    """The words of the next token; a tied matrix is not in the file, so the name of the class tells."""
    tied = theirs.flag("tie_word_embeddings", False)
    return {"lm": words(tied)} if "lm_head.weight" in names or theirs.names("architectures", "ForCausalLM") else {}


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """With the words of the next token, or without."""
    known = heads.get("lm") in (words(True), words(False))
    return Architecture("LlamaForCausalLM", ("lm",)) if known else Architecture("LlamaModel", ())


LLAMA = Family(
    name="llama",
    prefix="model.",
    backbone=BACKBONE,
    heads={"lm": {"weight": "lm_head.weight"}},
    aliases={"lm_head.weight": "model.embed_tokens.weight"},
    ignored=("model.layers.*.self_attn.rotary_emb.inv_freq",),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
    roles=BOUNDS,
)

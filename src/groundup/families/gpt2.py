"""GPT-2 (Radford et al., 2019, "Language models are unsupervised multitask learners") as a table: a decoder, norms before."""

from __future__ import annotations

from collections.abc import Mapping

from groundup.families.family import ACTIVATIONS, BOUNDS, Architecture, Family, Part, Settings, write_activation
from groundup.nn.config import HeadConfig, Learned, TokenHeadConfig, TransformerConfig

WORDS = TokenHeadConfig(dense=False, output_bias=False)
BACKBONE = {
    "embed.tokens": "wte",
    "embed.positions": "wpe",
    "blocks.*.before_attention": "h.*.ln_1",
    "blocks.*.attention.query": Part("h.*.attn.c_attn", 0, 3, transposed=True),
    "blocks.*.attention.key": Part("h.*.attn.c_attn", 1, 3, transposed=True),
    "blocks.*.attention.value": Part("h.*.attn.c_attn", 2, 3, transposed=True),
    "blocks.*.attention.output": Part("h.*.attn.c_proj", transposed=True),
    "blocks.*.before_feed_forward": "h.*.ln_2",
    "blocks.*.feed_forward.input": Part("h.*.mlp.c_fc", transposed=True),
    "blocks.*.feed_forward.output": Part("h.*.mlp.c_proj", transposed=True),
    "norm": "ln_f",
}


def read_config(theirs: Settings) -> TransformerConfig:
    """Their config.json as our shape."""
    theirs.refuse_unless("scale_attn_weights", True)
    theirs.refuse_unless("scale_attn_by_inverse_layer_idx", False)
    theirs.refuse_unless("add_cross_attention", False)
    theirs.refuse_unless("tie_word_embeddings", True)
    hidden_size = theirs.whole("n_embd", 768)
    inner = theirs.values.get("n_inner")
    return TransformerConfig(
        vocab_size=theirs.whole("vocab_size", 50257),
        hidden_size=hidden_size,
        num_layers=theirs.whole("n_layer", 12),
        num_heads=theirs.whole("n_head", 12),
        intermediate_size=4 * hidden_size if inner is None else theirs.whole("n_inner", 4 * hidden_size),
        max_positions=theirs.whole("n_positions", 1024),
        positions=Learned(),
        activation=theirs.choice("activation_function", "gelu_new", ACTIVATIONS),
        norm_place="before",
        norm_epsilon=theirs.number("layer_norm_epsilon", 1e-5),
        embedding_norm=False,
        final_norm=True,
        causal=True,
        dropout=theirs.number("resid_pdrop", 0.1),
        attention_dropout=theirs.number("attn_pdrop", 0.1),
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


def find_heads(theirs: Settings, names: set[str]) -> dict[str, HeadConfig]:
    """The words of the next token; their matrix is the embedding, so only the name of the class tells."""
    return {"lm": WORDS} if theirs.names("architectures", "LMHeadModel") else {}


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """With the words of the next token, or without."""
    return Architecture("GPT2LMHeadModel", ("lm",)) if heads.get("lm") == WORDS else Architecture("GPT2Model", ())


GPT2 = Family(
    name="gpt2",
    prefix="transformer.",
    backbone=BACKBONE,
    heads={"lm": {}},
    aliases={"lm_head.weight": "transformer.wte.weight"},
    ignored=("transformer.h.*.attn.bias", "transformer.h.*.attn.masked_bias"),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
    roles=BOUNDS,
)

"""T5 (Raffel et al., 2019, arXiv:1910.10683) as a table: encoder and decoder, RMS norms before, distances as biases."""

from __future__ import annotations

from collections.abc import Mapping

from groundup.errors import InputError
from groundup.families.family import (
    ACTIVATIONS,
    BOUNDS,
    Architecture,
    Family,
    ForeignConfig,
    Shapes,
    rows_of,
    token_of,
    write_activation,
)
from groundup.families.presets import read_at
from groundup.messages.current import message
from groundup.nn.config import HeadConfig, PooledHeadConfig, RelativeBias, TokenHeadConfig, TransformerConfig


def stack(side: str, last: int, gated: bool) -> dict[str, str]:
    """The rows of one stack, whose feed-forward part is number `last` of a block."""
    own, cross, feed = f"{side}.block.*.layer.0", f"{side}.block.*.layer.1", f"{side}.block.*.layer.{last}"
    inputs = {"input": "wi_0", "gate": "wi_1"} if gated else {"input": "wi"}
    return {f"blocks.*.feed_forward.{ours}": f"{feed}.DenseReluDense.{theirs}" for ours, theirs in inputs.items()} | {
        "blocks.*.before_attention": f"{own}.layer_norm",
        "blocks.*.attention.query": f"{own}.SelfAttention.q",
        "blocks.*.attention.key": f"{own}.SelfAttention.k",
        "blocks.*.attention.value": f"{own}.SelfAttention.v",
        "blocks.*.attention.output": f"{own}.SelfAttention.o",
        "blocks.*.cross.before": f"{cross}.layer_norm",
        "blocks.*.cross.attention.query": f"{cross}.EncDecAttention.q",
        "blocks.*.cross.attention.key": f"{cross}.EncDecAttention.k",
        "blocks.*.cross.attention.value": f"{cross}.EncDecAttention.v",
        "blocks.*.cross.attention.output": f"{cross}.EncDecAttention.o",
        "blocks.*.before_feed_forward": f"{feed}.layer_norm",
        "blocks.*.feed_forward.output": f"{feed}.DenseReluDense.wo",
        "norm": f"{side}.final_layer_norm",
        "bias": f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias",
    }


def read_stack(theirs: ForeignConfig, side: str) -> TransformerConfig:
    """One stack of their config.json as our shape."""
    gated = is_gated(theirs)
    name = str(theirs.value("feed_forward_proj", "relu")).removeprefix("gated-")
    if name not in ACTIVATIONS:
        theirs.refuse("feed_forward_proj", f"is not one of {', '.join(ACTIVATIONS)}, alone or after gated-")
    encoders = theirs.layers("num_layers", 6)
    decoders = theirs.value("num_decoder_layers")
    return TransformerConfig(
        vocab_size=theirs.integer("vocab_size", 32128),
        hidden_size=theirs.integer("d_model", 512),
        num_layers=encoders if side == "encoder" or decoders is None else theirs.layers("num_decoder_layers", encoders),
        num_heads=theirs.integer("num_heads", 8),
        head_size=theirs.integer("d_kv", 64),
        intermediate_size=theirs.integer("d_ff", 2048),
        max_positions=2**20,  # distances have no end
        positions=RelativeBias(
            buckets=theirs.integer("relative_attention_num_buckets", 32),
            max_distance=theirs.integer("relative_attention_max_distance", 128),
        ),
        attention_scale=1.0,
        activation="gelu_tanh" if gated and name == "gelu" else ACTIVATIONS[name],
        gated=gated,
        norm="rms",
        norm_place="before",
        norm_epsilon=theirs.positive("layer_norm_epsilon", 1e-6),
        embedding_norm=False,
        final_norm=True,
        bias=False,
        causal=side == "decoder",
        cross_attention=side == "decoder",
        dropout=theirs.fraction("dropout_rate", 0.1),
        attention_dropout=theirs.fraction("dropout_rate", 0.1),
    )


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """The decoder."""
    return read_stack(theirs, "decoder")


def read_encoder(theirs: ForeignConfig) -> TransformerConfig:
    """The encoder."""
    return read_stack(theirs, "encoder")


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shapes in their words."""
    if encoder is None or not isinstance(config.positions, RelativeBias):
        raise InputError("WRONG_FAMILY", "t5", "it has an encoder beside its decoder, and distances as biases")
    lm, label, activation = heads.get("lm"), heads.get("label"), write_activation(config.activation)
    scaled = not isinstance(lm, TokenHeadConfig) or lm.scale != 1
    if config.gated and config.activation == "gelu_tanh":
        activation = "gelu"
    return {
        "model_type": "t5",
        "is_encoder_decoder": True,
        "vocab_size": config.vocab_size,
        "d_model": config.hidden_size,
        "d_kv": config.head_width,
        "d_ff": config.intermediate_size,
        "num_layers": encoder.num_layers,
        "num_decoder_layers": config.num_layers,
        "num_heads": config.num_heads,
        "relative_attention_num_buckets": config.positions.buckets,
        "relative_attention_max_distance": config.positions.max_distance,
        "feed_forward_proj": ("gated-" if config.gated else "") + activation,
        "layer_norm_epsilon": config.norm_epsilon,
        "dropout_rate": config.dropout,
        "classifier_dropout": label.dropout if isinstance(label, PooledHeadConfig) else 0.0,
        "scale_decoder_outputs": scaled,
        "tie_word_embeddings": scaled,  # what versions before 5 call it
    }


def words(size: int, scaled: bool, tied: bool) -> TokenHeadConfig:
    """The words of the decoder: its states, where scaled by 1 / sqrt(C), meet the embedding or a matrix of their own."""
    return TokenHeadConfig(dense=False, output_bias=False, scale=size**-0.5 if scaled else 1.0, tied=tied)


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The classes of a text, else the words of the decoder: by a matrix of their own where the file has one, else by the
    embedding. Whether the states are scaled is said apart from that: `tie_word_embeddings` means it in folders of old versions,
    and in those of new ones, which have `scale_decoder_outputs` beside it, nothing. Those of mT5 never are."""
    if "qa_outputs.weight" in shapes:
        theirs.refuse("architectures", "finds answers by a decoder, and no such head is known here")
    if "classification_head.out_proj.weight" in shapes:
        start = token_of(theirs, "decoder_start_token_id")
        if start < 0:
            theirs.refuse("decoder_start_token_id", "is needed by a head for classes: its decoder begins with that token")
        return {"label": classifier(rows_of(shapes, "classification_head.out_proj.weight"), classifier_dropout(theirs), start)}
    size, tied = theirs.integer("d_model", 512), theirs.flag("tie_word_embeddings", True)
    own = "lm_head.weight" in shapes
    if not own and not tied:
        theirs.note(message("embedding as head"))
    scaled = theirs.flag("scale_decoder_outputs", tied and theirs.values.get("model_type") != "mt5")
    return {"lm": words(size, scaled, tied=not own)}


def classifier(classes: int, dropout: float, start: int) -> PooledHeadConfig:
    """classes(tanh(W h)) on the last token of a decoder that reads the same text behind the token `start`."""
    return PooledHeadConfig(
        classes=classes, pooling="last", dense=True, dense_norm=False, activation="tanh", dropout=dropout, start=start
    )


def classifier_dropout(theirs: ForeignConfig) -> float:
    """That before the classes."""
    return theirs.fraction("classifier_dropout", 0.0)


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """A label head decides; else the words of the decoder."""
    label, lm = heads.get("label"), heads.get("lm")
    if isinstance(label, PooledHeadConfig) and label == classifier(label.classes, label.dropout, label.start):
        return Architecture("T5ForSequenceClassification", ("label",), prefix="transformer.")
    known = isinstance(lm, TokenHeadConfig) and lm == words(config.hidden_size, lm.scale != 1, lm.tied)
    return Architecture("T5ForConditionalGeneration", ("lm",)) if known else Architecture("T5Model", ())


def is_gated(theirs: ForeignConfig) -> bool:
    """Whether their feed-forward parts are gated."""
    return str(theirs.value("feed_forward_proj")).startswith("gated-")


def make_family(gated: bool) -> Family:
    """The tables with one first matrix of the feed-forward part, or with two."""
    return Family(
        name="t5 gated" if gated else "t5",
        prefix="",
        backbone={"embed.tokens": "shared"} | stack("decoder", 2, gated),
        heads={
            "lm": {"weight": "lm_head.weight"},
            "label": {"dense.linear": "classification_head.dense", "classes": "classification_head.out_proj"},
        },
        aliases={
            "lm_head.weight": "shared.weight",
            "encoder.embed_tokens.weight": "shared.weight",
            "decoder.embed_tokens.weight": "shared.weight",
        },
        ignored=("decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight",),
        objectives=("spans", "prefix"),
        read_config=read_config,
        write_config=write_config,
        find_heads=find_heads,
        architecture=architecture,
        encoder=stack("encoder", 1, gated),
        read_encoder=read_encoder,
        start="pad",
        classifier=lambda config, classes, dropout, pooling: read_at(classifier(classes, dropout, start=0), pooling),
        roles=BOUNDS,
        recognizes=lambda theirs: is_gated(theirs) == gated,
        also=("mt5",),
    )


T5, GATED_T5 = make_family(gated=False), make_family(gated=True)

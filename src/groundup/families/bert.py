"""BERT (Devlin et al., 2018, arXiv:1810.04805) as a table, and with it every checkpoint of its shape, like MiniLM."""

from __future__ import annotations

from collections.abc import Mapping

from groundup.errors import InputError
from groundup.families.family import Architecture, Family
from groundup.nn.config import HeadConfig, Learned, PooledHeadConfig, TokenHeadConfig, TransformerConfig

ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
    "relu2": "relu_squared",
    "silu": "silu",
    "swish": "silu",
}  # theirs -> ours; of several the first is written

BACKBONE = {
    "embed.tokens": "embeddings.word_embeddings",
    "embed.positions": "embeddings.position_embeddings",
    "embed.segments": "embeddings.token_type_embeddings",
    "embed.norm": "embeddings.LayerNorm",
    "blocks.*.attention.query": "encoder.layer.*.attention.self.query",
    "blocks.*.attention.key": "encoder.layer.*.attention.self.key",
    "blocks.*.attention.value": "encoder.layer.*.attention.self.value",
    "blocks.*.attention.output": "encoder.layer.*.attention.output.dense",
    "blocks.*.after_attention": "encoder.layer.*.attention.output.LayerNorm",
    "blocks.*.feed_forward.input": "encoder.layer.*.intermediate.dense",
    "blocks.*.feed_forward.output": "encoder.layer.*.output.dense",
    "blocks.*.after_feed_forward": "encoder.layer.*.output.LayerNorm",
    "pooler": "pooler.dense",
}
HEADS = {
    "mlm": {
        "dense.linear": "cls.predictions.transform.dense",
        "dense.norm": "cls.predictions.transform.LayerNorm",
        "bias": "cls.predictions.bias",
    },
    "nsp": {"classes": "cls.seq_relationship"},
    "label": {"classes": "classifier"},
}


def read_config(theirs: dict) -> TransformerConfig:
    """Their config.json as our shape."""
    refuse_unless(theirs, "position_embedding_type", "absolute")
    refuse_unless(theirs, "is_decoder", False)
    refuse_unless(theirs, "add_cross_attention", False)
    return TransformerConfig(
        vocab_size=theirs.get("vocab_size", 30522),
        hidden_size=theirs.get("hidden_size", 768),
        num_layers=theirs.get("num_hidden_layers", 12),
        num_heads=theirs.get("num_attention_heads", 12),
        intermediate_size=theirs.get("intermediate_size", 3072),
        max_positions=theirs.get("max_position_embeddings", 512),
        num_segments=theirs.get("type_vocab_size", 2),
        activation=read_activation(theirs.get("hidden_act", "gelu")),
        norm_epsilon=theirs.get("layer_norm_eps", 1e-12),
        dropout=theirs.get("hidden_dropout_prob", 0.1),
        attention_dropout=theirs.get("attention_probs_dropout_prob", 0.1),
        positions=Learned(),
        pooler=True,
    )


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> dict:
    """Our shape in their words."""
    label = heads.get("label")
    return {
        "model_type": "bert",
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_size,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": config.num_heads,
        "intermediate_size": config.intermediate_size,
        "max_position_embeddings": config.max_positions,
        "type_vocab_size": config.num_segments,
        "hidden_act": write_activation(config.activation),
        "layer_norm_eps": config.norm_epsilon,
        "hidden_dropout_prob": config.dropout,
        "attention_probs_dropout_prob": config.attention_dropout,
        "classifier_dropout": label.dropout if isinstance(label, PooledHeadConfig) else None,
        "initializer_range": 0.02,
    }


def find_heads(theirs: dict, names: set[str]) -> dict[str, HeadConfig]:
    """The heads whose tensors are there."""
    heads: dict[str, HeadConfig] = {}
    if "cls.predictions.bias" in names:
        heads["mlm"] = TokenHeadConfig(activation=read_activation(theirs.get("hidden_act", "gelu")))
    if "cls.seq_relationship.weight" in names:
        heads["nsp"] = PooledHeadConfig(classes=2)
    if "classifier.weight" in names:
        dropout = theirs.get("classifier_dropout")
        dropout = theirs.get("hidden_dropout_prob", 0.1) if dropout is None else dropout
        heads["label"] = PooledHeadConfig(classes=num_labels(theirs), dropout=dropout)
    return heads


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """A label head decides; else the pretraining heads."""
    label = heads.get("label")
    if isinstance(label, PooledHeadConfig) and label.pooling == "pooler" and not label.dense:
        return Architecture("BertForSequenceClassification", ("label",))
    mlm = heads.get("mlm") == TokenHeadConfig(activation=config.activation)
    nsp = heads.get("nsp") == PooledHeadConfig(classes=2)
    if mlm and nsp:
        return Architecture("BertForPreTraining", ("mlm", "nsp"))
    if mlm:
        return Architecture("BertForMaskedLM", ("mlm",), ("backbone.pooler",))
    return Architecture("BertModel", ())


def num_labels(theirs: dict) -> int:
    """Classes of a classification folder; transformers writes their names, or nothing when there are two."""
    return len(theirs["id2label"]) if theirs.get("id2label") else int(theirs.get("num_labels", 2))


def read_activation(name: object) -> str:
    if name not in ACTIVATIONS:
        raise InputError(
            "UNKNOWN_ACTIVATION", "config.json: hidden_act", f"{name!r} is not known", limit=", ".join(ACTIVATIONS)
        )
    return ACTIVATIONS[name]


def write_activation(name: str) -> str:
    return next(theirs for theirs, ours in ACTIVATIONS.items() if ours == name)


def refuse_unless(theirs: dict, key: str, value: object) -> None:
    """A setting that changes the formulas must be the one we compute."""
    if theirs.get(key, value) != value:
        raise InputError(
            "UNSUPPORTED_MODEL", f"config.json: {key}", f"{theirs[key]!r} is not supported", f"only {value!r} is"
        )


BERT = Family(
    name="bert",
    prefix="bert.",
    backbone=BACKBONE,
    heads=HEADS,
    aliases={
        "cls.predictions.decoder.weight": "bert.embeddings.word_embeddings.weight",
        "cls.predictions.decoder.bias": "cls.predictions.bias",
    },
    ignored=("bert.embeddings.position_ids", "bert.embeddings.token_type_ids"),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
)

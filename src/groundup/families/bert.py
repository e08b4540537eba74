"""BERT (Devlin et al., 2018, arXiv:1810.04805) as a table, and with it every checkpoint of its shape, like MiniLM."""

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
    usual_classifier,
    write_activation,
)
from groundup.nn.config import (
    HeadConfig,
    Learned,
    NumberHeadConfig,
    PooledHeadConfig,
    Pooling,
    TokenHeadConfig,
    TransformerConfig,
)

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
    "label": {
        "dense.linear": "bert.pooler.dense",
        "classes": "classifier",
        "numbers": "classifier",
    },  # of a text, and of each token
    "ends": {"numbers": "qa_outputs"},
}


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """Their config.json as our shape."""
    return TransformerConfig(
        vocab_size=theirs.integer("vocab_size", 30522),
        hidden_size=theirs.integer("hidden_size", 768),
        num_layers=theirs.layers("num_hidden_layers", 12),
        num_heads=theirs.integer("num_attention_heads", 12),
        intermediate_size=theirs.integer("intermediate_size", 3072),
        max_positions=theirs.integer("max_position_embeddings", 512),
        num_segments=theirs.integer("type_vocab_size", 2),
        activation=theirs.choice("hidden_act", "gelu", ACTIVATIONS),
        norm_epsilon=theirs.positive("layer_norm_eps", 1e-12),
        dropout=theirs.fraction("hidden_dropout_prob", 0.1),
        attention_dropout=theirs.fraction("attention_probs_dropout_prob", 0.1),
        positions=Learned(),
        pooler=True,
    )


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
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
        "classifier_dropout": label.dropout if isinstance(label, PooledHeadConfig | NumberHeadConfig) else None,
        "initializer_range": 0.02,
    }


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The heads whose tensors are there. The class for tokens has no pooler."""
    heads: dict[str, HeadConfig] = {}
    if "cls.predictions.transform.dense.weight" in shapes:
        heads["mlm"] = TokenHeadConfig(activation=theirs.choice("hidden_act", "gelu", ACTIVATIONS))
    if "cls.seq_relationship.weight" in shapes:
        heads["nsp"] = PooledHeadConfig(classes=2)
    if "classifier.weight" in shapes:
        dropout, count = classifier_dropout(theirs), rows_of(shapes, "classifier.weight")
        tokens = at_each_token(theirs, texts="bert.pooler.dense.weight" in shapes)
        heads["label"] = (
            NumberHeadConfig(outputs=count, dropout=dropout) if tokens else PooledHeadConfig(classes=count, dropout=dropout)
        )
    return heads | find_ends(shapes)


def classifier_dropout(theirs: ForeignConfig) -> float:
    """That before the classes."""
    return theirs.fraction("classifier_dropout", theirs.fraction("hidden_dropout_prob", 0.1))


def classifier(config: TransformerConfig, classes: int, dropout: float, pooling: Pooling | None = None) -> PooledHeadConfig:
    """classes(tanh(W h)) on the first token: by the pooler, or without one by a layer of the head that is saved as it. Its
    `pooling` may be another, which the class does not have."""
    if config.pooler or pooling not in (None, "first"):
        return usual_classifier(config, classes, dropout, pooling)
    return PooledHeadConfig(classes=classes, pooling="first", dense=True, dense_norm=False, activation="tanh", dropout=dropout)


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """A label head decides; else the pretraining heads."""
    label = heads.get("label")
    if isinstance(label, PooledHeadConfig) and label == classifier(config, label.classes, label.dropout):
        return Architecture("BertForSequenceClassification", ("label",))
    if token_head := token_architecture("Bert", heads):
        return token_head._replace(left=("backbone.pooler",))
    mlm = heads.get("mlm") == TokenHeadConfig(activation=config.activation)
    nsp = heads.get("nsp") == PooledHeadConfig(classes=2)
    if mlm and nsp:
        return Architecture("BertForPreTraining", ("mlm", "nsp"))
    if mlm:
        return Architecture("BertForMaskedLM", ("mlm",), ("backbone.pooler",))
    return Architecture("BertModel", ())


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
    plain={"is_decoder": (False,), "add_cross_attention": (False,), "position_embedding_type": ("absolute",)},
    classifier=classifier,
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
)

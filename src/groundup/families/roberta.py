"""RoBERTa (Liu et al., 2019, arXiv:1907.11692) as a table: BERT's shape, whose positions begin after that of the padding.

XLM-R (Conneau et al., 2019, arXiv:1911.02116) and CamemBERT (Martin et al., 2019, arXiv:1911.03894) are the same under other
names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from groundup.families import bert
from groundup.families.family import (
    BOUNDS,
    Architecture,
    Family,
    ForeignConfig,
    Shapes,
    at_each_token,
    find_ends,
    rows_of,
    token_architecture,
)
from groundup.families.presets import read_at
from groundup.nn.config import HeadConfig, Learned, NumberHeadConfig, PooledHeadConfig, TokenHeadConfig, TransformerConfig

HEADS = {
    "mlm": {"dense.linear": "lm_head.dense", "dense.norm": "lm_head.layer_norm", "bias": "lm_head.bias"},
    "label": {"dense.linear": "classifier.dense", "classes": "classifier.out_proj", "numbers": "classifier"},
    "ends": {"numbers": "qa_outputs"},
}


def read_config(theirs: ForeignConfig) -> TransformerConfig:
    """Their config.json as our shape."""
    config = bert.read_config(theirs)
    offset = theirs.integer("pad_token_id", 1, least=0) + 1
    if config.max_positions <= offset:
        theirs.refuse("max_position_embeddings", f"leaves no position after the first {offset}")
    return replace(config, positions=Learned(offset=offset), max_positions=config.max_positions - offset)


def write_config(config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None) -> dict:
    """Our shape in their words."""
    offset = config.positions.offset if isinstance(config.positions, Learned) else 0
    rows = config.max_positions + offset
    own = {"model_type": "roberta", "max_position_embeddings": rows, "pad_token_id": offset - 1}
    return bert.write_config(config, heads) | own


def find_heads(theirs: ForeignConfig, shapes: Shapes) -> dict[str, HeadConfig]:
    """The heads whose tensors are there."""
    heads: dict[str, HeadConfig] = {"mlm": TokenHeadConfig()} if "lm_head.dense.weight" in shapes else {}
    if "classifier.out_proj.weight" in shapes:
        heads["label"] = classifier(rows_of(shapes, "classifier.out_proj.weight"), bert.classifier_dropout(theirs))
    elif "classifier.weight" in shapes and at_each_token(theirs, texts=False):
        heads["label"] = NumberHeadConfig(outputs=rows_of(shapes, "classifier.weight"), dropout=bert.classifier_dropout(theirs))
    return heads | find_ends(shapes)


def classifier(classes: int, dropout: float) -> PooledHeadConfig:
    """classes(tanh(W h)) on the first token."""
    return PooledHeadConfig(classes=classes, pooling="first", dense=True, dense_norm=False, activation="tanh", dropout=dropout)


def architecture(config: TransformerConfig, heads: Mapping[str, HeadConfig]) -> Architecture:
    """A label head decides; else the masked-LM head."""
    label = heads.get("label")
    if isinstance(label, PooledHeadConfig) and label == classifier(label.classes, label.dropout):
        return Architecture("RobertaForSequenceClassification", ("label",), ("backbone.pooler",))
    if token_head := token_architecture("Roberta", heads):
        return token_head._replace(left=("backbone.pooler",))
    if heads.get("mlm") == TokenHeadConfig():
        return Architecture("RobertaForMaskedLM", ("mlm",), ("backbone.pooler",))
    return Architecture("RobertaModel", ())


ROBERTA = Family(
    name="roberta",
    prefix="roberta.",
    backbone=bert.BACKBONE,
    heads=HEADS,
    aliases={
        "lm_head.decoder.weight": "roberta.embeddings.word_embeddings.weight",
        "lm_head.decoder.bias": "lm_head.bias",
    },
    ignored=("roberta.embeddings.position_ids", "roberta.embeddings.token_type_ids"),
    plain=bert.BERT.plain,
    also=("xlm-roberta", "camembert"),
    read_config=read_config,
    write_config=write_config,
    find_heads=find_heads,
    architecture=architecture,
    roles=BOUNDS,
    classifier=lambda config, classes, dropout, pooling: read_at(classifier(classes, dropout), pooling),
)

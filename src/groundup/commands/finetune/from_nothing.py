"""A model that was never pretrained, for rows whose kinds have no words: small, and learned from the table alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from groundup.families import presets
from groundup.families.checkpoint import Loaded
from groundup.nn.config import Input
from groundup.nn.model import Model

FAMILY, REGIME = "modernbert", "fast"  # norms before each part, gated feed-forward parts, no biases


def model_from_nothing(preset: str, inputs: Sequence[Input], dropout: float, seed: int) -> Loaded:
    """A backbone of a preset's size that reads these inputs, drawn from the seed; it has no head yet, and pools the mean."""
    shape = presets.make_config(preset, REGIME, 1, dropout)
    shape = replace(shape, inputs=tuple(inputs), vocab_size=0, attention_dropout=dropout)
    model = Model(shape, {}, seed=seed)
    return Loaded(model.eval(), shape, FAMILY, None, {}, pooling="mean")

"""A model that was never pretrained: small, and learned from the table alone."""

from __future__ import annotations

from dataclasses import replace

from groundup.families import presets
from groundup.families.checkpoint import Loaded
from groundup.kinds.reader import Reader
from groundup.nn.model import Model

FAMILY, REGIME = "modernbert", "fast"  # norms before each part, gated feed-forward parts, no biases


def model_from_nothing(preset: str, reader: Reader, dropout: float, seed: int, length: int = 0) -> Loaded:
    """A backbone of a preset's size that reads what the reader reads, texts of at most `length` tokens, drawn from the seed; it
    has no head yet, and pools the mean."""
    shape = presets.make_config(preset, REGIME, 1, dropout)
    room = max(shape.max_positions, length)
    shape = replace(
        shape, inputs=reader.inputs, vocab_size=reader.vocab_size, max_positions=room, attention_dropout=min(0.9, 2 * dropout)
    )
    model = Model(shape, {}, seed=seed)
    return Loaded(model.eval(), shape, FAMILY, None, {}, pooling="mean")

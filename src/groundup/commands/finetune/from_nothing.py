"""The model that a training on labelled rows starts from: one that was trained before, or a small new one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from groundup.families import checkpoint, presets
from groundup.families.checkpoint import Loaded
from groundup.kinds.reader import Reader
from groundup.nn.device import chosen_device
from groundup.nn.model import Model

FAMILY, REGIME = "modernbert", "fast"  # norms before each part, gated feed-forward parts, no biases


class Start(Protocol):
    """Settings of the model to start from."""

    @property
    def preset(self) -> str: ...

    @property
    def dropout(self) -> float: ...

    @property
    def dequantize(self) -> bool: ...

    @property
    def max_length(self) -> int: ...

    @property
    def seed(self) -> int: ...


def open_backbone(settings: Start, reader: Reader, start: Path | None) -> Loaded:
    """The model to start from, which learns to read the further kinds of the reader, or a new one that reads what it reads."""
    if start is None:
        loaded = model_from_nothing(settings.preset, reader, settings.dropout, settings.seed, settings.max_length)
        loaded.model.to(chosen_device())
        return loaded
    loaded = checkpoint.load_to_train(start, settings.dropout, settings.dequantize)
    loaded.model.to(chosen_device())
    more = [one for one in reader.inputs if not loaded.config.reads(one.kind)]
    if more:
        loaded.model.add_inputs(more, settings.seed, reader.vocab_size, settings.max_length)
        loaded.config = loaded.model.config
    return loaded


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

"""A model of fewer layers from some of another's."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
from torch import nn

from groundup.errors import InputError
from groundup.nn.config import TransformerConfig
from groundup.nn.model import Model

NON_BLOCK_PARTS = ("embed", "norm", "bias", "pooler")  # parts of a backbone besides its blocks


def evenly_spaced(of: int, layers: int) -> list[int]:
    """Numbers of `layers` blocks at even distances, the first and the last among them: 0, 2, 4, 7, 9, 11 of 12, as DistilBERT
    takes them; of one, the first."""
    return np.rint(np.linspace(0, of - 1, layers)).astype(int).tolist()


def assemble(config: TransformerConfig, like: Model, blocks: Sequence[nn.Module]) -> Model:
    """A model of this shape with these blocks, and with the other parts and the heads of `like`, which it shares with it."""
    student = Model(config, {}, seed=None)
    for name in NON_BLOCK_PARTS:
        setattr(student.backbone, name, getattr(like.backbone, name))
    student.backbone.blocks = nn.ModuleList(blocks)
    student.heads, student.head_configs = like.heads, dict(like.head_configs)
    return student.train(like.training)


def take_layers(model: Model, chosen: Sequence[int]) -> Model:
    """A copy of a model with these blocks of it alone. Raises InputError for blocks it does not have, or that cannot go."""
    require_one_stack(model, "layers")
    most = model.config.num_layers
    wrong = [number for number in chosen if number >= most]
    if wrong or not chosen:
        raise InputError("NO_SUCH_LAYER", "layers", f"{wrong or 'none'} of {most} blocks", limit=f"0 to {most - 1}")
    if chosen[0] and not model.config.first_norm:
        raise InputError(
            "FIRST_LAYER",
            "layers",
            f"begins with block {chosen[0]}, but only the first block lacks a norm",
            "let the first one be block 0",
        )
    copied = deepcopy(model)
    shortened = assemble(model.config.with_layers(chosen), copied, [copied.backbone.blocks[number] for number in chosen])
    shortened.requires_grad_(True)
    return shortened


def require_one_stack(model: Model, place: str) -> None:
    """Raise InputError for an encoder-decoder model."""
    if model.encoder is not None:
        raise InputError(
            "TWO_STACKS",
            place,
            "the model has an encoder and a decoder",
            "this works on models of one stack; prune or quantize it instead",
        )

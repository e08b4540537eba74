"""A smaller model from parts of a model: some of the heads and units of each layer, and some of the layers.

What is left out is not masked but gone: matrices are cut. The result is an ordinary model, and says what the model says whose
left-out heads and units are multiplied by zero.
C hidden, H heads of a layer, D head size, F width inside its feed-forward part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from groundup.errors import InputError
from groundup.nn.attention import Projections
from groundup.nn.block import BY_UNIT
from groundup.nn.config import TransformerConfig
from groundup.nn.model import Model

STACKS = ("backbone", "encoder")


class KeptLayer(NamedTuple):
    """What stays of a layer: its heads [H] and its units [F], in the order of their numbers."""

    heads: Sequence[int]
    units: Sequence[int]


Kept = dict[str, dict[int, KeptLayer]]  # stack -> number of a kept layer -> its kept parts


def stacks(model: Model) -> dict[str, TransformerConfig]:
    """The shapes of a model's stacks by name."""
    return {"backbone": model.config} | ({} if model.encoder_config is None else {"encoder": model.encoder_config})


def blocks_of(model: Model, stack: str) -> nn.ModuleList:
    """The blocks of a stack."""
    stacked = model.backbone if stack == "backbone" else model.encoder
    assert stacked is not None
    return stacked.blocks


def keep_all(model: Model) -> Kept:
    """All that a model has."""
    return {
        stack: {i: KeptLayer(range(config.heads_of(i)), range(config.width_of(i))) for i in range(config.num_layers)}
        for stack, config in stacks(model).items()
    }


def slice_model(model: Model, keep: Kept) -> Model:
    """A copy of these parts of a model. Heads that share keys and values stay or go together.

    Raises InputError when that cannot be: adapters, no layer left, some of the heads of a model with relative positions.
    """
    if model.adapted:
        raise InputError("ADAPTED", "prune", "the model has adapters", "merge them first")
    shapes = {stack: sliced_config(config, keep[stack]) for stack, config in stacks(model).items()}
    sliced = Model(shapes["backbone"], model.head_configs, seed=None, encoder=shapes.get("encoder"))
    old = dict(model.named_parameters())
    for name, _ in list(sliced.named_parameters()):
        owner, _, leaf = name.rpartition(".")
        value = sliced_parameter(name, old, keep, stacks(model)).detach().clone()
        setattr(sliced.get_submodule(owner), leaf, nn.Parameter(value))
    return sliced.train(model.training)


def sliced_config(config: TransformerConfig, layers: Mapping[int, KeptLayer]) -> TransformerConfig:
    """The shape of what is kept of a stack."""
    numbers = sorted(layers)
    if not numbers:
        raise InputError("NO_LAYERS", "layers", "none is left", "keep one")
    if numbers[0] and config.norm_place == "before" and not config.first_norm:
        raise InputError("FIRST_LAYER", "layers", "the first one alone has no norm before its attention", "drop others")
    heads = tuple(len(layers[i].heads) for i in numbers)
    widths = tuple(len(layers[i].units) for i in numbers)
    return replace(
        config.with_layers(numbers),
        heads_per_layer=() if set(heads) == {config.num_heads} else heads,
        widths_per_layer=() if set(widths) == {config.intermediate_size} else widths,
    )


def sliced_parameter(name: str, old: Mapping[str, Tensor], keep: Kept, shapes: Mapping[str, TransformerConfig]) -> Tensor:
    """What of the old parameters goes to the parameter of this name in the new model."""
    stack, _, rest = name.partition(".blocks.")
    if not rest:
        return old[name]
    place, _, inside = rest.partition(".")
    number = sorted(keep[stack])[int(place)]
    value, layer, config = old[f"{stack}.blocks.{number}.{inside}"], keep[stack][number], shapes[stack]
    part, _, parameter = inside.partition(".")
    if part == "attention" and parameter in Projections.by_head:
        chosen = projection_outputs(layer.heads, config, shared=parameter.startswith(("key.", "value.")))
        return value.index_select(Projections.by_head[parameter], chosen.to(value.device))
    if part == "feed_forward" and parameter in BY_UNIT:
        return value.index_select(BY_UNIT[parameter], torch.tensor(layer.units, dtype=torch.int64).to(value.device))
    return value


def projection_outputs(heads: Sequence[int], config: TransformerConfig, shared: bool) -> Tensor:
    """Numbers of the outputs of a projection that belong to some heads; of keys and values, to the ones these share."""
    repeats = config.num_heads // config.kv_heads
    if any(set(range(g * repeats, (g + 1) * repeats)) - set(heads) for g in {head // repeats for head in heads}):
        raise InputError(
            "SHARED_KEYS",
            "prune",
            f"some of {repeats} heads that share keys and values would stay without the others",
            "keep or drop them together",
        )
    chosen = sorted({head // repeats for head in heads}) if shared else list(heads)
    size = config.head_width
    return torch.tensor([head * size + d for head in chosen for d in range(size)], dtype=torch.int64)

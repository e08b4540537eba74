"""Structured pruning: the heads and units that matter least are cut out in rounds, with training between them.

Michel et al., 2019, arXiv:1905.10650 (heads); sizes of the same kind for feed-forward units. Body: the operations of the
blocks' matrix products, at the mean length of the examples.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from groundup.compress.importance import Importance, ablation_losses, importance
from groundup.compress.masks import prune_weights
from groundup.compress.prune_settings import PruneSettings
from groundup.compress.slices import Kept, keep_all, slice_model, sliced_config, stacks
from groundup.compress.work import Work
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.nn.config import RelativeBias, TransformerConfig
from groundup.nn.cost.size import count_operations
from groundup.nn.model import Model
from groundup.objectives.objective import Batch

Scores = dict[str, list[Tensor]]  # stack -> layer -> a number for each part
HALVINGS = 40


def prune(work: Work, settings: PruneSettings) -> Model:
    """The work's model with `body` less operations in its blocks, trained again after each round.

    Raises InputError when so much cannot be cut out.
    """
    if settings.mask != "none":
        return prune_weights(work, settings)
    batches = list(work.batches(max(1, settings.examples // work.batch_size)))
    length = mean_length(batches)
    model, whole = work.model, block_flops(work.model, length)
    if settings.layers:
        model = drop_layers(model, settings.layers, batches, work)
    start = block_flops(model, length) / whole
    for number in range(1, settings.rounds + 1):
        share = start + (1 - settings.block_flops - start) * number / settings.rounds
        if share < block_flops(model, length) / whole:
            scores = importance(model, batches, work.objective, settings.units)
            model = slice_model(model, choose_kept(model, scores, share * whole, length, settings))
        left = block_flops(model, length) / whole
        work.log(message("prune round", number=number, rounds=settings.rounds, left=left, shape=describe_shape(model)))
        model = work.fit(model, f"prune-{number}", share=1 / settings.rounds)
    return model


def block_flops(model: Model, length: int) -> int:
    """Operations of the blocks for one sequence."""
    return sum(stack_flops(config, length) for config in stacks(model).values())


def stack_flops(config: TransformerConfig, length: int) -> int:
    """Operations of the blocks of a stack for one sequence."""
    return count_operations(config, {}, 1, length, {"states": length})


def mean_length(batches: Sequence[Batch]) -> int:
    """Tokens of an example."""
    lengths = [length for batch in batches for length in batch.layout.lengths]
    return max(1, round(sum(lengths) / len(lengths)))


def describe_shape(model: Model) -> str:
    """Heads and widths of all layers."""
    parts = [
        message(
            "shape of stack",
            stack="" if name == "backbone" else f"{name} ",
            heads=list(config.heads),
            widths=list(config.widths),
        )
        for name, config in stacks(model).items()
    ]
    return message("semicolon").join(parts)


def drop_layers(model: Model, count: int, batches: Sequence[Batch], work: Work) -> Model:
    """The model without the layers of its backbone that the loss misses least, taken one after the other."""
    fixed = not model.config.first_norm and model.config.norm_place == "before"  # the first one cannot go
    if count >= model.config.num_layers:
        raise InputError("TOO_MANY_LAYERS", "prune.layers", f"{count} of {model.config.num_layers}", "keep at least one")
    for _ in range(count):
        losses = ablation_losses(model, batches, work.objective)
        dropped = min(range(fixed, len(losses)), key=lambda number: losses[number])
        keep = keep_all(model)
        del keep["backbone"][dropped]
        work.log(message("layer dropped", number=dropped, count=len(losses)))
        model = slice_model(model, keep)
    return model


def choose_kept(model: Model, scores: Importance, target: float, length: int, settings: PruneSettings) -> Kept:
    """What stays so that the blocks cost at most `target` operations: all that is above one threshold of importance, which is
    sought by halving."""
    heads: Scores = {}
    units: Scores = {}
    for stack, config in stacks(model).items():
        importances = scores.heads[stack], scores.units[stack]
        heads[stack], units[stack] = scores_of(config, *importances, length, settings.shares == "global")
    if settings.shares == "uniform":
        heads, units = ranks(heads), ranks(units)
    everything_scored = [layer for part in (heads, units) for layers in part.values() for layer in layers]
    low, high = 0.0, float(torch.cat(everything_scored).max()) * 1.01
    best: Kept | None = None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        keep = keep_above(model, heads, units, middle, settings)
        if kept_flops(model, keep, length) <= target:
            best, high = keep, middle
        else:
            low = middle
    if best is None:
        raise InputError("CANNOT_PRUNE", "prune.block_flops", "so much cannot be cut out", "ask for less, or for both parts")
    return best


def scores_of(
    config: TransformerConfig, heads: Sequence[Tensor], units: Sequence[Tensor], length: int, free: bool
) -> tuple[list[Tensor], list[Tensor]]:
    """For each layer, scores of its groups of heads that share keys and values, and of its units; `free` ones per operation."""
    repeats = config.num_heads // config.kv_heads
    of_group, of_unit = (flops_of_part(config, part, length) if free else 1.0 for part in ("heads", "units"))
    return [layer.view(-1, repeats).sum(1) / of_group for layer in heads], [layer / of_unit for layer in units]


def flops_of_part(config: TransformerConfig, part: str, length: int) -> float:
    """Operations of one group of heads, or of one unit, for a token; over those of a unit of a plain part."""
    if part == "units":
        return 1.5 if config.gated else 1.0
    repeats = config.num_heads // config.kv_heads
    return config.head_width * (1 + repeats + length * repeats / config.hidden_size)


def ranks(scores: Scores) -> Scores:
    """Places in the order of all scores, from 0 to 1."""
    flat = torch.cat([layer for layers in scores.values() for layer in layers])
    order = torch.empty(len(flat))
    order[flat.argsort(stable=True)] = (torch.arange(len(flat)) + 0.5) / max(1, len(flat))
    places = iter(order.split([len(layer) for layers in scores.values() for layer in layers]))
    return {stack: [next(places) for _ in layers] for stack, layers in scores.items()}


def keep_above(model: Model, heads: Scores, units: Scores, threshold: float, settings: PruneSettings) -> Kept:
    """What has a score above the threshold, in widths that are multiples."""
    keep = keep_all(model)
    for stack, config in stacks(model).items():
        repeats = config.num_heads // config.kv_heads
        for number, whole in keep[stack].items():
            groups, inside = heads[stack][number], units[stack][number]
            layer = whole
            if settings.parts != "units" and not isinstance(config.positions, RelativeBias):
                chosen = (groups > threshold).nonzero()[:, 0].tolist()
                layer = layer._replace(heads=[g * repeats + i for g in chosen for i in range(repeats)])
            if settings.parts != "heads" and len(inside):
                width = min(len(inside), settings.multiple * round(int((inside > threshold).sum()) / settings.multiple))
                layer = layer._replace(units=sorted(inside.topk(width).indices.tolist()))
            keep[stack][number] = layer
    return keep


def kept_flops(model: Model, keep: Kept, length: int) -> int:
    """Operations of what is kept."""
    return sum(stack_flops(sliced_config(config, keep[stack]), length) for stack, config in stacks(model).items())

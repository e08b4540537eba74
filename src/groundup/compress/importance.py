"""The importance of the parts of a model: heads, feed-forward units, whole layers.

A head or unit is multiplied by a gate of 1; what the loss of an example would change with the gate is summed over its tokens,
and the sizes of these are averaged over examples (Michel et al., 2019, arXiv:1905.10650). Units may be ranked by the sum of
|w * gradient| over their weights instead. A layer is ranked by the loss without it.
N rows of a layer's input, B examples, H heads, D head size, F width inside a feed-forward part.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from groundup.compress.slices import blocks_of, stacks
from groundup.nn.block import Block
from groundup.nn.device import device_of
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, Objective

Measure = Literal["gates", "weights"]


@dataclass
class Importance:
    """Stack -> layer -> the importance of its heads [H] and of its units [F]; empty for a part that is gone."""

    heads: dict[str, list[Tensor]] = field(default_factory=dict)
    units: dict[str, list[Tensor]] = field(default_factory=dict)


def importance(model: Model, batches: Sequence[Batch], objective: Objective, units: Measure = "gates") -> Importance:
    """The importance of all heads and units, from examples whose loss is known. The model is left as it was."""
    scores, training = Importance(), model.training
    for stack, config in stacks(model).items():
        scores.heads[stack] = [torch.zeros(heads) for heads in config.heads]
        scores.units[stack] = [torch.zeros(width) for width in config.widths]
    needed = {name: p.requires_grad for name, p in model.named_parameters()}
    model.eval().requires_grad_(True)
    examples = 0
    for batch in batches:
        batch.move_to(device_of(model))
        with gate_gradients(model, batch, scores, units == "gates"):
            summed_loss(model, batch, objective).backward()
        if units == "weights":
            add_weight_saliency(model, scores)
        model.zero_grad(set_to_none=True)
        examples += len(batch.layout.lengths)
    for parts in (scores.heads, scores.units):
        parts |= {stack: [sums / max(1, examples) for sums in layers] for stack, layers in parts.items()}
    for name, p in model.named_parameters():
        p.requires_grad_(needed[name])
    model.train(training)
    return scores


def summed_loss(model: Model, batch: Batch, objective: Objective) -> Tensor:
    """The weighted losses of a batch, summed over its targets."""
    weights = objective.weights(1.0)
    terms = objective.losses(batch.forward(model), batch.targets)
    return torch.stack([weights[name] * loss for name, loss in terms.items()]).sum()


@contextmanager
def gate_gradients(model: Model, batch: Batch, scores: Importance, units: bool) -> Generator[None]:
    """A context in which backward passes add the gradients of the gates to `scores`."""
    handles = []
    for stack, config in stacks(model).items():
        for number, block in enumerate(blocks_of(model, stack)):
            assert isinstance(block, Block)
            last = stack == "backbone" and number == config.num_layers - 1
            early = examples_of_rows(model, batch, stack, last and not config.cross_attention)
            late = examples_of_rows(model, batch, stack, last)
            if config.heads_of(number):
                sums = scores.heads[stack][number]
                handles.append(block.attention.output.register_forward_pre_hook(gate_hook(sums, early, len(sums))))
            if units and config.width_of(number):
                sums = scores.units[stack][number]
                handles.append(block.feed_forward.output.register_forward_pre_hook(gate_hook(sums, late, len(sums))))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def gate_hook(sums: Tensor, examples: Tensor, parts: int) -> Callable[[nn.Module, tuple[Tensor]], None]:
    """A hook that sees the input [N, parts * D] of a layer and adds to `sums` [parts], when its gradient comes, the size of
    each example's."""

    def came(x: Tensor, gradient: Tensor) -> None:
        each = (x.detach() * gradient).view(len(x), parts, -1).sum(2)  # [N, parts]
        per_example = each.new_zeros(int(examples.max()) + 1, parts).index_add(0, examples, each)
        sums.add_(per_example.abs().sum(0).cpu())

    def hook(layer: nn.Module, inputs: tuple[Tensor]) -> None:
        inputs[0].register_hook(lambda gradient: came(inputs[0], gradient))

    return hook


def examples_of_rows(model: Model, batch: Batch, stack: str, asked: bool) -> Tensor:
    """[N] the example that each row of a layer belongs to: of all tokens as attention sees them, or of the asked ones."""
    layout = batch.source.layout if stack == "encoder" and batch.source is not None else batch.layout
    rows = layout.gather(layout.sequence_ids())
    places = list(batch.positions.values())
    everywhere = any(model.heads[name].pools_mean for name in batch.positions) or sum(map(len, places)) >= layout.num_tokens
    return rows.index_select(0, layout.locate_rows(torch.cat(places))) if asked and not everywhere else rows


def add_weight_saliency(model: Model, scores: Importance) -> None:
    """Add to `scores` the sum of |w * gradient| over the weights of each unit."""
    for stack in stacks(model):
        for number, block in enumerate(blocks_of(model, stack)):
            assert isinstance(block, Block)
            for name, p in block.feed_forward.named_parameters():
                if p.grad is not None and len(scores.units[stack][number]) and name != "output.bias":
                    size = (p.detach() * p.grad).abs()
                    along = 0 if name.startswith("output") else 1
                    scores.units[stack][number].add_((size.sum(along) if size.ndim == 2 else size).cpu())


class SkippedBlock(nn.Module):
    """Replaces a block by the identity."""

    def forward(self, x: Tensor, layout, rows: Tensor | None = None, *_: object) -> Tensor:
        return x if rows is None else x.index_select(0, rows)


@torch.inference_mode()
def ablation_losses(model: Model, batches: Sequence[Batch], objective: Objective, stack: str = "backbone") -> list[float]:
    """For each layer of a stack, the summed loss without that layer."""
    blocks, training, losses = blocks_of(model, stack), model.training, []
    model.eval()
    for number, block in enumerate(blocks):
        assert isinstance(block, Block)
        blocks[number] = SkippedBlock()
        losses.append(sum(float(summed_loss(model, batch, objective)) for batch in batches))
        blocks[number] = block
    model.train(training)
    return losses

"""Single weights of the blocks' matrices become zero. Nothing becomes faster or smaller but a packed file: the kernels here
multiply by zeros as by other numbers.

magnitude: the smallest of each matrix. wanda: the smallest |w| * |x| of each row, |x| the length of the column of inputs that
w meets (Sun et al., 2023, arXiv:2306.11695). movement: those with the lowest score, learned beside the weights as if the mask
were none (Sanh et al., 2020, arXiv:2005.07683).
O outputs of a layer, I inputs, N rows.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.compress.prune_settings import PruneSettings
from groundup.compress.work import Work
from groundup.messages.current import message
from groundup.nn.linear import LayerSlot, Linear, layer_slots, make_linear
from groundup.nn.model import Model
from groundup.objectives.objective import Batch

if TYPE_CHECKING:
    from groundup.train.run import Plan, Training

SCORE_RATE = 1e-2  # peak learning rate of movement's scores
FULL_SPARSITY_AT = 0.7  # share of the updates after which movement has zeroed all that it will


class MaskedLinear(nn.Module):
    """W * M x + b, with a mask M [O, I] that stays."""

    def __init__(self, layer: Linear, mask: Tensor):
        super().__init__()
        self.weight, self.bias, self.mask = layer.weight, layer.bias, mask

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.mask, self.bias)

    @torch.no_grad()
    def to_linear(self) -> Linear:
        """The same as one ordinary layer."""
        return make_linear(self.weight * self.mask, self.bias)


class MovementLinear(MaskedLinear):
    """The same with the mask that keeps the highest scores; `zeroed` is the share that it does not."""

    def __init__(self, layer: Linear):
        super().__init__(layer, torch.ones_like(layer.weight))
        self.scores, self.sparsity = nn.Parameter(torch.zeros_like(layer.weight)), 0.0

    def forward(self, x: Tensor) -> Tensor:
        mask = top_mask(self.scores.detach(), self.sparsity)
        through = mask + (self.scores - self.scores.detach())  # a score gets its mask's gradient, also where that is 0
        return F.linear(x, self.weight * through, self.bias)

    def to_linear(self) -> Linear:
        self.mask = top_mask(self.scores.detach(), self.sparsity)
        return super().to_linear()


def prune_weights(work: Work, settings: PruneSettings) -> Model:
    """The work's model with a share `block_flops` of its blocks' weights zeroed, trained with the others (but for wanda)."""
    layers, share = list(block_linears(work.model)), settings.block_flops
    work.log(message("weights become zero", share=share, mask=settings.mask))
    if settings.mask == "wanda":
        for place, mask in wanda_masks(
            work.model, layers, list(work.batches(settings.examples // work.batch_size or 1)), share
        ):
            place.layer.weight.data.mul_(mask)
        return work.model
    moving = settings.mask == "movement"
    for place in layers:
        largest = top_mask(place.layer.weight.detach().abs(), share)
        place.replace(MovementLinear(place.layer) if moving else MaskedLinear(place.layer, largest))

    def change(training: Training, plan: Plan) -> Training:
        return with_movement_scores(training, plan, share)

    model = work.fit(work.model, f"prune-{settings.mask}", customize=change if moving else None)
    for place in list(layer_slots(model, MaskedLinear)):
        if isinstance(place.layer, MovementLinear):
            place.layer.sparsity = share
        place.replace(place.layer.to_linear())
    return model


def block_linears(model: Model) -> Iterator[LayerSlot[Linear]]:
    """The linear layers of all blocks."""
    return (place for place in layer_slots(model, Linear) if ".blocks." in place.name)


def top_mask(scores: Tensor, sparsity: float) -> Tensor:
    """[O, I] 1 for the highest scores of a matrix, 0 for a share `zeroed` of them."""
    count = int(sparsity * scores.numel())
    mask = torch.ones(scores.numel(), device=scores.device)
    if count:
        mask[scores.flatten().topk(count, largest=False).indices] = 0
    return mask.view_as(scores)


def wanda_masks(
    model: Model, layers: Sequence[LayerSlot[Linear]], batches: Sequence[Batch], share: float
) -> Iterator[tuple[LayerSlot[Linear], Tensor]]:
    """For each layer, the mask [O, I] that zeroes the same share of each row."""
    layers_by_name = {place.name: place.layer for place in layers}
    with input_statistics(layers_by_name, lambda x: x.square().sum(0), torch.add) as squares:
        for batch in batches:
            with torch.no_grad():
                batch.forward(model)
    for place in layers:
        scores = place.layer.weight.detach().abs() * squares[place.name].sqrt()
        lowest = scores.topk(int(share * scores.shape[1]), 1, largest=False).indices
        yield place, torch.ones_like(scores).scatter_(1, lowest, 0.0)


@contextmanager
def input_statistics(
    layers: Mapping[str, Linear], measure: Callable[[Tensor], Tensor], join: Callable[[Tensor, Tensor], Tensor]
) -> Generator[dict[str, Tensor]]:
    """While it lasts, what `measure` says of the columns of each layer's inputs [N, I], joined from 0 on: name -> [I]."""
    statistics = {name: layer.weight.new_zeros(layer.weight.shape[1]) for name, layer in layers.items()}

    def listener(name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
        def listen(layer: nn.Module, inputs: tuple[Tensor]) -> None:
            statistics[name] = join(statistics[name], measure(inputs[0].detach()))

        return listen

    handles = [layer.register_forward_pre_hook(listener(name)) for name, layer in layers.items()]
    try:
        yield statistics
    finally:
        for handle in handles:
            handle.remove()


def with_movement_scores(training: Training, plan: Plan, share: float) -> Training:
    """Training in which ever more weights are zeroed, by a cube, and scores learn at a rate of their own."""
    layers = [place.layer for place in layer_slots(training.model, MovementLinear)]
    peak = max(training.schedule(number, plan.steps) for number in range(1, plan.steps + 1))
    plain_optimizer = training.optimizer
    decay = max((group["decay"] for group in plain_optimizer.inner.param_groups), default=0.0)
    optimizer = type(plain_optimizer)(
        training.model.named_parameters(),
        plain_optimizer.betas,
        plain_optimizer.epsilon,
        decay,
        plain_optimizer.bias_correction,
        lambda name: SCORE_RATE / peak if name.endswith(".scores") else 1.0,
    )

    def batches(number: int) -> list[Batch]:
        left = 1 - min(1.0, number / (FULL_SPARSITY_AT * plan.steps))
        for layer in layers:
            layer.sparsity = share * (1 - left**3)
        return training.batches(number)

    return replace(training, optimizer=optimizer, batches=batches)

"""Staying near where fine-tuning began: a quadratic penalty (a / 2) sum of F_i (theta_i - theta0_i)^2, as a proximal step.

After each update of the optimizer theta <- theta0 + (theta - theta0) / (1 + lr a F): stable for any a, theta0 in the limit.
As computed, theta moves towards theta0 by the share lr a F / (1 + lr a F).
L2-SP (F = 1, heads towards 0): Li et al., 2018, arXiv:1802.01483. RecAdam: Chen et al., 2020, arXiv:2004.12651. EWC (F =
Fisher information): Kirkpatrick et al., 2017, arXiv:1612.00796.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import exp

import torch
from torch import Tensor, nn

from groundup.errors import InputError
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, Objective


def is_head(name: str) -> bool:
    return name.startswith("heads.")


class Anchor:
    """The penalty on a model as it is now. Make it on the weights to stay near to: before a checkpoint is loaded.

    `strength` a holds all but the heads, `head` b the heads near 0; `importance` F by name, 1 where it is None and 0 for
    names it leaves out. `scale` is that of the optimizer, so that slow parameters are held as slowly. With `share` s(t) in
    [0, 1] the anchored parameters take s(t) of the optimizer's update, and a becomes (1 - s(t)) a.
    """

    def __init__(
        self,
        model: Model,
        strength: float,
        head: float = 0.0,
        importance: Mapping[str, Tensor] | None = None,
        share: Callable[[int], float] | None = None,
        scale: Callable[[str], float] = lambda name: 1.0,
    ):
        for name, value in (("strength", strength), ("head", head)):
            if not value >= 0:
                raise InputError("BAD_ANCHOR", name, f"{value} is not at least 0")
        self.strength, self.head, self.share, self.scale = strength, head, share, scale
        named = dict(model.named_parameters())
        self.body = {name: p for name, p in named.items() if not is_head(name)} if strength or share else {}
        self.heads = {name: p for name, p in named.items() if is_head(name)} if head else {}
        if importance is not None:
            self.body = {name: p for name, p in self.body.items() if name in importance}
        self.importance = importance
        self.start = {name: p.detach().clone() for name, p in self.body.items()}
        self.held: dict[str, Tensor] = {}  # before the optimizer's update

    def before(self, step: int) -> None:
        """To be called right before the optimizer's update number `step`."""
        if self.share is not None:
            self.held = {name: p.detach().clone() for name, p in self.body.items() if p.requires_grad}

    @torch.no_grad()
    def after(self, step: int, learning_rate: float) -> None:
        """The proximal step after the optimizer's update; parameters that are frozen stay as they are."""
        strength = self.strength
        if self.share is not None:
            share = self.share(step)
            strength *= 1 - share
            for name, old in self.held.items():
                self.body[name].copy_(torch.lerp(old, self.body[name], share))
            self.held = {}
        for name, p in self.body.items():
            pull = learning_rate * self.scale(name) * strength if learning_rate else 0.0
            if pull and p.requires_grad:
                p.lerp_(self.start[name], 1 / (1 + 1 / (pull * self.weight(name))))  # exact at both ends
        for name, p in self.heads.items():
            if p.requires_grad:
                p.div_(1 + learning_rate * self.scale(name) * self.head)

    def penalty(self) -> Tensor:
        """(a / 2) sum of F (theta - theta0)^2 + (b / 2) sum of head^2, to be differentiated."""
        terms = [(self.weight(name) * (p - self.start[name]).square()).sum() * self.strength for name, p in self.body.items()]
        terms += [p.square().sum() * self.head for p in self.heads.values()]
        return 0.5 * torch.stack(terms).sum() if terms else torch.zeros(())

    @torch.no_grad()
    def gradients(self) -> dict[str, Tensor]:
        """Its gradient by name: a F (theta - theta0), and b theta of the heads."""
        body = {name: self.strength * self.weight(name) * (p - self.start[name]) for name, p in self.body.items()}
        return body | {name: self.head * p for name, p in self.heads.items()}

    def weight(self, name: str) -> Tensor | float:
        """F of a parameter."""
        return 1.0 if self.importance is None else self.importance[name]


def l2_sp(model: Model, strength: float = 0.01, head: float = 0.01, scale: Callable[[str], float] = lambda name: 1.0) -> Anchor:
    """(a / 2) |theta - theta0|^2 + (b / 2) |head|^2; it takes the place of weight decay, which is to be 0."""
    return Anchor(model, strength, head, scale=scale)


def rec_adam(
    model: Model, strength: float = 5000.0, k: float = 0.1, t0: float = 500, scale: Callable[[str], float] = lambda name: 1.0
) -> Anchor:
    """s(t) L + (1 - s(t)) (g / 2) |theta - theta0|^2 with s(t) = sigmoid(k (t - t0)), the penalty outside Adam's moments.

    Heads have nothing to recall: they take the whole update from the start.
    """
    return Anchor(model, strength, share=lambda step: sigmoid(k * (step - t0)), scale=scale)


def ewc(
    model: Model, strength: float, importance: Mapping[str, Tensor], scale: Callable[[str], float] = lambda name: 1.0
) -> Anchor:
    """(a / 2) sum of F_i (theta_i - theta0_i)^2 with F from `fisher`."""
    return Anchor(model, strength, importance=importance, scale=scale)


def fisher(model: Model, objective: Objective, batches: Iterable[Batch]) -> dict[str, Tensor]:
    """F by name: the mean over batches of the squared gradient of a batch's loss, dropout off. Of batches of one example this
    is the empirical Fisher information. What the objective does not reach is left out; the model stays as it was.
    """
    named = {name: p for name, p in model.named_parameters() if not is_head(name)}
    told = {name: p.requires_grad for name, p in named.items()}
    training, weights, count = model.training, objective.weights(), 0
    total: dict[str, Tensor] = {}
    model.eval()
    set_trainable(named, dict.fromkeys(named, True))
    try:
        for batch in batches:
            counts = objective.counts(batch.targets)
            terms = objective.losses(batch.through(model), batch.targets)
            loss = torch.stack([weights[k] * v / max(1, counts[k]) for k, v in terms.items()]).sum()
            gradients = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
            for name, gradient in zip(named, gradients, strict=True):
                if gradient is not None:
                    square = gradient.square()
                    total[name] = total[name].add_(square) if name in total else square
            count += 1
    finally:
        set_trainable(named, told)
        model.train(training)
    if not count:
        raise InputError("NO_BATCHES", "fisher", "there is no batch to measure importance on", "give some pretraining text")
    return {name: square.div_(count) for name, square in total.items()}


def set_trainable(named: Mapping[str, nn.Parameter], told: Mapping[str, bool]) -> None:
    for name, p in named.items():
        p.requires_grad_(told[name])


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))

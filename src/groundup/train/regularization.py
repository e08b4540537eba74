"""Regularization towards the weights that fine-tuning began with: (a / 2) sum of F_i (theta_i - theta0_i)^2, a proximal step.

After each update of the optimizer theta <- theta0 + (theta - theta0) / (1 + lr a F). This is stable for any a, and gives theta0
in the limit. The code computes it as a move towards theta0 by the fraction lr a F / (1 + lr a F).
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


class Regularizer:
    """Pulls a model towards the weights that it has when this object is made. So make it before a checkpoint is loaded.

    `strength` a pulls all parameters but the heads towards their initial values; `head_strength` b pulls the heads towards 0.
    `importance` gives F by parameter name: 1 where it is None, 0 for names that it lacks. `lr_scale` is the optimizer's: a
    parameter that learns slowly is pulled slowly. With `annealing` s(t) in [0, 1] the parameters take the fraction s(t) of the
    optimizer's update, and a becomes (1 - s(t)) a.
    """

    def __init__(
        self,
        model: Model,
        strength: float,
        head_strength: float = 0.0,
        importance: Mapping[str, Tensor] | None = None,
        annealing: Callable[[int], float] | None = None,
        lr_scale: Callable[[str], float] = lambda name: 1.0,
    ):
        for name, value in (("strength", strength), ("head", head_strength)):
            if not value >= 0:
                raise InputError("BAD_ANCHOR", name, f"{value} is not at least 0")
        self.strength, self.head_strength, self.annealing, self.lr_scale = strength, head_strength, annealing, lr_scale
        parameters = dict(model.named_parameters())
        self.body = {name: p for name, p in parameters.items() if not is_head(name)} if strength or annealing else {}
        self.heads = {name: p for name, p in parameters.items() if is_head(name)} if head_strength else {}
        if importance is not None:
            self.body = {name: p for name, p in self.body.items() if name in importance}
        self.importance = importance
        self.initial = {name: p.detach().clone() for name, p in self.body.items()}
        self.previous: dict[str, Tensor] = {}  # before the optimizer's update

    def before_update(self, step: int) -> None:
        """Call this right before the optimizer's update number `step`."""
        if self.annealing is not None:
            self.previous = {name: p.detach().clone() for name, p in self.body.items() if p.requires_grad}

    @torch.no_grad()
    def after_update(self, step: int, learning_rate: float) -> None:
        """Take the proximal step after the optimizer's update. Frozen parameters do not change."""
        strength = self.strength
        if self.annealing is not None:
            share = self.annealing(step)
            strength *= 1 - share
            for name, old in self.previous.items():
                self.body[name].copy_(torch.lerp(old, self.body[name], share))
            self.previous = {}
        for name, p in self.body.items():
            pull = learning_rate * self.lr_scale(name) * strength if learning_rate else 0.0
            if pull and p.requires_grad:
                p.lerp_(self.initial[name], 1 / (1 + 1 / (pull * self.importance_of(name))))  # exact at both ends
        for name, p in self.heads.items():
            if p.requires_grad:
                p.div_(1 + learning_rate * self.lr_scale(name) * self.head_strength)

    def penalty(self) -> Tensor:
        """(a / 2) sum of F (theta - theta0)^2 + (b / 2) sum of head^2, as a differentiable scalar."""
        terms = [
            (self.importance_of(name) * (p - self.initial[name]).square()).sum() * self.strength
            for name, p in self.body.items()
        ]
        terms += [p.square().sum() * self.head_strength for p in self.heads.values()]
        return 0.5 * torch.stack(terms).sum() if terms else torch.zeros(())

    @torch.no_grad()
    def gradients(self) -> dict[str, Tensor]:
        """The penalty's gradient by name: a F (theta - theta0), and b theta for the heads."""
        body = {name: self.strength * self.importance_of(name) * (p - self.initial[name]) for name, p in self.body.items()}
        return body | {name: self.head_strength * p for name, p in self.heads.items()}

    def importance_of(self, name: str) -> Tensor | float:
        """F of the parameter with this name."""
        return 1.0 if self.importance is None else self.importance[name]


def l2_sp(
    model: Model, strength: float = 0.01, head_strength: float = 0.01, lr_scale: Callable[[str], float] = lambda name: 1.0
) -> Regularizer:
    """(a / 2) |theta - theta0|^2 + (b / 2) |head|^2; it takes the place of weight decay, which is to be 0."""
    return Regularizer(model, strength, head_strength, lr_scale=lr_scale)


def rec_adam(
    model: Model, strength: float = 5000.0, k: float = 0.1, t0: float = 500, lr_scale: Callable[[str], float] = lambda name: 1.0
) -> Regularizer:
    """s(t) L + (1 - s(t)) (g / 2) |theta - theta0|^2 with s(t) = sigmoid(k (t - t0)). The penalty stays outside Adam's moments.

    Heads were not pretrained, so they take the whole update from the start.
    """
    return Regularizer(model, strength, annealing=lambda step: sigmoid(k * (step - t0)), lr_scale=lr_scale)


def ewc(
    model: Model, strength: float, importance: Mapping[str, Tensor], lr_scale: Callable[[str], float] = lambda name: 1.0
) -> Regularizer:
    """(a / 2) sum of F_i (theta_i - theta0_i)^2 with F from `fisher`."""
    return Regularizer(model, strength, importance=importance, lr_scale=lr_scale)


def fisher(model: Model, objective: Objective, batches: Iterable[Batch]) -> dict[str, Tensor]:
    """F by parameter name: the mean over batches of the squared gradient of a batch's loss, with dropout off.

    With one example per batch this is the empirical Fisher information. Parameters that the objective does not reach are left
    out. The model is not changed. Raises InputError when there is no batch.
    """
    parameters = {name: p for name, p in model.named_parameters() if not is_head(name)}
    was_trainable = {name: p.requires_grad for name, p in parameters.items()}
    training, weights, count = model.training, objective.weights(), 0
    total: dict[str, Tensor] = {}
    model.eval()
    set_trainable(parameters, dict.fromkeys(parameters, True))
    try:
        for batch in batches:
            counts = objective.counts(batch.targets)
            terms = objective.losses(batch.forward(model), batch.targets)
            loss = torch.stack([weights[k] * v / max(1, counts[k]) for k, v in terms.items()]).sum()
            gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
            for name, gradient in zip(parameters, gradients, strict=True):
                if gradient is not None:
                    square = gradient.square()
                    total[name] = total[name].add_(square) if name in total else square
            count += 1
    finally:
        set_trainable(parameters, was_trainable)
        model.train(training)
    if not count:
        raise InputError("NO_BATCHES", "fisher", "there is no batch to measure importance on", "give some pretraining text")
    return {name: square.div_(count) for name, square in total.items()}


def set_trainable(parameters: Mapping[str, nn.Parameter], trainable: Mapping[str, bool]) -> None:
    for name, p in parameters.items():
        p.requires_grad_(trainable[name])


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))

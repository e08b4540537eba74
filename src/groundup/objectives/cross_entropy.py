"""Cross-entropy over many classes with little memory traffic: in a small model, logits are most of the numbers."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor


class ClassObjective:
    """Counts, loss and weight of an objective with one head that predicts a class (or a token) at each position."""

    name: str

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {self.name: len(targets[self.name])}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {self.name: summed_cross_entropy(predictions[self.name], targets[self.name])}

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return {self.name: 1.0}


class CrossEntropy(torch.autograd.Function):
    """sum over i of -log softmax(logits_i)[target_i]; its gradient softmax - one-hot is made in place of the saved numbers."""

    @staticmethod
    def forward(ctx, logits: Tensor, targets: Tensor) -> Tensor:
        logs = F.log_softmax(logits, dim=-1)  # [M, V]
        ctx.save_for_backward(logs, targets)
        return -logs.gather(1, targets[:, None]).sum()

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor, None]:
        logs, targets = ctx.saved_tensors
        logits_gradient = logs.exp_()
        logits_gradient[torch.arange(len(targets), device=targets.device), targets] -= 1
        return logits_gradient.mul_(gradients[0]), None


def summed_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """The sum over rows of -log p(target), in float32: logits [M, V], targets [M]. It can be differentiated once."""
    return CrossEntropy.apply(logits.float(), targets)

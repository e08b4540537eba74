"""AdamW, with and without bias correction, on the fused kernel.

Kingma and Ba, 2014, arXiv:1412.6980; Loshchilov and Hutter, 2017, arXiv:1711.05101. The published BERT leaves the bias
correction out: update = -lr * m / (sqrt(v) + eps). The fused kernel always corrects, so we give it, at step t,
lr * (1 - b1^t) / sqrt(1 - b2^t) as learning rate and eps / sqrt(1 - b2^t) as epsilon, which is the same update.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn


class AdamW:
    """Decoupled weight decay on matrices only (not on norms and biases)."""

    def __init__(
        self,
        parameters: Iterable[tuple[str, nn.Parameter]],
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-6,
        weight_decay: float = 0.01,
        bias_correction: bool = True,
    ):
        named = [(name, p) for name, p in parameters if p.requires_grad]
        self.names = [name for name, p in named if p.ndim >= 2] + [name for name, p in named if p.ndim < 2]
        decayed = [p for _, p in named if p.ndim >= 2]
        plain = [p for _, p in named if p.ndim < 2]
        groups = [{"params": ps, "decay": d} for ps, d in ((decayed, weight_decay), (plain, 0.0)) if ps]
        self.betas, self.epsilon, self.bias_correction = betas, epsilon, bias_correction
        self.inner = torch.optim.AdamW(groups, lr=0.0, betas=betas, eps=epsilon, weight_decay=0.0, fused=True)
        self.parameters = [p for group in self.inner.param_groups for p in group["params"]]

    def step(self, number: int, learning_rate: float) -> None:
        """Update number `number` (the first is 1)."""
        rate, epsilon = learning_rate, self.epsilon
        if not self.bias_correction:
            first, second = 1 - self.betas[0] ** number, (1 - self.betas[1] ** number) ** 0.5
            rate, epsilon = learning_rate * first / second, self.epsilon / second
        for group in self.inner.param_groups:
            group["lr"], group["eps"] = rate, epsilon
            group["weight_decay"] = group["decay"] * learning_rate / rate if rate else 0.0
        self.inner.step()

    def zero_grad(self) -> None:
        self.inner.zero_grad(set_to_none=True)

    def state(self) -> dict[str, torch.Tensor]:
        """Both moments of every parameter, by name."""
        return {
            f"{moment}.{name}": self.inner.state[p][moment]
            for name, p in zip(self.names, self.parameters, strict=True)
            for moment in ("exp_avg", "exp_avg_sq")
            if p in self.inner.state
        }

    def load_state(self, state: dict[str, torch.Tensor], number: int) -> None:
        """Restore moments after update `number`."""
        for name, p in zip(self.names, self.parameters, strict=True):
            if f"exp_avg.{name}" in state:
                self.inner.state[p] = {
                    "step": torch.tensor(float(number)),
                    "exp_avg": state[f"exp_avg.{name}"].clone(),
                    "exp_avg_sq": state[f"exp_avg_sq.{name}"].clone(),
                }

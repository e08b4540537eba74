"""AdamW, with and without bias correction, on the fused kernel.

Kingma and Ba, 2014, arXiv:1412.6980; Loshchilov and Hutter, 2017, arXiv:1711.05101. The published BERT omits the bias
correction: update = -lr * m / (sqrt(v) + eps). The fused kernel always corrects. So at step t we pass it the learning rate
lr * (1 - b1^t) / sqrt(1 - b2^t) and the epsilon eps / sqrt(1 - b2^t), which gives the same update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import nn


class AdamW:
    """Decoupled weight decay on matrices only, not on norms and biases. `lr_scale` gives a factor of the learning rate by name.

    It trains the parameters that require a gradient when it is made. A parameter without a gradient in an update is skipped:
    its moments begin with its first gradient, and its bias correction counts from there.
    """

    def __init__(
        self,
        parameters: Iterable[tuple[str, nn.Parameter]],
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-6,
        weight_decay: float = 0.01,
        bias_correction: bool = True,
        lr_scale: Callable[[str], float] = lambda name: 1.0,
    ):
        groups: dict[tuple[float, float], dict] = {}
        for name, parameter in parameters:
            if parameter.requires_grad:
                key = (lr_scale(name), weight_decay if parameter.ndim >= 2 else 0.0)
                group = groups.setdefault(key, {"params": [], "names": [], "scale": key[0], "decay": key[1]})
                group["params"].append(parameter)
                group["names"].append(name)
        self.number = 0  # of the last update
        self.betas, self.epsilon, self.bias_correction = betas, epsilon, bias_correction
        self.inner = torch.optim.AdamW(list(groups.values()), lr=0.0, betas=betas, eps=epsilon, weight_decay=0.0, fused=True)
        param_groups = self.inner.param_groups
        self.by_name = {n: p for group in param_groups for n, p in zip(group["names"], group["params"], strict=True)}
        self.parameters = list(self.by_name.values())  # all trained ones

    @property
    def trained(self) -> dict[str, nn.Parameter]:
        """All trained parameters by name."""
        return self.by_name

    def step(self, number: int, learning_rate: float) -> None:
        """Update number `number` (the first is 1)."""
        self.number, correction, epsilon = number, 1.0, self.epsilon
        if not self.bias_correction:
            second = (1 - self.betas[1] ** number) ** 0.5
            correction, epsilon = (1 - self.betas[0] ** number) / second, self.epsilon / second
        for group in self.inner.param_groups:
            group["lr"], group["eps"] = learning_rate * group["scale"] * correction, epsilon
            group["weight_decay"] = group["decay"] / correction
        if not self.bias_correction and number > 1:
            self.init_moments(number)
        self.inner.step()

    def init_moments(self, number: int) -> None:
        """Give parameters with their first gradient moments that count `number - 1` updates.

        The kernel corrects by a parameter's own count, while `step` undoes the correction of update `number`.
        """
        for p in self.by_name.values():
            if p.grad is not None and p not in self.inner.state:
                zeros = (torch.zeros_like(p, memory_format=torch.preserve_format) for _ in range(2))
                moments = dict(zip(("exp_avg", "exp_avg_sq"), zeros, strict=True))
                self.inner.state[p] = {"step": torch.tensor(float(number - 1)).to(p.device)} | moments

    def zero_grad(self) -> None:
        self.inner.zero_grad(set_to_none=True)

    def state(self) -> dict[str, torch.Tensor]:
        """Both moments of every parameter by name; for a parameter that missed updates also its own count."""
        states = {name: self.inner.state[p] for name, p in self.by_name.items() if p in self.inner.state}
        moments = {f"{moment}.{name}": state[moment] for name, state in states.items() for moment in ("exp_avg", "exp_avg_sq")}
        return moments | {f"step.{name}": state["step"] for name, state in states.items() if float(state["step"]) < self.number}

    def load_state(self, state: dict[str, torch.Tensor], number: int) -> None:
        """Restore moments after update `number`."""
        self.number = number
        for name, p in self.by_name.items():
            if f"exp_avg.{name}" in state:
                values = {
                    "step": state.get(f"step.{name}", torch.tensor(float(number))),
                    "exp_avg": state[f"exp_avg.{name}"],
                    "exp_avg_sq": state[f"exp_avg_sq.{name}"],
                }
                self.inner.state[p] = {part: one.to(p.device, copy=True) for part, one in values.items()}

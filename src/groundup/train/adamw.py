"""AdamW, with and without bias correction, on the fused kernel.

Kingma and Ba, 2014, arXiv:1412.6980; Loshchilov and Hutter, 2017, arXiv:1711.05101. The published BERT leaves the bias
correction out: update = -lr * m / (sqrt(v) + eps). The fused kernel always corrects, so we give it, at step t,
lr * (1 - b1^t) / sqrt(1 - b2^t) as learning rate and eps / sqrt(1 - b2^t) as epsilon, which is the same update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import nn


class AdamW:
    """Decoupled weight decay on matrices only (not on norms and biases); `scale` slows parameters down by name.

    It holds what requires a gradient when it is made. What has none in an update is left alone; its moments begin with its
    first, and bias correction counts from there.
    """

    def __init__(
        self,
        parameters: Iterable[tuple[str, nn.Parameter]],
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-6,
        weight_decay: float = 0.01,
        bias_correction: bool = True,
        scale: Callable[[str], float] = lambda name: 1.0,
    ):
        groups: dict[tuple[float, float], dict] = {}
        for name, parameter in parameters:
            if parameter.requires_grad:
                kind = (scale(name), weight_decay if parameter.ndim >= 2 else 0.0)
                group = groups.setdefault(kind, {"params": [], "names": [], "scale": kind[0], "decay": kind[1]})
                group["params"].append(parameter)
                group["names"].append(name)
        self.number = 0  # of the last update
        self.betas, self.epsilon, self.bias_correction = betas, epsilon, bias_correction
        self.inner = torch.optim.AdamW(list(groups.values()), lr=0.0, betas=betas, eps=epsilon, weight_decay=0.0, fused=True)
        made = self.inner.param_groups
        self.named = {n: p for group in made for n, p in zip(group["names"], group["params"], strict=True)}
        self.parameters = list(self.named.values())  # all that are trained

    @property
    def trained(self) -> dict[str, nn.Parameter]:
        """All parameters that are trained, by name."""
        return self.named

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
            self.begin_late(number)
        self.inner.step()

    def begin_late(self, number: int) -> None:
        """The kernel corrects by a parameter's own count; what is undone above is the correction of update `number`."""
        for p in self.named.values():
            if p.grad is not None and p not in self.inner.state:
                zeros = (torch.zeros_like(p, memory_format=torch.preserve_format) for _ in range(2))
                moments = dict(zip(("exp_avg", "exp_avg_sq"), zeros, strict=True))
                self.inner.state[p] = {"step": torch.tensor(float(number - 1))} | moments

    def zero_grad(self) -> None:
        self.inner.zero_grad(set_to_none=True)

    def state(self) -> dict[str, torch.Tensor]:
        """Both moments of every parameter, by name; of one that was left alone in some updates also their number."""
        known = {name: self.inner.state[p] for name, p in self.named.items() if p in self.inner.state}
        moments = {f"{moment}.{name}": own[moment] for name, own in known.items() for moment in ("exp_avg", "exp_avg_sq")}
        return moments | {f"step.{name}": own["step"] for name, own in known.items() if float(own["step"]) < self.number}

    def load_state(self, state: dict[str, torch.Tensor], number: int) -> None:
        """Restore moments after update `number`."""
        self.number = number
        for name, p in self.named.items():
            if f"exp_avg.{name}" in state:
                self.inner.state[p] = {
                    "step": state.get(f"step.{name}", torch.tensor(float(number))).clone(),
                    "exp_avg": state[f"exp_avg.{name}"].clone(),
                    "exp_avg_sq": state[f"exp_avg_sq.{name}"].clone(),
                }

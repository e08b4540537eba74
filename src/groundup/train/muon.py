"""Muon: the update of a hidden matrix is its orthogonalized momentum (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon).

AdamW trains embeddings, heads, norms and biases. One learning rate serves both: the root mean square of an orthogonalized
update is scaled to be the same for every shape (Liu et al., 2025, arXiv:2502.16982).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from groundup.train.adamw import AdamW

MOMENTUM = 0.95
NEWTON_SCHULZ_STEPS = 3  # the published 5 cost more and were not compared
COEFFICIENTS = (3.4445, -4.775, 2.0315)  # x <- a x + (b s + c s s) x for s = x x^T
UPDATE_RMS = 3.0  # root mean square of an update, in learning rates


class Muon(AdamW):
    """Muon for the matrices in blocks, AdamW for the rest. `lr_scale` and weight decay apply to both."""

    def __init__(
        self,
        parameters: Iterable[tuple[str, nn.Parameter]],
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-6,
        weight_decay: float = 0.01,
        bias_correction: bool = True,
        lr_scale: Callable[[str], float] = lambda name: 1.0,
    ):
        trained = {name: p for name, p in parameters if p.requires_grad}
        self.matrices = {n: p for n, p in trained.items() if p.ndim == 2 and ".blocks." in n and n.endswith(".weight")}
        rest = [(name, p) for name, p in trained.items() if name not in self.matrices]
        super().__init__(rest, betas, epsilon, weight_decay, bias_correction, lr_scale)
        self.parameters = [*self.matrices.values(), *self.parameters]
        self.scale, self.decay = lr_scale, weight_decay
        self.momentum: dict[str, Tensor] = {}

    @property
    def trained(self) -> dict[str, nn.Parameter]:
        return self.matrices | self.by_name

    def step(self, number: int, learning_rate: float) -> None:
        super().step(number, learning_rate)
        shapes: dict[torch.Size, list[str]] = {}
        for name, p in self.matrices.items():
            if p.grad is not None:
                shapes.setdefault(p.shape, []).append(name)
        with torch.no_grad():
            for shape, names in shapes.items():
                gradients = torch.stack([self.nesterov_gradient(name) for name in names])
                for name, update in zip(names, orthogonalize(gradients), strict=True):
                    rate = learning_rate * self.scale(name)
                    self.matrices[name].mul_(1 - rate * self.decay).add_(update, alpha=-rate * UPDATE_RMS * max(shape) ** 0.5)

    def nesterov_gradient(self, name: str) -> Tensor:
        """Nesterov momentum: the gradient, interpolated towards the momentum that already includes it."""
        gradient = self.matrices[name].grad
        assert gradient is not None
        momentum = self.momentum.setdefault(name, torch.zeros_like(gradient)).lerp_(gradient, 1 - MOMENTUM)
        return gradient.lerp(momentum, MOMENTUM)

    def zero_grad(self) -> None:
        super().zero_grad()
        for p in self.matrices.values():
            p.grad = None

    def state(self) -> dict[str, Tensor]:
        return super().state() | {f"momentum.{name}": momentum for name, momentum in self.momentum.items()}

    def load_state(self, state: dict[str, Tensor], number: int) -> None:
        super().load_state(state, number)
        there = {name: p for name, p in self.matrices.items() if f"momentum.{name}" in state}
        self.momentum = {name: state[f"momentum.{name}"].to(p.device, copy=True) for name, p in there.items()}


OPTIMIZERS: dict[str, type[AdamW]] = {"adamw": AdamW, "muon": Muon}


def orthogonalize(matrices: Tensor) -> Tensor:
    """[n, R, C] matrices with the same singular vectors and singular values near 1 (from 0.3 to 1.3 where they were not tiny).

    Newton-Schulz iterations, without a decomposition.
    """
    a, b, c = COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.transpose(1, 2) if tall else matrices
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        square = x @ x.transpose(1, 2)
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x.transpose(1, 2) if tall else x

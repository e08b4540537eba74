"""Muon: the update of a hidden matrix is its momentum, made orthogonal (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon).

Embeddings, heads, norms and biases are AdamW's. One learning rate serves both, for the values of an orthogonal update are made
as large whatever the shape (Liu et al., 2025, arXiv:2502.16982).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from groundup.train.adamw import AdamW

MOMENTUM = 0.95
ROUNDS = 3  # of Newton-Schulz; 5 are published, which cost more and were not compared
COEFFICIENTS = (3.4445, -4.775, 2.0315)  # x <- a x + (b s + c s s) x for s = x x^T
SIZE = 3.0  # root mean square of the values of an update, in learning rates


class Muon(AdamW):
    """AdamW, but for the matrices in blocks. `scale` slows these down, too; their weights decay as AdamW's do."""

    def __init__(
        self,
        parameters: Iterable[tuple[str, nn.Parameter]],
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-6,
        weight_decay: float = 0.01,
        bias_correction: bool = True,
        scale: Callable[[str], float] = lambda name: 1.0,
    ):
        named = {name: p for name, p in parameters if p.requires_grad}
        self.hidden = {n: p for n, p in named.items() if p.ndim == 2 and ".blocks." in n and n.endswith(".weight")}
        rest = [(name, p) for name, p in named.items() if name not in self.hidden]
        super().__init__(rest, betas, epsilon, weight_decay, bias_correction, scale)
        self.parameters = [*self.hidden.values(), *self.parameters]
        self.scale, self.decay = scale, weight_decay
        self.momentum: dict[str, Tensor] = {}

    @property
    def trained(self) -> dict[str, nn.Parameter]:
        return self.hidden | self.named

    def step(self, number: int, learning_rate: float) -> None:
        super().step(number, learning_rate)
        shapes: dict[torch.Size, list[str]] = {}
        for name, p in self.hidden.items():
            if p.grad is not None:
                shapes.setdefault(p.shape, []).append(name)
        with torch.no_grad():
            for shape, names in shapes.items():
                ahead = torch.stack([self.look_ahead(name) for name in names])
                for name, update in zip(names, orthogonal(ahead), strict=True):
                    rate = learning_rate * self.scale(name)
                    self.hidden[name].mul_(1 - rate * self.decay).add_(update, alpha=-rate * SIZE * max(shape) ** 0.5)

    def look_ahead(self, name: str) -> Tensor:
        """The gradient, far moved towards the momentum, which has taken it in (Nesterov)."""
        gradient = self.hidden[name].grad
        assert gradient is not None
        momentum = self.momentum.setdefault(name, torch.zeros_like(gradient)).lerp_(gradient, 1 - MOMENTUM)
        return gradient.lerp(momentum, MOMENTUM)

    def zero_grad(self) -> None:
        super().zero_grad()
        for p in self.hidden.values():
            p.grad = None

    def state(self) -> dict[str, Tensor]:
        return super().state() | {f"momentum.{name}": momentum for name, momentum in self.momentum.items()}

    def load_state(self, state: dict[str, Tensor], number: int) -> None:
        super().load_state(state, number)
        self.momentum = {name: state[f"momentum.{name}"].clone() for name in self.hidden if f"momentum.{name}" in state}


METHODS: dict[str, type[AdamW]] = {"adamw": AdamW, "muon": Muon}


def orthogonal(matrices: Tensor) -> Tensor:
    """[n, R, C] matrices with the same singular vectors, all singular values roughly 1 (between 0.3 and 1.3 for those that are
    not tiny)."""
    a, b, c = COEFFICIENTS
    upright = matrices.shape[1] > matrices.shape[2]
    x = matrices.transpose(1, 2) if upright else matrices
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(ROUNDS):
        square = x @ x.transpose(1, 2)
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x.transpose(1, 2) if upright else x

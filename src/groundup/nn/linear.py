"""Layers that do not initialize themselves: weights are drawn in one place (initialize.py) or come from a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor, nn


class Linear(nn.Linear):
    """W x + b."""

    def reset_parameters(self) -> None:
        pass


def make_linear(weight: Tensor, bias: Tensor | None) -> Linear:
    """The layer with these weights, which are not copied."""
    with torch.device("meta"):
        layer = Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    layer.weight = nn.Parameter(weight)
    if bias is not None:
        layer.bias = nn.Parameter(bias)
    return layer


class BiasOnly(nn.Module):
    """b in every row, or 0: a linear layer without inputs."""

    def __init__(self, size: int, bias: bool):
        super().__init__()
        self.bias = nn.Parameter(torch.empty(size)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x) if self.bias is None else torch.zeros_like(x) + self.bias


class LayerNorm(nn.LayerNorm):
    """(x - mean) / sqrt(variance + epsilon) * w + b (Ba et al., 2016, arXiv:1607.06450)."""

    def reset_parameters(self) -> None:
        pass

    def forward(self, input: Tensor) -> Tensor:
        return torch.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)


class RMSNorm(nn.RMSNorm):
    """x / sqrt(mean of squares + epsilon) * w (Zhang and Sennrich, 2019, arXiv:1910.07467)."""

    def reset_parameters(self) -> None:
        pass

    def forward(self, x: Tensor) -> Tensor:
        if self.eps is not None and x.is_inference() and x.dtype == torch.float32:  # in half the time
            return (x * x).mean(-1, True).add_(self.eps).rsqrt_().mul(x).mul_(self.weight)
        return torch.rms_norm(x, self.normalized_shape, self.weight, self.eps)


class Embedding(nn.Module):
    """One trained vector per row: ids [N] -> [N, C]."""

    def __init__(self, rows: int, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(rows, size))

    def forward(self, ids: Tensor) -> Tensor:
        return torch.embedding(self.weight, ids)


Layer = TypeVar("Layer", bound=nn.Module)


class LayerSlot(NamedTuple, Generic[Layer]):
    """The place of a layer in a model: its name, and the module and attribute that hold it."""

    name: str
    owner: nn.Module
    attribute: str
    layer: Layer

    def replace(self, layer: nn.Module) -> None:
        """Put another layer in its place, in the same mode (training or not)."""
        setattr(self.owner, self.attribute, layer.train(self.layer.training))


def layer_slots(whole: nn.Module, kind: type[Layer]) -> Iterator[LayerSlot[Layer]]:
    """All layers of a type in a module, in order; they may be replaced during the iteration."""
    for prefix, owner in list(whole.named_modules()):
        for leaf, layer in list(owner.named_children()):
            if isinstance(layer, kind):
                yield LayerSlot(f"{prefix}.{leaf}" if prefix else leaf, owner, leaf, layer)

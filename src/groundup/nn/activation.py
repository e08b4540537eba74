"""Functions between two linear layers, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor


def relu_squared(x: Tensor) -> Tensor:
    """max(0, x)^2 (So et al., 2021, arXiv:2109.08668)."""
    return F.relu(x).square()


def gelu_quick(x: Tensor) -> Tensor:
    """x sigmoid(1.702 x) (Hendrycks and Gimpel, 2016, arXiv:1606.08415)."""
    return x * torch.sigmoid(1.702 * x)


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    "gelu_tanh": partial(F.gelu, approximate="tanh"),
    "gelu_quick": gelu_quick,
    "relu": F.relu,
    "relu_squared": relu_squared,
    "silu": F.silu,
    "tanh": torch.tanh,
}

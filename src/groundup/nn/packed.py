"""Matrices laid out once for products with few rows, as in writing token by token: up to three times as fast there.

Only for use, not for training: the packed weights are copies. Needs oneDNN, which torch has on most CPUs; where it is not
there, nothing is packed.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from groundup.nn.heads import TokenHead
from groundup.nn.linear import Linear
from groundup.nn.model import Model

LEAST = 2**17  # weights from which a packed matrix is the faster one
ROWS = 8  # rows that the layout is made for; other numbers work as well


class PackedLinear(nn.Module):
    """W x + b from a packed W."""

    def __init__(self, weight: Tensor, bias: Tensor | None):
        super().__init__()
        self.weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach().contiguous(), ROWS)
        self.bias = None if bias is None else bias.detach()

    def forward(self, x: Tensor) -> Tensor:
        return torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", [], "")


def pack(model: Model) -> Model:
    """Replace the large matrices of a model by packed ones, in place."""
    if not can_pack():
        return model
    for owner in list(model.modules()):
        for name, part in list(owner.named_children()):
            if isinstance(part, Linear) and part.weight.numel() >= LEAST:
                setattr(owner, name, PackedLinear(part.weight, part.bias))
        if isinstance(owner, TokenHead) and owner.product is None:
            weight = model.backbone.words.weight if owner.weight is None else owner.weight
            if weight.numel() >= LEAST:
                owner.product = PackedLinear(weight, owner.bias)
    return model


def can_pack() -> bool:
    """Whether this machine's torch computes with packed matrices, and rightly."""
    try:
        weight, x = torch.arange(24.0).view(6, 4), torch.ones(3, 4)
        return torch.allclose(PackedLinear(weight, None)(x), x @ weight.T)
    except (RuntimeError, AttributeError, NotImplementedError):
        return False

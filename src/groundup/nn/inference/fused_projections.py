"""Matrices laid out for use: column by column, as products with few rows read them best, unless they are large (one text, or
writing token by token), and of a model that writes those side by side that read the same states.

N rows, I inputs, O outputs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from groundup.nn.attention import Attention
from groundup.nn.block import GatedFeedForward
from groundup.nn.heads import TokenHead
from groundup.nn.inference.int8_linear import Int8Linear
from groundup.nn.linear import Linear, layer_slots
from groundup.nn.model import Model

LARGE = 2**20  # weights from which a matrix stays as it is
FEW, LONG, BLOCK = range(4, 9), 256, 32  # rows and inputs for which a large matrix is multiplied by so many outputs at a time


class Product(nn.Module):
    """W x + b of matrices [O, I], one below the other, for use and not for training. A large one keeps its memory, and few rows
    are multiplied with it block by block; others are copied to lie column by column."""

    def __init__(self, weights: list[Tensor], biases: list[Tensor | None]):
        super().__init__()
        whole = torch.cat([weight.detach() for weight in weights]) if len(weights) > 1 else weights[0].detach()
        large = whole.numel() >= LARGE
        self.columns = (whole if large else turned(whole)).t()  # [I, O]
        self.few = FEW if large and whole.shape[1] >= LONG else range(0)
        known = [bias.detach() for bias in biases if bias is not None]
        self.bias = torch.cat(known) if known else None

    def forward(self, x: Tensor) -> Tensor:
        if len(x) in self.few:
            return block_by_block(x, self.columns, self.bias)
        return x.mm(self.columns) if self.bias is None else torch.addmm(self.bias, x, self.columns)


def block_by_block(x: Tensor, columns: Tensor, bias: Tensor | None) -> Tensor:
    """x W + b for few rows [N, I] and a large matrix [I, O] whose columns lie one after the other: as many small products, for
    which nothing of the matrix is copied, where one product copies all of it."""
    whole = columns.shape[1] // BLOCK * BLOCK
    blocks = columns[:, :whole].unflatten(1, (-1, BLOCK)).transpose(0, 1)  # [O / 32, I, 32]
    found = x.expand(len(blocks), *x.shape).bmm(blocks).transpose(0, 1).flatten(1)  # [N, O]
    if whole < columns.shape[1]:
        found = torch.cat([found, x.mm(columns[:, whole:])], 1)
    return found if bias is None else found.add_(bias)


def turned(weight: Tensor) -> Tensor:
    """The same matrix [O, I], its columns one after the other in memory."""
    return weight.t().contiguous().t()


def arrange(model: Model) -> Model:
    """Lay out the matrices of a model for use, in place: the same parameters with the same numbers, up to twice as fast on
    few rows and as fast as before on many."""
    for place in layer_slots(model, Linear):
        weight = place.layer.weight
        place.layer.weight = nn.Parameter(turned(weight.detach()), weight.requires_grad)
    return model


def join(model: Model) -> Model:
    """Make a model one that only writes: queries, keys and values in one product, both halves of a gated part in another, and
    all others as a writer uses them. What changes the parameters afterwards does not change these."""
    for part in model.modules():
        if isinstance(part, Attention):
            part.fused_qkv = joined(part.query, part.key, part.value)
        elif isinstance(part, GatedFeedForward):
            part.fused_gate = joined(part.input, part.gate)
        elif isinstance(part, TokenHead) and part.product is None:
            part.product = Product([model.backbone.token_embedding.weight if part.weight is None else part.weight], [part.bias])
    for place in layer_slots(model, Linear):
        if place.attribute == "output" or not is_fused(place.owner):
            place.replace(Product([place.layer.weight], [place.layer.bias]))
    return model


def is_fused(part: nn.Module) -> bool:
    """Whether the projections of a part are one product."""
    if isinstance(part, Attention):
        return part.fused_qkv is not None
    return isinstance(part, GatedFeedForward) and part.fused_gate is not None


def joined(*layers: nn.Module) -> nn.Module | None:
    """What these layers say, side by side; None where one of them multiplies in a way of its own."""
    whole = [layer for layer in layers if isinstance(layer, Int8Linear)]
    if len(whole) == len(layers):
        return whole[0].beside(*whole[1:])
    plain = [layer for layer in layers if isinstance(layer, Linear)]
    if len(plain) < len(layers):
        return None
    return Product([layer.weight for layer in plain], [layer.bias for layer in plain])

"""Matrices in the memory layout that is fastest for inference: column-major, which is best for products of few rows (one text,
or generation); and for generation, projections of the same states fused into one product.

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

LARGE_MATRIX = 2**20  # weights from which a matrix stays row-major
FEW_ROWS, MIN_INPUTS, BLOCK_OUTPUTS = (
    range(4, 9),
    256,
    32,
)  # rows and inputs with which a large matrix is multiplied in blocks of so many outputs


class FusedLinear(nn.Module):
    """W x + b of one or more matrices [O, I], concatenated. For inference only. A large matrix keeps its memory, and few rows
    are multiplied with it in blocks; others are copied in column-major order."""

    def __init__(self, weights: list[Tensor], biases: list[Tensor | None]):
        super().__init__()
        whole = torch.cat([weight.detach() for weight in weights]) if len(weights) > 1 else weights[0].detach()
        large = whole.numel() >= LARGE_MATRIX
        self.columns = (whole if large else column_major(whole)).t()  # [I, O]
        self.few = FEW_ROWS if large and whole.shape[1] >= MIN_INPUTS else range(0)
        known = [bias.detach() for bias in biases if bias is not None]
        self.bias = torch.cat(known) if known else None

    def forward(self, x: Tensor) -> Tensor:
        if len(x) in self.few:
            return blocked_matmul(x, self.columns, self.bias)
        return x.mm(self.columns) if self.bias is None else torch.addmm(self.bias, x, self.columns)


def blocked_matmul(x: Tensor, columns: Tensor, bias: Tensor | None) -> Tensor:
    """x W + b for few rows [N, I] and a large column-major matrix [I, O], as a batch of small products: these copy nothing of
    the matrix, where one large product copies all of it."""
    whole = columns.shape[1] // BLOCK_OUTPUTS * BLOCK_OUTPUTS
    blocks = columns[:, :whole].unflatten(1, (-1, BLOCK_OUTPUTS)).transpose(0, 1)  # [O / 32, I, 32]
    y = x.expand(len(blocks), *x.shape).bmm(blocks).transpose(0, 1).flatten(1)  # [N, O]
    if whole < columns.shape[1]:
        y = torch.cat([y, x.mm(columns[:, whole:])], 1)
    return y if bias is None else y.add_(bias)


def column_major(weight: Tensor) -> Tensor:
    """The same matrix [O, I], column-major in memory."""
    return weight.t().contiguous().t()


def make_column_major(model: Model) -> Model:
    """Store the matrices of a model column-major, in place: the same parameters and values, up to twice as fast on few rows and
    as fast as before on many."""
    for place in layer_slots(model, Linear):
        weight = place.layer.weight
        place.layer.weight = nn.Parameter(column_major(weight.detach()), weight.requires_grad)
    return model


def fuse_projections(model: Model) -> Model:
    """Prepare a model for generation only, in place: queries, keys and values in one product, both halves of a gated part in
    another, and all other layers as `FusedLinear`. Later changes of the parameters do not reach these."""
    for part in model.modules():
        if isinstance(part, Attention):
            part.fused_qkv = fused_linear(part.query, part.key, part.value)
        elif isinstance(part, GatedFeedForward):
            part.fused_gate = fused_linear(part.input, part.gate)
        elif isinstance(part, TokenHead) and part.product is None:
            part.product = FusedLinear(
                [model.backbone.token_embedding.weight if part.weight is None else part.weight], [part.bias]
            )
    for place in layer_slots(model, Linear):
        if place.attribute == "output" or not is_fused(place.owner):
            place.replace(FusedLinear([place.layer.weight], [place.layer.bias]))
    return model


def is_fused(part: nn.Module) -> bool:
    """Whether the projections of a part are fused."""
    if isinstance(part, Attention):
        return part.fused_qkv is not None
    return isinstance(part, GatedFeedForward) and part.fused_gate is not None


def fused_linear(*layers: nn.Module) -> nn.Module | None:
    """One layer with the concatenated outputs of these; None if one of them is of another type."""
    whole = [layer for layer in layers if isinstance(layer, Int8Linear)]
    if len(whole) == len(layers):
        return whole[0].concatenate(*whole[1:])
    plain = [layer for layer in layers if isinstance(layer, Linear)]
    if len(plain) < len(layers):
        return None
    return FusedLinear([layer.weight for layer in plain], [layer.bias for layer in plain])

"""Matrices as integers from -127 to 127 with a scale per row: value = int8 * scale.

A scale keeps 16 bits of its mantissa, so that value is exact in float32, and quantizing a matrix twice is the same as
once: a folder that is read and written again has the same bytes.
O rows of a matrix (the outputs of a linear layer), I columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

from groundup.nn.heads import NumberHead, PooledHead, TokenHead
from groundup.nn.linear import Embedding, Linear
from groundup.nn.model import Model

INT8_MAX = 127
PERCENTILES = (0.999, 0.9995, 0.9999, 0.99999, 1.0)  # of the magnitudes in a row, at which it may be clipped
ROWS_AT_ONCE = 4096
MIN_MAGNITUDE = 2.0**-100  # a row below this is stored as zeros


class Int8Matrix(NamedTuple):
    """A matrix [O, I] in int8, and its scales [O] in float32."""

    values: Tensor
    scales: Tensor

    def dequantize(self) -> Tensor:
        """The matrix in float32."""
        return self.values.float() * self.scales[:, None]


def quantize(weight: Tensor, search: bool = True) -> Int8Matrix:
    """A matrix [O, I] in int8, each row scaled by its largest magnitude, or with `search` by the percentile of its magnitudes
    with the smallest squared error; larger values are clipped.

    A value that is not clipped has an error of at most half a scale.
    """
    parts = [quantize_rows(rows, search) for rows in weight.detach().float().split(ROWS_AT_ONCE)]
    return Int8Matrix(torch.cat([part.values for part in parts]), torch.cat([part.scales for part in parts]))


def quantize_rows(rows: Tensor, search: bool) -> Int8Matrix:
    """`quantize` for some rows."""
    best = quantize_to(rows, rows.abs().amax(1))
    if not search or rows.shape[1] < 2:
        return best
    least = squared_error(rows, best)
    for cut in clip_values(rows):
        other = quantize_to(rows, cut)
        current = squared_error(rows, other)
        better = current < least
        least = torch.where(better, current, least)
        best = Int8Matrix(
            torch.where(better[:, None], other.values, best.values), torch.where(better, other.scales, best.scales)
        )
    return best


def clip_values(rows: Tensor) -> Iterator[Tensor]:
    """[O] each percentile of the magnitudes of a row except the maximum."""
    sizes = rows.abs().sort(1).values
    for percentile in PERCENTILES[:-1]:
        place = percentile * (rows.shape[1] - 1)
        low = int(place)
        yield torch.lerp(sizes[:, low], sizes[:, low + 1], place - low)


def quantize_to(rows: Tensor, largest: Tensor) -> Int8Matrix:
    """Integers with scales so that `largest` [O] becomes 127."""
    scales = torch.where(largest > MIN_MAGNITUDE, round_scales(largest / INT8_MAX), 1.0)
    values = (rows / scales[:, None]).round_().clamp_(-INT8_MAX, INT8_MAX)
    return Int8Matrix(values.to(torch.int8), scales)


def squared_error(rows: Tensor, matrix: Int8Matrix) -> Tensor:
    """[O] the sum of squared differences."""
    return (rows - matrix.dequantize()).square_().sum(1)


def round_scales(scales: Tensor) -> Tensor:
    """float32 scales rounded to 16 bits of mantissa: their product with an integer up to 127 is exact."""
    whole, exponent = torch.frexp(scales)  # whole in [0.5, 1)
    return torch.ldexp((whole * 2**16).round_(), exponent - 16)


def int8_parameters(model: Model) -> dict[str, nn.Parameter]:
    """The parameters of a model that are stored in int8, by name: all embeddings and linear layers, except the last layer of a
    head, which is small and sensitive.
    """
    last = {layer for head in model.heads.values() for layer in last_layers(head)}
    weights: dict[str, nn.Parameter] = {}
    for name, owner in model.named_modules():
        if isinstance(owner, Linear | Embedding | TokenHead) and owner not in last and owner.weight is not None:
            weights[f"{name}.weight"] = owner.weight
    names = {name for name, _ in model.named_parameters()}  # a tied matrix goes by its first name
    return {name: weight for name, weight in weights.items() if name in names}


def last_layers(head: nn.Module) -> list[nn.Module]:
    """The output layer of a head."""
    if isinstance(head, PooledHead):
        return [head.classes]
    return [head.numbers] if isinstance(head, NumberHead) else []


@torch.no_grad()
def fake_quantize(model: Model, search: bool = True) -> int:
    """Replace each matrix by its dequantized int8 values, in place; the number of matrices.

    Raises ValueError for a model with adapters.
    """
    if model.adapted:
        raise ValueError("merge the adapters first")
    weights = int8_parameters(model)
    for weight in weights.values():
        weight.copy_(quantize(weight, search).dequantize())
    return len(weights)

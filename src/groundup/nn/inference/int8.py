"""Matrices as whole numbers from -127 to 127 with a scale per row: value = int8 * scale.

A scale keeps 16 bits of its mantissa, so that value is exact in float32 and a matrix that went through here once goes
through a second time unchanged: what is read from a folder and written again has the same bytes.
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

MOST = 127
PERCENTILES = (0.999, 0.9995, 0.9999, 0.99999, 1.0)  # of the sizes in a row, where it may be cut off
ROWS_AT_ONCE = 4096
SMALLEST = 2.0**-100  # a row without a larger number is all zeros


class Int8(NamedTuple):
    """A matrix [O, I] in int8, and its scales [O] in float32."""

    values: Tensor
    scales: Tensor

    def floats(self) -> Tensor:
        """The matrix in float32."""
        return self.values.float() * self.scales[:, None]


def quantize(weight: Tensor, search: bool = True) -> Int8:
    """A matrix [O, I] in int8, each row scaled by its largest number, or with `search` by the percentile of its sizes that
    makes the squared error least; what is larger is cut off.

    No number that is not cut off is wrong by more than half a scale.
    """
    parts = [quantize_rows(rows, search) for rows in weight.detach().float().split(ROWS_AT_ONCE)]
    return Int8(torch.cat([part.values for part in parts]), torch.cat([part.scales for part in parts]))


def quantize_rows(rows: Tensor, search: bool) -> Int8:
    """The same for some rows."""
    best = round_to(rows, rows.abs().amax(1))
    if not search or rows.shape[1] < 2:
        return best
    least = error(rows, best)
    for cut in cuts(rows):
        other = round_to(rows, cut)
        found = error(rows, other)
        better = found < least
        least = torch.where(better, found, least)
        best = Int8(torch.where(better[:, None], other.values, best.values), torch.where(better, other.scales, best.scales))
    return best


def cuts(rows: Tensor) -> Iterator[Tensor]:
    """[O] the percentiles of the sizes in each row, but for the largest."""
    sizes = rows.abs().sort(1).values
    for percentile in PERCENTILES[:-1]:
        place = percentile * (rows.shape[1] - 1)
        low = int(place)
        yield torch.lerp(sizes[:, low], sizes[:, low + 1], place - low)


def round_to(rows: Tensor, largest: Tensor) -> Int8:
    """Whole numbers that reach up to `largest` [O]."""
    scales = torch.where(largest > SMALLEST, short(largest / MOST), 1.0)
    values = (rows / scales[:, None]).round_().clamp_(-MOST, MOST)
    return Int8(values.to(torch.int8), scales)


def error(rows: Tensor, found: Int8) -> Tensor:
    """[O] the sum of squared differences."""
    return (rows - found.floats()).square_().sum(1)


def short(scales: Tensor) -> Tensor:
    """float32 numbers rounded to 16 bits of mantissa: times a whole number up to 127 they stay exact."""
    whole, exponent = torch.frexp(scales)  # whole in [0.5, 1)
    return torch.ldexp((whole * 2**16).round_(), exponent - 16)


def matrices(model: Model) -> dict[str, nn.Parameter]:
    """What of a model is stored in int8, by name: word, position and segment tables and all linear layers, but for the last
    one of a head, which is small and decides.
    """
    last = {layer for head in model.heads.values() for layer in last_layers(head)}
    kept: dict[str, nn.Parameter] = {}
    for name, owner in model.named_modules():
        if isinstance(owner, Linear | Embedding | TokenHead) and owner not in last and owner.weight is not None:
            kept[f"{name}.weight"] = owner.weight
    names = {name for name, _ in model.named_parameters()}  # a tied matrix goes by its first name
    return {name: weight for name, weight in kept.items() if name in names}


def last_layers(head: nn.Module) -> list[nn.Module]:
    """The linear layer that gives a head's numbers."""
    if isinstance(head, PooledHead):
        return [head.classes]
    return [head.numbers] if isinstance(head, NumberHead) else []


@torch.no_grad()
def round_matrices(model: Model, search: bool = True) -> int:
    """Give each matrix of a model the values that its int8 form has, in place; how many matrices there are.

    Raises ValueError for a model with adapters, whose matrices are not its own.
    """
    if model.adapted:
        raise ValueError("merge the adapters first")
    found = matrices(model)
    for weight in found.values():
        weight.copy_(quantize(weight, search).floats())
    return len(found)

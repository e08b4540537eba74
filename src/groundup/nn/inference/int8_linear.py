"""Linear layers that multiply whole numbers, where this machine does it exactly and faster than in float32.

Weights are int8 with a scale per output. Activations are rounded as they come: `IntegerLinear` and `RowLinear` give each row a
scale of its own, so that an answer does not hang on its batch mates; `DynamicLinear` (torch's older kernels, which round and
scale within the product) has one scale for all rows. `RowLinear` feeds these with rows of one size. All of them multiply with
vector instructions that on processors without VNNI add pairs of products in 16 bits: 2 * 255 * 127 is too much for these, and
the sums are silently wrong by half. Whether that happens is not looked up but tried.

N rows, I inputs, O outputs.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.heads import TokenHead
from groundup.nn.inference.int8 import MOST, Int8, matrices, quantize
from groundup.nn.linear import Linear, layer_slots, linear
from groundup.nn.model import Model

LEAST = 2**15  # weights from which a layer can gain
TINY = 1e-30
PROBED = ((16, 384, 1536), (128, 384, 1536))  # N, I, O of the products that are timed
ROUNDS = 7
FASTER = 1.05  # what counts as faster
BEARABLE = 0.5  # of float32's speed: what is slower is no kernel of this machine, however busy it is


class Int8Linear(nn.Module):
    """W x + b of an int8 W, for use and not for training."""

    def __init__(self, matrix: Int8, bias: Tensor | None, reduced: bool = False):
        super().__init__()
        self.matrix, self.bias, self.reduced = matrix, None if bias is None else bias.detach(), reduced

    @property
    def weight(self) -> Tensor:
        """W in float32 [O, I]."""
        return self.matrix.floats()

    @property
    def out_features(self) -> int:
        return len(self.matrix.values)

    def forward(self, x: Tensor) -> Tensor:
        if x.requires_grad:  # rounding has no gradient: that of the float32 layer with these weights is meant
            return F.linear(x, self.weight, self.bias)
        return self.product(x)

    def product(self, x: Tensor) -> Tensor:
        """W x + b from rounded rows [N, I]."""
        raise NotImplementedError

    def beside(self, *others: Int8Linear) -> Int8Linear:
        """One layer with the outputs of this one, then those of others of its kind: the same numbers."""
        layers = (self, *others)
        values, scales = (torch.cat(parts) for parts in zip(*(layer.matrix for layer in layers), strict=True))
        shifts = [torch.zeros(()) if layer.bias is None else layer.bias for layer in layers]
        bias = torch.cat([shift.expand(layer.out_features) for shift, layer in zip(shifts, layers, strict=True)])
        return type(self)(Int8(values, scales), bias, self.reduced)


class IntegerLinear(Int8Linear):
    """Rows in int8 with a scale each, sums in int32; the matrix on 7 bits where 8 do not fit (`reduced`)."""

    def __init__(self, matrix: Int8, bias: Tensor | None, reduced: bool):
        if reduced:  # to 64 at most: 2 * 255 * 64 fits
            matrix = Int8((matrix.values.float() / 2).round_().to(torch.int8), 2 * matrix.scales)
        super().__init__(matrix, bias)
        self.turned = matrix.values.t()  # [I, O], the same memory
        self.shift = torch.zeros(()) if bias is None else bias.detach()

    def product(self, x: Tensor) -> Tensor:
        scale = x.abs().amax(1, keepdim=True).clamp_min_(TINY) / MOST  # [N, 1]
        sums = torch._int_mm((x / scale).round_().to(torch.int8), self.turned)  # [N, O] int32
        return torch.addcmul(self.shift, sums.float().mul_(scale), self.matrix.scales)


class DynamicLinear(Int8Linear):
    """Rows in uint8 with one scale for all, on 7 bits where 8 do not fit (`reduced`); torch packs the matrix."""

    def __init__(self, matrix: Int8, bias: Tensor | None, reduced: bool):
        super().__init__(matrix, bias, reduced)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch announces that it will drop these kernels; `usable` notices when it has
            rows = torch._make_per_channel_quantized_tensor(
                matrix.values, matrix.scales.double(), torch.zeros(len(matrix.values), dtype=torch.int64), 0
            )
        self.packed = torch.ops.quantized.linear_prepack(rows, self.bias)

    def product(self, x: Tensor) -> Tensor:
        return torch.ops.quantized.linear_dynamic(x, self.packed, self.reduced)


class RowLinear(DynamicLinear):
    """The same product of rows that are each divided by their largest number. One row more reaches from end to end of the whole
    numbers, so that the scale for all rows never changes: what comes out is a scale per row."""

    def __init__(self, matrix: Int8, bias: Tensor | None, reduced: bool):
        super().__init__(matrix, None, reduced)
        self.bias = self.shift = torch.zeros(()) if bias is None else bias.detach()
        most = 63 if reduced else MOST
        self.ends = torch.zeros(matrix.values.shape[1])
        self.ends[:2] = torch.tensor([1.0, -(most + 1) / most])  # the scale is 1 / most, and zero a whole number

    def product(self, x: Tensor) -> Tensor:
        sizes = x.abs().amax(1, keepdim=True).clamp_min_(TINY)  # [N, 1]
        rows = x.new_empty(len(x) + 1, x.shape[1])
        torch.div(x, sizes, out=rows[:-1])
        rows[-1] = self.ends
        return torch.addcmul(self.shift, super().product(rows)[:-1], sizes)


class Kernel(NamedTuple):
    """A way to multiply: its layer, and what to tell people."""

    make: Callable[[Int8, Tensor | None], Int8Linear]
    name: str


PREFERRED = (
    (
        Kernel(partial(RowLinear, reduced=False), "int8, a scale per token"),
        Kernel(partial(IntegerLinear, reduced=False), "int8, a scale per token, sums as whole numbers"),
    ),
    (
        Kernel(partial(RowLinear, reduced=True), "int8 and 7-bit activations, a scale per token"),
        Kernel(partial(IntegerLinear, reduced=True), "int8 and 7-bit weights, a scale per token, sums as whole numbers"),
    ),
    (Kernel(partial(DynamicLinear, reduced=False), "int8, a scale per batch"),),
    (Kernel(partial(DynamicLinear, reduced=True), "int8 and 7-bit activations, a scale per batch"),),
)  # of equal precision, the most precise first
KERNELS = tuple(kernel for equal in PREFERRED for kernel in equal)
STEADY = tuple(KERNELS[i] for i in (1, 0, 2, 3))  # answers of these do not hang on batch mates; mostly the fastest first


def quicken(model: Model, kernel: Kernel | None) -> str:
    """Put int8 layers in the place of a model's large linear ones, if there is a kernel; what is then computed with, in words.
    With a kernel the model must be one of int8 matrices.
    """
    if kernel is None:
        return "no int8 product of this machine is both exact and faster than float32: it computes in float32"
    stored = matrices(model)
    for place in list(layer_slots(model, Linear)):
        if f"{place.name}.weight" in stored and place.layer.weight.numel() >= LEAST:
            place.replace(kernel.make(quantize(place.layer.weight, search=False), place.layer.bias))
    for head in model.modules():
        if isinstance(head, TokenHead):
            weight = model.backbone.token_embedding.weight if head.weight is None else head.weight
            head.product = kernel.make(quantize(weight, search=False), head.bias)
    return f"linear layers are computed in {kernel.name}"


def slow_down(model: Model) -> Model:
    """Undo `quicken`: ordinary layers with the same weights, to train on or to take apart."""
    for place in list(layer_slots(model, Int8Linear)):
        if isinstance(place.owner, TokenHead):
            place.owner.product = None
            continue
        place.replace(linear(place.layer.weight, place.layer.bias))
    return model


@cache
def best_kernel() -> Kernel | None:
    """Of the most precise kernels that are exact and faster than float32 here the fastest, with the threads of the first call;
    None: there is none."""
    for equal in PREFERRED:
        gains = {kernel: gain(kernel) for kernel in equal if usable(kernel)}
        fastest = max(gains, key=gains.__getitem__, default=None)
        if fastest is not None and gains[fastest] > FASTER:
            return fastest
    return None


@cache
def steady_kernel() -> Kernel | None:
    """The kernel of models that write, where one token changes all that follow: the first that is exact here and has a scale
    per token. It is not looked for by time, but for those that are far slower than float32, so that it hangs on the machine
    and not on what else it does."""
    return next((kernel for kernel in STEADY if usable(kernel) and gain(kernel) > BEARABLE), None)


def usable(kernel: Kernel) -> bool:
    """Whether a kernel is there and its sums are those of whole numbers, at the largest that there are."""
    try:
        return all(fits(kernel, rows, weights) for rows, weights in extremes())
    except (RuntimeError, AttributeError, NotImplementedError):
        return False


def extremes() -> Iterator[tuple[Tensor, Tensor]]:
    """Rows [N, I] of -1, 0 and 1 and int8 matrices [O, I] whose sums are the largest possible, at even and uneven sizes."""
    for n, inputs, outs in ((1, 64, 64), (5, 100, 52), (33, 384, 96)):
        for sign in (1, -1):
            rows = torch.ones(n, inputs)
            rows[0, 0] = 0  # a scale for all rows must reach from 0 to 1
            yield sign * rows, torch.full((outs, inputs), MOST, dtype=torch.int8)
            yield sign * rows, torch.full((outs, inputs), -MOST, dtype=torch.int8)


def fits(kernel: Kernel, rows: Tensor, weights: Tensor) -> bool:
    """Whether a product is that of int32 arithmetic, but for the rounding of the scales in float32."""
    layer = kernel.make(Int8(weights, torch.ones(len(weights))), None)
    sums = rows.to(torch.int32) @ layer.matrix.values.t().to(torch.int32)
    return torch.allclose(layer(rows), sums * layer.matrix.scales, rtol=1e-6, atol=1e-3)


@torch.inference_mode()
def gain(kernel: Kernel) -> float:
    """Time of float32 over that of a kernel: medians of products in turns, one of few rows and one of many."""
    generator, spent = torch.Generator().manual_seed(0), [0.0, 0.0]
    for n, inputs, outs in PROBED:
        x, weight = torch.randn(n, inputs, generator=generator), torch.randn(outs, inputs, generator=generator)
        layer, bias = kernel.make(quantize(weight, search=False), torch.zeros(outs)), torch.zeros(outs)
        turns = [(timed(lambda: F.linear(x, weight, bias)), timed(lambda: layer(x))) for _ in range(ROUNDS + 1)][1:]  # noqa: B023
        for which in (0, 1):
            spent[which] += statistics.median(turn[which] for turn in turns) / n
    return spent[0] / spent[1]


def timed(run: Callable[[], Tensor]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started

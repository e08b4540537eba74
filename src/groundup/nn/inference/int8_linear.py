"""Int8 linear layers, for machines that multiply integers exactly and faster than float32.

Weights are int8 with a scale per output. Activations are quantized dynamically. `IntegerLinear` and `RowLinear` give each row
a scale, so that a prediction does not depend on the rest of its batch; `DynamicLinear` (torch's older kernels, which quantize
within the product) has one scale for all rows, and `RowLinear` uses it on normalized rows. On processors without VNNI the
vector instructions add pairs of products in 16 bits: 2 * 255 * 127 overflows, and sums are silently wrong. `is_exact` tries
whether that happens.

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
from groundup.nn.inference.int8 import INT8_MAX, Int8Matrix, int8_parameters, quantize
from groundup.nn.linear import Linear, layer_slots, make_linear
from groundup.nn.model import Model

MIN_WEIGHTS = 2**15  # smaller layers gain nothing
MIN_SCALE = 1e-30
TIMED_SHAPES = ((16, 384, 1536), (128, 384, 1536))  # N, I, O of the products that are timed
ROUNDS = 7
MIN_SPEEDUP = 1.05  # over float32, to be worth it
MIN_GENERATION_SPEED = 0.5  # of the speed of float32: a slower kernel does not suit this machine, however busy it is


class Int8Linear(nn.Module):
    """W x + b of an int8 W, for inference only."""

    def __init__(self, matrix: Int8Matrix, bias: Tensor | None, reduce_range: bool = False):
        super().__init__()
        self.matrix, self.bias, self.reduce_range = matrix, None if bias is None else bias.detach(), reduce_range

    @property
    def weight(self) -> Tensor:
        """W in float32 [O, I]."""
        return self.matrix.dequantize()

    @property
    def out_features(self) -> int:
        return len(self.matrix.values)

    def forward(self, x: Tensor) -> Tensor:
        if x.requires_grad:  # rounding has no gradient, so use the float32 layer with these weights
            return F.linear(x, self.weight, self.bias)
        return self.multiply(x)

    def multiply(self, x: Tensor) -> Tensor:
        """W x + b of quantized rows [N, I]."""
        raise NotImplementedError

    def concatenate(self, *others: Int8Linear) -> Int8Linear:
        """One layer with the outputs of this one, followed by those of others of its type."""
        layers = (self, *others)
        values, scales = (torch.cat(parts) for parts in zip(*(layer.matrix for layer in layers), strict=True))
        shifts = [torch.zeros(()) if layer.bias is None else layer.bias for layer in layers]
        bias = torch.cat([shift.expand(layer.out_features) for shift, layer in zip(shifts, layers, strict=True)])
        return type(self)(Int8Matrix(values, scales), bias, self.reduce_range)


class IntegerLinear(Int8Linear):
    """Rows in int8 with a scale each, sums in int32; the matrix on 7 bits where 8 do not fit (`reduce_range`)."""

    def __init__(self, matrix: Int8Matrix, bias: Tensor | None, reduce_range: bool):
        if reduce_range:  # to 64 at most: 2 * 255 * 64 fits
            matrix = Int8Matrix((matrix.values.float() / 2).round_().to(torch.int8), 2 * matrix.scales)
        super().__init__(matrix, bias)
        self.transposed = matrix.values.t()  # [I, O], the same memory
        self.shift = torch.zeros(()) if bias is None else bias.detach()

    def multiply(self, x: Tensor) -> Tensor:
        scale = x.abs().amax(1, keepdim=True).clamp_min_(MIN_SCALE) / INT8_MAX  # [N, 1]
        sums = torch._int_mm((x / scale).round_().to(torch.int8), self.transposed)  # [N, O] int32
        return torch.addcmul(self.shift, sums.float().mul_(scale), self.matrix.scales)


class DynamicLinear(Int8Linear):
    """Rows in uint8 with one scale for all, on 7 bits where 8 do not fit (`reduce_range`); torch packs the matrix."""

    def __init__(self, matrix: Int8Matrix, bias: Tensor | None, reduce_range: bool):
        super().__init__(matrix, bias, reduce_range)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch announces that it will drop these kernels; `usable` notices when it has
            rows = torch._make_per_channel_quantized_tensor(
                matrix.values, matrix.scales.double(), torch.zeros(len(matrix.values), dtype=torch.int64), 0
            )
        self.packed = torch.ops.quantized.linear_prepack(rows, self.bias)

    def multiply(self, x: Tensor) -> Tensor:
        return torch.ops.quantized.linear_dynamic(x, self.packed, self.reduce_range)


class RowLinear(DynamicLinear):
    """The same product on rows that are divided by their largest magnitude. One extra row spans the whole integer range, so
    that the common scale is constant: the result has a scale per row."""

    def __init__(self, matrix: Int8Matrix, bias: Tensor | None, reduce_range: bool):
        super().__init__(matrix, None, reduce_range)
        self.bias = self.shift = torch.zeros(()) if bias is None else bias.detach()
        most = 63 if reduce_range else INT8_MAX
        self.ends = torch.zeros(matrix.values.shape[1])
        self.ends[:2] = torch.tensor([1.0, -(most + 1) / most])  # the scale is 1 / most, and zero a whole number

    def multiply(self, x: Tensor) -> Tensor:
        sizes = x.abs().amax(1, keepdim=True).clamp_min_(MIN_SCALE)  # [N, 1]
        rows = x.new_empty(len(x) + 1, x.shape[1])
        torch.div(x, sizes, out=rows[:-1])
        rows[-1] = self.ends
        return torch.addcmul(self.shift, super().multiply(rows)[:-1], sizes)


class Kernel(NamedTuple):
    """A way to multiply int8 matrices: its layer, and its name for people."""

    make: Callable[[Int8Matrix, Tensor | None], Int8Linear]
    name: str


KERNELS_BY_PRECISION = (
    (
        Kernel(partial(RowLinear, reduce_range=False), "int8, a scale per token"),
        Kernel(partial(IntegerLinear, reduce_range=False), "int8, a scale per token, sums as whole numbers"),
    ),
    (
        Kernel(partial(RowLinear, reduce_range=True), "int8 and 7-bit activations, a scale per token"),
        Kernel(partial(IntegerLinear, reduce_range=True), "int8 and 7-bit weights, a scale per token, sums as whole numbers"),
    ),
    (Kernel(partial(DynamicLinear, reduce_range=False), "int8, a scale per batch"),),
    (Kernel(partial(DynamicLinear, reduce_range=True), "int8 and 7-bit activations, a scale per batch"),),
)  # of equal precision, the most precise first
KERNELS = tuple(kernel for equal in KERNELS_BY_PRECISION for kernel in equal)
GENERATION_KERNELS = tuple(KERNELS[i] for i in (1, 0, 2, 3))  # independent of the batch; mostly the fastest first


def use_int8_kernels(model: Model, kernel: Kernel | None) -> str:
    """Replace the large linear layers of a model by int8 layers, if there is a kernel; a sentence that says what computes.
    With a kernel the matrices of the model must come from int8.
    """
    if kernel is None:
        return "no int8 product of this machine is both exact and faster than float32: it computes in float32"
    stored = int8_parameters(model)
    for place in list(layer_slots(model, Linear)):
        if f"{place.name}.weight" in stored and place.layer.weight.numel() >= MIN_WEIGHTS:
            place.replace(kernel.make(quantize(place.layer.weight, search=False), place.layer.bias))
    for head in model.modules():
        if isinstance(head, TokenHead):
            weight = model.backbone.token_embedding.weight if head.weight is None else head.weight
            head.product = kernel.make(quantize(weight, search=False), head.bias)
    return f"linear layers are computed in {kernel.name}"


def use_float_layers(model: Model) -> Model:
    """Undo `use_int8_kernels`: ordinary layers with the same weights, for training or for changes."""
    for place in list(layer_slots(model, Int8Linear)):
        if isinstance(place.owner, TokenHead):
            place.owner.product = None
            continue
        place.replace(make_linear(place.layer.weight, place.layer.bias))
    return model


@cache
def fastest_kernel() -> Kernel | None:
    """The fastest of the most precise kernels that are exact and faster than float32 on this machine, measured with the threads
    of the first call; None without one."""
    for equal in KERNELS_BY_PRECISION:
        gains = {kernel: speedup(kernel) for kernel in equal if is_exact(kernel)}
        fastest = max(gains, key=gains.__getitem__, default=None)
        if fastest is not None and gains[fastest] > MIN_SPEEDUP:
            return fastest
    return None


@cache
def generation_kernel() -> Kernel | None:
    """The kernel for generation, where one different token changes all later ones: the first exact kernel with a scale per
    token. Timing only excludes kernels far slower than float32, so the choice depends on the machine and not on its load."""
    return next((kernel for kernel in GENERATION_KERNELS if is_exact(kernel) and speedup(kernel) > MIN_GENERATION_SPEED), None)


def is_exact(kernel: Kernel) -> bool:
    """Whether a kernel is available and its sums are exact, up to the largest possible ones."""
    try:
        return all(matches_int32(kernel, rows, weights) for rows, weights in extreme_products())
    except (RuntimeError, AttributeError, NotImplementedError):
        return False


def extreme_products() -> Iterator[tuple[Tensor, Tensor]]:
    """Rows [N, I] of -1, 0 and 1 and int8 matrices [O, I] whose sums are the largest possible, at even and uneven sizes."""
    for n, inputs, outs in ((1, 64, 64), (5, 100, 52), (33, 384, 96)):
        for sign in (1, -1):
            rows = torch.ones(n, inputs)
            rows[0, 0] = 0  # a scale for all rows must reach from 0 to 1
            yield sign * rows, torch.full((outs, inputs), INT8_MAX, dtype=torch.int8)
            yield sign * rows, torch.full((outs, inputs), -INT8_MAX, dtype=torch.int8)


def matches_int32(kernel: Kernel, rows: Tensor, weights: Tensor) -> bool:
    """Whether a product equals int32 arithmetic, up to the rounding of scales in float32."""
    layer = kernel.make(Int8Matrix(weights, torch.ones(len(weights))), None)
    sums = rows.to(torch.int32) @ layer.matrix.values.t().to(torch.int32)
    return torch.allclose(layer(rows), sums * layer.matrix.scales, rtol=1e-6, atol=1e-3)


@torch.inference_mode()
def speedup(kernel: Kernel) -> float:
    """Time of float32 over that of a kernel: medians of alternating products with few rows and with many."""
    generator, spent = torch.Generator().manual_seed(0), [0.0, 0.0]
    for n, inputs, outs in TIMED_SHAPES:
        x, weight = torch.randn(n, inputs, generator=generator), torch.randn(outs, inputs, generator=generator)
        layer, bias = kernel.make(quantize(weight, search=False), torch.zeros(outs)), torch.zeros(outs)
        turns = [(seconds_of(lambda: F.linear(x, weight, bias)), seconds_of(lambda: layer(x))) for _ in range(ROUNDS + 1)][1:]  # noqa: B023
        for which in (0, 1):
            spent[which] += statistics.median(turn[which] for turn in turns) / n
    return spent[0] / spent[1]


def seconds_of(run: Callable[[], Tensor]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started

"""Matrices in int8, and products of whole numbers: errors within their bounds, sums exact at the largest values."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F

from groundup.nn.config import NumberHeadConfig, PooledHeadConfig, TokenHeadConfig, TransformerConfig
from groundup.nn.inference import int8_linear
from groundup.nn.inference.int8 import (
    INT8_MAX,
    Int8Matrix,
    fake_quantize,
    int8_parameters,
    quantize,
    round_scales,
    squared_error,
)
from groundup.nn.inference.int8_linear import (
    KERNELS,
    Int8Linear,
    IntegerLinear,
    Kernel,
    is_exact,
    use_float_layers,
    use_int8_kernels,
)
from groundup.nn.layout import Layout
from groundup.nn.linear import Linear, layer_slots
from groundup.nn.lora import add_lora
from groundup.nn.model import Model

SHAPE = TransformerConfig(vocab_size=300, hidden_size=192, num_layers=2, num_heads=4, intermediate_size=200, pooler=True)
HEADS = {"mlm": TokenHeadConfig(), "label": PooledHeadConfig(classes=3, dense=True), "tags": NumberHeadConfig(outputs=2)}
here = pytest.mark.parametrize("kernel", KERNELS, ids=[kernel.name for kernel in KERNELS])


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def rounded(kinds=("mlm", "label")):
    made = Model(SHAPE, {name: HEADS[name] for name in kinds}, seed=1).eval()
    with torch.no_grad():
        for i, p in enumerate(made.parameters()):
            p.add_(0.05 * drawn(*p.shape, seed=i))
    fake_quantize(made)
    return made


@torch.no_grad()
def ask(model, lengths=(7, 3, 12), head="label"):
    tokens = torch.arange(sum(lengths)) * 7 % 300
    starts = torch.tensor([sum(lengths[:i]) for i in range(len(lengths))])
    return model(tokens, Layout(lengths), None, {head: starts})[head]


def test_no_number_is_wrong_by_more_than_half_a_scale():
    weight = drawn(37, 53) * torch.logspace(-8, 3, 37)[:, None]
    found = quantize(weight, search=False)
    assert found.values.dtype == torch.int8
    assert found.values.abs().amax(1).eq(INT8_MAX).all()
    assert ((found.dequantize() - weight).abs() <= found.scales[:, None] * (0.5 + INT8_MAX * 2**-16)).all()


def test_the_search_never_makes_the_squared_error_larger_and_helps_where_one_number_sticks_out():
    weight = drawn(20, 3000)
    weight[:, 5] = 9.0
    plain, searched = quantize(weight, search=False), quantize(weight)
    assert (squared_error(weight, searched) <= squared_error(weight, plain)).all()
    weight[:, 5] = 4.8
    assert squared_error(weight, quantize(weight)).sum() < squared_error(weight, quantize(weight, search=False)).sum()


def test_rows_are_rounded_alone():
    weight = drawn(9000, 16)  # more than are done at once
    whole, part = quantize(weight), quantize(weight[4000:4200])
    assert torch.equal(whole.values[4000:4200], part.values)
    assert torch.equal(whole.scales[4000:4200], part.scales)


@pytest.mark.parametrize("search", [True, False])
def test_what_was_rounded_once_stays_as_it_is(search):
    first = quantize(drawn(64, 77) * 0.03)
    second = quantize(first.dequantize(), search)
    assert torch.equal(first.values, second.values)
    assert torch.equal(first.scales, second.scales)


def test_values_are_exact_products():
    found = quantize(drawn(50, 60))
    exact = found.values.double() * found.scales.double()[:, None]
    assert torch.equal(found.dequantize().double(), exact)


def test_scales_keep_sixteen_bits():
    scales = torch.logspace(-20, 20, 99)
    assert ((round_scales(scales) - scales).abs() <= scales * 2**-16).all()
    assert torch.equal(round_scales(round_scales(scales)), round_scales(scales))


def test_rows_of_zeros_stay_zeros():
    found = quantize(torch.zeros(3, 8))
    assert not found.dequantize().any()
    assert found.scales.eq(1).all()


def test_the_last_layer_of_a_head_and_norms_stay_as_they_are():
    model = Model(SHAPE, HEADS, seed=1)
    names = set(int8_parameters(model))
    assert {"backbone.embed.tokens.weight", "backbone.pooler.weight", "heads.label.dense.linear.weight"} <= names
    assert not {name for name in names if "norm" in name or "classes" in name or "numbers" in name}
    assert len(names) == 2 + 2 * 6 + 1 + 2  # tables, blocks, pooler, dense layers


def test_a_model_with_adapters_is_not_rounded():
    model = Model(SHAPE, HEADS, seed=1)
    add_lora(model)
    with pytest.raises(ValueError, match="merge"):
        fake_quantize(model)


@here
def test_sums_of_the_largest_values_are_those_of_int32_where_a_kernel_is_called_usable(kernel):
    if not is_exact(kernel):
        pytest.skip(f"this machine's sums in {kernel.name} are not exact")
    for inputs in (8, 100, 384, 3072):
        for sign in (1, -1):
            x, values = torch.ones(3, inputs), torch.full((16, inputs), sign * INT8_MAX, dtype=torch.int8)
            x[0, 0] = 0
            layer = kernel.make(Int8Matrix(values, torch.ones(16)), None)
            expected = x.long() @ layer.matrix.values.long().t() * layer.matrix.scales
            torch.testing.assert_close(layer(x), expected.float(), atol=1e-3, rtol=1e-6)


@here
@pytest.mark.parametrize("first", [drawn(96, seed=2), None])
def test_layers_beside_each_other_say_what_each_says(kernel, first):
    if not is_exact(kernel):
        pytest.skip(f"this machine's sums in {kernel.name} are not exact")
    x = drawn(5, 384)
    one, other = (
        kernel.make(quantize(drawn(96, 384, seed=1)), first),
        kernel.make(quantize(drawn(40, 384, seed=3)), drawn(40, seed=4)),
    )
    torch.testing.assert_close(one.concatenate(other)(x), torch.cat([one(x), other(x)], 1), atol=1e-4, rtol=1e-5)


@here
def test_a_rounded_product_is_near_the_float_one(kernel):
    if not is_exact(kernel):
        pytest.skip(f"this machine's sums in {kernel.name} are not exact")
    x, bias, matrix = drawn(40, 384), drawn(96, seed=2), quantize(drawn(96, 384, seed=1))
    expected = F.linear(x, matrix.dequantize(), bias)
    found = kernel.make(matrix, bias)(x)
    assert (found - expected).norm() / expected.norm() < 0.02


def test_a_kernel_that_saturates_is_not_usable(monkeypatch):
    honest = torch._int_mm

    def saturating(x, w):
        """Sums of pairs in 16 bits, as vpmaddubsw makes them of numbers from 0 to 255."""
        pairs = ((x.int() + 128)[:, :, None] * w.int()[None]).unflatten(1, (-1, 2)).sum(2)
        return pairs.clamp(-(2**15), 2**15 - 1).sum(1) - 128 * w.int().sum(0)

    x, w = torch.full((4, 64), 3, dtype=torch.int8), torch.full((64, 8), 5, dtype=torch.int8)
    assert torch.equal(saturating(x, w).int(), honest(x, w))
    monkeypatch.setattr(torch, "_int_mm", saturating)
    full, reduced = (Kernel(partial(IntegerLinear, reduce_range=reduced), "") for reduced in (False, True))
    assert not is_exact(full)
    assert is_exact(reduced)


def test_a_kernel_that_is_gone_is_not_usable(monkeypatch):
    monkeypatch.delattr(torch, "_int_mm")
    assert not is_exact(Kernel(partial(IntegerLinear, reduce_range=False), ""))


@pytest.mark.parametrize(
    ("gains", "taken"),
    [
        ([2.0, 3.0, 9.0, 9.0, 9.0, 9.0], 1),  # the faster one of the most precise
        ([1.0, 1.0, 1.4, 1.2, 9.0, 9.0], 2),  # of the next, where these do not gain
        ([1.0, 1.0, 1.0, 1.0, 1.0, 2.0], 5),
        ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0], None),
    ],
)
def test_of_the_most_precise_kernels_that_gain_the_fastest_is_taken(monkeypatch, gains, taken):
    monkeypatch.setattr(int8_linear, "is_exact", lambda kernel: True)
    monkeypatch.setattr(int8_linear, "speedup", dict(zip(KERNELS, gains, strict=True)).get)
    int8_linear.fastest_kernel.cache_clear()
    assert int8_linear.fastest_kernel() is (None if taken is None else KERNELS[taken])
    int8_linear.fastest_kernel.cache_clear()


def test_a_kernel_whose_sums_are_not_exact_is_not_taken(monkeypatch):
    monkeypatch.setattr(int8_linear, "is_exact", lambda kernel: kernel is KERNELS[4])
    monkeypatch.setattr(int8_linear, "speedup", lambda kernel: 2.0)
    int8_linear.fastest_kernel.cache_clear()
    assert int8_linear.fastest_kernel() is KERNELS[4]
    int8_linear.fastest_kernel.cache_clear()


@pytest.mark.parametrize(
    ("gains", "taken"),
    [
        ([9.0, 0.6, 9.0, 9.0], 1),  # not the fastest, lest chance decides
        ([9.0, 0.1, 9.0, 9.0], 0),  # but none that is far too slow
        ([0.1, 0.1, 0.1, 0.1], None),
    ],
)
def test_a_writer_s_kernel_hangs_on_the_machine_alone(monkeypatch, gains, taken):
    monkeypatch.setattr(int8_linear, "is_exact", lambda kernel: True)
    monkeypatch.setattr(int8_linear, "speedup", dict(zip(KERNELS[:4], gains, strict=True)).__getitem__)
    int8_linear.generation_kernel.cache_clear()
    assert int8_linear.generation_kernel() is (None if taken is None else KERNELS[taken])
    int8_linear.generation_kernel.cache_clear()
    assert all("per token" in kernel.name for kernel in int8_linear.GENERATION_KERNELS)


def test_where_no_kernel_gains_it_is_said_and_nothing_changes():
    model = rounded()
    before = ask(model)
    assert "computes in float32" in use_int8_kernels(model, None)
    assert torch.equal(ask(model), before)


@pytest.mark.parametrize("kernel", [kernel for kernel in KERNELS if "token" in kernel.name], ids=lambda kernel: kernel.name)
def test_a_quickened_model_answers_nearly_the_same_and_an_answer_does_not_hang_on_batch_mates(kernel):
    if not is_exact(kernel):
        pytest.skip(f"this machine's sums in {kernel.name} are not exact")
    model = rounded()
    before, words = ask(model), ask(model, head="mlm")
    assert "scale per token" in use_int8_kernels(model, kernel)
    assert sum(1 for _ in layer_slots(model, Int8Linear)) == 2 * 6 + 1 + 2 + 1  # blocks, pooler, dense layers, words
    found = ask(model)
    assert not torch.equal(found, before)
    assert (found - before).abs().max() < 0.05 * before.abs().max()
    assert (ask(model, head="mlm") - words).norm() < 0.05 * words.norm()
    torch.testing.assert_close(ask(model, (7,)), found[:1], atol=1e-5, rtol=1e-5)


def test_gradients_through_a_quickened_model_are_those_of_its_float_weights():
    model, x = rounded(), drawn(12, 192)
    layer = model.backbone.blocks[0].attention.query
    plain = x.clone().requires_grad_()
    F.linear(plain, layer.weight, layer.bias).square().sum().backward()
    use_int8_kernels(model, KERNELS[0])
    held = x.clone().requires_grad_()
    model.backbone.blocks[0].attention.query(held).square().sum().backward()
    torch.testing.assert_close(held.grad, plain.grad)


def test_slowing_down_gives_the_model_back_bit_for_bit():
    model = rounded()
    before, layers = ask(model), [place.name for place in layer_slots(model, Linear)]
    parameters = {name: p.detach().clone() for name, p in model.named_parameters()}
    use_int8_kernels(model, KERNELS[0])
    use_float_layers(model)
    assert torch.equal(ask(model), before)
    assert [place.name for place in layer_slots(model, Linear)] == layers
    assert parameters.keys() == dict(model.named_parameters()).keys()
    assert all(torch.equal(p, parameters[name]) for name, p in model.named_parameters())

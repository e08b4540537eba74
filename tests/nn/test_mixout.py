"""Mixout against its formula, and what it must leave alone."""

import pytest
import torch
import torch.nn.functional as F

from groundup.errors import InputError
from groundup.nn.layout import Layout
from groundup.nn.linear import Linear
from groundup.nn.mixout import MixoutLinear, add_mixout, remove_mixout
from tests.nn.test_lora import ask, build, learn


def layer(inputs=40, outputs=30) -> tuple[MixoutLinear, torch.Tensor]:
    """One whose weights have moved, and where they were."""
    generator = torch.Generator().manual_seed(0)
    plain = Linear(inputs, outputs)
    plain.weight.data = torch.randn(outputs, inputs, generator=generator)
    plain.bias.data = torch.randn(outputs, generator=generator)
    mixed, start = MixoutLinear(plain, 0.75), plain.weight.detach().clone()
    mixed.weight.data += torch.randn(outputs, inputs, generator=generator)
    return mixed, start


def test_weights_in_training_are_the_formula_for_some_mask():
    mixed, start = layer()
    torch.manual_seed(1)
    found, now, p = mixed.mixed_weight().detach(), mixed.weight.detach(), 0.75
    old, new = ((mask * start + (1 - mask) * now - p * start) / (1 - p) for mask in (1.0, 0.0))
    was = (found - old).abs() < 1e-5
    assert torch.all(was | ((found - new).abs() < 1e-5))
    assert was.float().mean().item() == pytest.approx(p, abs=0.05)


def test_on_average_weights_are_what_they_are():
    mixed, _ = layer()
    torch.manual_seed(2)
    mean = torch.stack([mixed.mixed_weight().detach() for _ in range(2000)]).mean(0)
    assert (mean - mixed.weight).abs().mean() < 0.05  # a deviation of |W - theta0| sqrt(3 / 2000) = 0.04 each


def test_the_gradient_is_that_of_the_mixed_weights():
    mixed, start = layer()
    torch.manual_seed(3)
    mixed.mixed_weight().sum().backward()
    kept = mixed.weight.grad
    assert set(kept.unique().tolist()) == {0.0, 4.0}  # (1 - M) / (1 - p)
    torch.manual_seed(3)
    torch.testing.assert_close(mixed.mixed_weight().detach(), start + kept * (mixed.weight.detach() - start))


def test_in_use_and_at_the_start_nothing_is_mixed():
    plain, model = build("bert"), build("bert")
    add_mixout(model, 0.7)
    assert torch.equal(ask(model), ask(plain))
    model.train()
    assert torch.equal(ask(model), ask(plain.train()))  # no dropout in these shapes, and no weight has moved
    learn(model)
    torch.manual_seed(0)
    told = [ask(model), ask(model)]
    assert torch.equal(*told)
    model.train()
    assert not torch.equal(ask(model), ask(model))


def test_the_mask_hangs_on_the_seed_of_the_step():
    models = [build("llama") for _ in range(2)]
    for model in models:
        add_mixout(model, 0.5)
        learn(model)
    assert all(torch.equal(a, b) for a, b in zip(models[0].parameters(), models[1].parameters(), strict=True))


def test_names_stay_and_ordinary_layers_come_back():
    model = build("bart")
    names = [name for name, _ in model.named_parameters()]
    add_mixout(model, 0.5)
    assert sum(isinstance(m, MixoutLinear) for m in model.modules()) == 3 * 10 + 3 * 6
    assert [name for name, _ in model.named_parameters()] == names
    told = ask(learn(model))
    remove_mixout(model)
    assert [name for name, _ in model.named_parameters()] == names
    assert torch.equal(ask(model), told)
    assert not any(isinstance(m, MixoutLinear) for m in model.modules())


def test_frozen_blocks_do_not_mix():
    model = build("bert")
    add_mixout(model, 0.5)
    learn(model)
    model.freeze(3)
    model.train()
    tokens = torch.arange(8)
    states = [model.backbone.states_after(tokens, Layout([8]), None, 3) for _ in range(2)]
    assert torch.equal(*states)


def test_a_share_of_all_or_nothing_is_refused():
    for rate in (0.0, 1.0):
        with pytest.raises(InputError, match=f"{rate} is not between 0 and 1"):
            add_mixout(build("bert"), rate)


def test_it_pulls_towards_the_start():
    far, near = build("gpt2"), build("gpt2")
    add_mixout(near, 0.9)
    start = {name: p.detach().clone() for name, p in far.named_parameters()}
    for model in (far, near):
        learn(model, 10)
    moved = [
        F.mse_loss(model.backbone.blocks[0].attention.query.weight, start["backbone.blocks.0.attention.query.weight"])
        for model in (far, near)
    ]
    assert moved[1] < moved[0]

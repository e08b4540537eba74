"""Penalties against autograd, and the proximal step against both ends and the published formulas."""

from math import exp, inf

import numpy as np
import pytest
import torch

from groundup.errors import InputError
from groundup.nn.model import Model
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.masked_lm import MaskedLM, Masking
from groundup.objectives.objective import make_batch
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.regularization import Regularizer, ewc, fisher, l2_sp, rec_adam
from groundup.train.schedule import Schedule
from tests.objectives.test_learning import CASES, EIGHT, ENCODER, labelled

RATE = 2e-3


def build(seed=0) -> Model:
    """Label head on an encoder whose every number was drawn."""
    objective, head, _ = CASES["label"]
    model = Model(ENCODER, {objective.name: head}, seed=seed)
    stir(model)
    return model


def stir(model, deviation=0.1):
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(deviation * torch.randn(p.shape, generator=generator))


def run(anchor=None, steps=6, model=None, rate=RATE, **settings):
    """The model after some updates; `anchor` makes an anchor from a model."""
    model = model or build()
    batch = make_batch(labelled(), LabelCrossEntropy())
    optimizer = AdamW(model.named_parameters(), weight_decay=0.0)
    held = None if anchor is None else anchor(model)
    list(
        train(
            model,
            LabelCrossEntropy(),
            lambda _: [batch],
            optimizer,
            Schedule(rate, 0.0),
            steps=steps,
            regularizer=held,
            **settings,
        )
    )
    return dict(model.named_parameters())


def importance_of(model) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(6)
    return {
        name: torch.rand(p.shape, generator=generator, dtype=p.dtype)
        for name, p in model.named_parameters()
        if ".heads" not in name
    }


KINDS = {
    "l2_sp": lambda model: l2_sp(model, 0.3, head_strength=0.2),
    "rec_adam": lambda model: rec_adam(model, 2.0, k=0.5, t0=3),
    "ewc": lambda model: ewc(model, 0.7, importance_of(model)),
}
kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
def test_told_gradients_are_those_of_the_penalty(kind):
    model = build()
    anchor = KINDS[kind](model)
    stir(model)
    anchor.penalty().backward()
    told = anchor.gradients()
    assert len(told) >= 30
    for name, p in model.named_parameters():
        if name in told:
            torch.testing.assert_close(p.grad, told[name], atol=1e-5, rtol=1e-5)
        else:
            assert p.grad is None


@pytest.mark.parametrize("kind", ["l2_sp", "ewc"])
def test_a_small_proximal_step_is_a_step_down_the_gradient(kind):
    model = build().double()
    anchor = KINDS[kind](model)
    stir(model)
    gradients, before = anchor.gradients(), {name: p.detach().clone() for name, p in model.named_parameters()}
    anchor.after_update(1, 1e-7)
    for name, p in model.named_parameters():
        if name in gradients:
            torch.testing.assert_close((before[name] - p) / 1e-7, gradients[name], atol=1e-5, rtol=1e-5)


def test_a_proximal_step_is_the_minimum_it_is_said_to_be():
    """argmin over z of |z - theta|^2 / (2 lr) + (a / 2) F (z - theta0)^2."""
    model = build().double()
    anchor = KINDS["ewc"](model)
    stir(model)
    theta, lr = {name: p.detach().clone() for name, p in model.named_parameters()}, 0.4
    anchor.after_update(1, lr)
    gradients = anchor.gradients()
    for name, p in model.named_parameters():
        if name in gradients:
            torch.testing.assert_close((p - theta[name]) / lr + gradients[name], torch.zeros_like(p), atol=1e-9, rtol=0)


@pytest.mark.parametrize(
    "anchor", [lambda model: l2_sp(model, 0.0, head_strength=0.0), lambda model: ewc(model, 0.0, importance_of(model))]
)
def test_without_strength_a_run_is_bit_identical_to_one_without(anchor):
    free, held = run(), run(anchor)
    assert all(torch.equal(free[name], held[name]) for name in free)


@pytest.mark.parametrize(
    "anchor",
    [
        lambda model: l2_sp(model, inf, head_strength=0.0),
        lambda model: rec_adam(model, inf, k=1, t0=1000),
        lambda model: ewc(model, inf, {n: f + 0.1 for n, f in importance_of(model).items()}),
    ],
)
def test_in_the_limit_the_body_returns_to_where_it_was_and_heads_learn(anchor):
    start, held = dict(build().named_parameters()), run(anchor)
    for name, p in held.items():
        assert torch.equal(p, start[name]) != (name.startswith("heads.")), name


def test_a_stronger_anchor_holds_nearer_and_any_strength_is_stable():
    start = dict(build().named_parameters())
    distances = []
    for strength in (0.0, 1.0, 30.0, 1e3, 1e8):
        held = run(lambda model, a=strength: l2_sp(model, a, head_strength=0.0), steps=12)
        distances.append(
            sum(float((p - start[name]).square().sum()) for name, p in held.items() if not name.startswith("heads."))
        )
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 1e-6 * distances[0]


def test_rec_adam_is_the_published_update():
    """theta <- theta - s lr m / (sqrt(v) + eps), then towards theta0 by (1 - s) g; heads take the whole step."""
    model, free = build(), build()
    k, t0, g = 0.5, 1.0, 3.0
    batch = make_batch(labelled(), LabelCrossEntropy())
    for one in (model, free):
        one.eval()
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    held = run(lambda model: rec_adam(model, g, k, t0), steps=1, model=model)
    after = run(None, steps=1, model=free)
    rate = Schedule(RATE, 0.0)(1, 1)
    s = 1 / (1 + exp(-k * (1 - t0)))
    assert len(batch.tokens) > 0
    for name, p in held.items():
        part = (
            s * (after[name] - start[name]) / (1 + rate * (1 - s) * g)
            if not name.startswith("heads.")
            else after[name] - start[name]
        )
        torch.testing.assert_close(p, start[name] + part, atol=1e-7, rtol=1e-5)


def test_rec_adam_ends_as_plain_fine_tuning():
    free, held = run(), run(lambda model: rec_adam(model, 5000, k=100, t0=-1000))
    assert all(torch.equal(free[name], held[name]) for name in free)


def test_frozen_parameters_are_left_alone_and_slow_ones_are_held_as_slowly():
    model = build()
    anchor = Regularizer(model, 1.0, lr_scale=lambda name: 0.25 if ".blocks.1." in name else 1.0)
    stir(model)
    model.freeze(1)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    anchor.after_update(1, 0.8)
    for name, p in model.named_parameters():
        if ".embed." in name or ".blocks.0." in name or name.startswith("heads."):
            assert torch.equal(p, before[name])
        elif ".blocks.1." in name:
            torch.testing.assert_close(p, anchor.initial[name] + (before[name] - anchor.initial[name]) / 1.2)


def test_fisher_information_is_the_mean_squared_gradient_and_leaves_the_model_as_it_was():
    model = build()
    model.freeze(1)
    model.train()
    batches = [make_batch(labelled(), LabelCrossEntropy()) for _ in range(2)]
    batches[1].targets["label"] = batches[1].targets["label"].flip(0)
    found = fisher(model, LabelCrossEntropy(), batches)
    told = {name: p.requires_grad for name, p in model.named_parameters()}
    assert not told["backbone.embed.tokens.weight"]
    assert model.training
    model.freeze(0)
    expected: dict[str, torch.Tensor] = {}
    for batch in batches:
        model.zero_grad()
        logits = batch.forward(model.eval())["label"]
        torch.nn.functional.cross_entropy(logits, batch.targets["label"]).backward()
        for name, p in model.named_parameters():
            if not name.startswith("heads."):
                expected[name] = expected.get(name, 0) + p.grad.square() / 2
    assert found.keys() == expected.keys()
    for name in found:
        torch.testing.assert_close(found[name], expected[name], atol=1e-9, rtol=1e-4)


def test_importance_of_what_the_objective_does_not_reach_is_left_out():
    objective, head, pairs = CASES["mlm"]
    model = Model(ENCODER, {"mlm": head, "label": CASES["label"][1]}, seed=0)
    found = fisher(model, MaskedLM(Masking(), 4, [0, 1, 2, 3, 4], 64, seed=0), [make_batch(pairs(), objective)])
    assert "backbone.pooler.weight" not in found
    assert len(found) == sum(1 for name, _ in model.named_parameters() if name.startswith("backbone.")) - 2
    assert np.isfinite([float(f.sum()) for f in found.values()]).all()
    assert len(EIGHT) == 8


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="strength: -1"):
        l2_sp(build(), -1.0)
    with pytest.raises(InputError, match="NO_BATCHES"):
        fisher(build(), LabelCrossEntropy(), [])

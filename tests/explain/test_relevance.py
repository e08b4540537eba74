"""LRP: the rules one by one, what they conserve, and one backward pass against the rules written out.

Sums of float32 numbers of different signs agree to 1e-4 of what they add up to; in float64 both forms agree to 1e-5 of the
largest relevance.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from groundup.explain.explain import explain
from groundup.explain.lrp_rules import constant_scale_norm, linearized, scale_gradient, softmax_relevance
from groundup.explain.methods.gradients import gradient_x_input, integrated_gradients
from groundup.explain.methods.relevance import lrp
from groundup.explain.patching import observed_attention
from groundup.nn.activation import ACTIVATIONS
from groundup.nn.config import Learned, RelativeBias, Sinusoidal
from groundup.nn.linear import LayerNorm, RMSNorm
from groundup.nn.lora import add_lora
from groundup.nn.model import Model
from tests.explain import rules_by_hand
from tests.explain.readers import HEADS, SHAPES, Tokens, predictor, rough, tokens

RULES = ["lrp", "cp_lrp"]
SINKS = ("special", "positions", "biases", "softmax")


def drawn(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def relevances(function, *inputs):
    """What comes out, what relevance each input gets of it, and a draw of relevance that went in at the end."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    out = function(*inputs)
    slopes = drawn(*out.shape, seed=2)
    given = torch.autograd.grad(out, inputs, slopes)
    return float((out * slopes).detach().sum()), [float((x * g).detach().sum()) for x, g in zip(inputs, given)]


# a: without biases all relevance is in the tokens


@pytest.mark.parametrize("shape", ["modern", "llama"])
def test_without_biases_cp_lrp_hands_everything_to_the_tokens(shape):
    subject = tokens(shape, biases=False)
    found = lrp(subject, "cp_lrp")
    assert abs(found.value) > 0.1
    assert abs(found.scores.sum() + found.checks["special"] - found.value) / abs(found.value) < 1e-4
    assert found.checks["biases"] == found.checks["positions"] == found.checks["softmax"] == 0


# b: each rule conserves but that of the softmax


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_passes_on_all_it_gets(name):
    out, (into,) = relevances(linearized(ACTIVATIONS[name]), drawn(5, 7))
    assert into == pytest.approx(out, rel=1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_as_a_line_is_the_activation_and_its_slope_at_zero_the_true_one(name):
    x = torch.cat([drawn(30), torch.zeros(1, dtype=torch.float64)])
    torch.testing.assert_close(linearized(ACTIVATIONS[name])(x), ACTIVATIONS[name](x))
    zero = torch.zeros(1, requires_grad=True)
    (true,) = torch.autograd.grad(ACTIVATIONS[name](zero), zero)
    (ours,) = torch.autograd.grad(linearized(ACTIVATIONS[name])(zero), zero)
    torch.testing.assert_close(ours, true)


@pytest.mark.parametrize("norm", [LayerNorm(7, bias=False), RMSNorm(7, eps=1e-6)], ids=["layer", "rms"])
def test_a_norm_passes_on_all_it_gets_and_is_what_it_was(norm):
    with torch.no_grad():
        norm.double().weight.copy_(drawn(7, seed=5))
    x = drawn(5, 7)
    torch.testing.assert_close(constant_scale_norm(norm, x), norm(x))
    out, (into,) = relevances(lambda x: constant_scale_norm(norm, x), x)
    assert into == pytest.approx(out, rel=1e-9)


def test_a_linear_layer_and_a_sum_pass_on_all_they_get():
    out, (into,) = relevances(lambda x: F.linear(x, drawn(4, 7)), drawn(5, 7))
    assert into == pytest.approx(out, rel=1e-9)
    out, into = relevances(torch.add, drawn(5, 7), drawn(5, 7, seed=3))
    assert sum(into) == pytest.approx(out, rel=1e-9)


def test_the_factors_of_a_product_get_half_each():
    for function in (
        lambda a, b: scale_gradient(a, 0.5) * scale_gradient(b, 0.5),
        lambda a, b: scale_gradient(a, 0.5) @ scale_gradient(b, 0.5),
    ):
        out, into = relevances(function, drawn(5, 5), drawn(5, 5, seed=3))
        assert into == pytest.approx([out / 2, out / 2], rel=1e-9)


def test_what_a_softmax_keeps_is_the_constant_of_its_expansion():
    scores = drawn(3, 6).requires_grad_()
    weights = scores.softmax(-1)
    slopes = drawn(3, 6, seed=2)
    (of_scores,) = torch.autograd.grad(weights, scores, slopes)
    x, s = scores.detach(), weights.detach()
    constant = s * (1 - x + (s * x).sum(-1, keepdim=True))  # softmax(x) less its Jacobian times x
    kept = softmax_relevance([(scores, weights)], [(of_scores, slopes)])
    assert kept == pytest.approx(float((constant * slopes).sum()), rel=1e-9)
    assert abs(kept) > 0.01


# c: nothing comes of nothing


@pytest.mark.parametrize("rules", RULES)
def test_a_token_of_zeros_gets_nothing(rules):
    found = lrp(tokens("llama", held={3: torch.zeros(24)}), rules)
    assert found.scores[2] == 0
    assert np.abs(np.delete(found.scores, 2)).min() > 0


# d: the linear model


def linear_subject():
    """Blocks that add nothing, no norm, the mean of all rows: a linear model of them."""
    shape = replace(SHAPES["modern"], embedding_norm=False, first_norm=False, final_norm=False, windows=())
    model = rough(Model(shape, {"label": replace(HEADS["modern"], dense=False)}, seed=3))
    with torch.no_grad():
        for block in model.backbone.blocks:
            block.attention.output.weight.zero_()
            block.feed_forward.output.weight.zero_()
    return Tokens(model, [[5, 9, 17, 2, 30]])


@pytest.mark.parametrize("rules", RULES)
def test_on_a_linear_model_relevance_is_gradient_times_input(rules):
    subject = linear_subject()
    weight = subject.model.heads["label"].classes.weight.detach()
    true = (subject.rows @ (weight[1] - weight[2]) / 5).numpy()
    np.testing.assert_allclose(lrp(subject, rules).scores, true[1:], atol=1e-5)
    np.testing.assert_allclose(gradient_x_input(subject).scores, true[1:], atol=1e-5)


# e: with biases the books balance


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("shape", SHAPES)
def test_scores_and_what_is_told_of_the_rest_add_up_to_the_number(shape, rules):
    found = lrp(tokens(shape, ids=((5, 9, 17, 2, 30, 9, 11, 8, 1),), offset=0.25), rules)
    whole = found.scores.sum() + sum(found.checks[name] for name in SINKS)
    assert whole == pytest.approx(found.value, rel=1e-4)
    assert found.checks["conservation"] < 1e-4


@pytest.mark.parametrize("task", ["classification", "multilabel", "regression", "tagging", "answering"])
def test_the_books_balance_for_every_task(task):
    text = ("where is the lamp", "the lamp of Zoë is near the café") if task == "answering" else "Zoë met the lamp"
    for found in explain(predictor(task, pair=task == "answering"), [text], RULES)[0]:
        assert found.checks["conservation"] < 1e-4
        assert "patented" in found.notice


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize(
    "positions",
    [RelativeBias(buckets=8, max_distance=6), Sinusoidal(), Learned(offset=2)],
    ids=["distances", "sines", "offset"],
)
def test_the_books_balance_with_positions_of_every_kind(positions, rules):
    shape = replace(SHAPES["bert"], positions=positions, attention_scale=0.3, embedding_scale=2.0)
    found = lrp(Tokens(rough(Model(shape, {"label": HEADS["bert"]}, seed=3)), [[5, 9, 17, 2, 30, 9, 11]]), rules)
    assert found.checks["conservation"] < 1e-4


@pytest.mark.parametrize("dora", [False, True], ids=["lora", "dora"])
def test_the_books_balance_with_adapters(dora):
    subject = tokens("bert")
    for adapter in add_lora(subject.model, rank=4, targets="all_linear", dora=dora).values():
        adapter.up.data.copy_(torch.randn(adapter.up.shape, generator=torch.Generator().manual_seed(1)) / 4)
    found = lrp(subject)
    assert found.value != tokens("bert").values(np.ones((1, 6), bool))[0]
    assert found.checks["conservation"] < 1e-4
    assert integrated_gradients(subject).checks["completeness"] <= 0.01


def test_a_pair_in_windows_of_unequal_length_balances():
    found = lrp(tokens("bert", ids=((5, 9, 17, 2, 30, 9), (5, 9, 17, 4)), seconds=[3, 3]))
    assert found.checks["conservation"] < 1e-4
    assert found.checks["positions"] != 0


def test_what_was_frozen_is_frozen_afterwards_and_nothing_else_has_changed():
    subject = tokens("bert")
    subject.model.requires_grad_(False)
    before = subject.values(np.ones((1, 6), bool))
    names = list(subject.model.state_dict())
    lrp(subject)
    assert not any(parameter.requires_grad for parameter in subject.model.parameters())
    assert list(subject.model.state_dict()) == names
    assert subject.values(np.ones((1, 6), bool)) == before
    assert not [
        name for part in subject.model.modules() for name in vars(part) if name in ("after_attention", "pooler", "gate")
    ]


# f: one backward pass is the rules


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("shape", ["bert", "gpt2", "llama"])
def test_one_backward_pass_gives_what_the_written_rules_give(shape, rules):
    subject = tokens(shape)
    config = replace(subject.model.config, num_kv_heads=0, positions=None) if shape == "llama" else subject.model.config
    (name,) = subject.model.heads
    model = rough(Model(config, {name: HEADS[shape]}, seed=3)).double()
    ids = subject.ids[0]
    with torch.no_grad():
        true = rules_by_hand.relevance(model, torch.tensor(ids), rules, last=name == "lm").numpy()
    subject = Tokens(model, [ids])
    found = lrp(subject, rules)
    ours = np.append(found.checks["special"], found.scores)
    np.testing.assert_allclose(ours, true, atol=1e-5 * np.abs(true).max())


def test_attention_in_the_open_is_the_one_in_the_kernel():
    for shape in SHAPES.values():
        q, k, v = (
            drawn(2, heads, 5, shape.head_width, seed=n)
            for n, heads in enumerate([shape.num_heads, shape.kv_heads, shape.kv_heads])
        )
        attend = observed_attention(shape, lambda scores, weights: weights)
        for causal in (False, True):
            true = F.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=True)
            torch.testing.assert_close(attend(q, k, v, None, causal), true)

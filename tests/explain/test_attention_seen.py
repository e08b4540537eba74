"""Attention weights are those of the kernel, and maps made of them are what their papers say."""

import numpy as np
import pytest
import torch

from groundup.explain.explain import explain
from groundup.explain.methods.attention import attention, attention_weights, gradient_attention, rollout
from groundup.explain.patching import observed_attention, patched
from tests.explain.readers import SHAPES, predictor, tokens
from tests.explain.rules_by_hand import Passed

METHODS = [attention, rollout, gradient_attention]


def silent(subject):
    """Queries that ask nothing: attention is even."""
    for block in subject.model.backbone.blocks:
        block.attention.query.weight.data.zero_()
        if block.attention.query.bias is not None:
            block.attention.query.bias.data.zero_()
    return subject


@pytest.mark.parametrize("shape", ["bert", "gpt2"])
def test_the_weights_are_those_of_attention_written_out(shape):
    subject = tokens(shape)
    model, ids = subject.model, torch.tensor(subject.ids[0])
    _, (weights,), _ = attention_weights(subject)
    with torch.no_grad():
        x = model.backbone.embed(ids, torch.arange(len(ids)), None)
        for number, block in enumerate(model.backbone.blocks):
            passed = Passed(block, model.config, x)
            torch.testing.assert_close(weights[number], passed.attended.weights, atol=1e-5, rtol=1e-4)
            x = passed.out


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_of_weights_add_up_to_1_and_looking_changes_nothing(shape):
    subject = tokens(shape)
    value = subject.values(np.ones((1, 6), bool))[0]
    for method in METHODS:
        found = method(subject)
        assert found.checks["rows_sum_to_1"] < 1e-5
        assert found.value == pytest.approx(value, abs=1e-4)
        assert found.notice
    for method in METHODS[:2]:
        found = method(subject)
        assert found.scores.sum() + found.checks["special"] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("shape", ["bert", "modern"])
def test_even_attention_gives_an_even_map(shape):
    subject = silent(tokens(shape))
    subject.model.backbone.blocks[1].attention.mask_fn = None  # no window
    found = attention(subject)
    np.testing.assert_allclose(found.scores, np.full(6, 1 / 7), atol=1e-6)
    found = rollout(subject)
    np.testing.assert_allclose(found.scores, np.full(6, found.scores[0]), atol=1e-6)


def test_even_attention_to_tokens_that_are_alike_gives_an_even_map_of_gradients():
    subject = silent(tokens("modern", ids=((7, 7, 7, 7),)))
    found = gradient_attention(subject)
    assert found.scores[0] > 0
    np.testing.assert_allclose(found.scores, np.full(3, found.scores[0]), rtol=1e-4)


def test_rollout_is_the_product_of_what_passes_each_layer():
    subject = tokens("bert")
    _, (weights,), _ = attention_weights(subject)
    first, second = ((one.double().mean(0).numpy() + np.eye(7)) / 2 for one in weights)
    np.testing.assert_allclose(rollout(subject).scores, (second @ first)[0, 1:], atol=1e-6)


def test_the_gradient_of_a_weight_is_what_the_number_gains_by_it():
    """Differences over a step of 0.01 of float32 numbers are good to 2 % of the largest."""
    subject = tokens("bert")
    _, _, (slopes,) = attention_weights(subject, gradients=True)
    block = subject.model.backbone.blocks[1].attention

    def number(head, column, step):
        def keep(scores, weights):
            changed = weights.clone()
            if column < changed.shape[-1]:  # else it is one that fills up
                changed[0, head, 0, column] += step
            return changed

        with patched([(block, "attend", observed_attention(subject.model.config, keep))]), torch.no_grad():
            return float(subject.numbers(subject.rows[None])[0])

    for head, column in [(0, 1), (1, 4), (2, 6)]:
        gained = (number(head, column, 0.01) - number(head, column, -0.01)) / 0.02
        assert float(slopes[1, head, 0, column]) == pytest.approx(gained, abs=0.02 * float(slopes[1].abs().max()))


def test_gradients_and_weights_are_joined_by_the_formula():
    subject = tokens("bert")
    _, (weights,), (slopes,) = attention_weights(subject, gradients=True)
    first, second = (np.maximum(w * s, 0).mean(0) for w, s in zip(weights.numpy(), slopes.numpy()))
    true = ((np.eye(7) + second) @ (np.eye(7) + first) - np.eye(7))[0, 1:]
    np.testing.assert_allclose(gradient_attention(subject).scores, true, atol=1e-5)


def test_windows_of_unequal_length_are_told_apart():
    subject = tokens("bert", ids=((5, 9, 17, 2, 30, 9), (5, 9, 17, 4)), seconds=[3, 3])
    _, weights, _ = attention_weights(subject)
    assert [one.shape for one in weights] == [(2, 3, 6, 6), (2, 3, 4, 4)]
    alone = tokens("bert", ids=((5, 9, 17, 4),), seconds=[3])
    torch.testing.assert_close(weights[1], attention_weights(alone)[1][0], atol=1e-5, rtol=1e-4)


def test_a_causal_model_looks_back_only():
    _, (weights,), _ = attention_weights(tokens("llama"))
    assert weights.shape == (2, 6, 7, 7)
    assert float(weights.triu(1).abs().max()) == 0


def test_words_get_what_their_pieces_get():
    for found in explain(predictor(), ["Zoë met the lamp"], ["attention", "rollout", "gradient_attention"])[0]:
        assert [part.name for part in found.parts] == ["Zoë", "met", "the", "lamp"]
        assert found.scores.min() >= 0
        assert found.scores.sum() > 0

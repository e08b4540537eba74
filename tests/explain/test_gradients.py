"""Gradients of rows: integrated gradients add up to what they explain, and what is linear is explained exactly."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from groundup.explain.explain import explain
from groundup.explain.methods.gradients import gradient_norm, gradient_x_input, integrated_gradients, rank_agreement
from tests.explain.readers import SHAPES, Tokens, predictor, tokens


@pytest.mark.parametrize("shape", SHAPES)
def test_integrated_gradients_add_up_to_the_difference_from_the_baseline(shape):
    subject = tokens(shape, offset=0.5)
    found = integrated_gradients(subject)
    whole, bare = subject.values(np.array([[True], [False]]).repeat(6, 1))
    assert (found.value, found.baseline) == (pytest.approx(whole, abs=1e-5), pytest.approx(bare, abs=1e-5))
    assert found.checks["completeness"] <= 0.01
    assert found.scores.sum() == pytest.approx(whole - bare, rel=0.011, abs=0.0011 * np.abs(found.scores).sum())
    assert found.notice == ""


def test_pieces_are_halved_until_the_sum_is_right_and_a_shortfall_is_told():
    subject = tokens("bert")
    coarse = integrated_gradients(subject, steps=2, most=2)
    assert coarse.checks["steps"] == 2
    assert coarse.checks["completeness"] > 0.01
    assert coarse.notice.startswith("not complete: after 2 steps ")
    fine = integrated_gradients(subject, steps=2)
    assert 2 < fine.checks["steps"] <= 512
    assert fine.checks["completeness"] <= 0.01


class Switch(Tokens):
    """A number that turns within a thousandth of the line, where the first part is four fifths there."""

    def numbers(self, rows):
        share = ((rows - self.baseline) * (self.rows - self.baseline))[:, 1].sum(-1) / (self.rows - self.baseline)[
            1
        ].square().sum()
        return 5 * torch.tanh((share - 0.8) * 4e3)


def test_a_sudden_turn_is_not_missed():
    plain = tokens("bert")
    found = integrated_gradients(Switch(plain.model, plain.ids))
    assert found.checks["completeness"] <= 0.01
    assert found.checks["steps"] < 200
    assert found.scores == pytest.approx([10, 0, 0, 0, 0, 0], abs=0.1)


def test_the_line_is_integrated_as_by_a_thousand_even_steps():
    subject = tokens("bert")
    true = np.zeros(len(subject.rows))
    way = subject.rows - subject.baseline
    for shares in ((torch.arange(1000) + 0.5) / 1000).split(250):
        leaf = (subject.baseline + shares[:, None, None] * way).requires_grad_()
        (slopes,) = torch.autograd.grad(subject.numbers(leaf).sum(), leaf)
        true += (slopes * way).sum((0, 2)).double().numpy() / 1000
    found = integrated_gradients(subject)
    np.testing.assert_allclose(found.scores, true[1:], atol=0.01 * np.abs(true).sum())
    assert true[0] == 0  # the special token is what it was


def test_batches_change_nothing():
    subject = tokens("bert")
    whole = integrated_gradients(subject).scores
    subject.max_batch = lambda gradients=False: 5
    np.testing.assert_allclose(integrated_gradients(subject).scores, whole, atol=1e-5)


def test_the_other_baseline_is_told():
    subject = tokens("bert")
    found = integrated_gradients(subject)
    with torch.inference_mode():
        other = float(subject.numbers(subject.other_baseline[None])[0])
    assert found.checks["other_baseline"] == pytest.approx(other, abs=1e-5)
    subject.baseline = subject.other_baseline
    turned = integrated_gradients(subject)
    assert found.checks["other_agreement"] == pytest.approx(rank_agreement(found.scores, turned.scores))
    assert -1 <= found.checks["other_agreement"] < 1


def test_gradients_are_slopes_of_the_number():
    """Differences of float32 numbers over a step of 0.01 are good to 2 %."""
    subject = tokens("gpt2")
    direction = torch.randn(subject.rows.shape, generator=torch.Generator().manual_seed(4))
    for part in range(3):
        way = direction * torch.from_numpy(subject.owner == part)[:, None]
        with torch.inference_mode():
            up, down = subject.numbers(torch.stack([subject.rows + 0.01 * way, subject.rows - 0.01 * way])).tolist()
        leaf = subject.rows.clone().requires_grad_()
        (slope,) = torch.autograd.grad(subject.numbers(leaf[None]).sum(), leaf)
        assert (up - down) / 0.02 == pytest.approx(float((slope * way).sum()), rel=0.02)
        assert gradient_norm(subject).scores[part] == pytest.approx(float(slope[subject.owner == part].norm()), rel=1e-4)


def test_the_norm_of_an_embedding_does_not_silence_gradient_times_input():
    """Of rows that are normed at once nothing hangs on their length, and the plain product is 0 at each."""
    subject = tokens("modern")
    leaf = subject.rows.clone().requires_grad_()
    (slope,) = torch.autograd.grad(subject.numbers(leaf[None]).sum(), leaf)
    found = gradient_x_input(subject)
    assert (slope * subject.rows).sum(-1).abs().max() < 1e-4
    assert np.abs(found.scores).max() > 0.1


def test_gradient_times_input_is_that_of_the_normed_rows():
    """The rows as the first block reads them, in a model whose embedding adds nothing to them."""
    subject = tokens("modern")
    embed = subject.model.backbone.embed
    read = []
    held = embed.norm.register_forward_hook(lambda norm, given, out: read.append(out) or out.retain_grad())
    leaf = subject.rows.clone().requires_grad_()
    subject.numbers(leaf[None]).sum().backward()
    held.remove()
    true = (read[0] * read[0].grad).sum(-1).detach().numpy()[: len(subject.rows)]
    np.testing.assert_allclose(gradient_x_input(subject).scores, true[1:], atol=1e-4)


def test_special_tokens_keep_what_is_theirs():
    found = gradient_x_input(tokens("bert"))
    assert found.checks["special"] != 0
    assert len(found.scores) == 6


@pytest.mark.parametrize("task", ["classification", "multilabel", "regression", "tagging"])
def test_words_of_every_task_add_up(task):
    for text in ("Zoë Müller met the old lamp", "王小明 is near the lamp"):
        (found,) = explain(predictor(task), [text], chinese="characters")[0]
        assert found.checks["completeness"] <= 0.01
        assert len(found.scores) == len(found.parts) > 4
        assert found.texts == (text,)


def test_a_model_that_writes_on_is_explained_from_the_mean_of_its_rows():
    (found,) = explain(predictor(None, shape=replace(SHAPES["llama"], max_positions=64)), ["the old lamp is"])[0]
    assert found.target.endswith("(logits of the next token)")
    assert found.checks["completeness"] <= 0.01


def test_both_texts_of_a_pair_are_explained():
    (found,) = explain(predictor("regression", pair=True), [("the lamp", "the old lamp")])[0]
    assert [part.text for part in found.parts] == [0, 0, 1, 1, 1]
    assert np.abs(found.scores).min() > 0
    assert found.checks["completeness"] <= 0.01


def test_agreement_of_nothing_is_not_told():
    assert np.isnan(rank_agreement(np.zeros(3), np.arange(3)))
    assert rank_agreement(np.arange(4.0), np.arange(4.0) ** 3) == 1

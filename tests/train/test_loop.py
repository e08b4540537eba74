import numpy as np
import pytest
import torch

from groundup.data.batches.pairs import Pairs, Specials
from groundup.errors import GateError
from groundup.nn.config import PooledHeadConfig, TokenHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.objectives.masked_lm import MaskedLM, Masking
from groundup.objectives.next_sentence import NextSentence
from groundup.objectives.objective import WeightedSum, make_batch
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.schedule import Schedule
from tests.data.corpora import random_corpus

HEADS = {"mlm": TokenHeadConfig(), "nsp": PooledHeadConfig(classes=2)}


def make_model(dropout=0.0):
    config = TransformerConfig(
        vocab_size=64,
        hidden_size=32,
        num_layers=2,
        num_heads=4,
        intermediate_size=64,
        num_segments=2,
        pooler=True,
        dropout=dropout,
        attention_dropout=dropout,
    )
    return Model(config, HEADS, seed=0)


def make_run(size=12, micro=12, steps=6, dropout=0.0, done=0, model=None, rate=1e-3, gamma=1.0, examples=None):
    source = Pairs(random_corpus(vocab=64), Specials(2, 3), 40, seed=0)
    masked = MaskedLM(Masking(), 4, [0, 1, 2, 3, 4], 64, seed=0)
    objective = WeightedSum([(1.0, masked), (gamma, NextSentence())])
    model = model or make_model(dropout)
    optimizer = AdamW(model.named_parameters(), (0.9, 0.99), 1e-8)

    def batches(number):
        first = 0 if examples else (number - 1) * size
        return [
            make_batch(source.batch(np.arange(i, min(i + micro, first + size))), objective, number / steps)
            for i in range(first, first + size, micro)
        ]

    return model, train(model, objective, batches, optimizer, Schedule(rate, 0.1), steps=steps, done=done)


@pytest.mark.parametrize("micro", [1, 5, 7])
def test_accumulation_is_exact(micro):
    whole, steps = make_run()
    parts, micro_steps = make_run(micro=micro)
    for a, b in zip(steps, micro_steps, strict=True):
        assert a.losses == pytest.approx(b.losses, rel=1e-5)
        assert a.gradient_norm == pytest.approx(b.gradient_norm, rel=1e-4)
    for a, b in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.allclose(a, b, atol=2e-5)


def test_the_same_run_twice_is_byte_identical_with_dropout():
    one, steps = make_run(dropout=0.1)
    list(steps)
    torch.rand(100)  # an unrelated draw must not matter
    two, steps = make_run(dropout=0.1)
    for _ in steps:
        torch.rand(3)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_gamma_weighs_next_sentence_in_the_total():
    for gamma in (0.0, 0.5, 2.0):
        step = next(make_run(gamma=gamma)[1])
        assert step.total == pytest.approx(step.losses["mlm"] + gamma * step.losses["nsp"], rel=1e-6)


def test_eight_examples_are_learned_by_heart():
    losses = [step.losses for step in make_run(size=8, steps=250, rate=4e-3, examples=True)[1]]
    assert losses[-1]["mlm"] < 0.15 < 3.5 < losses[0]["mlm"]
    assert losses[-1]["nsp"] < 0.05


def test_a_loss_that_is_not_finite_in_the_first_steps_stops_the_run():
    model = make_model()
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    with pytest.raises(GateError, match="NON_FINITE step 1"):
        list(make_run(model=model)[1])

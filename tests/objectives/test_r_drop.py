"""R-Drop against its formula in NumPy."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from groundup.data.batches.ragged_batch import Flat, twice
from groundup.nn.config import PooledHeadConfig
from groundup.nn.model import Model
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import make_batch
from groundup.objectives.r_drop import RDrop
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.schedule import Schedule
from tests.objectives.test_learning import ENCODER, labelled


def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def total(objective, logits, labels):
    predictions, targets = {"label": torch.tensor(logits)}, {"label": torch.tensor(labels)}
    counts, losses, weights = objective.counts(targets), objective.losses(predictions, targets), objective.weights()
    return sum(weights[k] * float(losses[k]) / counts[k] for k in losses if counts[k])


@pytest.mark.parametrize("strength", [0.0, 0.5, 4.0])
def test_the_loss_is_the_formula(strength):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(10, 4)), np.repeat(rng.integers(0, 4, 5), 2)
    p = softmax(logits)
    cross = -np.log(p[np.arange(10), labels])
    one, other = p[::2], p[1::2]
    kl = (one * np.log(one / other)).sum(1), (other * np.log(other / one)).sum(1)
    expected = ((cross[::2] + cross[1::2]) / 2 + strength * (kl[0] + kl[1]) / 2).mean()
    assert total(RDrop(LabelCrossEntropy(), strength), logits, labels) == pytest.approx(expected, rel=1e-6)


def test_without_strength_it_is_the_mean_of_two_cross_entropies():
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(size=(6, 3)), np.array([0, 0, -1, -1, 2, 2])
    for label in (LabelCrossEntropy(), LabelCrossEntropy([1.0, 2.0, 0.5], smoothing=0.1)):
        assert total(RDrop(label, 0.0), logits, labels) == pytest.approx(total(label, logits, labels), rel=1e-6)


def test_passes_that_agree_cost_nothing():
    logits = np.repeat(np.random.default_rng(2).normal(size=(5, 3)), 2, axis=0)
    predictions, targets = {"label": torch.tensor(logits)}, {"label": torch.zeros(10, dtype=torch.int64)}
    assert float(RDrop(LabelCrossEntropy()).losses(predictions, targets)["r_drop"]) == 0.0


def test_a_batch_laid_twice_has_each_sequence_twice_in_a_row():
    flat = labelled()
    flat.segments = np.arange(len(flat.tokens)) % 2
    double = twice(flat)
    for i, (start, length) in enumerate(zip(double.starts, double.lengths, strict=True)):
        begin = flat.starts[i // 2]
        assert double.tokens[start : start + length].tolist() == flat.tokens[begin : begin + flat.lengths[i // 2]].tolist()
        assert double.segments[start : start + length].tolist() == flat.segments[begin : begin + flat.lengths[i // 2]].tolist()
    assert double.numbers.tolist() == [n for n in flat.numbers.tolist() for _ in range(2)]
    assert double.labels["label"].tolist() == [n for n in flat.labels["label"].tolist() for _ in range(2)]


def test_sources_are_laid_twice_too():
    source = Flat(np.array([7, 8, 9]), np.array([2, 1]), np.array([4, 5]))
    flat = Flat(np.array([1, 2, 3]), np.array([1, 2]), np.array([4, 5]), source=source)
    assert twice(flat).source.tokens.tolist() == [7, 8, 7, 8, 9, 9]
    assert twice(flat).tokens.tolist() == [1, 1, 2, 3, 2, 3]


def test_dropout_differs_between_the_two_passes_and_nothing_else():
    config = replace(ENCODER, dropout=0.3, attention_dropout=0.3)
    model = Model(config, {"label": PooledHeadConfig(classes=5)}, seed=0)
    batch = make_batch(twice(labelled()), RDrop(LabelCrossEntropy()))
    logits = batch.forward(model.eval())["label"]
    torch.testing.assert_close(logits[::2], logits[1::2], atol=1e-6, rtol=0)
    logits = batch.forward(model.train())["label"]
    assert not torch.any(torch.all(logits[::2] == logits[1::2], dim=1))


def test_a_batch_that_was_not_laid_twice_is_refused():
    with pytest.raises(ValueError, match="each row twice"):
        make_batch(labelled(), RDrop(LabelCrossEntropy()))


def test_a_strong_pull_makes_two_passes_agree():
    disagreement = []
    for strength in (0.0, 5.0):
        config = replace(ENCODER, dropout=0.2, attention_dropout=0.2)
        model = Model(config, {"label": PooledHeadConfig(classes=5)}, seed=0)
        objective = RDrop(LabelCrossEntropy(), strength)
        batch = make_batch(twice(labelled()), objective)
        optimizer = AdamW(model.named_parameters(), (0.9, 0.99), 1e-8)
        steps = list(train(model, objective, lambda _, b=batch: [b], optimizer, Schedule(4e-3, 0.1), steps=120))
        assert steps[-1].losses["label"] < 0.5 < steps[0].losses["label"]
        disagreement.append(sum(step.losses["r_drop"] for step in steps))
    assert disagreement[1] < 0.7 * disagreement[0]

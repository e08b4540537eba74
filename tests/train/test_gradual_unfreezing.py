"""Unfreezing in stages, and blocks drawn anew."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from groundup.errors import InputError
from groundup.nn.config import PooledHeadConfig, TransformerConfig
from groundup.nn.model import Model, reinitialize_top
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import make_batch
from groundup.train.adamw import AdamW
from groundup.train.gradual_unfreezing import GradualUnfreezing, unfreeze_gradually
from groundup.train.loop import train
from groundup.train.schedule import Schedule
from tests.objectives.test_learning import labelled
from tests.train.test_adamw import numpy_adamw

SHAPE = TransformerConfig(
    vocab_size=64, hidden_size=32, num_layers=3, num_heads=4, intermediate_size=64, dropout=0.1, pooler=True
)
THAW = GradualUnfreezing(((1, 3), (4, 2), (6, 0)))


def build(initialization="normal") -> Model:
    return Model(replace(SHAPE, initialization=initialization), {"label": PooledHeadConfig(classes=5)}, seed=0)


def frozen_until(name: str) -> int:
    """The first update in which THAW trains a parameter."""
    if ".embed." in name or ".blocks.0." in name or ".blocks.1." in name:
        return 6
    return 4 if ".blocks.2." in name else 1


def test_parameters_are_bit_identical_until_their_update_and_learn_from_it_on():
    model = build()
    THAW.prepare(model)
    optimizer = AdamW(model.named_parameters(), weight_decay=0.1)
    batch = make_batch(labelled(), LabelCrossEntropy())
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    for step in train(model, LabelCrossEntropy(), lambda _: [batch], optimizer, Schedule(1e-3, 0.0), steps=8, num_frozen=THAW):
        moments = optimizer.state()
        for name, p in model.named_parameters():
            trained = step.number >= frozen_until(name)
            assert torch.equal(p, start[name]) != trained, (step.number, name)
            assert (f"exp_avg.{name}" in moments) == trained, (step.number, name)
    assert float(moments["step.backbone.blocks.2.attention.query.weight"]) == 5
    assert float(moments["step.backbone.blocks.0.attention.query.weight"]) == 3
    assert "step.heads.label.classes.weight" not in moments


@pytest.mark.parametrize("correct", [False, True])
def test_a_parameter_that_begins_late_follows_the_formula_of_its_own_updates(correct):
    generator = torch.Generator().manual_seed(0)
    early, late = (torch.nn.Parameter(torch.randn(4, 3, generator=generator, dtype=torch.float64)) for _ in range(2))
    optimizer = AdamW([("early", early), ("late", late)], epsilon=1e-6, weight_decay=0.01, bias_correction=correct)
    start, gradients = late.detach().numpy().copy(), torch.randn(20, 4, 3, generator=generator, dtype=torch.float64)
    for number, gradient in enumerate(gradients, 1):
        early.grad = gradient.clone()
        late.grad = gradient.clone() if number > 7 else None
        optimizer.step(number, 1e-2)
    expected = numpy_adamw(start, gradients[7:].numpy(), [1e-2] * 13, correct, 0.01)
    assert np.abs(late.detach().numpy() - expected).max() < 1e-9


def test_stages_are_pure_in_the_update():
    assert [THAW(n) for n in range(1, 9)] == [3, 3, 3, 2, 2, 0, 0, 0]
    assert unfreeze_gradually(3, 10, final_frozen=1).stages == ((1, 3), (11, 2), (21, 1))
    assert THAW.final_frozen == 0


@pytest.mark.parametrize("stages", [((2, 1),), ((1, 1), (1, 0)), ((1, 1), (5, 2)), ((1, -1),), ()])
def test_stages_that_make_no_sense_are_refused(stages):
    with pytest.raises(InputError, match="BAD_UNFREEZING"):
        GradualUnfreezing(stages)


@pytest.mark.parametrize("initialization", ["normal", "scaled"])
def test_the_top_is_drawn_anew_and_the_rest_is_as_it_was(initialization):
    one, two, again, other = (build(initialization) for _ in range(4))
    start = {name: p.detach().clone() for name, p in one.named_parameters()}
    reinitialize_top(one, 1, seed=5)
    reinitialize_top(two, 2, seed=5, pooler=True)
    reinitialize_top(again, 2, seed=5)
    reinitialize_top(other, 2, seed=6)
    query = "backbone.blocks.{}.attention.query.weight"
    for name, p in one.named_parameters():
        assert torch.equal(p, start[name]) == (".blocks.2." not in name or p.ndim == 1), name
    assert torch.equal(one.get_parameter(query.format(2)), two.get_parameter(query.format(2)))
    assert not torch.equal(two.get_parameter(query.format(1)), start[query.format(1)])
    assert torch.equal(two.get_parameter(query.format(1)), again.get_parameter(query.format(1)))
    assert not torch.equal(other.get_parameter(query.format(1)), again.get_parameter(query.format(1)))
    assert torch.equal(again.get_parameter("backbone.pooler.weight"), start["backbone.pooler.weight"])
    assert not torch.equal(two.get_parameter("backbone.pooler.weight"), start["backbone.pooler.weight"])
    for kind in ("attention.output.weight", "feed_forward.output.weight", "attention.query.weight"):
        name = f"backbone.blocks.2.{kind}"
        assert float(one.get_parameter(name).detach().std()) == pytest.approx(float(start[name].std()), rel=0.1)


def test_norms_and_biases_of_the_top_are_what_they_are_at_the_start():
    model = build()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(1.0)
    reinitialize_top(model, 1, seed=0)
    block = model.backbone.blocks[2]
    assert block.after_attention.weight.unique().tolist() == [1.0]
    assert block.attention.query.bias.unique().tolist() == [0.0]


def test_frozen_blocks_are_not_drawn_anew():
    model = build()
    model.freeze(2)
    with pytest.raises(InputError, match="2 of 1 free blocks"):
        reinitialize_top(model, 2, seed=0)
    reinitialize_top(model, 1, seed=0)
    assert all(p.requires_grad for p in model.backbone.blocks[2].parameters())

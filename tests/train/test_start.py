"""Rates and plans by what the weights begin with: pretrained, random, or new beside a pretrained body."""

import pytest

from groundup.commands.finetune.settings import Finetune
from groundup.nn.config import PooledHeadConfig, TransformerConfig
from groundup.nn.inputs import Cells
from groundup.nn.model import Model
from groundup.train.defaults import NEW, PRETRAINED, RANDOM, new_inputs_scale
from groundup.train.optimizers import layerwise_lr_decay
from groundup.train.plan import default_plan

TEXT = TransformerConfig(vocab_size=30, hidden_size=24, num_layers=2, num_heads=3, intermediate_size=40)


def finetune(**more):
    return Finetune(model="m", data="d.csv", text_column="text", out="o", **more)


def test_random_weights_learn_as_new_ones_and_are_judged_as_pretrained_ones():
    assert RANDOM.peak(128) == NEW.peak(128) == pytest.approx(1e-3 / 2**0.5)
    assert PRETRAINED.peak(128) == 5e-4
    assert PRETRAINED.peak(384) == 2e-4
    assert (RANDOM.layer_decay, RANDOM.ema_decay, RANDOM.best_metric) == (1, 0, None)
    assert finetune(from_scratch=True).defaults == RANDOM
    assert finetune(from_scratch=True, layer_decay=0.9).usual_layer_decay == 0.9
    assert finetune().defaults == PRETRAINED


@pytest.mark.parametrize(("defaults", "epoch", "steps"), [(PRETRAINED, 10, 600), (PRETRAINED, 200, 1000), (RANDOM, 200, 2400)])
def test_a_plan_hangs_on_the_rows_and_on_what_the_weights_begin_with(defaults, epoch, steps):
    assert default_plan(finetune(), epoch, defaults)["steps"] == steps


def test_a_new_embedding_learns_faster_than_the_body_that_it_is_added_to():
    model = Model(TEXT, {"label": PooledHeadConfig(classes=2, pooling="first")}, seed=0)
    old = {name: layerwise_lr_decay(0.5, 2)(name) for name, _ in model.named_parameters()}
    model.add_inputs([Cells(rows=7, columns=2)])
    scale = layerwise_lr_decay(0.5, 2, model.new_inputs, new_inputs_scale(24))
    new = {name: scale(name) for name, _ in model.named_parameters()}
    added = {name for name in new if name.replace(".kinds.text", "") not in old}
    assert {name.split("backbone.embed.")[1].split(".")[0] for name in added} == {"first", "marks", "kinds"}
    assert {new[name] for name in added} == {new_inputs_scale(24)}
    assert new_inputs_scale(24) == pytest.approx(1e-3 * (64 / 24) ** 0.5 / 5e-4)
    assert {name: factor for name, factor in new.items() if name not in added} == {
        name.replace("backbone.embed.", "backbone.embed.kinds.text."): factor for name, factor in old.items()
    }

"""`--precision auto` takes the faster precision by measuring, changes no weight, and stays with it."""

import pytest
import torch

from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import make_batch
from groundup.train import precision, run
from groundup.train.precision import choose_precision
from tests.compress.workshop import build, rows, same, weights


def batches(number):
    return [make_batch(rows().batch(torch.arange((number - 1) * 8, number * 8).numpy()), LabelCrossEntropy())]


@pytest.mark.parametrize(("times", "taken"), [((1.0, 0.5), "bfloat16"), ((1.0, 0.99), "float32"), ((1.0, 3.0), "float32")])
def test_the_precision_is_the_faster_one_where_that_is_worth_it(times, taken, monkeypatch):
    asked = []

    def seconds(model, objective, micro_batches, precision):
        asked.append(precision)
        return times[precision == "bfloat16"] + (10 if len(asked) <= 4 else 0)  # the first update warms up

    monkeypatch.setattr(precision, "seconds_of_passes", seconds)
    timed = choose_precision(build(), LabelCrossEntropy(), batches)
    assert timed.precision == taken
    assert timed.seconds == pytest.approx(dict(zip(("float32", "bfloat16"), times)))
    assert str(timed).startswith(f"precision {taken}: measured on this machine, an update takes 1 s in float32")


def test_measuring_changes_no_weight_and_leaves_no_gradient():
    model = build()
    before = weights(model)
    timed = choose_precision(model, LabelCrossEntropy(), batches)
    assert min(timed.seconds.values()) > 0
    assert same(before, weights(model))
    assert all(one.grad is None for one in model.parameters())


class Kept:
    def __init__(self, resolved):
        self.resolved = resolved


def test_a_run_that_goes_on_keeps_its_precision():
    assert run.precision_of(Kept({"precision": "bfloat16"}), None) == "bfloat16"

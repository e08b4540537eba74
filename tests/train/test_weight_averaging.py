"""Averages of weights against their formulas, in checkpoints and across a resume."""

import numpy as np
import pytest
import torch

from groundup.errors import InputError
from groundup.nn.model import Model
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import make_batch
from groundup.runs import RunFolder
from groundup.train.adamw import AdamW
from groundup.train.checkpoint import checkpoint_size, load_checkpoint
from groundup.train.gradual_unfreezing import GradualUnfreezing
from groundup.train.run import Plan, Training, run_training
from groundup.train.schedule import Schedule
from groundup.train.weight_averaging import ExponentialMovingAverage, LatestWeightAverage
from tests.objectives.test_learning import CASES, ENCODER, labelled

KINDS = {
    "none": lambda model: None,
    "moving": lambda model: ExponentialMovingAverage(model, 0.9, after=2),
    "last": lambda model: LatestWeightAverage(model, 3, every=2),
}
NAME = "backbone.blocks.1.feed_forward.output.weight"
STEPS = 10


def build() -> Model:
    return Model(ENCODER, {"label": CASES["label"][1]}, seed=0)


def set_to(model, value):
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(value)


def values(average):
    return {round(float(t.min()), 5) for t in average.weights().values()} | {
        round(float(t.max()), 5) for t in average.weights().values()
    }


def test_a_moving_average_is_the_formula_from_the_first_weights_that_count():
    model = build()
    average, expected = ExponentialMovingAverage(model, 0.8, after=2), None
    for number, value in enumerate([9.0, 5.0, 1.0, 3.0, -2.0], 1):
        set_to(model, value)
        average.update(number, model)
        if number > 2:
            expected = value if expected is None else 0.8 * expected + 0.2 * value
        assert values(average) == (set() if expected is None else {round(expected, 5)})


def test_the_mean_of_the_last_weights_forgets_older_ones():
    model = build()
    average = LatestWeightAverage(model, 3, every=2)
    for number in range(1, 12):
        set_to(model, float(number))
        average.update(number, model)
        seen = [n for n in range(2, number + 1, 2)][-3:]
        assert values(average) == ({np.round(np.mean(seen), 5)} if seen else set())


@pytest.mark.parametrize("kind", ["moving", "last"])
def test_inside_the_model_is_averaged_and_afterwards_its_own_bit_for_bit(kind):
    model = build()
    average = KINDS[kind](model)
    own = {name: p.detach().clone() for name, p in model.named_parameters()}
    with average.swap_in(model):
        assert all(torch.equal(p, own[name]) for name, p in model.named_parameters())  # nothing was taken in yet
    for number in range(1, 7):
        with torch.no_grad():
            model.get_parameter(NAME).mul_(1.5)
        average.update(number, model)
    last, mean = model.get_parameter(NAME).detach().clone(), average.weights()[NAME].clone()
    seen = {}

    def fail():
        seen[NAME] = model.get_parameter(NAME).detach().clone()
        raise RuntimeError

    with pytest.raises(RuntimeError), average.swap_in(model):
        fail()
    assert torch.equal(seen[NAME], mean)
    assert not torch.equal(mean, last)
    assert torch.equal(model.get_parameter(NAME), last)
    assert torch.equal(average.weights()[NAME], mean)


def run(place, kind, until=STEPS, thaw=None):
    """Train to the end, or to step `until` and no further; the model and the training."""
    model = build()
    if thaw is not None:
        thaw.prepare(model)
    optimizer = AdamW(model.named_parameters())
    batch = make_batch(labelled(), LabelCrossEntropy())
    average = KINDS[kind](model)
    training = Training(
        model, LabelCrossEntropy(), lambda number: [batch], optimizer, Schedule(2e-3, 0.1), ema=average, num_frozen=thaw
    )
    seen = []

    def evaluate():
        seen.append(model.get_parameter(NAME).detach().clone())
        if len(seen) * 2 > until:
            raise KeyboardInterrupt
        return {"loss": float(len(seen))}

    with RunFolder.open(place, {"kind": kind}) as folder:
        plan = Plan(STEPS, log_every=5, evaluate_every=2, save_every=2)
        try:
            run_training(folder, training, plan, evaluate, "loss", True)
        except KeyboardInterrupt:
            assert until < STEPS
    return model, training, seen


def bytes_of(place):
    newest = place / "checkpoints" / f"step-{STEPS:08d}"
    return {path.name: path.read_bytes() for path in newest.iterdir() if path.suffix == ".safetensors"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("thaw", [None, GradualUnfreezing(((1, 2), (4, 1), (7, 0)))], ids=["free", "thawing"])
def test_a_resumed_run_ends_with_the_same_bytes(kind, thaw, tmp_path):
    run(tmp_path / "whole", kind, thaw=thaw)
    run(tmp_path / "cut", kind, until=4, thaw=thaw)
    run(tmp_path / "cut", kind, thaw=thaw)
    whole = bytes_of(tmp_path / "whole")
    assert ("average.safetensors" in whole) == (kind != "none")
    assert whole == bytes_of(tmp_path / "cut")


def test_evaluation_sees_the_average_and_training_does_not_feel_it(tmp_path):
    plain, _, raw = run(tmp_path / "none", "none")
    weights, training, seen = run(tmp_path / "moving", "moving")
    assert all(torch.equal(a, b) for a, b in zip(plain.parameters(), weights.parameters(), strict=True))
    assert torch.equal(seen[0], raw[0])  # the first two updates do not count
    assert not torch.equal(seen[-1], raw[-1])
    assert torch.equal(seen[-1], training.ema.weights()[NAME])
    with training.ema_weights():
        assert torch.equal(weights.get_parameter(NAME), seen[-1])


def test_a_checkpoint_without_averages_is_what_it_was_and_gives_its_weights(tmp_path):
    run(tmp_path, "none")
    newest = tmp_path / "checkpoints" / f"step-{STEPS:08d}"
    assert sorted(p.name for p in newest.iterdir()) == [
        "manifest.json",
        "optimizer.safetensors",
        "state.json",
        "weights.safetensors",
    ]
    assert load_checkpoint(newest, build()).step == STEPS


def test_the_average_of_a_checkpoint_can_be_published(tmp_path):
    _, training, _ = run(tmp_path, "last")
    model = build()
    average = LatestWeightAverage(model, 3, every=2)
    load_checkpoint(tmp_path / "checkpoints" / f"step-{STEPS:08d}", model, ema=average)
    with average.swap_in(model):
        for name, mean in training.ema.weights().items():
            assert torch.equal(model.get_parameter(name), mean)


def test_room_is_asked_for_averages_too():
    model = build()
    optimizer = AdamW(model.named_parameters())
    weights = sum(p.nbytes for p in model.parameters())
    assert checkpoint_size(model, optimizer) == 3 * weights
    assert checkpoint_size(model, optimizer, ExponentialMovingAverage(model)) == 4 * weights
    assert checkpoint_size(model, optimizer, LatestWeightAverage(model, 5)) == 8 * weights


def test_the_state_of_another_average_is_refused():
    model = build()
    many = LatestWeightAverage(model, 3)
    for number in range(1, 4):
        many.update(number, model)
    with pytest.raises(InputError, match="CHECKPOINT_DIFFERS"):
        ExponentialMovingAverage(model).load_state(many.state())
    with pytest.raises(InputError, match="decay: 1"):
        ExponentialMovingAverage(model, 1.0)

import math

import numpy as np
import pytest
import torch

from groundup.train.task_weighting import (
    DynamicWeightAveraging,
    GradNorm,
    PCGrad,
    TaskSampler,
    TaskWeighting,
    UncertaintyWeighting,
    project_gradients,
    uniform,
)

NAMES = ["a", "b", "c"]
INITIAL = {"a": 2.0, "b": 0.5, "c": 1.0}
LOSSES = [{"a": 2.0 - 0.1 * n, "b": 0.5 - 0.004 * n, "c": 1.0} for n in range(12)]


def test_one_task_gives_a_whole_batch_to_every_update():
    shares = TaskSampler([100], 8, 10)
    assert [shares.ranges(n) for n in (1, 2, 10)] == [[(0, 8)], [(8, 16)], [(72, 80)]]


def test_rows_follow_the_root_of_the_sizes_and_late_a_higher_power():
    shares = TaskSampler([100, 400, 1600], 33, 400)
    early, late = np.diff([shares.rows_until(0), shares.rows_until(300), shares.rows_until(400)], axis=0) - [[300], [100]]
    assert early / 300 == pytest.approx(96 * np.array([1, 2, 4]) / 7, abs=0.02)
    powers = np.array([100, 400, 1600]) ** 0.75
    assert late / 100 == pytest.approx(96 * powers / powers.sum(), abs=0.02)


def test_every_task_is_in_every_update():
    shares = TaskSampler([1, 10**6], 4, 50)
    assert all(last > first for number in range(1, 51) for first, last in shares.ranges(number))


def test_learned_uncertainty_comes_to_rest_at_half_the_inverse_loss():
    rule = UncertaintyWeighting(NAMES, INITIAL)
    for number in range(1, 2000):
        rule.before_step(number, {"a": 1.0, "b": 0.5, "c": 0.25})
    assert [rule.weights[name] for name in NAMES] == pytest.approx([1.0, 0.5, 2.0], rel=1e-3)


def test_weight_averaging_is_the_published_formula():
    rule = DynamicWeightAveraging(NAMES, window=3)
    for number, losses in enumerate(LOSSES[:6], 1):
        rule.before_step(number, losses)
    first, last = ({k: np.mean([one[k] for one in LOSSES[i : i + 3]]) for k in NAMES} for i in (0, 3))
    powers = [math.exp(last[k] / first[k] / 2) for k in NAMES]
    assert [rule.weights[k] for k in NAMES] == pytest.approx([p / sum(powers) for p in powers])
    assert rule.weights["c"] == max(rule.weights.values())


def test_conflicting_parts_of_gradients_are_taken_out():
    a, b, c = torch.tensor([1.0, 0.0]), torch.tensor([-1.0, 1.0]), torch.tensor([0.0, 3.0])
    assert project_gradients({"a": a, "b": b, "c": c}, ["a", "b", "c"]).tolist() == pytest.approx([0.5, 0.5 + 1 + 3])
    assert project_gradients({"a": a, "c": c}, ["c", "a"]).tolist() == [1.0, 3.0]


def one_step(rule, parameter, gradients, losses, number=1):
    for name, gradient in gradients.items():
        parameter.grad = torch.tensor(gradient)
        rule.after_backward({name: torch.zeros(())})
        assert parameter.grad is None
    rule.before_step(number, losses)


def test_without_conflict_the_gradient_is_the_sum():
    parameter = torch.nn.Parameter(torch.zeros(2))
    one_step(PCGrad(["a", "b"], [parameter], 0), parameter, {"a": [1.0, 2.0], "b": [0.5, 0.0]}, {})
    assert parameter.grad.tolist() == [1.5, 2.0]


def test_balancing_moves_weight_to_the_task_with_the_small_gradient_and_the_slow_loss():
    parameter = torch.nn.Parameter(torch.zeros(2))
    rule = GradNorm(["a", "b"], [parameter], {"a": 1.0, "b": 1.0})
    one_step(rule, parameter, {"a": [4.0, 0.0], "b": [0.0, 1.0]}, {"a": 0.5, "b": 0.9})
    assert rule.weights["b"] > 0.5 > rule.weights["a"]
    assert sum(rule.weights.values()) == pytest.approx(1)
    assert parameter.grad.tolist() == [4.0, 1.0]


def rules(scale=1.0):
    initial = INITIAL | {"a": INITIAL["a"] * scale}
    parameter = torch.nn.Parameter(torch.zeros(2))
    return parameter, [
        TaskWeighting(uniform(NAMES)),
        UncertaintyWeighting(NAMES, initial),
        DynamicWeightAveraging(NAMES, 2),
        GradNorm(NAMES, [parameter], initial),
    ]


def run(rule, parameter, losses, scale=1.0, first=1):
    for number, one in enumerate(losses, first):
        if isinstance(rule, GradNorm):  # what it gets are gradients of w_k L_k / L_k(0)
            gradients = {name: [rule.weights[name] * one[name], 1.0 * rule.weights[name]] for name in NAMES}
            one_step(rule, parameter, gradients, one | {"a": one["a"] * scale}, number)
        else:
            rule.before_step(number, one | {"a": one["a"] * scale})
    return rule.weights


@pytest.mark.parametrize("kind", range(4))
def test_a_loss_in_other_units_leaves_the_weights(kind):
    parameter, plain = rules()
    other, scaled = rules(1000.0)
    assert run(scaled[kind], other, LOSSES, 1000.0) == pytest.approx(run(plain[kind], parameter, LOSSES), rel=1e-9)


@pytest.mark.parametrize("kind", range(4))
def test_a_rule_goes_on_from_its_state_as_it_would_have(kind):
    parameter, whole = rules()
    other, parts = rules()
    run(parts[kind], other, LOSSES[:7])
    again = rules()[1][kind]
    again.load_state(parts[kind].state())
    if isinstance(again, GradNorm):
        again.shared = [other]
    assert run(again, other, LOSSES[7:], first=8) == run(whole[kind], parameter, LOSSES)


def test_a_loss_that_is_not_finite_moves_nothing():
    for rule in rules()[1][1:3]:
        before = dict(rule.weights)
        rule.before_step(1, dict.fromkeys(NAMES, math.nan))
        assert rule.weights == before

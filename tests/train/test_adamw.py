import numpy as np
import pytest
import torch
from torch import nn

from groundup.train.adamw import AdamW
from groundup.train.schedule import Schedule


def numpy_adamw(weights, gradients, rates, correct, decay, beta1=0.9, beta2=0.999, epsilon=1e-6):
    """The published update, in float64."""
    m = v = np.zeros_like(weights)
    for t, (g, rate) in enumerate(zip(gradients, rates), 1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        m_hat, v_hat = (m / (1 - beta1**t), v / (1 - beta2**t)) if correct else (m, v)
        weights = weights - rate * (m_hat / (np.sqrt(v_hat) + epsilon) + decay * weights)
    return weights


@pytest.mark.parametrize("correct", [False, True])
def test_a_hundred_steps_equal_the_formula(correct):
    generator = torch.Generator().manual_seed(0)
    matrix = nn.Parameter(torch.randn(4, 3, generator=generator, dtype=torch.float64))  # so that only the formula differs
    start = matrix.detach().numpy().copy()
    optimizer = AdamW([("w", matrix)], epsilon=1e-6, weight_decay=0.01, bias_correction=correct)
    gradients = torch.randn(100, 4, 3, generator=generator, dtype=torch.float64)
    rates = [Schedule(1e-3, warmup=0.1)(s, 100) for s in range(1, 101)]
    for number, (gradient, rate) in enumerate(zip(gradients, rates), 1):
        matrix.grad = gradient.clone()
        optimizer.step(number, rate)
    expected = numpy_adamw(start, gradients.numpy(), rates, correct, 0.01)
    assert np.abs(matrix.detach().numpy() - expected).max() < 1e-9


def test_norms_and_biases_do_not_decay():
    matrix, bias = nn.Parameter(torch.ones(2, 2)), nn.Parameter(torch.ones(2))
    optimizer = AdamW([("bias", bias), ("matrix", matrix)], weight_decay=0.5)
    matrix.grad, bias.grad = torch.zeros(2, 2), torch.zeros(2)
    optimizer.step(1, 0.1)
    assert matrix.tolist() == [[pytest.approx(0.95)] * 2] * 2
    assert bias.tolist() == [1.0, 1.0]


def test_restored_moments_go_on_as_if_nothing_happened():
    def run(interrupted):
        generator = torch.Generator().manual_seed(1)
        weight = nn.Parameter(torch.randn(3, 3, generator=generator))
        optimizer = AdamW([("w", weight)])
        for number in range(1, 7):
            weight.grad = torch.randn(3, 3, generator=generator)
            optimizer.step(number, 1e-2)
            if interrupted and number == 3:
                state = {k: v.clone() for k, v in optimizer.state().items()}
                weight = nn.Parameter(weight.detach().clone())
                optimizer = AdamW([("w", weight)])
                optimizer.load_state(state, 3)
        return weight

    assert torch.equal(run(True), run(False))


def test_schedule_at_its_corners():
    paper = Schedule(1e-4, warmup=0.01)
    assert [paper(s, 1000) for s in (1, 5, 10, 505, 1000)] == pytest.approx([1e-5, 5e-5, 1e-4, 0.5e-4, 0])
    fast = Schedule(1.0, warmup=0.02, decay_start=0.45)
    assert [fast(s, 100) for s in (1, 2, 45, 100)] == pytest.approx([0.5, 1, 1, 0])
    assert Schedule(1.0, warmup=0.0)(1, 10) == pytest.approx(0.9)


def test_what_was_left_alone_in_some_updates_is_restored_with_its_own_count():
    """Every parameter missed one update of three, so that none has as many as the run."""
    generator = torch.Generator().manual_seed(0)
    gradients = torch.randn(5, 2, 4, generator=generator)
    skipped = {2: (0, 1), 4: (1,)}

    def fresh():
        return [("one.weight", nn.Parameter(torch.ones(4))), ("two.weight", nn.Parameter(torch.ones(4)))]

    def go(optimizer, named, numbers):
        for number in numbers:
            for place, (_, p) in enumerate(named):
                p.grad = None if place in skipped.get(number, ()) else gradients[number - 1, place].clone()
            optimizer.step(number, 0.1)

    whole = fresh()
    go(AdamW(whole), whole, range(1, 6))
    cut = fresh()
    first = AdamW(cut)
    go(first, cut, range(1, 4))
    second = AdamW(cut)
    second.load_state({name: tensor.clone() for name, tensor in first.state().items()}, 3)
    go(second, cut, range(4, 6))
    assert all(torch.equal(a, b) for (_, a), (_, b) in zip(whole, cut, strict=True))

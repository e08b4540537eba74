"""Probabilities that mean what they say."""

from __future__ import annotations

import numpy as np

from groundup.tasks.calibrate import apply, calibrate, fit_steps, fit_temperature, log_loss, tempered


def overconfident(rows: int, factor: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of three classes whose logits are too large by a factor, and targets drawn from the right ones."""
    draws = np.random.default_rng(seed)
    logits = draws.normal(size=(rows, 3))
    right = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    targets = (draws.random(rows)[:, None] > np.cumsum(right, axis=1)).sum(1)
    said = np.exp(factor * logits)
    return said / said.sum(1, keepdims=True), targets


def test_a_temperature_undoes_what_made_logits_too_large():
    probabilities, targets = overconfident(5000, 3.0)
    assert abs(fit_temperature(probabilities, targets)["temperature"] - 3) < 0.2


def test_what_lowers_the_loss_of_rows_left_out_is_kept():
    probabilities, targets = overconfident(500, 3.0)
    found = calibrate(probabilities, targets)
    assert found["method"] == "temperature"
    fresh, wanted = overconfident(2000, 3.0, seed=2)
    assert log_loss(apply(found, fresh), wanted) < log_loss(fresh, wanted) - 0.1


def test_probabilities_that_are_right_and_those_of_few_rows_stay_as_they_are():
    probabilities, targets = overconfident(300, 1.0)
    found = calibrate(probabilities, targets)
    assert not found or found["log_loss"]["before"] - found["log_loss"]["after"] < 0.01
    assert calibrate(*overconfident(60, 3.0)) == {}
    assert apply({}, probabilities) is probabilities


def test_steps_mend_what_no_temperature_can():
    probabilities, targets = overconfident(4000, 1.0)
    bent = probabilities**0.5  # too even, and unequally so
    bent[:, 0] *= 3
    bent /= bent.sum(1, keepdims=True)
    found = calibrate(bent, targets)
    assert found["method"] == "steps"
    changed = apply(found, bent)
    np.testing.assert_allclose(changed.sum(1), 1, atol=1e-9)
    assert log_loss(changed, targets) < log_loss(tempered(bent, fit_temperature(bent, targets)["temperature"]), targets)


def test_steps_rise_and_never_say_never():
    probabilities, targets = overconfident(1500, 2.0)
    for places, heights in fit_steps(probabilities, targets)["curves"]:
        assert (np.diff(places) > 0).all()
        assert (np.diff(heights) >= 0).all()
        assert 0 < heights[0] < heights[-1] < 1


def test_rows_of_unknown_classes_are_left_aside():
    probabilities, targets = overconfident(500, 3.0)
    more = np.concatenate([targets, np.full(100, -1)])
    assert calibrate(np.concatenate([probabilities, probabilities[:100]]), more) == calibrate(probabilities, targets)

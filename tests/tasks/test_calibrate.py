"""Probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from groundup.tasks.calibrate import apply, calibrate, fit_isotonic, fit_temperature, left_out_loss, log_loss, tempered


def overconfident(rows: int, factor: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of three classes whose logits are too large by a factor, and targets drawn from the right ones."""
    draws = np.random.default_rng(seed)
    logits = draws.normal(size=(rows, 3))
    right = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    targets = (draws.random(rows)[:, None] > np.cumsum(right, axis=1)).sum(1)
    numbers = np.exp(factor * logits)
    return numbers / numbers.sum(1, keepdims=True), targets


def overconfident_labels(rows: int, factor: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The same of four labels, each there or not."""
    draws = np.random.default_rng(seed)
    logits = draws.normal(size=(rows, 4)) * 1.5 - 1
    targets = (draws.random((rows, 4)) < 1 / (1 + np.exp(-logits))).astype(int)
    return 1 / (1 + np.exp(-factor * logits)), targets


def bent(rows: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are too even, and unequally so: no temperature mends them."""
    probabilities, targets = overconfident(rows, 1.0, seed)
    numbers = probabilities**0.5
    numbers[:, 0] *= 3
    return numbers / numbers.sum(1, keepdims=True), targets


@pytest.mark.parametrize("draw", [overconfident, overconfident_labels])
def test_a_temperature_undoes_what_made_logits_too_large_and_is_that_of_scipy(draw):
    probabilities, targets = draw(5000, 3.0)
    classes = targets.ndim == 1
    theirs = minimize_scalar(
        lambda t: log_loss(tempered(probabilities, t, classes), targets), bounds=(0.05, 20), method="bounded"
    )
    found = fit_temperature(probabilities, targets)["temperature"]
    assert abs(found - 3) < 0.2
    assert abs(found - theirs.x) < 1e-3


@pytest.mark.parametrize("draw", [overconfident, overconfident_labels])
def test_what_lowers_the_loss_of_rows_left_out_is_kept(draw):
    probabilities, targets = draw(500, 3.0)
    found = calibrate(probabilities, targets)
    assert (found["method"], found["rows"], list(found["log_loss"])) == ("temperature", 500, ["none", "temperature"])
    assert found["log_loss"]["temperature"] < found["log_loss"]["none"]
    fresh, wanted = draw(2000, 3.0, seed=2)
    assert log_loss(apply(found, fresh, targets.ndim == 1), wanted) < log_loss(fresh, wanted) - 0.1


def test_what_does_not_lower_it_is_not_kept():
    kept = []
    for seed in range(20):
        probabilities, targets = overconfident(300, 1.0, seed)
        found = calibrate(probabilities, targets)
        kept.append(found["method"] != "none")
        assert kept[-1] == (found["log_loss"]["temperature"] < found["log_loss"]["none"])
        assert found["method"] != "none" or apply(found, probabilities) is probabilities
    assert not all(kept)


def test_few_rows_and_rows_of_one_class_are_not_calibrated_on():
    probabilities, targets = overconfident(49, 3.0)
    assert calibrate(probabilities, targets) == {"method": "none", "setting": "auto", "rows": 49, "log_loss": {}}
    assert calibrate(overconfident(60, 3.0)[0], np.zeros(60, int))["method"] == "none"


def test_isotonic_is_tried_from_a_thousand_rows_or_by_name():
    for rows, setting, tried in (
        (999, "auto", ["none", "temperature"]),
        (1000, "auto", ["none", "temperature", "isotonic"]),
        (1000, "temperature", ["none", "temperature"]),
        (200, "isotonic", ["none", "isotonic"]),
        (1000, "none", []),
    ):
        assert list(calibrate(*bent(rows), setting)["log_loss"]) == tried


def test_isotonic_mends_what_no_temperature_can():
    probabilities, targets = bent(4000)
    found = calibrate(probabilities, targets)
    assert found["method"] == "isotonic"
    fresh, wanted = bent(2000, seed=2)
    changed = apply(found, fresh)
    np.testing.assert_allclose(changed.sum(1), 1, atol=1e-9)
    assert log_loss(changed, wanted) < log_loss(tempered(fresh, fit_temperature(probabilities, targets)["temperature"]), wanted)


def test_isotonic_rises_never_says_never_and_pools_equal_values():
    probabilities, targets = overconfident(1500, 2.0)
    probabilities = np.round(probabilities, 1)  # many are equal
    for places, heights in fit_isotonic(probabilities, targets)["curves"]:
        assert (np.diff(places) > 0).all()
        assert (np.diff(heights) > 0).all()
        assert 0 < heights[0] < heights[-1] < 1
        assert len(places) <= 11


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("temperature", [0.05, 1.7, 20.0])
def test_a_temperature_changes_no_answer_even_of_nearly_equal_classes(kind, temperature):
    probabilities = np.array([[0.3333333, 0.3333334, 0.3333333], [1 - 1e-7, 1e-7, 0], [0.2, 0.2, 0.6]], kind)
    changed = apply({"method": "temperature", "temperature": temperature}, probabilities)
    assert changed.dtype == kind
    assert changed.argmax(1).tolist() == probabilities.argmax(1).tolist()


def test_classes_that_isotonic_makes_equal_are_answered_by_the_raw_scores():
    flat = [[0.0, 1.0], [0.25, 0.25]]
    raw = np.array([[0.3, 0.45, 0.25], [0.5, 0.1, 0.4]], np.float32)
    changed = apply({"method": "isotonic", "curves": [flat, flat, flat]}, raw)
    assert changed.argmax(1).tolist() == [1, 0]
    np.testing.assert_allclose(changed, 1 / 3, atol=2e-3)


def test_rows_of_unknown_classes_are_left_aside():
    probabilities, targets = overconfident(500, 3.0)
    more = np.concatenate([targets, np.full(100, -1)])
    assert calibrate(np.concatenate([probabilities, probabilities[:100]]), more) == calibrate(probabilities, targets)


def test_the_loss_of_rows_left_out_is_computed_on_rows_that_were_not_fitted():
    probabilities, targets = overconfident(50, 3.0)
    by_hand = np.empty_like(probabilities)
    for fold in range(5):
        out = np.arange(50) % 5 == fold
        by_hand[out] = tempered(probabilities[out], **fit_temperature(probabilities[~out], targets[~out]))
    assert left_out_loss("temperature", probabilities, targets) == pytest.approx(log_loss(by_hand, targets), rel=1e-12)


def test_models_of_former_versions_keep_their_calibration():
    raw = np.array([[0.9, 0.1]])
    assert apply({}, raw) is raw
    assert apply({"method": "temperature", "temperature": 2.0}, raw)[0, 0] == pytest.approx(0.75)
    line = [[0.0, 1.0], [0.25, 0.75]]
    assert apply({"method": "steps", "curves": [line, line]}, raw)[0, 0] == pytest.approx(0.7 * 0.999 + 0.9 * 0.001)

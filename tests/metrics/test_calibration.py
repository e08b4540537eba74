"""Against a plain loop over rows and against scikit-learn; 1e-12, as all sums are float64."""

import math

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from groundup.metrics.calibration import UNKNOWN, Calibration


def reference_ece(probabilities, targets, bins):
    """Row by row, with exact fractions for the edges of the bins."""
    from fractions import Fraction

    groups = {}
    for row, target in zip(probabilities, targets):
        confidence = max(row)
        b = max(0, math.ceil(Fraction(confidence) * bins) - 1)
        groups.setdefault(b, []).append((confidence, float(np.argmax(row) == target)))
    gaps = [abs(math.fsum(c for c, _ in g) - math.fsum(hit for _, hit in g)) for g in groups.values()]
    return math.fsum(gaps) / len(targets)


def random_case(seed):
    rng = np.random.default_rng(seed)
    rows, classes = int(rng.integers(1, 80)), int(rng.integers(2, 6))
    return rng.dirichlet(np.full(classes, 0.5), rows), rng.integers(0, classes, rows), classes


def test_figures_equal_independent_ones():
    for seed in range(60):
        probabilities, targets, classes = random_case(seed)
        calibration = Calibration(bins=10)
        calibration.add(probabilities, targets)
        value = calibration.value()
        assert value["ece"] == pytest.approx(reference_ece(probabilities, targets, 10), abs=1e-12)
        labels = list(range(classes))
        expected = brier_score_loss(targets, probabilities, labels=labels, scale_by_half=False)
        assert value["brier"] == pytest.approx(expected, abs=1e-12)
        assert value["log_loss"] == pytest.approx(log_loss(targets, probabilities, labels=labels), abs=1e-9)


def test_perfect_certainty_is_calibrated():
    calibration = Calibration()
    calibration.add(np.eye(3), np.arange(3))
    value = calibration.value()
    assert (value["ece"], value["brier"], value["log_loss"]) == (0.0, 0.0, 0.0)
    assert value["bins"][-1] == {"low": 14 / 15, "high": 1.0, "count": 3, "confidence": 1.0, "accuracy": 1.0}


def test_a_confidence_on_an_edge_belongs_to_the_bin_below():
    calibration = Calibration(bins=2)
    calibration.add([[0.5, 0.5]], [0])
    assert [part["count"] for part in calibration.value()["bins"]] == [1, 0]


def test_a_class_the_model_lacks_is_an_error_at_full_cost():
    calibration = Calibration()
    calibration.add([[1.0, 0.0]], [UNKNOWN])
    value = calibration.value()
    assert (value["brier"], value["ece"]) == (2.0, 1.0)
    assert value["log_loss"] == pytest.approx(-math.log(np.finfo(float).eps))


def test_logits_are_not_taken_for_probabilities():
    with pytest.raises(ValueError, match="sum to 1"):
        Calibration().add([[3.0, -2.0]], [0])


def test_nothing_counted_is_undefined():
    value = Calibration().value()
    assert (value["ece"], value["brier"], value["log_loss"], value["largest_gap"]) == (None,) * 4

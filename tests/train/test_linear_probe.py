import numpy as np
import pytest

from groundup.train.linear_probe import HatMatrix, linear_probe

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(size=(23, 5))
TARGETS = FEATURES @ RANDOM.normal(size=(5, 2)) + 0.3 * RANDOM.normal(size=(23, 2))


@pytest.mark.parametrize("strength", [0.01, 1.0, 30.0])
def test_left_out_residuals_are_those_of_refitting_without_each_row(strength):
    """Against ridge regression refitted 23 times; the mean is taken of all rows, as the closed form has it."""
    hat = HatMatrix(FEATURES)
    centered, wanted = FEATURES - FEATURES.mean(0), TARGETS - TARGETS.mean(0)
    found = hat.loo_residuals(TARGETS, strength)
    whole = np.c_[np.ones(23), centered]
    penalty = np.diag([0.0, *[strength * hat.unit] * 5])
    for row in range(23):
        rest = np.arange(23) != row
        fit = np.linalg.solve(whole[rest].T @ whole[rest] + penalty, whole[rest].T @ wanted[rest])
        assert found[row] == pytest.approx(wanted[row] - whole[row] @ fit, abs=1e-9)


def test_what_can_be_learned_is_told_from_what_cannot():
    good = linear_probe(FEATURES, TARGETS, 0)
    noise = linear_probe(FEATURES, RANDOM.normal(size=(23, 1)), 0)
    assert good.learnable
    assert good.gain > 0.7
    assert not noise.learnable
    assert good.floor == pytest.approx(1 - good.gain)


def test_more_features_than_rows_are_no_obstacle():
    wide = RANDOM.normal(size=(12, 40))
    assert linear_probe(wide, RANDOM.normal(size=(12, 1)), 0).gain < 0.6


def test_constant_targets_teach_nothing():
    found = linear_probe(FEATURES, np.ones((23, 1)), 0)
    assert (found.gain, found.learnable) == (0.0, False)

"""Against a plain row-by-row bootstrap. Two independent sets of draws agree up to sampling error: 0.006 here, which is
four times the standard error of a 2.5 % quantile of 4000 draws."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from groundup.evaluate.bootstrap import compare, intervals, resample, resample_difference
from groundup.metrics.scores import SummedScores

RNG = np.random.default_rng(5)
TARGETS = RNG.integers(0, 3, 400)
GOOD = np.where(RNG.random(400) < 0.85, TARGETS, RNG.integers(0, 3, 400))
POOR = np.where(RNG.random(400) < 0.70, TARGETS, RNG.integers(0, 3, 400))
DRAWS = 4000
TOLERANCE = 0.006


def by_rows(statistic, draws=DRAWS):
    rng = np.random.default_rng(99)
    drawn = [statistic(rng.integers(0, len(TARGETS), len(TARGETS))) for _ in range(draws)]
    return np.quantile(drawn, [0.025, 0.975])


def test_figures_equal_scikit_learn():
    found = intervals(TARGETS, GOOD, 3, num_draws=10)
    assert found["accuracy"].value == pytest.approx((TARGETS == GOOD).mean(), abs=1e-12)
    assert found["macro_f1"].value == pytest.approx(f1_score(TARGETS, GOOD, average="macro"), abs=1e-12)


def test_the_interval_of_accuracy_is_that_of_resampled_rows():
    found = intervals(TARGETS, GOOD, 3, num_draws=DRAWS)["accuracy"]
    expected = by_rows(lambda rows: (TARGETS[rows] == GOOD[rows]).mean())
    assert [found.low, found.high] == pytest.approx(expected, abs=TOLERANCE)


def test_the_interval_of_macro_f1_is_that_of_resampled_rows():
    found = intervals(TARGETS, GOOD, 3, num_draws=DRAWS)["macro_f1"]
    expected = by_rows(lambda rows: f1_score(TARGETS[rows], GOOD[rows], average="macro"), 1000)
    assert [found.low, found.high] == pytest.approx(expected, abs=2 * TOLERANCE)


def test_the_paired_difference_is_that_of_resampled_rows():
    found = compare(TARGETS, GOOD, POOR, 3, num_draws=DRAWS)["accuracy"]
    right = (TARGETS == GOOD).astype(int) - (TARGETS == POOR)
    expected = by_rows(lambda rows: right[rows].mean())
    assert found.value == pytest.approx(right.mean(), abs=1e-12)
    assert [found.low, found.high] == pytest.approx(expected, abs=TOLERANCE)
    assert found.p < 0.01


def test_draws_come_from_seed_and_number_alone_and_rows_may_come_in_any_order():
    order = RNG.permutation(len(TARGETS))
    first = intervals(TARGETS, GOOD, 3, seed=3, num_draws=50)
    assert intervals(TARGETS[order], GOOD[order], 3, seed=3, num_draws=50) == first
    assert intervals(TARGETS, GOOD, 3, seed=4, num_draws=50) != first


def test_a_system_does_not_differ_from_itself():
    found = compare(TARGETS, GOOD, GOOD, 3, num_draws=50)["macro_f1"]
    assert (found.value, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_all_right_and_all_wrong_have_an_interval_wider_than_a_point():
    right = intervals(np.zeros(10, int), np.zeros(10, int), 2)["accuracy"]
    wrong = intervals(np.zeros(10, int), np.ones(10, int), 2)["accuracy"]
    assert (right.low, right.high) == (pytest.approx(0.6915, abs=1e-4), 1.0)  # Clopper and Pearson, 10 of 10
    assert (wrong.low, wrong.high) == (0.0, pytest.approx(0.3085, abs=1e-4))


def test_a_rare_class_that_a_resample_misses_does_not_lift_the_average():
    targets, predictions = np.r_[np.zeros(50, int), 1], np.zeros(51, int)
    found = intervals(targets, predictions, 2, num_draws=200)["macro_f1"]
    assert found.high <= 0.5


def test_no_rows_are_undefined():
    empty = np.zeros(0, int)
    assert intervals(empty, empty, 2)["accuracy"].as_dict() == {"value": None, "low": None, "high": None}
    assert compare(empty, empty, empty, 2)["macro_f1"].p is None


def right_rows(predictions):
    counts = np.stack([predictions == TARGETS, np.ones(len(TARGETS), bool)], axis=1).astype(np.int64)
    return SummedScores(counts, lambda total: {"accuracy": total[0] / total[1], "none": None})


def test_any_scores_are_resampled_like_accuracy():
    found, expected = resample(right_rows(GOOD), num_draws=DRAWS), intervals(TARGETS, GOOD, 3, num_draws=DRAWS)["accuracy"]
    assert found["accuracy"].value == pytest.approx(expected.value)
    assert [found["accuracy"].low, found["accuracy"].high] == pytest.approx([expected.low, expected.high], abs=TOLERANCE)
    assert found["none"].low is None


def test_any_scores_are_paired_like_accuracy():
    found = resample_difference(right_rows(GOOD), right_rows(POOR), num_draws=DRAWS)["accuracy"]
    expected = compare(TARGETS, GOOD, POOR, 3, num_draws=DRAWS)["accuracy"]
    assert [found.value, found.low, found.high] == pytest.approx([expected.value, expected.low, expected.high], abs=TOLERANCE)


def test_rows_of_two_systems_must_be_as_many():
    with pytest.raises(ValueError, match="400 and 3 rows"):
        resample_difference(right_rows(GOOD), SummedScores(np.ones((3, 2)), lambda total: {"accuracy": 1.0}))

import numpy as np
import pytest
from scipy import stats

from groundup.evaluate.seeds import compare_seeds, interval_over_seeds

OURS, THEIRS = [0.81, 0.84, 0.79, 0.86], [0.78, 0.80, 0.78, 0.79]


def test_the_test_is_scipys_paired_t_test():
    reference = stats.ttest_rel(OURS, THEIRS)
    found = compare_seeds(200, OURS, THEIRS)
    assert found.p == pytest.approx(reference.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(reference.confidence_interval(0.95)))
    assert found.difference == pytest.approx(np.mean(OURS) - np.mean(THEIRS))


def test_a_win_needs_more_than_a_larger_mean():
    assert not compare_seeds(100, [0.9, 0.5, 0.7], [0.6, 0.6, 0.6]).wins
    assert compare_seeds(100, [0.81, 0.82, 0.83], [0.60, 0.60, 0.62]).wins
    assert not compare_seeds(100, [0.60, 0.60, 0.62], [0.81, 0.82, 0.83]).wins


def test_one_seed_and_equal_differences_prove_nothing():
    assert compare_seeds(100, [0.9], [0.5]).p is None
    assert compare_seeds(100, [0.75, 0.75], [0.5, 0.5]).p is None
    assert interval_over_seeds([0.7]) is None


def test_seeds_that_cannot_be_paired_are_refused():
    with pytest.raises(ValueError, match="2 and 1 seeds"):
        compare_seeds(100, [0.9, 0.8], [0.5])

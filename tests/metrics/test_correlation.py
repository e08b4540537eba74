"""Parity with scipy and scikit-learn at 1e-10: products of float64 in another order."""

import numpy as np
import pytest
from scipy.stats import kendalltau, pearsonr, spearmanr
from sklearn.metrics import mean_absolute_error, mean_squared_error

from groundup.metrics.correlation import CorrelationScores

TOLERANCE = 1e-10
NAMES = ("pearson", "spearman", "kendall", "mean_squared_error", "mean_absolute_error")


def cases():
    rng = np.random.default_rng(0)
    targets = rng.normal(size=80)
    return {
        "usual": (targets, targets + rng.normal(size=80)),
        "many ties": (rng.integers(0, 4, 60), rng.integers(0, 3, 60)),
        "ratings": (np.round(rng.uniform(0, 5, 70) * 4) / 4, rng.uniform(0, 5, 70)),
        "two rows": (np.array([1.0, 2.0]), np.array([5.0, 3.0])),
        "huge": (targets * 1e150, targets**3 * 1e-150),
        "far from zero": (targets + 1e6, -targets + 1e6),
    }


@pytest.mark.parametrize("name", cases())
def test_figures_of_any_rows_equal_scipy(name):
    targets, predictions = cases()[name]
    scores = CorrelationScores(targets, predictions, kendall=True)
    rng = np.random.default_rng(1)
    for rows in (np.arange(len(targets)), rng.integers(0, len(targets), len(targets)), np.array([0, 1, 1])):
        figures, one, other = scores.figures(rows), targets[rows], predictions[rows]
        peers = pearsonr, spearmanr, kendalltau
        if len(set(one)) > 1 and len(set(other)) > 1:
            for figure, peer in zip(NAMES, peers):
                assert figures[figure] == pytest.approx(peer(one, other).statistic, abs=TOLERANCE), figure
        else:
            assert [figures[figure] for figure in NAMES[:3]] == [None] * 3
        assert figures["mean_squared_error"] == pytest.approx(mean_squared_error(one, other), rel=TOLERANCE)
        assert figures["mean_absolute_error"] == pytest.approx(mean_absolute_error(one, other), rel=TOLERANCE)


@pytest.mark.parametrize("targets", [[0.1, 0.1, 0.1], [0.1]])
def test_a_constant_has_no_correlation(targets):
    figures = CorrelationScores(targets, np.arange(len(targets)), kendall=True).figures(np.arange(len(targets)))
    assert [figures[name] for name in NAMES[:3]] == [None] * 3
    assert figures["mean_absolute_error"] is not None


def test_numbers_that_hardly_differ_still_correlate():
    close = np.array([3.0, np.nextafter(3.0, 4.0), np.nextafter(3.0, 4.0)])
    assert CorrelationScores(close, [1, 2, 2]).figures(np.arange(3))["pearson"] == pytest.approx(1.0)


def test_no_rows_have_no_figures():
    scores = CorrelationScores([], [], kendall=True)
    assert len(scores) == 0
    assert scores.figures(np.arange(0)) == dict.fromkeys(NAMES)


def test_kendall_is_there_on_request():
    assert "kendall" not in CorrelationScores([1, 2], [2, 3]).figures(np.arange(2))


def test_what_is_no_number_per_row_is_refused():
    with pytest.raises(ValueError, match="targets"):
        CorrelationScores([np.nan, 1], [1, 2])
    with pytest.raises(ValueError, match="predictions"):
        CorrelationScores([1, 2], [[1], [2]])
    with pytest.raises(ValueError, match="2 targets but 1 predictions"):
        CorrelationScores([1, 2], [1])

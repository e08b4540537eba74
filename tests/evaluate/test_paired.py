"""Paired tests against scipy, against formulas written out, and against all swaps of a few rows."""

import itertools
from math import comb

import numpy as np
import pytest
from scipy.stats import binomtest, permutation_test

from groundup.evaluate.paired import holm, mcnemar, randomise
from groundup.metrics.scores import SummedScores
from groundup.tasks.classification import LabelScores

RNG = np.random.default_rng(3)


def right(ours, theirs, both=4, neither=3):
    """Two arrays of right answers with so many rows of each kind, mixed."""
    pairs = [(True, False)] * ours + [(False, True)] * theirs + [(True, True)] * both + [(False, False)] * neither
    return np.array(pairs)[np.random.default_rng(0).permutation(len(pairs))].T


def mean_scores(values):
    counts = np.stack([values, np.ones(len(values))], axis=1).astype(float)
    return SummedScores(counts, lambda total: {"mean": total[0] / total[1], "none": None})


def labels(count, seed, skill):
    rng = np.random.default_rng(seed)
    targets = np.random.default_rng(1).integers(0, 3, count)
    return LabelScores(targets, np.where(rng.random(count) < skill, targets, rng.integers(0, 3, count)), 3)


@pytest.mark.parametrize(("one", "other"), [(0, 0), (1, 0), (5, 5), (3, 11), (40, 17), (700, 610)])
def test_mcnemar_is_the_binomial_test_of_the_rows_where_they_differ(one, other):
    found = mcnemar(*right(one, other))
    assert (found.only_ours, found.only_theirs) == (one, other)
    expected = binomtest(one, one + other).pvalue if one + other else 1.0
    assert found.exact == pytest.approx(expected, rel=1e-9)


def test_mid_p_counts_the_observed_table_half():
    exact, observed = 2 * sum(comb(12, k) for k in range(3)) / 2**12, comb(12, 2) / 2**12
    found = mcnemar(*right(10, 2))
    assert found.exact == pytest.approx(exact)
    assert found.mid_p == pytest.approx(exact - observed)
    assert mcnemar(*right(4, 4)).mid_p == pytest.approx(1 - comb(8, 4) / 2**9)


def test_mcnemar_does_not_care_which_system_comes_first_or_how_rows_are_ordered():
    ours, theirs = right(9, 3)
    assert mcnemar(ours, theirs).exact == mcnemar(theirs[::-1], ours[::-1]).exact


def test_randomising_agrees_with_all_swaps_of_a_few_rows():
    ours, theirs = RNG.normal(0.4, 1, 10), RNG.normal(0, 1, 10)
    seen, swaps = abs(np.mean(ours - theirs)), itertools.product([1, -1], repeat=10)
    exact = np.mean([abs(np.mean(np.array(signs) * (ours - theirs))) >= seen - 1e-12 for signs in swaps])
    assert randomise(mean_scores(ours), mean_scores(theirs), num_swaps=4000)["mean"] == pytest.approx(exact, abs=0.025)  # 3 sd


def test_randomising_macro_f1_agrees_with_scipy():
    ours, theirs = labels(60, 5, 0.8), labels(60, 6, 0.6)

    def statistic(first, second, axis=-1):
        return (
            LabelScores(ours.targets, first, 3).figures(np.arange(60))["macro_f1"]
            - LabelScores(ours.targets, second, 3).figures(np.arange(60))["macro_f1"]
        )

    reference = permutation_test(
        (ours.predictions, theirs.predictions),
        statistic,
        permutation_type="samples",
        vectorized=False,
        n_resamples=2000,
        rng=np.random.default_rng(0),
    )
    assert randomise(ours, theirs, num_swaps=2000)["macro_f1"] == pytest.approx(reference.pvalue, abs=0.04)  # 3 sd of two draws


def test_figures_of_labels_are_those_of_scikit_learn():
    from sklearn.metrics import accuracy_score, f1_score

    scores = labels(50, 4, 0.5)
    rows = RNG.integers(0, 50, 31)
    targets, predictions = scores.targets[rows], scores.predictions[rows]
    assert scores.figures(rows) == pytest.approx(
        {"accuracy": accuracy_score(targets, predictions), "macro_f1": f1_score(targets, predictions, average="macro")}
    )


def test_one_system_compared_with_itself_differs_never():
    scores = labels(40, 2, 0.7)
    assert randomise(scores, scores) == {"accuracy": 1.0, "macro_f1": 1.0}


def test_the_level_holds_where_there_is_no_difference():
    found = [randomise(labels(80, 2 * n, 0.6), labels(80, 2 * n + 1, 0.6), num_swaps=99)["accuracy"] for n in range(10, 70)]
    assert np.mean(np.array(found) <= 0.05) <= 0.14  # 3 of 60 expected, 3 sd above


def test_the_seed_alone_decides():
    ours, theirs = labels(70, 8, 0.6), labels(70, 11, 0.6)
    assert randomise(ours, theirs, seed=4) == randomise(ours, theirs, seed=4)
    assert randomise(ours, theirs, seed=4) != randomise(ours, theirs, seed=5)


def test_undefined_figures_and_no_rows_have_no_p():
    assert randomise(mean_scores(np.ones(3)), mean_scores(np.zeros(3)))["none"] is None
    empty = LabelScores(np.zeros(0, int), np.zeros(0, int), 2)
    assert randomise(empty, empty) == {"accuracy": None, "macro_f1": None}


def test_rows_that_cannot_be_paired_are_refused():
    with pytest.raises(ValueError, match="3 and 4 rows"):
        randomise(mean_scores(np.ones(3)), mean_scores(np.ones(4)))
    with pytest.raises(ValueError, match="2 and 1 rows"):
        mcnemar(np.array([True, False]), np.array([True]))


def test_holm_by_hand():
    assert holm([0.01, 0.04, None, 0.03, 0.005]) == pytest.approx([0.03, 0.06, None, 0.06, 0.02], nan_ok=True)
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []

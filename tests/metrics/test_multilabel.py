"""Parity with scikit-learn at 1e-12: both divide the same integers in float64."""

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    hamming_loss,
    label_ranking_average_precision_score,
    precision_recall_fscore_support,
)

from groundup.metrics.multilabel import multilabel_scores

TOLERANCE = 1e-12


def same(ours, theirs):
    return np.isnan(theirs) if ours is None else abs(ours - theirs) <= TOLERANCE


def case(seed, rows, labels, ties):
    rng = np.random.default_rng(seed)
    targets = rng.random((rows, labels)) < rng.uniform(0, 0.6, labels)
    probabilities = rng.random((rows, labels))
    probabilities = np.round(probabilities, 1) if ties else probabilities
    targets[: rows // 8] = False
    targets[-1] = True
    return targets.astype(int), (probabilities > 0.5).astype(int), probabilities


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize(("rows", "labels"), [(50, 7), (9, 3), (20, 2), (1, 5)])
def test_figures_of_any_rows_equal_scikit_learn(rows, labels, ties):
    targets, predictions, probabilities = case(rows, rows, labels, ties)
    names = [f"label {k}" for k in range(labels)]
    scores = multilabel_scores(targets, predictions, probabilities, names)
    rng = np.random.default_rng(0)
    for picked in (np.arange(rows), rng.integers(0, rows, rows), rng.integers(0, rows, 3), np.array([0])):
        true, ours = targets[picked], predictions[picked]
        figures = scores.figures(picked)
        micro, each = (
            precision_recall_fscore_support(true, ours, average=kind, zero_division=np.nan) for kind in ("micro", None)
        )
        macro = f1_score(true, ours, average="macro", zero_division=0) if (true | ours).any() else np.nan
        assert all(same(figures[f"micro_{name}"], micro[i]) for i, name in enumerate(("precision", "recall", "f1")))
        assert same(figures["macro_f1"], macro)
        assert all(same(figures[f"f1_{name}"], each[2][k]) for k, name in enumerate(names))
        assert same(figures["subset_accuracy"], accuracy_score(true, ours))
        assert same(figures["hamming_loss"], hamming_loss(true, ours))
        expected = label_ranking_average_precision_score(true, probabilities[picked])
        assert same(figures["ranking_average_precision"], expected)


def test_a_label_that_is_neither_true_nor_given_counts_as_nothing_in_the_mean():
    figures = multilabel_scores([[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 0, 0]], labels="abc").figures(np.arange(2))
    assert figures["macro_f1"] == pytest.approx(1 / 3)
    assert [figures[f"f1_{name}"] for name in "abc"] == [1.0, 0.0, None]


def test_nothing_true_and_nothing_predicted_has_no_f1():
    figures = multilabel_scores([[0, 0]], [[0, 0]]).figures(np.arange(1))
    assert figures == {
        "micro_precision": None,
        "micro_recall": None,
        "micro_f1": None,
        "macro_f1": None,
        "subset_accuracy": 1.0,
        "hamming_loss": 0.0,
    }


def test_no_rows_have_no_figures():
    empty = np.zeros((0, 3))
    assert set(multilabel_scores(empty, empty, empty).figures(np.arange(0)).values()) == {None}


def test_other_numbers_and_shapes_are_refused():
    with pytest.raises(ValueError, match="zeros and ones"):
        multilabel_scores([[0, 2]], [[0, 1]])
    with pytest.raises(ValueError, match="zeros and ones"):
        multilabel_scores([0, 1], [0, 1])
    with pytest.raises(ValueError, match="do not fit"):
        multilabel_scores([[0, 1]], [[0, 1]], labels=["a"])
    with pytest.raises(ValueError, match="probabilities"):
        multilabel_scores([[0, 1]], [[0, 1]], [[0.5, np.nan]])

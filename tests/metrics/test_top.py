import numpy as np
import pytest
from sklearn.metrics import top_k_accuracy_score

from groundup.metrics.top import top_scores


def test_the_figures_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    probabilities, targets = rng.dirichlet(np.ones(9), 200), rng.integers(0, 9, 200)
    found = top_scores(targets, probabilities).figures(np.arange(200))
    for name, k in (("top1", 1), ("top5", 5)):
        assert found[name] == pytest.approx(top_k_accuracy_score(targets, probabilities, k=k, labels=range(9)))


def test_of_equal_classes_the_first_is_ahead_and_an_unknown_one_is_wrong():
    scores = top_scores(np.array([0, 4, 5, 6, -1]), np.full((5, 7), 1 / 7))
    assert [scores.figures(np.array([row])) for row in range(5)] == [
        {"top1": float(one), "top5": float(five)} for one, five in ((1, 1), (0, 1), (0, 0), (0, 0), (0, 0))
    ]


def test_among_five_classes_all_are_in_the_first_five_so_nothing_is_told():
    assert top_scores(np.array([0]), np.eye(5)[:1]).figures(np.array([0])) == {"top1": 1.0}

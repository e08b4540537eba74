"""Simple models of tables and what they answer."""

from __future__ import annotations

import numpy as np
import pytest

from groundup.tasks.baselines.tabular import MEAN_OF_ALL, Table, classify, classify_labels, kernel_naive_bayes, regress

STRENGTHS = (0.1, 1.0)


def table(rows: int, seed: int) -> tuple[Table, np.ndarray]:
    """A number that tells a class, one that tells nothing and has gaps, and a category that tells it a little."""
    draws = np.random.default_rng(seed)
    signal, noise = draws.normal(size=rows), draws.normal(size=rows)
    targets = (signal + 0.5 * draws.normal(size=rows) > 0).astype(np.int64)
    category = np.where(draws.random(rows) < 0.7, targets, 1 - targets).astype(float)
    noise[::7] = np.nan
    numbers = np.stack([signal, noise, category], axis=1)
    features = np.nan_to_num(numbers)
    return Table(features, numbers, np.array([False, False, True])), targets


def test_every_model_learns_and_their_mean_is_their_mean():
    (train, targets), (rows, wanted) = table(300, 1), table(200, 2)
    answers = {one.name: one.answers for one in classify(train, targets, rows, 2, STRENGTHS)}
    for name, probabilities in answers.items():
        assert ((probabilities.argmax(1) == wanted).mean()) > 0.75, name
        np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)
    others = [probabilities for name, probabilities in answers.items() if name != MEAN_OF_ALL]
    np.testing.assert_allclose(answers[MEAN_OF_ALL], np.mean(others, axis=0), atol=1e-6)


def test_a_class_without_training_rows_has_no_probability():
    train, targets = table(100, 1)
    for one in classify(train, targets * 2, table(20, 2)[0], 4, STRENGTHS):
        assert one.answers.shape == (20, 4)
        assert one.answers[:, 1].max() == 0 or one.name in ("kernel naive Bayes", MEAN_OF_ALL)
        assert one.answers[:, 1].max() < 1e-6


def test_each_label_of_several_is_answered_by_a_model_of_its_own():
    (train, targets), (rows, _) = table(120, 1), table(30, 2)
    alone = {one.name: one.answers[:, 1] for one in classify(train, 1 - targets, rows, 2, STRENGTHS)}
    wanted = np.stack([targets, 1 - targets, np.ones_like(targets)], axis=1)
    for one in classify_labels(train, wanted, rows, STRENGTHS):
        np.testing.assert_allclose(one.answers[:, 1], alone[one.name], atol=1e-6)
        assert (one.answers[:, 2] == 1).all()  # which every training row has


def test_the_same_rows_give_the_same_answers():
    (train, targets), (rows, _) = table(80, 1), table(30, 2)
    first, second = (classify(train, targets, rows, 2, STRENGTHS) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert (one.answers == other.answers).all()


def test_a_class_of_one_row_stops_no_model():
    train, targets = table(60, 1)
    targets[0] = 2
    assert all(np.isfinite(one.answers).all() for one in classify(train, targets, train, 3, STRENGTHS))


def test_naive_bayes_takes_missing_cells_for_a_value_of_their_own():
    numbers = np.array([[np.nan]] * 50 + [[float(i)] for i in range(50)])
    targets = np.repeat([1, 0], 50)
    rows = Table(numbers[:0], np.array([[np.nan], [25.0]]), np.array([False]))
    answers = kernel_naive_bayes(Table(numbers, numbers, np.array([False])), targets, rows, 2)
    assert answers[0, 1] > 0.65 > 0.35 > answers[1, 1]


def test_numbers_are_answered_by_ridge_and_boosting():
    train, _ = table(300, 1)
    rows, _ = table(100, 2)
    wanted = 3 * rows.features[:, 0] + 10
    for one in regress(train, 3 * train.features[:, 0] + 10, rows):
        assert np.abs(one.answers - wanted).mean() < 0.8, one.name


@pytest.mark.parametrize("rows", [1, 2])
def test_one_row_is_answered(rows: int):
    train, targets = table(60, 1)
    one = Table(train.features[:rows], train.numbers[:rows], train.categorical)
    assert all(len(found.answers) == rows for found in classify(train, targets, one, 2, STRENGTHS))

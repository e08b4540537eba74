"""Simple models of the numbers and categories of a table: what a Transformer must beat. The mean of all of them is the bar.

On tables of up to a thousand rows boosting with usual settings is overconfident and loses to logistic regression, so these are
small. They learn from the training rows alone; strengths are chosen by cross-validation inside them. R rows, F features of
linear models, P parts of columns, K classes.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from groundup.kinds.features import PlainNumbers
from groundup.kinds.reader import Row

MEAN_OF_ALL = "mean of these"
FOLDS = 5
MOST_STEPS = 500
MOST_CATEGORIES = 255  # of a column, as categories of boosting
MOST_FOREST_ROWS = 30_000  # beyond it a forest takes minutes
SEED = 0
BOOSTING = {"learning_rate": 0.03, "max_iter": 150, "max_leaf_nodes": 8, "min_samples_leaf": 20, "l2_regularization": 1.0}
FOREST = {"n_estimators": 300, "min_samples_leaf": 3, "random_state": SEED}
# Of kernel naive Bayes: width of a kernel in ranks, rows that the prior counts as, and the part of the evidence that counts
NEAR, PRIOR, TRUST = 0.08, 4.0, 0.6
GRID = 512  # places of ranks


class Table(NamedTuple):
    """Rows as simple models see them."""

    features: np.ndarray  # [R, F] for linear models: scaled, one-hot, finite
    numbers: np.ndarray  # [R, P] for trees and ranks: plain numbers and numbers of categories, nan where a cell is missing
    categorical: np.ndarray  # [P] bool


def tables_of(features: PlainNumbers, *rows: Sequence[Row]) -> list[Table]:
    """Training rows, from which the features learn, and others, as simple models see them."""
    tables = [features.fit(rows[0]), *(features.transform(one) for one in rows[1:])]
    return [
        Table(one, features.numbers(rows_of_part), features.categorical) for one, rows_of_part in zip(tables, rows, strict=True)
    ]


class Simple(NamedTuple):
    """The answers of one of them to the rows that were asked for."""

    name: str
    answers: np.ndarray  # [R, K] probabilities, or [R] numbers
    seconds: float
    details: dict[str, Any]


def classify(train: Table, targets: np.ndarray, rows: Table, classes: int, strengths: Sequence[float]) -> list[Simple]:
    """Probabilities [R, K] of each model, and their mean. `targets` [R'] are class numbers of the training rows."""
    models: dict[str, Callable[[], tuple[np.ndarray, dict]]] = {
        "logistic regression": lambda: logistic(train, targets, rows, strengths),
        "small boosting": lambda: (boosting(train, targets, rows), BOOSTING),
        "random forest": lambda: (forest(train, targets, rows), FOREST),
        "kernel naive Bayes": lambda: (kernel_naive_bayes(train, targets, rows, classes), {}),
    }
    if len(targets) > MOST_FOREST_ROWS:
        del models["random forest"]
    present = np.unique(targets)
    predictions = []
    for name, fit in models.items():
        started = time.perf_counter()
        answers, details = fit()
        whole = answers if answers.shape[1] == classes else np.zeros((len(answers), classes))
        if whole is not answers:
            whole[:, present] = answers
        predictions.append(Simple(name, whole.astype(np.float32), time.perf_counter() - started, details))
    mean = np.mean([one.answers for one in predictions], axis=0)
    return [*predictions, Simple(MEAN_OF_ALL, mean, sum(one.seconds for one in predictions), {"models": len(predictions)})]


def classify_labels(train: Table, targets: np.ndarray, rows: Table, strengths: Sequence[float]) -> list[Simple]:
    """The same for any number of labels at once, each by a model of its own: probabilities [R, K]. `wanted` [R', K] is 1 where
    a training row has a label; one that all or none of them have gets its share."""
    count = targets.shape[1]
    mixed = [label for label in range(count) if 0 < targets[:, label].sum() < len(targets)]
    each = {label: classify(train, targets[:, label], rows, 2, strengths) for label in mixed}
    answers = np.tile(targets.mean(axis=0).astype(np.float32), (len(rows.numbers), 1))
    results = []
    for models in zip(*each.values(), strict=True):
        whole = answers.copy()
        for label, one in zip(mixed, models, strict=True):
            whole[:, label] = one.answers[:, 1]
        details = {"models": count} if models[0].name != MEAN_OF_ALL else models[0].details
        results.append(Simple(models[0].name, whole, sum(one.seconds for one in models), details))
    return results


def regress(train: Table, targets: np.ndarray, rows: Table) -> list[Simple]:
    """Numbers [R] of ridge regression and small boosting, and their mean."""
    from sklearn.linear_model import RidgeCV

    started = time.perf_counter()
    ridge = RidgeCV(np.geomspace(0.01, 10_000, 13)).fit(train.features, targets)
    answers, seconds = ridge.predict(rows.features), time.perf_counter() - started
    linear = Simple("ridge regression", answers, seconds, {"strength": float(ridge.alpha_)})
    started = time.perf_counter()
    answers = boosting_of_numbers(train, targets, rows)
    trees = Simple("small boosting", answers, time.perf_counter() - started, BOOSTING)
    mean = (linear.answers + trees.answers) / 2
    return [linear, trees, Simple(MEAN_OF_ALL, mean, linear.seconds + trees.seconds, {"models": 2})]


def logistic(train: Table, targets: np.ndarray, rows: Table, strengths: Sequence[float]) -> tuple[np.ndarray, dict]:
    """Logistic regression, its strength C that to which held-out rows come as the least surprise."""
    from sklearn.linear_model import LogisticRegression, LogisticRegressionCV

    folds = min(FOLDS, int(np.bincount(targets)[np.unique(targets)].min()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # stopping early is one way of holding it back; names of settings change
        if folds < 2:
            model: Any = LogisticRegression(C=1.0, max_iter=MOST_STEPS).fit(train.features, targets)
            return model.predict_proba(rows.features), {"C": 1.0}
        model = LogisticRegressionCV(Cs=list(strengths), cv=folds, scoring="neg_log_loss", max_iter=MOST_STEPS)
        model.fit(train.features, targets)
    return model.predict_proba(rows.features), {"C": float(np.atleast_1d(model.C_)[0])}


def boosting(train: Table, targets: np.ndarray, rows: Table) -> np.ndarray:
    """Few and small trees, slowly."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        **BOOSTING, categorical_features=few_categories(train), early_stopping=False, random_state=SEED
    )
    return model.fit(train.numbers, targets).predict_proba(rows.numbers)


def boosting_of_numbers(train: Table, targets: np.ndarray, rows: Table) -> np.ndarray:
    """The same for targets [R] that are numbers."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        **BOOSTING, categorical_features=few_categories(train), early_stopping=False, random_state=SEED
    )
    return model.fit(train.numbers, targets).predict(rows.numbers)


def few_categories(train: Table) -> np.ndarray:
    """[P] bool: categories that boosting may take as such; it sets a limit to their number."""
    highest = np.array([column.max(initial=0, where=~np.isnan(column)) for column in train.numbers.T])
    return train.categorical & (highest < MOST_CATEGORIES)


def forest(train: Table, targets: np.ndarray, rows: Table) -> np.ndarray:
    """Three hundred trees of leaves of three rows or more."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(**FOREST).fit(train.numbers, targets).predict_proba(rows.numbers)


def kernel_naive_bayes(train: Table, targets: np.ndarray, rows: Table, classes: int) -> np.ndarray:
    """[R, K]: each column on its own tells what share of the training rows near a value has each class; near in ranks. A
    category is near itself alone, and a missing cell near missing ones."""
    shares = np.bincount(targets, minlength=classes) / len(targets)
    prior = np.log(np.maximum(shares, 1e-12))
    one_hot = np.eye(classes)[targets]
    scores = np.tile(prior, (len(rows.numbers), 1))
    for place in range(train.numbers.shape[1]):
        counts = near_counts(train.numbers[:, place], one_hot, rows.numbers[:, place], bool(train.categorical[place]))
        probabilities = (counts + PRIOR * shares) / (counts.sum(axis=1, keepdims=True) + PRIOR)
        scores += TRUST * (np.log(np.maximum(probabilities, 1e-12)) - prior)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def near_counts(train: np.ndarray, one_hot: np.ndarray, rows: np.ndarray, categorical: bool) -> np.ndarray:
    """[R, K] how many training rows of each class are near the value of each row."""
    counts = np.zeros((len(rows), one_hot.shape[1]))
    missing, present = np.isnan(rows), ~np.isnan(train)
    counts[missing] = one_hot[~present].sum(axis=0)
    if not present.any():
        return counts
    if categorical:
        names, places = np.unique(train[present], return_inverse=True)
        sums = np.zeros((len(names), one_hot.shape[1]))
        np.add.at(sums, places, one_hot[present])
        nearest = np.clip(np.searchsorted(names, rows), 0, len(names) - 1)
        return np.where((~missing & (names[nearest] == rows))[:, None], sums[nearest], counts)
    ordered = np.sort(train[present])
    grid = np.linspace(0, 1, GRID)
    sums = np.zeros((GRID, one_hot.shape[1]))
    np.add.at(sums, places_of(ordered, train[present]), one_hot[present])
    smooth = np.exp(-0.5 * ((grid[:, None] - grid) * 2 / NEAR) ** 2) @ sums
    counts[~missing] = smooth[places_of(ordered, rows[~missing])]
    return counts


def places_of(ordered: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Place of each value on the grid of ranks: the middle of the ranks of its equals."""
    low, high = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return np.round((low + high) / 2 / len(ordered) * (GRID - 1)).astype(np.int64)

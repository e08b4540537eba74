"""What a model of rows of several kinds must beat: the best simple method of each kind alone, the mean of their answers (late
fusion), and simple methods on the features of all kinds side by side.

N rows; an answer is a number, or the probabilities of K classes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from groundup.kinds.reader import Row
from groundup.kinds.several.features import JoinedFeatures
from groundup.kinds.several.reader import SeveralReader
from groundup.tasks.baselines.tabular import Table, boosting, boosting_of_numbers
from groundup.tasks.classification import Classification
from groundup.tasks.regression import Regression
from groundup.tasks.task import BaselineResult, Task

LATE_FUSION, JOINED_BOOSTING = "mean of the kinds", "boosting on joined features"
Labelled = tuple[Sequence[Row], Sequence[Any]]


def several_baselines(
    task: Task, train: Labelled, validation: Labelled, rows: Sequence[Row], reader: SeveralReader
) -> list[BaselineResult]:
    """The most trivial first; then one for each kind, their mean, and what sees all kinds together."""
    trivial, *joined = task.baselines(train, validation, rows, reader)
    splits = reader.split(train[0]), reader.split(validation[0]), reader.split(rows)
    alone, answered = [], np.zeros(len(rows))
    total = np.zeros(np.shape(trivial.answers))
    for one, trained, tuned, test in zip(reader.readers, *splits, strict=True):
        there = np.array([cells is not None for cells in test], dtype=bool)
        with_it = [cells for cells in test if cells is not None]
        best = task.baselines(with_kind(trained, train[1]), with_kind(tuned, validation[1]), with_it, one)[-1]
        answers = np.array(trivial.answers, dtype=np.float64)
        answers[there] = best.answers
        total[there] += answers[there]
        answered += there
        alone.append(BaselineResult(f"{one.kind}: {best.name}", answers, best.seconds, best.details))
    weights = np.maximum(answered, 1).reshape(-1, *[1] * (total.ndim - 1))
    mean = np.where(answered.reshape(weights.shape) > 0, total / weights, np.asarray(trivial.answers))
    seconds = sum(one.seconds for one in alone)
    fusion = BaselineResult(LATE_FUSION, mean, seconds, {"kinds": [one.kind for one in reader.readers]})
    linear = replace(joined[-1], name=JoinedFeatures.name)
    return [trivial, *alone, fusion, linear, *boosted(task, train, rows, reader)]


def with_kind(cells: Sequence[Row | None], targets: Sequence[Any]) -> Labelled:
    """The rows that have a kind, with their targets."""
    pairs = [(row, target) for row, target in zip(cells, targets, strict=True) if row is not None]
    return [row for row, _ in pairs], [target for _, target in pairs]


def boosted(task: Task, train: Labelled, rows: Sequence[Row], reader: SeveralReader) -> list[BaselineResult]:
    """Small trees on columns as they are and on the main directions of wide features; none for tasks of several labels."""
    started = time.perf_counter()
    features = reader.features(train[0])
    assert isinstance(features, JoinedFeatures)
    features.fit(train[0])
    train_table, test_table = features.numbers(train[0]), features.numbers(rows)
    tables = [Table(numbers, numbers, features.categorical) for numbers in (train_table, test_table)]
    if isinstance(task, Classification):
        targets = task.numbers(train[1])
        answers = np.zeros((len(rows), len(task.labels)), dtype=np.float32)
        answers[:, np.unique(targets)] = boosting(tables[0], targets, tables[1]) if len(rows) else 0.0
    elif isinstance(task, Regression):
        answers = boosting_of_numbers(tables[0], np.array(train[1]), tables[1]) if len(rows) else np.zeros(0)
    else:
        return []
    return [BaselineResult(JOINED_BOOSTING, answers, time.perf_counter() - started, {"numbers": train_table.shape[1]})]

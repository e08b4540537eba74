"""Every metric: merged over shards it equals one pass over all rows (1e-12: the sums are compensated)."""

import numpy as np
import pytest

from groundup.metrics.calibration import Calibration
from groundup.metrics.confusion import BinaryCounts, ConfusionMatrix
from groundup.metrics.mean import Accuracy, Mean

ROWS, CLASSES = 101, 5
RNG = np.random.default_rng(7)
TARGETS = RNG.integers(0, CLASSES, ROWS)
PROBABILITIES = RNG.dirichlet(np.ones(CLASSES), ROWS)
PREDICTIONS = PROBABILITIES.argmax(axis=1)
LOSSES = RNG.lognormal(0, 6, ROWS)

METRICS = {
    "mean": (Mean, lambda metric, rows: metric.add(float(LOSSES[rows].sum()), len(rows))),
    "mean of values": (Mean, lambda metric, rows: metric.add_values(LOSSES[rows])),
    "accuracy": (Accuracy, lambda metric, rows: metric.add(TARGETS[rows], PREDICTIONS[rows])),
    "confusion": (lambda: ConfusionMatrix("abcde"), lambda metric, rows: metric.add(TARGETS[rows], PREDICTIONS[rows])),
    "binary": (BinaryCounts, lambda metric, rows: metric.add(TARGETS[rows] > 2, PREDICTIONS[rows] > 2)),
    "calibration": (Calibration, lambda metric, rows: metric.add(PROBABILITIES[rows], TARGETS[rows])),
}


def numbers(value):
    if isinstance(value, dict):
        return [number for part in value.values() for number in numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in numbers(part)]
    return [value]


@pytest.mark.parametrize("batch", [1, 3, 7])
@pytest.mark.parametrize("shards", range(1, 9))
@pytest.mark.parametrize("name", METRICS)
def test_shards_merged_equal_all_rows(name, shards, batch):
    make, add = METRICS[name]
    whole, merged = make(), make()
    add(whole, np.arange(ROWS))
    for shard in range(shards):
        part, rows = make(), np.arange(shard, ROWS, shards)
        for start in range(0, len(rows), batch):
            add(part, rows[start : start + batch])
        merged.merge(part)
    for ours, expected in zip(numbers(merged.value()), numbers(whole.value()), strict=True):
        assert ours == (pytest.approx(expected, rel=1e-12, abs=1e-12) if isinstance(expected, float) else expected)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_that_saw_nothing_is_undefined(name):
    value = METRICS[name][0]().value()
    assert not [figure for figure in value.values() if isinstance(figure, float)]

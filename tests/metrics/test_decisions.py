"""Figures of yes-or-no questions, and of groups of rows."""

from __future__ import annotations

import numpy as np
import pytest

from groundup.metrics.costs import Costs
from groundup.metrics.decisions import auc, decisions, kolmogorov_smirnov, sensitivity_at
from groundup.metrics.groups import MISSING, OTHERS, by_group, gaps

DRAWS = np.random.default_rng(3)
TARGETS = DRAWS.random(400) < 0.3
SCORES = np.round(np.clip(0.3 * TARGETS + DRAWS.random(400) * 0.7, 0, 1), 2)  # with ties


def test_auc_is_that_of_scikit_learn():
    from sklearn.metrics import roc_auc_score

    assert auc(SCORES, TARGETS) == pytest.approx(roc_auc_score(TARGETS, SCORES), abs=1e-12)
    assert auc(SCORES, np.zeros(400, bool)) is None


def test_the_largest_gap_and_the_sensitivity_are_those_of_the_roc_curve():
    from sklearn.metrics import roc_curve

    alarms, hits, _ = roc_curve(TARGETS, SCORES, drop_intermediate=False)
    assert kolmogorov_smirnov(SCORES, TARGETS) == pytest.approx(float((hits - alarms).max()))
    assert sensitivity_at(SCORES, TARGETS) == pytest.approx(float(hits[alarms <= 0.1].max()))


def test_costs_set_the_threshold_and_count_each_error():
    costs = Costs(false_alarm=1, miss=5)
    assert costs.threshold == pytest.approx(1 / 6)
    scores, targets = np.array([0.1, 0.2, 0.9, 0.05]), np.array([False, False, True, True])
    assert costs.mean(scores, targets) == (0 + 1 + 0 + 5) / 4
    assert costs.constant(targets) == 0.5
    assert decisions(scores, targets, costs)["mean_cost"] == 1.5


def test_groups_are_figured_apart_and_small_ones_together():
    groups = ["a"] * 60 + ["b"] * 30 + ["c"] * 4 + [None] * 12
    targets = np.array([0, 1] * 53)
    right = np.eye(2)[targets] * 0.8 + 0.1
    right[60:90] = right[60:90, ::-1]  # of b all is wrong
    records = by_group(groups, right, targets, positive=1)
    assert [record["group"] for record in records] == ["a", "b", MISSING, OTHERS]
    assert [record["accuracy"] for record in records] == [1.0, 0.0, 1.0, 1.0]
    assert [record["rows"] for record in records] == [60, 30, 12, 4]
    assert gaps(records) == {"accuracy": 1.0, "said": 0.0, "hit_rate": 1.0, "false_alarm_rate": 1.0}

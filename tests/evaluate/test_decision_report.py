"""Figures of probabilities in a report, and the part of the page that shows them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from groundup.evaluate.decision_report import decision_report, positive_of
from groundup.messages.translate import translator
from groundup.metrics.costs import Costs
from groundup.pages.decisions import decisions

DRAWS = np.random.default_rng(1)
TARGETS = (DRAWS.random(300) < 0.3).astype(np.int64)
LOGITS = 2 * TARGETS - 1 + DRAWS.normal(size=300)
POSITIVE = 1 / (1 + np.exp(-LOGITS))
SHARES = np.stack([1 - POSITIVE, POSITIVE], axis=1)
EVEN = np.full((300, 2), 0.5)


def found(**more) -> dict:
    return decision_report(["good", "bad"], TARGETS, SHARES, [("majority", EVEN)], **more)


def test_the_rarer_class_is_the_positive_one_and_another_can_be_named():
    assert found()["positive"] == "bad"
    assert positive_of(["good", "bad"], 1 - TARGETS) == (0, "rows")
    assert positive_of(["good", "bad"], TARGETS, None, "good") == (0, "model")
    assert positive_of(["good", "bad"], TARGETS, "bad", "good") == (1, "named")
    assert positive_of(["a", "b", "c"], TARGETS) == (None, "")
    assert found(positive="good")["positive"] == "good"


def test_figures_are_those_of_scikit_learn_and_stand_beside_the_baselines():
    from sklearn.metrics import log_loss, roc_auc_score

    model, trivial = found()["systems"]
    assert model["figures"]["auc"]["value"] == pytest.approx(roc_auc_score(TARGETS, POSITIVE))
    assert model["figures"]["log_loss"]["value"] == pytest.approx(log_loss(TARGETS, POSITIVE))
    assert trivial["figures"]["auc"]["value"] == 0.5
    gap = trivial["difference"]["log_loss"]
    assert gap["value"] == pytest.approx(log_loss(TARGETS, POSITIVE) - np.log(2))
    assert gap["low"] < gap["value"] < gap["high"] < 0


def test_rows_without_a_known_label_are_left_aside():
    more = np.concatenate([TARGETS, [-1, 2]])
    shares = np.concatenate([SHARES, EVEN[:2]])
    assert decision_report(["good", "bad"], more, shares)["systems"][0] == found()["systems"][0]
    assert decision_report(["good", "bad"], TARGETS[:5], SHARES[:5]) == {}


def test_costs_set_the_threshold_and_groups_are_figured_apart():
    groups = {"sex": [("f", "m", None)[i % 3] for i in range(300)]}
    report = found(costs=Costs(1, 5), groups=groups)
    assert report["systems"][0]["figures"]["threshold"] == pytest.approx(1 / 6)
    assert report["systems"][0]["figures"]["mean_cost"] < report["systems"][0]["figures"]["mean_cost_constant"]
    assert [one["rows"] for one in report["groups"]["sex"]["groups"]] == [100, 100, 100]
    json.dumps(report)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_every_system_group_and_cost(language: str):
    groups = {"sex": [("f", "m")[i % 2] for i in range(300)]}
    shown = str(decisions({"decisions": found(costs=Costs(1, 5), groups=groups)}, translator(language)))
    for part in ("0.167", "AUC", "<td", "sex", "bad"):
        assert part in shown
    assert decisions({}, translator(language)) is None
    assert decisions({"decisions": {}}, translator(language)) is None


def test_of_three_classes_there_is_log_loss_alone():
    targets = np.arange(90) % 3
    report = decision_report(["a", "b", "c"], targets, np.eye(3)[targets] * 0.7 + 0.1)
    assert set(report["systems"][0]["figures"]) == {"log_loss", "brier"}
    assert report["systems"][0]["figures"]["log_loss"]["value"] == pytest.approx(-np.log(0.8))

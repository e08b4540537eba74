"""Classifiers are calibrated by default: in reports, on pages, in the weights that others run, and in further commands."""

from __future__ import annotations

import random

import numpy as np
import pytest

from groundup import load
from groundup.evaluate.calibration_report import figures_of
from groundup.evaluate.judging import calibration_of
from groundup.evaluate.opened import softmax
from groundup.manifest import read_manifest
from tests.commands.life import groundup, report, write_table

ROWS, NOISE = 420, 0.3


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Rows whose label follows from two numbers, but for three in ten; a model that learns them by heart is too sure."""
    draws = random.Random(5)
    rows = []
    for _ in range(ROWS):
        x, y = draws.gauss(0, 1), draws.gauss(0, 1)
        right = draws.random() > NOISE
        rows.append((f"{x:.3f}", f"{y:.3f}", "high" if (x + y > 0.5) == right else "low"))
    return write_table(tmp_path_factory.mktemp("table") / "rows.csv", rows, ("x", "y", "label"))


def finetune(table, out, *words):
    learn = ("--table_column", "*", "--label_column", "label", "--split.validation", "0.3", "--split.test", "0.3")
    steps = (
        "--steps",
        "250",
        "--patience",
        "100",
        "--ema_decay",
        "0",
        "--best_metric",
        "accuracy",
        "--no-baselines",
        "--quiet",
    )
    assert groundup("finetune", "--data", table, "--out", out, *learn, *steps, *words) == 0
    return out


@pytest.fixture(scope="module")
def run(table, tmp_path_factory):
    return finetune(table, tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def plain(table, tmp_path_factory):
    return finetune(table, tmp_path_factory.mktemp("plain") / "run", "--calibration", "none")


def test_an_overconfident_model_is_mended_and_its_answers_stay(run, plain):
    mended, before = report(run), report(plain)
    assert mended["calibrated"]["method"] == "temperature"
    assert mended["calibrated"]["temperature"] > 1.2
    assert mended["confusion"] == before["confusion"]
    assert mended["calibrated"]["before"] == pytest.approx({k: before["calibration"][k] for k in ("ece", "log_loss")}, abs=1e-4)
    assert mended["calibrated"]["after"] == {name: mended["calibration"][name] for name in ("ece", "log_loss")}
    assert mended["calibration"]["log_loss"] < before["calibration"]["log_loss"]
    assert mended["calibration"]["ece"] < before["calibration"]["ece"]


def test_the_page_shows_it_before_and_after(run, plain):
    page = (run / "report.html").read_text()
    assert "before calibration" in page
    assert report(run)["calibrated"]["text"] in page
    assert "Not calibrated: --calibration none." in (plain / "report.html").read_text()


def test_the_weights_hold_the_temperature_so_that_others_give_the_same_probabilities(run, plain):
    """What any program computes from the weights is what predict answers, and the logits of the plain model by it."""
    one, other = load(run), load(plain)
    facts = read_manifest(run / "model").extra["facts"]["calibration"]
    assert facts["in_head"] is True
    rows = [{"x": "0.3", "y": "-0.2"}, {"x": "1.5", "y": "2.5"}]
    ours = [list(answer["probabilities"].values()) for answer in one.predict(rows)]
    plain_ones = [list(answer["probabilities"].values()) for answer in other.predict(rows)]
    np.testing.assert_allclose(softmax(np.log(np.array(plain_ones)) / facts["temperature"]), ours, atol=1e-5)
    weight, raw = (model.model.heads["label"].classes.weight.detach().numpy() for model in (one, other))
    np.testing.assert_allclose(weight * facts["temperature"], raw, rtol=1e-5)


def test_evaluate_and_predict_use_the_same_probabilities(run, table, tmp_path):
    assert groundup("evaluate", "--model", run, "--out", tmp_path / "again", "--no-baselines", "--quiet") == 0
    again, first = (report(path)["calibrated"] for path in (tmp_path / "again", run))
    assert (again["text"], again["temperature"], again["rows"]) == (first["text"], first["temperature"], first["rows"])


def test_a_model_in_onnx_gives_the_calibrated_probabilities(run, table, tmp_path):
    pytest.importorskip("onnxruntime")
    assert groundup("export", "--model", run, "--out", tmp_path / "onnx", "--quiet") == 0
    rows = [{"x": "0.3", "y": "-0.2"}, {"x": "1.5", "y": "2.5"}]
    ours, theirs = ([one["probability"] for one in load(path).predict(rows)] for path in (run, tmp_path / "onnx"))
    assert ours == pytest.approx(theirs, abs=1e-5)


def test_a_smaller_model_is_calibrated_anew(run, tmp_path):
    words = ("--method", "distill", "--distill.layers", "1", "--steps", "30", "--max_loss", "100", "--quiet")
    assert groundup("compress", "--model", run, "--out", tmp_path / "small", *words) in (0, 3)
    small, large = (read_manifest(path / "model").extra["facts"]["calibration"] for path in (tmp_path / "small", run))
    assert small["rows"] == large["rows"]
    assert small["log_loss"] != large["log_loss"]
    assert small["log_loss"]["none"] > 0.3


def test_a_model_of_a_former_version_answers_as_it_did_and_its_report_says_nothing(plain, tmp_path):
    now = load(plain)
    rows, before = [{"x": "0.3", "y": "-0.2"}], now.predict([{"x": "0.3", "y": "-0.2"}])
    now.task.facts.pop("calibration"), now.task.facts.pop("positive")
    answered = now.row_answers(now.read_rows(rows))
    assert now.predict(rows) == before
    assert calibration_of(now.task, answered, ["low"], "en") == {}


def test_the_figures_of_labels_are_those_of_scikit_learn():
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import log_loss

    draws = np.random.default_rng(3)
    targets, numbers = draws.integers(0, 2, (150, 3)), draws.random((150, 3))
    found = figures_of(numbers, targets)
    assert found["log_loss"] == pytest.approx(log_loss(targets.ravel(), numbers.ravel()))
    shares, means = calibration_curve(targets.ravel(), numbers.ravel(), n_bins=15)
    counts = np.histogram(numbers.ravel(), np.linspace(0, 1, 16))[0]
    assert found["ece"] == pytest.approx((np.abs(shares - means) * counts[counts > 0]).sum() / counts.sum())

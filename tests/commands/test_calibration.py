"""Classifiers are calibrated by default: in reports, on pages, in the weights that others run, and in further commands."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from groundup import Classifier, load, multitask
from groundup.compress.export.model_card import calibration_lines
from groundup.evaluate.calibration_report import figures_of
from groundup.evaluate.judging import calibration_of
from groundup.evaluate.opened import softmax
from groundup.explain.target import calibrated_mean
from groundup.manifest import read_manifest
from groundup.tasks.rows.labelled_rows import stored_table
from tests.commands.life import groundup, read_table, report, write_table

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


def finetune(table, out, *words, metric="accuracy"):
    learn = ("--table_column", "*", "--label_column", "label", "--split.validation", "0.3", "--split.test", "0.3")
    steps = ("--steps", "250", "--patience", "100", "--ema_decay", "0", "--best_metric", metric)
    words = (*learn, *steps, "--no-baselines", "--quiet", *words)
    assert groundup("finetune", "--data", table, "--out", out, *words) == 0
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


def test_a_model_whose_matrices_are_rounded_keeps_the_calibration(run, tmp_path):
    code = groundup("compress", "--model", run, "--method", "quantize", "--out", tmp_path / "small", "--quiet")
    small, large = (read_manifest(path / "model").extra["facts"]["calibration"] for path in (tmp_path / "small", run))
    assert (code, small) == (0, large)
    rows = [{"x": "0.3", "y": "-0.2"}, {"x": "1.5", "y": "2.5"}]
    ours, theirs = ([one["probability"] for one in load(path).predict(rows)] for path in (run, tmp_path / "small"))
    assert ours == pytest.approx(theirs, abs=0.03)
    page = (tmp_path / "small" / "report.html").read_text()
    assert page.count("Calibrated by a temperature of") == 2


def test_exports_say_whose_probabilities_are_calibrated():
    known = {"method": "temperature", "temperature": 1.5, "in_head": True}
    assert "the weights hold the temperature, 1.5" in calibration_lines({"facts": {"calibration": known}})[0]
    assert "by groundup alone" in calibration_lines({"facts": {"calibration": {"method": "isotonic", "curves": []}}})[0]
    assert calibration_lines({"facts": {"calibration": {"method": "none"}}}) == calibration_lines({}) == []


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


def test_several_labels_are_calibrated_each_for_itself(tmp_path):
    draws = random.Random(7)
    rows = []
    for _ in range(ROWS):
        x, y = draws.gauss(0, 1), draws.gauss(0, 1)
        names = [name for name, number in (("high", x), ("wide", y)) if (number > 0) == (draws.random() > NOISE)]
        rows.append((f"{x:.3f}", f"{y:.3f}", ";".join(names)))
    table = write_table(tmp_path / "rows.csv", rows, ("x", "y", "label"))
    out = finetune(table, tmp_path / "run", "--task", "multilabel", metric="micro_f1")
    found = report(out)["calibrated"]
    assert found["method"] == "temperature"
    assert found["log_loss"]["temperature"] < found["log_loss"]["none"]
    model = load(out)
    test = stored_table(out / "data", model.reader)
    answers = model.row_answers(test.texts_of("test"))
    matrix = model.task.matrix(test.targets_of("test"))
    assert found["after"] == pytest.approx(figures_of(answers.answers, matrix), abs=1e-6)
    assert found["before"] == pytest.approx(figures_of(answers.raw, matrix), abs=1e-6)
    assert ((answers.answers >= 0.5) == (answers.raw >= 0.5)).all()
    assert "before calibration" in (out / "report.html").read_text()


def test_the_explained_class_is_the_answer_after_isotonic_regression(plain):
    model = load(plain)
    rows = model.read_rows([{"x": "0.1", "y": "0.1"}])
    raw = model.row_answers(rows).answers[0]
    low, high = model.labels.index("low"), model.labels.index("high")
    turned = {low: [[0.0, 1.0], [0.0, 0.1]], high: [[0.0, 1.0], [0.8, 1.0]]}  # high is answered whatever the model says
    model.task.facts["calibration"] = {"method": "isotonic", "curves": [turned[0], turned[1]]}
    answer = model.row_answers(rows).answers[0]
    assert answer.argmax() == high
    mean = calibrated_mean(model.task, torch.from_numpy(raw[None]))
    np.testing.assert_allclose(mean.numpy(), answer, atol=1e-6)


def test_an_estimator_is_calibrated_by_its_validation_rows(table):
    rows = read_table(table)
    X, y = [{"x": row["x"], "y": row["y"]} for row in rows], [row["label"] for row in rows]
    for name, tried in (("auto", ["none", "temperature"]), ("isotonic", ["isotonic", "none"]), ("none", [])):
        fitted = Classifier(validation=0.3, steps=20, settings={"calibration": name}).fit(X, y)
        known = fitted._fitted.predictor.task.calibration
        assert (known["setting"], known["rows"]) == (name, 0 if name == "none" else 126)
        assert sorted(known["log_loss"]) == sorted(tried)


def test_each_of_several_tasks_is_calibrated_and_models_beside_it_leave_that_alone(table, tmp_path):
    """The model of each task alone, which is compared with, is calibrated for itself."""
    one = {"data": str(table), "table_column": ["*"], "label_column": "label", "split": {"validation": 0.3, "test": 0.3}}
    tasks = {"both": one, "x_alone": one | {"table_column": ["x"]}}
    out, common = tmp_path / "run", {"weights": "uniform", "baselines": False, "single": True, "quiet": True}
    multitask(tasks=tasks, out=str(out), steps=150, batch_size=16, patience=100, **common)
    found = report(out)
    for name in tasks:
        model, told = load(out, task=name), found["tasks"][name]["calibrated"]
        rows = stored_table(out / "data" / name, model.reader)
        answers = model.row_answers(rows.texts_of("test"))
        numbers = model.task.numbers(rows.targets_of("test"))
        kept = read_manifest(out / "model").extra["tasks"][name]["facts"]["calibration"]
        assert (told["method"], told["log_loss"], told["rows"]) == (kept["method"], kept["log_loss"], 126)
        assert found["tasks"][name]["calibration"]["log_loss"] == pytest.approx(
            figures_of(answers.answers, numbers)["log_loss"], abs=1e-5
        )
        assert told["text"] in (out / "report.html").read_text()

import json
import re

import numpy as np
import pytest
from sklearn.metrics import classification_report as theirs

from groundup.evaluate.evaluation import Evaluation
from groundup.evaluate.report import classification_report
from groundup.evaluate.task_report import task_report
from groundup.kinds.text.reader import TextReader
from groundup.pages.evaluation_page import evaluation_page
from groundup.tasks.baselines.baseline import Baseline, majority
from groundup.tasks.regression import Regression
from groundup.tasks.translation import Translation

LABELS = ["a", "b", "c"]
RNG = np.random.default_rng(11)
TARGETS = RNG.integers(0, 3, 90)
HISTORY = [
    {"event": "step", "step": 10, "loss": 1.1, "loss.label": 1.1, "learning_rate": 1e-4},
    {"event": "step", "step": 20, "loss": 0.9, "loss.label": 0.9, "learning_rate": 5e-5},
    {"event": "evaluation", "step": 20, "loss": 1.0, "accuracy": 0.5, "macro_f1": None, "best": True},
]


def noisy(share, seed):
    rng = np.random.default_rng(seed)
    wanted = np.where(rng.random(90) < share, TARGETS, rng.integers(0, 3, 90))
    probabilities = np.full((90, 3), 0.1, dtype=np.float32)
    probabilities[np.arange(90), wanted] = 0.8
    return probabilities


def evaluation(probabilities, names=None):
    found = Evaluation(LABELS)
    names = [LABELS[k] for k in TARGETS] if names is None else names
    texts = [(f"text {i} <b>", "=cmd()") for i in range(len(names))]
    found.add(names, probabilities, texts, own=TextReader().slices(texts))
    return found


def report(**options):
    others = [majority(TARGETS, 3, 90), Baseline("tfidf", noisy(0.5, 1), 1.5)]
    values = {"facts": {"parameters": 1000}, "settings": {"optimizer": {"learning_rate": 1e-4}}, "leakage": 0.034}
    return classification_report(
        evaluation(noisy(0.95, 2)), others, history=HISTORY, preflight=["90 rows"], **values, **options
    )


def test_figures_equal_scikit_learn():
    found, predictions = report(), noisy(0.95, 2).argmax(axis=1)
    expected = theirs(TARGETS, predictions, target_names=LABELS, output_dict=True)
    assert found["accuracy"]["value"] == pytest.approx(expected["accuracy"], abs=1e-12)
    assert found["macro_f1"]["value"] == pytest.approx(expected["macro avg"]["f1-score"], abs=1e-12)
    assert found["weighted"]["precision"] == pytest.approx(expected["weighted avg"]["precision"], abs=1e-12)
    assert [row["recall"] for row in found["classes"]] == pytest.approx([expected[k]["recall"] for k in LABELS], abs=1e-12)


def test_the_page_of_a_report_read_back_is_the_same_page():
    found = report()
    assert evaluation_page(json.loads(json.dumps(found, allow_nan=False))) == evaluation_page(found)


def test_the_verdict_compares_with_the_best_baseline_on_the_same_rows():
    found = report()
    assert found["verdict"]["outcome"] == "wins"
    best = found["baselines"][1]
    gap = found["accuracy"]["value"] - best["accuracy"]["value"]
    assert best["difference"]["accuracy"]["value"] == pytest.approx(gap, abs=1e-12)
    assert f"{gap:+.3f}" in found["verdict"]["text"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_holds_every_part_and_escapes_the_rows(language):
    drawn = evaluation_page(report(language=language))
    assert drawn.count("<section id=") == 10
    # confusion and reliability; baselines, loss, validation figures and learning rate for wide and for narrow windows
    assert drawn.count("<svg") == 2 + 2 * 4
    assert "&lt;b&gt;" in drawn
    assert "<b>\n" not in drawn
    assert "3.4 %" in drawn or "3.4%" in drawn
    assert f'<html lang="{language}">' in drawn


def test_a_chinese_report_leaves_no_english_heading():
    headings = re.findall(r"<h[123]>([^<]+)</h", evaluation_page(report(language="zh")))
    assert all(re.search("[\u4e00-\u9fff]", heading) for heading in headings)


def test_unseen_labels_and_rows_without_label_are_told():
    names = [LABELS[k] for k in TARGETS]
    names[0], names[1] = "<new>", None
    found = classification_report(evaluation(noisy(0.9, 3), names), [majority(TARGETS, 3, 90)])
    assert found["rows"] == {"all": 90, "scored": 89, "unlabelled": 1}
    assert found["unseen_labels"] == {"<new>": 1}
    assert [alarm["code"] for alarm in found["alarms"]] == ["unseen labels", "unlabelled"]
    assert "&lt;new&gt; (not in training)" in evaluation_page(found)


def test_nothing_labelled_is_a_report_without_figures():
    found = classification_report(evaluation(noisy(0.9, 3), [None] * 90), [majority(TARGETS, 3, 90)])
    assert found["verdict"]["outcome"] == "no rows"
    assert found["accuracy"]["value"] is None
    assert "–" in evaluation_page(found)


def test_baselines_must_answer_the_same_rows():
    with pytest.raises(ValueError, match="majority answers 5 rows of 90"):
        classification_report(evaluation(noisy(0.9, 3)), [majority(TARGETS, 3, 5)])


def test_more_classes_than_can_be_drawn_are_said():
    labels = [f"class {k}" for k in range(50)]
    found = Evaluation(labels)
    found.add(labels, np.eye(50, dtype=np.float32), [("x",)] * 50)
    assert "The first 40 of 50 classes are drawn." in evaluation_page(classification_report(found))


def written(answers, targets, **about):
    texts = [(f"source {number}",) for number in range(len(targets))]
    return task_report(Translation({"longest": 9, "language": "en"}), answers, targets, texts, title="Evaluation", **about)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_writer_whose_answers_are_all_empty_or_all_the_same_raises_an_alarm(language):
    targets = [f"target {number}" for number in range(12)]
    found = written([""] * 12, targets, language=language)
    assert [alarm["code"] for alarm in found["alarms"]] == ["empty answers"]
    assert f'<p class="message bad">{found["alarms"][0]["text"]}</p>' in evaluation_page(found)
    same = written(["the the"] * 12, targets, language=language)
    assert [alarm["code"] for alarm in same["alarms"]] == ["same answers"]
    assert "the the" in same["alarms"][0]["text"]
    assert written(["the the"] * 11 + ["a"], targets)["alarms"] == []
    assert written(["yes"] * 12, ["yes"] * 12)["alarms"] == []  # which is right
    assert written([""] * 3, targets[:3])["alarms"] == []  # too few to say so


def test_numbers_that_are_all_the_same_raise_an_alarm_too():
    texts = [(f"text {number}",) for number in range(12)]
    task = Regression({"mean": 0.0, "scale": 1.0})
    found = task_report(task, np.full(12, 2.5), [float(number) for number in range(12)], texts)
    assert [alarm["code"] for alarm in found["alarms"]] == ["same answers"]
    assert "2.5" in found["alarms"][0]["text"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_whose_baselines_stand_elsewhere_says_where(language):
    found = classification_report(evaluation(noisy(0.7, 2)), compared_in="out/table.txt", language=language)
    assert "out/table.txt" in found["verdict"]["text"]
    assert "No baseline" not in found["verdict"]["text"]
    assert found["verdict"]["outcome"] == "alone"

import numpy as np
import pytest

from groundup.evaluate.verdict import Comparison, alarms, verdict
from groundup.tasks.classification import show
from groundup.tasks.known import make_task
from groundup.tasks.task import FORMER


def against(difference, low, high, name="tfidf", other=0.842):
    return Comparison(name, other + difference, other, difference, low, high)


@pytest.mark.parametrize(
    ("comparison", "outcome", "text"),
    [
        (
            against(-0.011, -0.024, -0.001),
            "loses",
            "The Transformer did not win: TF-IDF + logistic regression reaches 0.842 accuracy against 0.831 "
            "(difference -0.011, 95 % interval -0.024 to -0.001).",
        ),
        (
            against(-0.011, -0.024, 0.003),
            "behind",
            "The Transformer did not win: TF-IDF + logistic regression reaches 0.842 accuracy against 0.831 "
            "(difference -0.011, 95 % interval -0.024 to 0.003); 1,200 test rows cannot tell them apart.",
        ),
        (
            against(0.01, -0.002, 0.022),
            "ahead",
            "The Transformer is ahead, but not clearly: 0.852 accuracy against 0.842 of TF-IDF + logistic regression "
            "(difference +0.010, 95 % interval -0.002 to 0.022); 1,200 test rows cannot tell them apart.",
        ),
        (
            against(0.05, 0.03, 0.07),
            "wins",
            "The Transformer wins: 0.892 accuracy against 0.842 of TF-IDF + logistic regression "
            "(difference +0.050, 95 % interval 0.030 to 0.070).",
        ),
    ],
)
def test_the_verdict_says_who_wins_and_how_sure_it_is(comparison, outcome, text):
    found = verdict([comparison], "accuracy", 1200, comparison.model)
    assert (found.outcome, found.text) == (outcome, text)


def test_the_best_baseline_is_the_one_to_beat():
    weak = against(0.3, 0.2, 0.4, "majority", 0.5)
    assert "TF-IDF" in verdict([weak, against(-0.042, -0.05, -0.03)], "accuracy", 100, 0.8).text


def test_a_model_no_better_than_the_majority_is_told_so():
    weak = against(0.01, -0.02, 0.04, "majority", 0.5)
    text = verdict([weak, against(-0.332, -0.4, -0.3)], "accuracy", 100, 0.51, majority_label="spam").text
    assert text.endswith("It does not clearly beat always answering 'spam' (0.500 accuracy).")


def test_without_baselines_nothing_is_claimed():
    assert verdict([], "macro_f1", 10, 0.9).outcome == "alone"
    assert verdict([], "macro_f1", 0, None).outcome == "no rows"


def test_a_system_of_the_callers_keeps_its_name():
    assert "my rules reaches" in verdict([against(-0.1, -0.2, -0.05, "my rules")], "accuracy", 10, 0.7).text


def test_the_verdict_speaks_chinese():
    text = verdict([against(-0.011, -0.024, -0.001)], "accuracy", 1200, 0.831, language="zh").text
    assert text == (
        "Transformer 没有胜出：TF-IDF + 逻辑回归的准确率为 0.842，Transformer 为 0.831"
        "（差值 -0.011，95% 区间 -0.024 至 -0.001）。"
    )


def codes(counts, high=1.0, confidence=None, known=None):
    counts = np.array(counts)
    return [code for code, _ in alarms(counts, "abcd"[: len(counts)], known or len(counts), high, confidence)]


def test_a_collapsed_model_is_noticed():
    assert codes([[30, 0], [30, 0]], 0.6) == ["collapsed"]
    assert codes([[30, 0], [0, 0]], 1.0) == []  # the rows have one class only
    assert codes([[2, 0], [2, 0]], 0.9) == ["never predicted"]  # too few rows to say so


def test_classes_never_predicted_are_named_but_not_those_the_model_lacks():
    counts = [[9, 1, 0, 0], [1, 9, 0, 0], [3, 3, 0, 0], [1, 1, 0, 0]]
    assert codes(counts, known=3) == ["never predicted"]
    assert "c." in alarms(np.array(counts), "abcd", 3, 1.0)[0][1]


def test_swapped_labels_raise_the_question_of_the_label_map():
    found = alarms(np.array([[10, 90], [85, 15]]), ["no", "yes"], 2, 0.18)
    assert found[0][0] == "label map"
    assert "accuracy 0.125" in found[0][1].lower()
    assert "'no' are mostly predicted as 'yes'" in found[0][1]


def test_a_few_unlucky_rows_do_not_raise_it():
    assert codes([[1, 3], [2, 1]], high=0.7) == []


def test_overconfidence_is_told():
    assert codes([[8, 2], [2, 8]], confidence=0.95) == ["overconfident"]
    assert codes([[8, 2], [2, 8]], confidence=0.85) == []


def test_a_prediction_is_shown_in_a_line():
    prediction = {"label": "b", "probability": 0.7, "probabilities": {"a": 0.1, "b": 0.7, "c": 0.15, "d": 0.05}}
    assert show(prediction) == "b 0.70   (c 0.15, a 0.10)"


def test_a_member_is_found_under_its_former_name():
    task = make_task("classification", {"labels": ["bad", "good"]})
    answer = np.array([0.25, 0.75])
    with pytest.warns(FutureWarning, match="told is now called as_dict"):
        assert task.told(answer) == task.as_dict(answer)
    with pytest.raises(AttributeError, match="'Classification' has no attribute 'tolled'"):
        _ = task.tolled
    assert not any(hasattr(type(task), name) for name in FORMER)
    assert all(hasattr(type(task), name) for name in FORMER.values())

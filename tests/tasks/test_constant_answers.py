"""A model whose answers are all empty, or all the same, raises an alarm, whatever its task; one that answers does not."""

import numpy as np
import pytest

from groundup.evaluate.task_report import task_report
from groundup.tasks.answering import Answer, Reference
from groundup.tasks.known import make_task

TEXT = ("who", "the boat is old")
CASES = {  # task, facts, targets, answers that are all alike, answers that are not, the alarm
    "tagging": ({"labels": ["X"]}, [[(0, 3, "X")], []], [[], []], [[(0, 3, "X")], []], "empty answers"),
    "multilabel": ({"labels": ["a", "b"]}, [["a"], ["b"]], np.zeros((2, 2)), np.eye(2), "empty answers"),
    "one set of labels": ({"labels": ["a", "b"]}, [["a"], ["b"]], np.ones((2, 2)), np.eye(2), "same answers"),
    "answering": (
        {"longest": 3, "threshold": 0.0},
        [[Reference("boat", 4)], []],
        [Answer("", 0, -1.0, 5.0)] * 2,
        [Answer("boat", 4, -1.0), Answer("", 0, -1.0, 5.0)],
        "empty answers",
    ),
    "regression": ({"mean": 0.0, "deviation": 1.0}, [1.0, 2.0], np.ones(2), np.array([1.0, 2.0]), "same answers"),
}


@pytest.mark.parametrize("case", CASES)
def test_answers_that_are_all_alike_raise_an_alarm(case):
    facts, targets, alike, different, expected = CASES[case]
    task = make_task("multilabel" if case == "one set of labels" else case, facts)
    texts = [TEXT if case == "answering" else TEXT[1:]] * 20
    for answers, codes in ((alike, [expected]), (different, [])):
        report = task_report(task, [answers[row % 2] for row in range(20)], [targets[row % 2] for row in range(20)], texts)
        assert [alarm["code"] for alarm in report["alarms"]] == codes
    constant = task_report(task, [alike[0]] * 20, [targets[1]] * 20, texts)
    assert constant["alarms"] == [], "always the same is right where that is wanted"


def test_names_with_semicolons_stand_in_a_cell_as_a_list():
    answer = np.array([0.9, 0.9])
    assert make_task("multilabel", {"labels": ["a;x", "b"]}).as_columns(answer)["labels"] == '["a;x", "b"]'
    assert make_task("multilabel", {"labels": ["a", "b"]}).as_columns(answer)["labels"] == "a; b"

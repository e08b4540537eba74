"""Numbers for texts: several labels, and a quantity."""

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.kinds.text.reader import TextReader
from groundup.nn.config import PooledHeadConfig
from groundup.tasks.multilabel import Multilabel
from groundup.tasks.regression import Regression
from tests.tasks.reading_models import make_model, make_reader

FORMS = {
    "a list": (["b", "a", "b"], ["a", "b"]),
    "a list as JSON": ('["x, y", "a"]', ["a", "x, y"]),
    "semicolons": (" b ;a;", ["a", "b"]),
    "bars": ("a|b, c", ["a", "b, c"]),
    "commas": ("b,a", ["a", "b"]),
    "one name": ("动作", ["动作"]),
    "numbers": ([3, 1], ["1", "3"]),
    "a number": (7, ["7"]),
    "nothing": ("", []),
    "null": (None, []),
    "an empty list": ("[]", []),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_labels_is_read(form):
    value, expected = FORMS[form]
    task = Multilabel()
    assert task.read_target(value, ("t",)) == expected
    assert task.deserialize(task.serialize(expected)) == expected


@pytest.mark.parametrize(
    ("value", "told"),
    [('["a"', "begins like a list and is none"), ([["a"]], "something else than names"), ({"a": 1}, "is an object")],
)
def test_what_are_no_labels_is_told(value, told):
    with pytest.raises(ValueError, match=told):
        Multilabel().read_target(value, ("t",))


def learned(targets):
    task = Multilabel()
    task.learn([("t",)] * len(targets), targets, TextReader())
    return task


def test_labels_are_those_of_the_training_rows_and_others_are_wrong_nowhere():
    task = learned([["b"], ["a", "b"], []])
    assert task.labels == ["a", "b"]
    assert task.matrix([["b", "c"], []]).tolist() == [[0, 1], [0, 0]]
    with pytest.raises(InputError, match="one label"):
        learned([["a"], []])


def test_probabilities_of_windows_are_averaged_each_for_itself():
    reader, task = make_reader(), learned([["a"], ["b"]])
    texts = [("a b c d e f g h " * 6,), ("a",)]
    framed = task.pack(texts, reader, 16, "window")
    rows = task.make_rows(texts, None, framed, reader, 0)
    count = len(framed.sequences) - 1
    assert count > 2
    said = [np.array([[float(i), -1.0]]) for i in range(count)] + [np.array([[0.0, 9.0]])]
    answers = task.decode(said, rows, texts)
    np.testing.assert_allclose(answers[0], [np.mean([1 / (1 + np.exp(-i)) for i in range(count)]), 1 / (1 + np.e)])
    np.testing.assert_allclose(answers[1], [0.5, 1 / (1 + np.exp(-9))])


def test_labels_from_one_half_on_are_given():
    task = learned([["a"], ["b"], ["c"]])
    answer = np.array([0.5, 0.49, 0.9])
    assert task.as_dict(answer) == {"labels": ["a", "c"], "probabilities": {"a": 0.5, "b": 0.49, "c": 0.9}}
    assert task.as_columns(answer) == {"labels": "a; c", "probability": 0.9}
    assert task.as_text(answer, ("t",)) == "c 0.90; a 0.50"
    assert task.as_text(answer / 3, ("t",)) == "none (next: c 0.30)"
    assert task.error(answer, ["a", "c"], ("t",)) is None
    assert task.error(answer, ["b"], ("t",)) == (3.0, "b", "a; c")
    figures = task.scores(np.stack([answer, answer]), [["a", "c"], ["a"]], [("t",)] * 2).figures(np.arange(2))
    assert figures["micro_f1"] == pytest.approx(6 / 7)
    assert figures["subset_accuracy"] == 0.5


TOPICS = [("a boat on the river",), ("a lamp and a boat",), ("the lamp is old",), ("nothing here",)] * 6
ABOUT = [["boat"], ["boat", "lamp"], ["lamp"], []] * 6


def test_baselines_learn_labels_and_the_constant_one_never_looks():
    task = learned(ABOUT)
    constant, words = task.baselines((TOPICS, ABOUT), (TOPICS[:4], ABOUT[:4]), TOPICS[:4], TextReader())
    assert (np.ptp(constant.answers, axis=0) == 0).all()
    assert [task.predicted_labels(answer) for answer in words.answers] == ABOUT[:4]
    assert task.baselines((TOPICS, ABOUT), ([], []), [], TextReader())[1].answers.shape == (0, 2)


@pytest.mark.parametrize(("value", "expected"), [("3.5", 3.5), (4, 4.0), ("-1e3", -1000.0), (" 2 ", 2.0), (0, 0.0)])
def test_numbers_are_read(value, expected):
    assert Regression().read_target(value, ("t",)) == expected


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("good", "'good' is not a number"),
        ("", "is empty"),
        (None, "is empty"),
        ("nan", "'nan' is not a number"),
        ("1e999", "finite"),
        ([1, 2], "not a number"),
        (True, "not a number"),
    ],
)
def test_what_is_no_number_is_told(value, told):
    with pytest.raises(ValueError, match=told):
        Regression().read_target(value, ("t",))


def test_one_value_cannot_be_learned():
    with pytest.raises(InputError, match="one value"):
        Regression().learn([("t",)] * 2, [3.0, 3.0], TextReader())


def fitted(targets):
    task = Regression()
    task.learn([("t",)] * len(targets), targets, TextReader())
    return task


def test_numbers_are_learned_standardized_and_answered_as_they_were():
    task, reader, targets = fitted([1.0, 5.0, 3.0, 3.0]), make_reader(), [1.0, 5.0, 3.0, 3.0]
    texts = [("a",)] * 4
    rows = task.make_rows(texts, targets, task.pack(texts, reader, 16, "truncate"), reader, 0)
    assert np.mean(rows.labels) == pytest.approx(0)
    assert np.std(rows.labels) == pytest.approx(1)
    np.testing.assert_allclose(task.decode([row[None] for row in rows.labels], rows, texts), targets)


def test_a_settled_model_says_the_number_itself():
    task, reader, texts = fitted([10.0, 50.0]), make_reader(), [("the lamp",), ("王小明 in New York",)]
    model = make_model(reader, task, PooledHeadConfig(classes=9, pooling="mean"))

    def ask():
        rows = task.make_rows(texts, None, task.pack(texts, reader, 16, "truncate"), reader, 0)
        return task.evaluate(model, rows, texts, reader).answers

    before = ask()
    task.fold_scale(model)
    assert task.facts == {"mean": 0.0, "deviation": 1.0}
    np.testing.assert_allclose(ask(), before, rtol=1e-5)
    assert 10 < before.mean() < 50


def test_a_quantity_beside_its_baselines():
    task = fitted([float("boat" in text) + 2 * ("lamp" in text) for (text,) in TOPICS])
    numbers = [float("boat" in text) + 2 * ("lamp" in text) for (text,) in TOPICS]
    mean, ridge = task.baselines((TOPICS, numbers), (TOPICS[:4], numbers[:4]), TOPICS[:4], TextReader())
    np.testing.assert_allclose(mean.answers, [np.mean(numbers)] * 4)
    assert np.corrcoef(ridge.answers, numbers[:4])[0, 1] > 0.99
    assert task.scores(mean.answers, numbers[:4], TOPICS[:4]).figures(np.arange(4))["pearson"] is None
    assert task.as_columns(1.23456789) == {"number": 1.234568}
    assert task.error(1.5, 1.0, ("t",)) == (0.5, "1", "1.500")

"""Parity with scikit-learn at 1e-12: both divide the same integers in float64."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, matthews_corrcoef, precision_recall_fscore_support

from groundup.errors import InputError
from groundup.metrics.confusion import BinaryCounts, ConfusionMatrix

TOLERANCE = 1e-12
pytestmark = pytest.mark.filterwarnings("ignore:A single label was found")
CASES = {
    "usual": ([0, 1, 2, 2, 1, 0, 0], [0, 1, 2, 1, 1, 0, 2], 3),
    "one class only, all right": ([1, 1, 1], [1, 1, 1], 3),
    "one class predicted": ([0, 1, 2, 1], [1, 1, 1, 1], 3),
    "a class without rows that is predicted": ([0, 0, 1], [2, 0, 1], 3),
    "everything wrong into a class without rows": ([0, 1, 0], [2, 2, 2], 3),
    "a class in neither": ([0, 1], [1, 1], 4),
    "everything wrong": ([0, 1, 0], [1, 0, 1], 2),
    "a single row": ([0], [1], 2),
    "a single class": ([0, 0], [0, 0], 1),
}


def random_case(seed):
    rng = np.random.default_rng(seed)
    classes, rows = int(rng.integers(1, 9)), int(rng.integers(1, 60))
    weights = rng.dirichlet(np.full(classes, 0.3))
    return rng.choice(classes, rows, p=weights), rng.choice(classes, rows, p=weights), classes


def same(ours, theirs):
    if ours is None:
        return np.isnan(theirs)
    return abs(ours - theirs) <= TOLERANCE


def check(targets, predictions, classes, zero_division):
    matrix = ConfusionMatrix([f"class {k}" for k in range(classes)])
    matrix.add(np.array(targets), np.array(predictions))
    value = matrix.value(zero_division)
    theirs = {"labels": list(range(classes)), "zero_division": np.nan if zero_division is None else zero_division}
    for average in ("macro", "weighted", "micro"):
        expected = precision_recall_fscore_support(targets, predictions, average=average, **theirs)
        for name, number in zip(("precision", "recall", "f1"), expected):
            assert same(value[average][name], number), (average, name)
    expected = precision_recall_fscore_support(targets, predictions, average=None, **theirs)
    for k, row in enumerate(value["classes"]):
        assert all(same(row[name], expected[i][k]) for i, name in enumerate(("precision", "recall", "f1")))
        assert row["support"] == expected[3][k]
    assert same(value["accuracy"], accuracy_score(targets, predictions))
    assert (value["matthews"] or 0.0) == pytest.approx(matthews_corrcoef(targets, predictions), abs=TOLERANCE)


@pytest.mark.parametrize("zero_division", [None, 0.0, 1.0])
@pytest.mark.parametrize("case", CASES)
def test_degenerate_cases_equal_scikit_learn(case, zero_division):
    check(*CASES[case], zero_division)


@pytest.mark.parametrize("zero_division", [None, 0.0, 1.0])
def test_random_cases_equal_scikit_learn(zero_division):
    for seed in range(100):
        check(*random_case(seed), zero_division)


@pytest.mark.slow
def test_a_thousand_random_cases_equal_scikit_learn():
    for seed in range(100, 1100):
        check(*random_case(seed), (None, 0.0, 1.0)[seed % 3])


def test_macro_f1_is_scikit_learns_default_where_every_class_occurs_somewhere():
    from sklearn.metrics import f1_score

    matrix = ConfusionMatrix(["a", "b", "c", "never"])
    matrix.add([0, 1, 2, 0], [0, 1, 1, 0])
    expected = f1_score([0, 1, 2, 0], [0, 1, 1, 0], average="macro")
    assert matrix.value()["macro"]["f1"] == pytest.approx(expected, abs=TOLERANCE)


def test_macro_says_which_classes_it_averages():
    matrix = ConfusionMatrix(["a", "b", "c", "d"])
    matrix.add([0, 1, 1], [0, 0, 2])
    assert matrix.value()["macro"]["averaged"] == {"precision": ["a", "c"], "recall": ["a", "b"], "f1": ["a", "b", "c"]}


def test_nothing_counted_is_undefined_not_zero():
    value = ConfusionMatrix(["a", "b"]).value()
    assert (value["accuracy"], value["macro"]["f1"], value["micro"]["f1"], value["weighted"]["recall"]) == (None,) * 4
    assert value["classes"][0]["precision"] is None


def test_a_class_number_out_of_range_is_never_wrapped():
    matrix = ConfusionMatrix(["a", "b"])
    with pytest.raises(ValueError, match="target -1 is none of the 2 classes"):
        matrix.add([-1], [0])
    with pytest.raises(ValueError, match="prediction 2 is none"):
        matrix.add([0], [2])
    assert matrix.value()["count"] == 0


def test_counts_from_elsewhere_are_taken_as_they_are():
    assert ConfusionMatrix.of(["a", "b"], [[3, 1], [0, 2]]).value()["accuracy"] == pytest.approx(5 / 6, abs=TOLERANCE)
    with pytest.raises(ValueError, match="not those of 2 classes"):
        ConfusionMatrix.of(["a", "b"], [[1]])


def test_too_many_classes_are_refused_before_memory():
    with pytest.raises(InputError, match=r"TOO_MANY_CLASSES.*5000 classes.*limit: 4096"):
        ConfusionMatrix([str(k) for k in range(5000)])


def test_a_label_named_twice_is_refused():
    with pytest.raises(InputError, match=r"LABEL_TWICE.*'b'"):
        ConfusionMatrix(["a", "b", "b"])


@pytest.mark.parametrize("targets", [[1, 0, 1, 1], [0, 0], [1, 1], []])
def test_binary_counts_equal_scikit_learn(targets):
    predictions = [1, 1, 0, 1][: len(targets)]
    counts = BinaryCounts()
    counts.add(np.array(targets, dtype=bool), np.array(predictions, dtype=bool))
    value = counts.value()
    if not targets:
        assert value == {"accuracy": None, "precision": None, "recall": None, "f1": None, "count": 0}
        return
    expected = precision_recall_fscore_support(targets, predictions, labels=[1], average=None, zero_division=np.nan)
    assert all(same(value[name], expected[i][0]) for i, name in enumerate(("precision", "recall", "f1")))
    assert same(value["accuracy"], accuracy_score(targets, predictions))


def test_binary_counts_refuse_what_is_not_yes_or_no():
    with pytest.raises(ValueError, match="0 or 1"):
        BinaryCounts().add([0, 2], [0, 1])

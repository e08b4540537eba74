import numpy as np
import pytest

from groundup.errors import InputError
from groundup.evaluate.evaluation import LENGTH, Evaluation, length_bucket

LABELS = ["bad", "good"]


def answers(*confidences):
    """Rows that say `good` with the given probability."""
    good = np.array(confidences, dtype=np.float32)
    return np.stack([1 - good, good], axis=1)


def evaluated(targets, good, texts=None, columns=None, batch=100):
    evaluation = Evaluation(LABELS, worst=3)
    texts = texts or [("x" * (i + 1),) for i in range(len(targets))]
    for start in range(0, len(targets), batch):
        rows = slice(start, start + batch)
        parts = {name: values[rows] for name, values in (columns or {}).items()}
        own = {LENGTH: [sum(map(len, row)) for row in texts[rows]]}
        evaluation.add(targets[rows], answers(*good[rows]), texts[rows], parts, own)
    return evaluation


def test_a_label_unseen_in_training_is_an_error_and_listed():
    evaluation = evaluated(["good", "ugly", "bad", "ugly"], [0.9, 0.1, 0.2, 0.8])
    value = evaluation.confusion().value()
    assert evaluation.unseen == {"ugly": 2}
    assert value["accuracy"] == 0.5
    assert value["classes"][2] == {
        "label": "ugly",
        "precision": None,
        "recall": 0.0,
        "f1": 0.0,
        "support": 2,
        "predicted": 0,
    }
    assert evaluation.confusion().counts[0].tolist() == [1, 0, 0]


def test_a_row_without_a_label_is_counted_and_not_scored():
    evaluation = evaluated(["good", None, "bad"], [0.9, 0.9, 0.9])
    assert (evaluation.unlabelled, evaluation.confusion().value()["count"]) == (1, 2)
    assert evaluation.calibration.value()["count"] == 2


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_batches_do_not_change_anything(batch):
    targets, good = ["good", "bad", None, "ugly", "bad", "good", "bad"], [0.9, 0.8, 0.5, 0.7, 0.6, 0.2, 0.8]
    whole, parts = evaluated(targets, good), evaluated(targets, good, batch=batch)
    assert parts.confusion().value() == whole.confusion().value()
    assert parts.worst_errors() == whole.worst_errors()
    assert parts.accuracy_by() == whole.accuracy_by()


def test_the_worst_errors_are_the_most_confident_ones():
    evaluation = evaluated(["bad"] * 6, [0.6, 0.9, 0.7, 0.9, 0.1, 0.8])
    assert [(error["row"], round(error["confidence"], 2)) for error in evaluation.worst_errors()] == [
        (1, 0.9),
        (3, 0.9),
        (5, 0.8),
    ]
    assert evaluation.worst_errors()[0] | {"confidence": 0} == {
        "row": 1,
        "label": "bad",
        "predicted": "good",
        "confidence": 0,
        "texts": ["xx"],
    }


def test_long_texts_are_cut_in_the_list_of_errors():
    evaluation = evaluated(["bad"], [0.9], texts=[("好" * 1000, "short")])
    assert [len(text) for text in evaluation.worst_errors()[0]["texts"]] == [301, 5]


def test_accuracy_by_length_and_by_a_column():
    texts = [("",), ("x" * 15,), ("x" * 16,), ("x" * 40, "y" * 30)]
    found = evaluated(["good"] * 4, [0.9, 0.1, 0.9, 0.9], texts, {"source": ["web", "web", 7, 7]}).accuracy_by()
    assert [(row["value"], row["rows"], row["accuracy"]) for row in found["length"]] == [
        ("0", 1, 1.0),
        ("1-15", 1, 0.0),
        ("16-31", 1, 1.0),
        ("64-127", 1, 1.0),
    ]
    assert found["source"] == [
        {"value": "web", "rows": 2, "accuracy": 0.5},
        {"value": "7", "rows": 2, "accuracy": 1.0},
    ]


def test_a_column_with_endless_values_stays_small():
    evaluation = evaluated(["good"] * 500, [0.9] * 500, columns={"id": list(range(500))})
    by_id = evaluation.accuracy_by()["id"]
    assert len(by_id) == 201
    assert by_id[0] == {"value": "other values", "rows": 300, "accuracy": 1.0}


def test_a_text_column_taken_for_labels_is_refused():
    evaluation = Evaluation(LABELS)
    with pytest.raises(InputError, match="TOO_MANY_CLASSES"):
        evaluation.add([f"text {i}" for i in range(5000)], answers(*[0.5] * 5000), [("x",)] * 5000)


def test_rows_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="rows"):
        Evaluation(LABELS).add(["good"], answers(0.5, 0.5), [("x",)])


@pytest.mark.parametrize(("length", "bucket"), [(0, "0"), (1, "1-15"), (16, "16-31"), (1023, "512-1023"), (1024, "1024-2047")])
def test_length_buckets_double(length, bucket):
    assert length_bucket(length) == bucket


def test_a_column_called_as_our_own_slice_is_a_column_by_name():
    evaluation = Evaluation(["a", "b"])
    evaluation.add(
        ["a", "b"],
        np.array([[0.9, 0.1], [0.8, 0.2]]),
        [("x" * 20,), ("y",)],
        {"length": ["short", "long"], "kind": ["s", "s"]},
        {LENGTH: [20, 1]},
    )
    assert {name: [row["value"] for row in rows] for name, rows in evaluation.accuracy_by().items()} == {
        "length": ["1-15", "16-31"],
        "column length": ["short", "long"],
        "kind": ["s"],
    }

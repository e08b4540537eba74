"""What gives a label away, on rows where it does and on rows where it does not."""

import numpy as np
import pytest

from groundup.data.splits.label_leaks import (
    Mark,
    label_accuracy_by_name,
    label_accuracy_by_order,
    label_accuracy_by_value,
    marks,
    skeleton,
)

TARGETS = np.array([0, 1, 1, 0, 1, 0] * 5)


def test_a_column_equal_to_the_label_tells_it_and_an_id_does_not():
    assert label_accuracy_by_value([f"class {t}" for t in TARGETS], TARGETS) == 1
    assert label_accuracy_by_value(list(range(30)), TARGETS) == 0


def test_a_value_is_judged_by_the_other_rows_that_have_it():
    assert label_accuracy_by_value(["a", "a", "a", "b", "c", "c"], np.array([0, 0, 1, 1, 1, 0])) == pytest.approx(2 / 6)


def test_a_constant_column_tells_no_more_than_the_majority():
    assert label_accuracy_by_value(["x"] * 10, np.array([0] * 7 + [1] * 3)) == pytest.approx(0.7)


def test_ids_that_carry_the_label_share_their_skeleton():
    values = [f"{'pos' if t else 'neg'}_{n}" for n, t in enumerate(TARGETS)]
    assert label_accuracy_by_value([skeleton(v) for v in values], TARGETS) == 1


def test_a_number_whose_order_follows_the_label_is_found():
    ordered = np.sort(TARGETS)
    assert label_accuracy_by_order(np.arange(30), ordered) == pytest.approx(28 / 29)
    assert label_accuracy_by_order(np.arange(30), TARGETS) < 0.7
    assert label_accuracy_by_order(["a", "b"] * 15, TARGETS) is None
    assert label_accuracy_by_order([1, 2] * 15, TARGETS) is None


def test_the_name_of_the_label_is_a_word_of_the_text_or_no_word():
    labels = ["sport", "体育", "it"]
    texts = ["SPORT today", "transport is slow", "今天的体育新闻", "it is late"]
    assert label_accuracy_by_name(texts, np.array([0, 0, 1, 0]), labels) == (0.5, 1.0)  # "it" is too short to be looked for


def test_a_word_of_nearly_all_rows_of_a_class_and_no_other_is_a_mark():
    texts = [f"row {n} {'(reuters)' if t else 'text'}" for n, t in enumerate(TARGETS)]
    found = sorted(marks(texts, TARGETS, ["no", "yes"]), key=lambda mark: mark.word)
    assert found == [Mark("reuters", "yes", 1.0, 0.0), Mark("text", "no", 1.0, 0.0)]
    assert marks([f"row {n}" for n in range(30)], TARGETS, ["no", "yes"]) == []

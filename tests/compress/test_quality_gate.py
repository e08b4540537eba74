"""What the gate lets through, and what it measures."""

import numpy as np
import pytest

from groundup.compress.quality_gate import Limits, answer_agreement, points_per_unit
from groundup.tasks.classification import Classification
from groundup.tasks.regression import Regression


def refused(lost, speedup, **limits):
    return [one["limit"] for one in Limits(**limits).violations({"lost": lost, "speedup": speedup})]


@pytest.mark.parametrize(
    ("lost", "speedup", "limits", "expected"),
    [
        (0.5, 1.5, {"max_loss": 0.5, "min_speedup": 1.5}, []),
        (0.51, 2.0, {"max_loss": 0.5}, ["max_loss"]),
        (-3.0, 2.0, {"max_loss": 0.0}, []),
        (9.0, 0.1, {}, []),
        (0.0, 1.49, {"min_speedup": 1.5}, ["min_speedup"]),
        (1.0, 1.0, {"max_loss": 0.5, "min_speedup": 1.5}, ["max_loss", "min_speedup"]),
        (None, 2.0, {"max_loss": 90.0}, ["max_loss"]),
        (0.0, None, {"min_speedup": 0.1}, ["min_speedup"]),
    ],
)
def test_what_is_beyond_a_limit_or_cannot_be_measured_is_refused(lost, speedup, limits, expected):
    assert refused(lost, speedup, **limits) == expected


def test_answers_agree_when_they_say_the_same_whatever_their_probability():
    task = Classification({"labels": ["a", "b"]})
    one, other = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]]), np.array([[0.6, 0.4], [0.6, 0.4], [0.3, 0.7]])
    assert answer_agreement(task, one, other) == pytest.approx(2 / 3)
    assert answer_agreement(Regression({}), np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.1])) == pytest.approx(
        1.0, abs=1e-3
    )
    assert answer_agreement(Regression({}), np.array([1.0, 2.0]), np.array([5.0, 5.0])) is None


def test_points_are_hundredths_of_what_lies_between_0_and_1():
    assert points_per_unit("macro_f1") == 100
    assert points_per_unit("bleu") == 1

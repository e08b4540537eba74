import math

import numpy as np
import pytest

from groundup.metrics.mean import Accuracy, Mean, bits, perplexity


def test_a_mean_is_weighted_by_counts_not_a_mean_of_means():
    mean = Mean()
    mean.add(10.0, 1)
    mean.add(30.0, 9)
    assert mean.mean == 4.0


def test_what_is_not_finite_is_counted_and_left_out():
    mean = Mean()
    mean.add(math.nan, 4)
    mean.add_values([1.0, math.inf, 3.0])
    assert mean.value() == {"mean": 2.0, "count": 2, "non_finite": 5}


def test_small_terms_survive_beside_large_ones():
    mean = Mean()
    for term in (1e16, 1.0, -1e16, 1.0):
        mean.add(term)
    assert mean.mean == 0.5


def test_accuracy_counts_every_element():
    accuracy = Accuracy()
    accuracy.add(np.array([[1, 2], [3, 4]]), np.array([[1, 0], [3, 4]]))
    accuracy.add_counts(1, 4)
    assert accuracy.value() == {"accuracy": 0.5, "correct": 4, "count": 8}


def test_shapes_that_differ_are_not_broadcast():
    with pytest.raises(ValueError, match="differ in shape"):
        Accuracy().add([1, 2, 3], [1])


def test_bits_and_perplexity_of_a_uniform_guess_over_eight():
    assert bits(4 * math.log(8), 4) == pytest.approx(3.0, abs=1e-12)
    assert perplexity(math.log(8)) == pytest.approx(8.0, abs=1e-12)


def test_undefined_bits_and_perplexity_are_none():
    assert (bits(0.0, 0), perplexity(None), perplexity(math.inf), perplexity(1e4)) == (None,) * 4

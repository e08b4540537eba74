"""Methods that ask for the number alone, on games whose values are known."""

from itertools import permutations, product

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.explain.explain import explain
from groundup.explain.methods.lime import lime
from groundup.explain.methods.partition import middle, partition
from groundup.explain.methods.registry import BLACK_BOX_METHODS, METHODS, WHITE_BOX_METHODS, apply_method
from groundup.explain.methods.removal import occlusion, random_scores
from groundup.explain.methods.shap import enumerated, shap
from groundup.explain.subject import make_subject
from groundup.kinds.parts import ExplanationUnit
from tests.explain.games import Game, linear
from tests.explain.readers import predictor

WEIGHTS = np.array([3.0, -1.0, 0.0, 0.5, 2.0, -2.5, 1.5])


def tabled(count, seed=1):
    """A number drawn for every set."""
    table = np.random.default_rng(seed).standard_normal(2**count)
    return Game(
        lambda present: table[(present @ (1 << np.arange(count))).astype(int)], [ExplanationUnit(str(i)) for i in range(count)]
    )


def mixed(count, seed=1):
    """Weights, and an interaction of every two and of some three parts."""
    chance = np.random.default_rng(seed)
    ones, twos, threes = (
        chance.standard_normal(count),
        chance.standard_normal((count, count)) / 4,
        chance.integers(0, count, (5, 3)),
    )
    return Game(
        lambda x: x @ ones + ((x @ twos) * x).sum(1) + x[:, threes].prod(2).sum(1),
        [ExplanationUnit(str(i)) for i in range(count)],
    )


def in_orders(game, orders):
    """What each part adds, as a mean over orders."""
    count, total = len(game.parts), np.zeros(len(game.parts))
    for order in orders:
        present = np.tril(np.ones((count + 1, count)), -1)  # row n: the first n of the order
        numbers = game.values(present[:, np.argsort(order)] > 0)
        total[list(order)] += np.diff(numbers)
    return total / len(orders)


# Shapley values


@pytest.mark.parametrize("count", [1, 2, 5])
def test_shapley_values_are_means_over_all_orders(count):
    game = tabled(count)
    found = shap(game)
    np.testing.assert_allclose(found.scores, in_orders(game, list(permutations(range(count)))), atol=1e-9)
    assert found.checks["efficiency"] < 1e-9
    assert (found.value, found.baseline) == (*game.values(np.ones((1, count), bool)), *game.values(np.zeros((1, count), bool)))


def test_sampled_values_are_nearly_the_exact_ones_and_add_up():
    """Sets with their complements get interactions of two parts right; those of three need samples."""
    game = mixed(13)
    exact = enumerated(game)[0]
    rough, fine = shap(game, samples=400), shap(game, samples=6000)
    assert fine.checks["efficiency"] < 1e-9
    assert np.abs(fine.scores - exact).max() < min(0.05, np.abs(rough.scores - exact).max())
    assert fine.checks["stability"] > 0.95
    assert np.isnan(shap(tabled(3)).checks["stability"])


@pytest.mark.parametrize("count", [7, 14])
@pytest.mark.parametrize("method", ["shap", "partition", "occlusion"])
def test_weights_of_a_linear_game_are_found(method, count):
    weights = np.resize(WEIGHTS, count)
    found = apply_method(method, linear(weights, 0.25))
    np.testing.assert_allclose(found.scores, weights, atol=1e-9)
    assert found.baseline == pytest.approx(0.25)


def test_a_part_that_does_nothing_gets_nothing_and_parts_alike_get_the_same():
    def formula(x):
        return 3 * x[:, 0] * x[:, 1] + x[:, 3]

    for extra in (0, 10):  # exact, and sampled
        game = Game(formula, [ExplanationUnit(str(i)) for i in range(5 + extra)])
        scores = shap(game, samples=4000).scores
        np.testing.assert_allclose(scores[[2, 4, *range(5, 5 + extra)]], 0, atol=1e-9)
        assert scores[0] == pytest.approx(scores[1], abs=1e-9)
        assert scores[:4] == pytest.approx([1.5, 1.5, 0, 1], abs=1e-9)


# Owen values


def test_owen_values_are_means_over_the_orders_of_a_tree():
    game = tabled(6)
    orders = []
    for turned in product([False, True], repeat=5):
        turn = iter(turned)

        def walk(start, stop, turn=turn):
            if stop - start == 1:
                return [start]
            cut = middle(game.parts, start, stop)
            halves = [(start, cut), (cut, stop)]
            if next(turn):
                halves.reverse()
            return [part for half in halves for part in walk(*half)]

        orders.append(walk(0, 6))
    found = partition(game, samples=10_000)
    np.testing.assert_allclose(found.scores, in_orders(game, orders), atol=1e-9)
    assert found.checks == {"efficiency": pytest.approx(0, abs=1e-9), "closed": 0}


def test_with_few_samples_closed_nodes_share_alike_and_all_adds_up():
    game = mixed(40)
    found = partition(game, samples=20)
    assert found.checks["efficiency"] < 1e-9
    assert 0 < found.checks["closed"] <= 1
    assert sum(game.asked) <= 22
    assert found.scores.sum() == pytest.approx(found.value - found.baseline)


def test_a_tree_is_cut_between_texts_then_after_sentences():
    parts = [ExplanationUnit(name, text=text) for name, text in [("a", 0), (".", 0), ("b", 0), ("c", 0), ("d", 0), ("e", 1)]]
    assert middle(parts, 0, 6) == 5
    assert middle(parts, 0, 5) == 2
    assert middle(parts, 2, 5) in (3, 4)


# LIME


def test_lime_finds_the_weights_of_a_linear_game():
    found = lime(linear(WEIGHTS), samples=1000)
    assert found.checks["fit"] > 0.99
    np.testing.assert_allclose(found.scores, WEIGHTS, atol=0.1)
    assert np.argsort(found.scores).tolist() == np.argsort(WEIGHTS).tolist()


def test_lime_is_stable_over_seeds_and_the_same_with_the_same():
    subject = make_subject(predictor(), "Zoë Müller met the old lamp near New York and wrote of it")
    first, again, other = (lime(subject, samples=1000, seed=seed) for seed in (0, 0, 1))
    assert first.scores.tolist() == again.scores.tolist()
    ranks = [np.argsort(np.argsort(one.scores)) for one in (first, other)]
    assert np.corrcoef(*ranks)[0, 1] >= 0.8
    assert not np.array_equal(first.scores, other.scores)
    assert first.checks["stability"] >= 0.7


# What all share


@pytest.mark.parametrize("method", METHODS)
def test_every_method_explains_a_text_of_one_word(method):
    (found,) = explain(predictor(), ["lamp"], method)[0]
    assert found.method == method
    assert [part.name for part in found.parts] == ["lamp"]
    assert np.isfinite(found.scores).all()
    assert np.isfinite(found.value)


@pytest.mark.parametrize("method", ["shap", "partition", "occlusion"])
def test_asking_a_model_agrees_with_its_shapley_values(method):
    subject = make_subject(predictor(), "Zoë met the lamp")
    exact = enumerated(subject)[0]
    tolerance = {"shap": 1e-5, "partition": 0.5, "occlusion": 3.0}[method]
    assert np.abs(apply_method(method, subject).scores - exact).max() < tolerance * max(1, np.abs(exact).max())


def test_methods_that_look_inside_refuse_other_models():
    for name in WHITE_BOX_METHODS:
        with pytest.raises(InputError, match="looks into a Transformer"):
            apply_method(name, linear(WEIGHTS))
    assert {apply_method(name, linear(WEIGHTS)).method for name in BLACK_BOX_METHODS} == set(BLACK_BOX_METHODS)


def test_chance_hangs_on_the_seed_and_the_input():
    game, other = linear(WEIGHTS), linear(WEIGHTS, texts=("another",))
    assert random_scores(game).scores.tolist() == random_scores(game).scores.tolist()
    assert random_scores(game).scores.tolist() != random_scores(game, seed=1).scores.tolist()
    assert random_scores(game).scores.tolist() != random_scores(other).scores.tolist()


def test_occlusion_asks_once_for_each_part():
    game = linear(WEIGHTS)
    occlusion(game)
    assert sum(game.asked) == len(WEIGHTS) + 2


def test_a_method_that_is_none_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'shap'"):
        explain(predictor(), "lamp", "shapp")

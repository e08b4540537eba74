"""Games whose figures are known by formula."""

import numpy as np
import pytest

from groundup.explain.faithfulness import (
    MEASURES,
    PERCENTS,
    mean_faithfulness,
    measure,
    random_rankings,
    rank,
    removal_sizes,
    size_of_percent,
    with_faithfulness,
)
from tests.explain.games import Game, explained, linear

WEIGHTS = np.array([0.5, -1.0, 3.0, 2.0, 0.0, 1.0, -0.25])


def figures(game, scores, scale="target"):
    return measure({"mask": game}, {"method": np.asarray(scores, dtype=float)})["method"]["mask"][scale].figures


def test_comprehensiveness_of_a_linear_game_is_what_the_top_parts_weigh():
    top = np.sort(WEIGHTS)[::-1]
    taken = [top[: size_of_percent(percent, 7)].sum() for percent in PERCENTS]
    assert [size_of_percent(percent, 7) for percent in PERCENTS] == [1, 1, 1, 2, 4]
    assert figures(linear(WEIGHTS, 0.7), WEIGHTS)["comprehensiveness"] == pytest.approx(np.mean(taken))


def test_sufficiency_of_a_linear_game_is_what_the_other_parts_weigh():
    top = np.sort(WEIGHTS)[::-1]
    left = [top[size_of_percent(percent, 7) :].sum() for percent in PERCENTS]
    assert figures(linear(WEIGHTS, 0.7), WEIGHTS)["sufficiency"] == pytest.approx(np.mean(left))


def test_areas_of_a_linear_game_are_those_of_the_sorted_weights():
    top = np.sort(WEIGHTS)[::-1]
    kept = 0.7 + np.concatenate([[0.0], np.cumsum(top)])
    found = figures(linear(WEIGHTS, 0.7), WEIGHTS)
    assert found["insertion"] == pytest.approx(np.trapezoid(kept, dx=1 / 7))
    assert found["deletion"] == pytest.approx(np.trapezoid(kept[-1] + 0.7 - kept, dx=1 / 7))


def test_the_gap_is_the_area_of_least_relevant_first_minus_most_relevant_first():
    rng = np.random.default_rng(3)
    game = Game(lambda present: np.sin(present @ np.arange(23)) + present[:, 3] * present[:, 5], linear(np.zeros(23)).parts)
    scores = rng.normal(size=23)
    ours, reversed_ = figures(game, scores), figures(game, -scores)
    least_first = reversed_["deletion"]
    assert ours["insertion_minus_deletion"] == pytest.approx(ours["insertion"] - ours["deletion"])
    assert ours["insertion"] == pytest.approx(least_first)


def test_the_probability_is_that_of_one_class_against_the_other():
    found = figures(linear([2.0, 0.0]), [1.0, 0.0], "probability")
    whole, none = 1 / (1 + np.exp(-2)), 0.5
    assert found["comprehensiveness"] == pytest.approx(whole - none)
    assert found["sufficiency"] == pytest.approx(0)


def test_a_target_that_is_no_logit_has_no_probability():
    assert list(measure({"mean": linear(WEIGHTS)}, {"m": WEIGHTS}, logits=False)["m"]["mean"]) == ["target"]


def test_the_oracle_beats_random_and_the_reverse_is_worse():
    rng = np.random.default_rng(0)
    for number in range(20):
        weights = rng.normal(size=int(rng.integers(8, 40)))
        views = {"mask": linear(weights)}
        chance = random_rankings(len(weights), number)
        found = measure(views, {"oracle": weights, "reverse": -weights, **chance})
        best, worst = (found[name]["mask"]["target"].figures for name in ("oracle", "reverse"))
        random = mean_faithfulness([found[name]["mask"]["target"] for name in chance]).figures
        assert best["insertion_minus_deletion"] > random["insertion_minus_deletion"] > worst["insertion_minus_deletion"]
        assert best["comprehensiveness"] > random["comprehensiveness"] > worst["comprehensiveness"]
        assert best["sufficiency"] < random["sufficiency"] < worst["sufficiency"]


def test_a_pair_of_parts_that_only_works_together_is_worth_both():
    game = Game(lambda present: 4 * present[:, 1] * present[:, 8], linear(np.zeros(12)).parts)
    scores = np.zeros(12)
    scores[[1, 8]] = 2.0
    found = figures(game, scores)
    assert found["comprehensiveness"] == pytest.approx(4)
    assert found["sufficiency"] == pytest.approx(4 * 2 / 5)  # 1 % and 5 % of 12 parts are one: the pair is cut


def test_each_replacement_is_asked_once_for_all_rankings_and_never_twice_the_same():
    views = {"mask": linear(WEIGHTS), "mean": linear(WEIGHTS / 2)}
    found = measure(views, {"one": WEIGHTS, "same": WEIGHTS * 9, "other": -WEIGHTS})
    assert [len(game.asked) for game in views.values()] == [1, 1]
    # the reverse keeps what the first takes away; nothing and everything are the same for all
    assert views["mask"].asked[0] == 2 * len(removal_sizes(7)) - 2
    assert found["one"]["mask"]["target"].figures == found["same"]["mask"]["target"].figures
    assert found["one"]["mean"]["target"].figures["insertion_minus_deletion"] == pytest.approx(
        found["one"]["mask"]["target"].figures["insertion_minus_deletion"] / 2
    )


def test_equal_scores_are_ordered_by_the_seed_and_not_by_their_place():
    orders = {tuple(rank(np.zeros(6), seed)) for seed in range(20)}
    assert len(orders) > 10
    assert (rank(np.zeros(6), 1) == rank(np.ones(6), 1)).all()


def test_curves_have_the_same_points_for_every_number_of_parts():
    for count in (1, 2, 3, 17, 250):
        curves = measure({"mask": linear(np.ones(count))}, {"m": np.arange(count)})["m"]["mask"]["target"].curves
        assert curves.shares[[0, -1]].tolist() == [0, 1]
        assert np.allclose(curves.insertion, curves.shares * count)
        assert len(curves.shares) == 11
        assert np.abs(curves.shares - np.arange(11) / 10).max() < 1 / count


@pytest.mark.parametrize(
    ("views", "scores", "said"),
    [
        ({"mask": linear([])}, [], "above 0"),
        ({"mask": linear([1, 2]), "mean": linear([1, 2, 3])}, [1, 2], "[2, 3]"),
        ({"mask": linear([1, 2])}, [1, 2, 3], "method: scores (3,)"),
        ({"mask": linear([1, 2])}, [1, np.nan], "finite"),
    ],
)
def test_what_cannot_be_measured_is_an_error(views, scores, said):
    with pytest.raises(ValueError, match=said.replace("(", "\\(").replace(")", "\\)").replace("[", "\\[")):
        measure(views, {"method": np.asarray(scores, dtype=float)})


def test_explanations_carry_how_faithful_they_are():
    game = linear(WEIGHTS)
    good, bad = with_faithfulness(
        [explained(game, WEIGHTS, checks={"completeness": 1.0}), explained(game, -WEIGHTS)], {"mask": game, "mean": game}
    )
    assert good.checks["beats_random"] == 1.0
    assert bad.checks["beats_random"] == 0.0
    assert good.checks["comprehensiveness"] > 0 > bad.checks["comprehensiveness"]
    assert good.checks["completeness"] == 1.0


def test_random_is_a_function_of_the_seed_and_the_input():
    one, same, other = random_rankings(9, 4), random_rankings(9, 4), random_rankings(9, 5)
    assert all((one[name] == same[name]).all() for name in one)
    assert not any((one[name] == other[name]).all() for name in one)
    assert set(MEASURES) == set(figures(linear([1.0]), [1.0]))

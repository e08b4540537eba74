"""Methods whose order is known, on games of known weights."""

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.explain.faithfulness import MEASURES
from groundup.explain.scorecard import report_of, scorecard
from tests.explain.games import explained, linear


def games(count, seed=0, parts=(5, 30)):
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        weights = rng.normal(size=int(rng.integers(*parts)))
        made.append({"mask": linear(weights, 0.3), "mean": linear(weights * 0.8, 0.1)})
    return made


def weights_of(game):
    return game.formula(np.eye(len(game.parts))) - game.formula(np.zeros((1, len(game.parts))))


def explain(game, method):
    """The truth, the truth with noise, what is unrelated to it, and its opposite."""
    weights, rng = weights_of(game), np.random.default_rng(len(game.parts))
    scores = {
        "oracle": weights,
        "near": weights + rng.normal(size=len(weights)),
        "blind": rng.normal(size=len(weights)),
        "reverse": -weights,
    }[method]
    return explained(game, scores, method)


@pytest.fixture(scope="module")
def card():
    return scorecard(games(40), ["near", "oracle", "blind", "reverse"], explain, num_draws=300)


def test_the_oracle_is_named(card):
    best, like = card.most_faithful()
    assert best.name == "oracle"
    assert like == []


def test_what_knows_something_beats_random_and_what_knows_nothing_does_not(card):
    assert {entry.name: card.beats_random(entry) for entry in card.entries[:-1]} == {
        "near": True,
        "oracle": True,
        "blind": False,
        "reverse": False,
    }


def test_the_opposite_of_the_truth_is_clearly_worse_than_random(card):
    reverse = card.entries[3]
    differences = card.against_random[reverse.name]
    assert all(differences["probability", replacement, "insertion_minus_deletion"].high < 0 for replacement in ("mask", "mean"))
    assert all(differences["target", replacement, "sufficiency"].low > 0 for replacement in ("mask", "mean"))


def test_figures_are_means_over_the_inputs_with_intervals_around_them(card):
    report = report_of(card)
    oracle = report["methods"][1]
    for scale in report["scales"]:
        for replacement in report["replacements"]:
            for name in MEASURES:
                figure = oracle["figures"][scale][replacement][name]
                assert figure["value"] == pytest.approx(card.entries[1].figures[scale, replacement, name].mean())
                assert figure["low"] < figure["value"] < figure["high"]


def test_where_all_know_nothing_none_is_named():
    card = scorecard(games(30, seed=4), ["blind"], explain, num_draws=200)
    assert card.most_faithful() == (None, [])
    assert report_of(card)["most_faithful"] is None


def test_methods_that_are_the_same_cannot_be_told_apart():
    def same(game, method):
        return explained(game, weights_of(game), method)

    report = report_of(scorecard(games(12), ["one", "two"], same, num_draws=200))
    assert (report["most_faithful"], report["indistinguishable"]) == ("one", ["two"])


def test_a_replacement_that_tells_another_story_stops_the_verdict():
    views = [{"mask": one["mask"], "odd": linear(-weights_of(one["mask"]))} for one in games(30)]
    assert scorecard(views, ["oracle"], explain, num_draws=200).most_faithful()[0] is None


def test_a_target_without_probability_is_judged_by_itself():
    card = scorecard(games(10), ["oracle"], explain, logits=False, num_draws=100)
    assert (card.scales, card.deciding_scale) == (("target",), "target")
    assert card.most_faithful()[0].name == "oracle"


def test_inputs_of_one_part_are_left_out_and_counted():
    card = scorecard([*games(6), {"mask": linear([1.0]), "mean": linear([1.0])}], ["oracle"], explain, num_draws=50)
    assert (card.inputs, card.left_out) == (6, 1)


def test_the_same_seed_gives_the_same_report():
    def report(seed):
        made = report_of(scorecard(games(8), ["near"], explain, seed=seed, num_draws=50))
        return [{**method, "seconds": 0} for method in made["methods"]]

    assert report(1) == report(1)
    assert report(1) != report(2)


@pytest.mark.parametrize(
    ("inputs", "methods", "code"),
    [
        (4, ["oracle"], "TOO_FEW_INPUTS"),
        (6, [], "WHICH_METHODS"),
        (6, ["random"], "WHICH_METHODS"),
        (6, ["near", "near"], "WHICH_METHODS"),
    ],
)
def test_what_cannot_be_judged_is_refused(inputs, methods, code):
    with pytest.raises(InputError, match=code):
        scorecard(games(inputs), methods, explain)


def test_inputs_must_offer_the_same_replacements():
    views = [*games(6), {"mask": linear([1.0, 2.0])}]
    with pytest.raises(ValueError, match="input 6"):
        scorecard(views, ["oracle"], explain)

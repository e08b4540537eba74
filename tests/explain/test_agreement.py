"""Two models' explanations of the same texts."""

from dataclasses import replace

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.explain.agreement import agreement, faithfulness_differences
from groundup.explain.scorecard import scorecard
from tests.explain.games import explained, of_text
from tests.explain.test_scorecard import explain, games

TEXTS = [" ".join(f"w{i}" for i in range(length)) for length in (10, 15, 20, 5)] * 5


def explanations(scores, repeats=1):
    return [explained(of_text(text, {}), scores(len(text.split()), number)) for number, text in enumerate(TEXTS * repeats)]


def drawn(seed, repeats=1):
    return explanations(lambda count, number: np.random.default_rng([seed, number]).normal(size=count), repeats)


def test_the_same_explanations_agree_wholly_whatever_their_size():
    same = [replace(one, scores=7 * one.scores - 2) for one in drawn(0)]
    found = agreement(drawn(0), same, num_draws=50)
    assert (found.spearman.value, found.overlap.value) == (pytest.approx(1), 1)
    assert (found.inputs, found.other_targets) == (20, 0)


def test_unrelated_explanations_agree_by_chance_alone():
    found = agreement(drawn(0, 10), drawn(1, 10), num_draws=300)
    assert found.spearman.low < 0 < found.spearman.high
    assert found.overlap.low < found.by_chance < found.overlap.high
    assert found.by_chance == pytest.approx(0.2)  # 2 of 10, 3 of 15, 4 of 20, 1 of 5


def test_the_opposite_disagrees():
    opposite = [replace(one, scores=-one.scores) for one in drawn(0)]
    found = agreement(drawn(0), opposite, num_draws=50)
    assert (found.spearman.value, found.overlap.value) == (pytest.approx(-1), 0)


def test_inputs_of_another_target_are_counted_and_left_out():
    turned = [replace(one, target="bad - good (logits)") if number < 3 else one for number, one in enumerate(drawn(0))]
    found = agreement(drawn(0), turned, num_draws=50)
    assert (found.inputs, found.other_targets) == (17, 3)


def test_only_parts_that_both_models_read_count():
    cut = [replace(one, parts=one.parts[:4], scores=one.scores[:4]) for one in drawn(0)]
    assert agreement(drawn(0), cut, num_draws=50).spearman.value == pytest.approx(1)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="20 and 19"):
        agreement(drawn(0), drawn(0)[1:])
    with pytest.raises(ValueError, match="two inputs"):
        agreement(drawn(0), drawn(0)[::-1])
    with pytest.raises(InputError, match="NOTHING_IN_COMMON"):
        agreement(drawn(0), [replace(one, target="else") for one in drawn(0)])


def test_faithfulness_of_two_models_is_paired_by_input():
    ours = scorecard(games(20), ["oracle", "blind"], explain, num_draws=100)
    same = faithfulness_differences(ours, ours)
    assert all(found.value == found.low == found.high == 0 for found in same["oracle"]["mask"].values())
    weak = scorecard(
        [{name: of_weights(game, 0.1) for name, game in views.items()} for views in games(20)],
        ["oracle", "near"],
        explain,
        num_draws=100,
    )
    found = faithfulness_differences(ours, weak)
    assert list(found) == ["oracle", "random"]
    assert found["oracle"]["mean"]["insertion_minus_deletion"].low > 0


def of_weights(game, factor):
    made = games(1)[0]["mask"]
    made.formula, made.parts = lambda present, old=game.formula: factor * old(present), game.parts
    return made


def test_inputs_that_one_model_leaves_out_are_in_no_pair():
    some = games(12)
    ours = scorecard(some, ["oracle"], explain, num_draws=50)
    theirs = replace(ours, numbers=tuple(range(2, 14)))
    found = faithfulness_differences(ours, theirs)["oracle"]["mask"]["insertion_minus_deletion"]
    gaps = ours.entries[0].figures["probability", "mask", "insertion_minus_deletion"]
    assert found.value == pytest.approx(gaps[2:].mean() - gaps[:-2].mean())

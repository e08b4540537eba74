"""Data sets in which it is known what drives the classes."""

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.explain.linear_weights import fit_linear_weights
from groundup.explain.overview import overview
from groundup.explain.shortcuts import find_shortcuts
from tests.explain.games import explained, linear, of_text

FILLERS = "the film of river lamp clock quiet and near bridge mirror window , .".split()
WEIGHTS = {"fine": 1.5, "great": 2.0, "poor": -1.5, "awful": -2.0, "film": 0.1}


def world(count, weights=WEIGHTS, seed=0, noise=0.3, marks=("fine", "great", "poor", "awful")):
    """Games of texts, their explanations (with noise) as of the class that wins, and that class."""
    rng = np.random.default_rng(seed)
    games, explanations, labels = [], [], []
    for _ in range(count):
        words = [*rng.choice(FILLERS, 6), rng.choice(marks), *rng.choice(FILLERS, 3)]
        if rng.random() < 0.5:
            words[0] = words[0].capitalize()
        text = " ".join(words)
        plain = of_text(text.lower(), weights)
        good = float(plain.formula(np.ones((1, len(words))))[0]) > 0
        signed = {word: weight if good else -weight for word, weight in weights.items()}
        game = of_text(text, signed)
        scores = game.formula(np.eye(len(words)))
        games.append(game)
        explanations.append(explained(game, scores + noise * rng.normal(size=len(words))))
        labels.append("good" if good else "bad")
    return games, explanations, labels


@pytest.fixture(scope="module")
def seen():
    return world(200)


@pytest.fixture(scope="module")
def classes(seen):
    _, explanations, labels = seen
    return overview(explanations, labels, fit_linear_weights([one.texts for one in explanations], labels), num_draws=300)


def test_the_words_that_drive_a_class_are_found_and_ordered(classes):
    bad, good = classes
    assert [one.label for one in classes] == ["bad", "good"]
    assert [word.word for word in good.words[:2]] == ["great", "fine"]
    assert [word.word for word in bad.words[:2]] == ["awful", "poor"]


def test_means_and_shares_are_those_of_the_scores(seen, classes):
    _, explanations, labels = seen
    chosen = [one for one, label in zip(explanations, labels, strict=True) if label == "good"]
    scores = [s for one in chosen for part, s in zip(one.parts, one.scores, strict=True) if part.name == "great"]
    word = classes[1].words[0]
    assert word.mean.value == pytest.approx(np.mean(scores))
    assert word.share.value == pytest.approx(np.abs(scores).sum() / sum(np.abs(one.scores).sum() for one in chosen))
    assert word.inputs == len(scores)


def test_the_interval_holds_the_truth_and_shrinks_with_the_inputs(classes):
    assert classes[1].words[0].mean.low < 2.0 < classes[1].words[0].mean.high
    few = overview(*world(40)[1:], num_draws=300)[1].words[0]
    assert few.mean.high - few.mean.low > classes[1].words[0].mean.high - classes[1].words[0].mean.low


def test_the_linear_model_has_learned_the_same(classes):
    for one in classes:
        known = [word.linear for word in one.words[:2]]
        assert min(known) > 1
        assert min(known) > max(word.linear for word in [*one.words[2:], *one.against] if word.linear is not None)


def test_words_are_told_whatever_their_capitals_and_marks_are_none():
    _, explanations, labels = world(100, dict.fromkeys([*FILLERS, *WEIGHTS], 1.0), noise=0.0)
    (found,) = overview(explanations, labels, num_draws=20, most=100)
    names = [word.word.casefold() for word in found.words]
    assert len(names) == found.counted
    assert set(names) == {*FILLERS, *WEIGHTS} - {",", "."}


def test_words_that_may_speak_either_way_are_not_told():
    found = overview(*world(200)[1:], num_draws=300, most=100)[1]
    assert all(word.mean.low > 0 for word in found.words)
    assert all(word.mean.high < 0 for word in found.against)
    assert len(found.words) < found.counted / 2


def test_rare_words_are_left_out():
    _, explanations, labels = world(60)
    odd = explained(of_text("zorp fine", {"zorp": 50.0}), [50.0, 0.0])
    found = overview([*explanations, *[odd] * 4], [*labels, *["good"] * 4], num_draws=20)[1]
    assert "zorp" not in [word.word for word in found.words]
    assert "zorp" in [
        word.word for word in overview([*explanations, *[odd] * 5], [*labels, *["good"] * 5], num_draws=20)[1].words
    ]


def test_the_example_holds_the_word_where_it_says(classes):
    for one in classes:
        for word in (*one.words, *one.against):
            assert word.example.text[word.example.start : word.example.end].casefold() == word.word.casefold()


def test_chinese_words_have_the_weights_of_their_characters():
    texts = [("这部电影很精彩",), ("老师在公园散步",), ("这部电影很糟糕",)] * 8
    labels = ["好", "中", "差"] * 8
    weights = fit_linear_weights(texts, labels)
    assert weights.weight_of("精彩", "好") > 0 > weights.weight_of("精彩", "差")
    assert weights.weight_of("很精彩了吗", "好") is None


def test_the_weights_of_two_classes_are_each_others_opposites():
    weights = fit_linear_weights([("a fine thing",), ("a poor thing",)] * 10, ["yes", "no"] * 10)
    assert weights.weight_of("fine", "yes") == -weights.weight_of("fine", "no") > 0
    assert weights.weight_of("Fine", "yes") == weights.weight_of("fine", "yes")


def test_too_few_inputs_are_refused():
    with pytest.raises(InputError, match="no word or column occurs in 5"):
        overview(*world(3)[1:])


def alarms(games, explanations, labels):
    found = find_shortcuts(overview(explanations, labels, num_draws=50), games, explanations, labels, num_draws=200)
    return [one.word for one in found if one.alarming], found


def test_the_alarm_fires_on_a_planted_shortcut():
    weights = {"zorp": 4.0, "blick": -4.0} | {
        word: weight for word, weight in zip(FILLERS, np.linspace(-0.3, 0.3, len(FILLERS)))
    }
    words, found = alarms(*world(150, weights, marks=("zorp", "blick")))
    assert sorted(words) == ["blick", "zorp"]
    assert found[0].stays == 1.0
    assert found[0].covers == 1.0


def test_the_alarm_stays_silent_where_many_words_decide_together():
    words, found = alarms(*world(150, {word: (-1.0) ** place for place, word in enumerate(FILLERS)}, marks=FILLERS))
    assert words == []
    assert max(one.stays for one in found) == 1.0  # each keeps the decision alone, but none is needed more than others


def test_the_alarm_stays_silent_on_noise():
    rng = np.random.default_rng(2)
    games = [of_text(" ".join(rng.choice(FILLERS, 8)), dict(zip(FILLERS, rng.normal(size=len(FILLERS))))) for _ in range(120)]
    labels = ["good" if game.formula(np.ones((1, 8)))[0] > 0 else "bad" for game in games]
    games = [game if label == "good" else negative(game) for game, label in zip(games, labels, strict=True)]
    words, _ = alarms(games, [explained(game, game.formula(np.eye(8))) for game in games], labels)
    assert words == []


def negative(game):
    return linear(-game.formula(np.eye(len(game.parts))), parts=game.parts, texts=game.texts)


def test_a_model_that_always_says_the_class_rings_no_alarm():
    games, explanations, labels = world(100, {"zorp": 1.0, "blick": 1.0}, marks=("zorp", "blick"))
    assert set(labels) == {"good"}
    always = [of_text(game.texts[0], {"zorp": 1.0, "blick": 1.0}, constant=3.0) for game in games]
    assert alarms(always, explanations, labels)[0] == []


def test_inputs_are_asked_once_for_all_their_words():
    games, explanations, labels = world(100)
    classes = overview(explanations, labels, num_draws=20)
    before = [len(game.asked) for game in games]
    find_shortcuts(classes, games, explanations, labels, num_draws=20)
    assert max(len(game.asked) - count for game, count in zip(games, before, strict=True)) == 1

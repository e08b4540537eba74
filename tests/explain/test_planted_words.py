"""Planted words, and who finds them."""

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.explain.planted_words import plant_words, ranked_first
from tests.explain.games import explained, of_text

TEXTS = [*(f"the {word} is near the river ." for word in "cat dog boat lamp clock".split()), "word", "看书和唱歌", ""] * 6
WORDS = {"yes": "zorp", "no": "blick"}


def test_each_text_holds_the_word_of_its_label_where_it_is_said_to_stand():
    for text, row in zip(TEXTS, plant_words(TEXTS, WORDS), strict=True):
        assert row.text[row.start : row.end] == WORDS[row.label]
        assert (
            row.text.replace(WORDS[row.label], "").split() == text.split() or "".join(row.text.split(WORDS[row.label])) == text
        )
        assert row.text.count(WORDS[row.label]) == 1
        assert "  " not in row.text
        assert row.text == row.text.strip()


def test_words_stay_words():
    for row in plant_words(TEXTS[:6] * 20, WORDS):
        assert WORDS[row.label] in row.text.split()


def test_labels_and_places_vary_and_hang_on_the_seed():
    rows = plant_words(["one two three four"] * 200, WORDS)
    assert {row.label for row in rows} == {"yes", "no"}
    assert {row.start for row in rows} == {0, 4, 8, 14, 19}
    assert rows == plant_words(["one two three four"] * 200, WORDS)
    assert rows != plant_words(["one two three four"] * 200, WORDS, seed=1)


@pytest.mark.parametrize(
    ("texts", "words", "code"),
    [(["a"], {"yes": "x"}, "WHICH_WORDS"), (["a"], {"yes": "x", "no": "x"}, "WHICH_WORDS"), (["a", "a zorp"], WORDS, "text 2")],
)
def test_what_would_prove_nothing_is_refused(texts, words, code):
    with pytest.raises(InputError, match=code):
        plant_words(texts, words)


def test_the_share_of_texts_whose_planted_word_comes_first():
    rows = plant_words(["one two three"] * 40, WORDS)
    games = [of_text(row.text, {"zorp": 2.0, "blick": 2.0, "two": 1.0}) for row in rows]

    def weights(game, lie):
        scores = game.formula(np.eye(len(game.parts)))
        return explained(game, -scores if lie else scores)

    assert ranked_first([weights(game, False) for game in games], rows).value == 1.0
    half = ranked_first([weights(game, number < 20) for number, game in enumerate(games)], rows)
    assert (half.value, half.low < 0.5 < half.high) == (0.5, True)
    ties = ranked_first([explained(game, np.zeros(4)) for game in games], rows)
    assert ties.value == pytest.approx(0.25)


def test_explanations_of_other_texts_are_an_error():
    rows = plant_words(["one two"], WORDS)
    with pytest.raises(ValueError, match="is none of"):
        ranked_first([explained(of_text("one two", {}), [0, 0])], rows)

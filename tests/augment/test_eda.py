from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from groundup.augment.eda import MARKS, PLAIN, aeda, eda
from groundup.augment.synonyms import SynonymList
from groundup.errors import InputError
from groundup.kinds.text.pieces import Source, cut, is_negation, words_of
from tests.kinds.text.test_pieces import ALPHABET

ENGLISH = "The old painter sells a quiet garden near the cold river, and nobody sees the (bright) mirror at 9.30!"
CHINESE = "老师和邻居在河边散步，孩子不看书。"
WORDS = " ".join("".join(pair) for pair in combinations("abcdefgh", 2))  # 28 different words
SYNONYMS = SynonymList(
    {
        "old": ["aged", "not", "old", "two words"],
        "garden": ["yard", "park"],
        "river": ["stream"],
        "邻居": ["街坊"],
        "孩子": ["小孩"],
    }
)


def words(text):
    pieces = cut(text)
    return [pieces[place].text for place in words_of(pieces)]


def copies(text, operation, count=200, alpha=0.1, proposer=None, seed=0):
    return eda([Source(text, seed, row, 0) for row in range(count)], [operation], alpha, proposer)


@pytest.mark.parametrize("operation", ["replace", "insert"])
def test_operations_that_need_synonyms_are_refused_by_name_without_them(operation):
    with pytest.raises(InputError, match=f"NO_SYNONYMS augment.operations: {operation} need words .* use swap and delete"):
        eda([Source(ENGLISH, 0, 0, 0)], [operation, "swap", "delete"], 0.1)


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_swapping_keeps_all_words_marks_and_blanks_and_moves_no_negation(text):
    pytest.importorskip("rjieba")
    before = cut(text)
    for copy in copies(text, "swap"):
        after = cut(copy)
        assert Counter(words(copy)) == Counter(words(text))
        assert [p.kind for p in after] == [p.kind for p in before]
        assert [p.text for p in after if not p.is_word] == [p.text for p in before if not p.is_word]
        for old, new in zip(before, after, strict=True):
            assert is_negation(old.text) == is_negation(new.text)


def test_alpha_is_the_share_of_words_that_are_swapped():
    changed = [sum(a != b for a, b in zip(words(copy), words(WORDS), strict=True)) for copy in copies(WORDS, "swap", 500, 0.11)]
    assert max(changed) == 6  # 3 swaps of 28 words
    assert np.mean(changed) == pytest.approx(6 * (1 - 2 / 28), abs=0.5)


def test_swapped_places_are_uniform():
    moved = Counter(
        place
        for copy in copies(WORDS, "swap", 1000, 0.01)
        for place, (a, b) in enumerate(zip(words(copy), words(WORDS)))
        if a != b
    )
    assert stats.chisquare([moved[place] for place in range(28)]).pvalue > 0.001


def test_each_word_is_deleted_with_probability_alpha_and_one_at_least():
    gone = [28 - len(words(copy)) for copy in copies(WORDS, "delete", 1000, 0.1)]
    none = 0.9**28
    assert min(gone) == 1
    assert np.mean(gone) == pytest.approx(2.8 + none, abs=0.2)


def test_negations_and_what_hangs_on_them_are_never_deleted_nor_is_the_last_word():
    for copy in copies(ENGLISH, "delete", 300, 0.9):
        assert "nobody sees" in copy
        assert "(bright)" in copy
        assert "9.30!" in copy
    pytest.importorskip("rjieba")
    assert all("不看书" in copy for copy in copies(CHINESE, "delete", 300, 0.9))
    assert all(words(copy) for copy in copies("one two", "delete", 50, 1.0))
    assert copies("one", "delete", 3, 1.0) == ["one"] * 3


def test_synonyms_replace_words_and_are_written_like_them():
    assert set(copies("OLD garden", "replace", 100, 0.5, SYNONYMS)) == {"AGED garden", "OLD yard", "OLD park"}
    pytest.importorskip("rjieba")
    assert set(copies(CHINESE, "replace", 100, 0.1, SYNONYMS)) == {
        "老师和街坊在河边散步，孩子不看书。",
        "老师和邻居在河边散步，小孩不看书。",
    }


def test_a_synonym_is_inserted_and_everything_else_stays():
    made = copies(ENGLISH, "insert", 200, 0.05, SYNONYMS)
    assert {copy.count(" ") for copy in made} == {ENGLISH.count(" ") + 1}
    for copy in made:
        new = [word for word in words(copy) if word in ("aged", "yard", "park", "stream")]
        assert len(new) == 1
        assert copy.replace(f"{new[0]} ", "", 1) == ENGLISH
        assert f"nobody {new[0]}" not in copy


def test_words_that_say_little_are_not_asked_for():
    asked = []

    def proposer(questions):
        asked.extend(question.word for question in questions)
        return [[] for _ in questions]

    assert copies(ENGLISH, "replace", 50, 0.9, proposer) == [ENGLISH] * 50
    assert set(asked) == {"old", "painter", "sells", "quiet", "garden", "near", "cold", "river", "bright", "mirror"}
    assert not PLAIN & set(asked)


def test_the_copies_of_a_row_take_turns_among_the_operations():
    made = eda([Source(WORDS, 0, row, copy) for row in range(300) for copy in range(2)], ["swap", "delete"], 0.1)
    kinds = np.array(["swap" if len(words(copy)) == 28 else "delete" for copy in made]).reshape(300, 2)
    assert (kinds[:, 0] != kinds[:, 1]).all()
    assert stats.binomtest(int((kinds[:, 0] == "swap").sum()), 300).pvalue > 0.001


def test_aeda_inserts_one_to_a_third_of_the_words_and_changes_nothing_else():
    counts = []
    for copy in aeda([Source(WORDS, 0, row, 0) for row in range(1200)], 1 / 3):
        assert words(copy) == words(WORDS)
        counts.append(sum(mark in MARKS["word"] for mark in copy.split()))
    assert (min(counts), max(counts)) == (1, 9)
    assert stats.chisquare(np.bincount(counts)[1:]).pvalue > 0.001


def test_aeda_draws_marks_and_places_evenly():
    marks, places = Counter(), Counter()
    for copy in aeda([Source(WORDS, 0, row, 0) for row in range(1200)], 1 / 3):
        found = copy.split()
        marks.update(mark for mark in found if len(mark) == 1)
        places.update(after for mark, after in zip(found, found[1:]) if len(mark) == 1)
    assert stats.chisquare([marks[mark] for mark in MARKS["word"]]).pvalue > 0.001
    assert stats.chisquare([places[word] for word in words(WORDS)]).pvalue > 0.001


def test_aeda_gives_chinese_words_full_width_marks():
    pytest.importorskip("rjieba")
    for copy in aeda([Source(CHINESE, 0, row, 0) for row in range(100)], 1 / 3):
        assert words(copy) == words(CHINESE)
        assert not set(copy) & set(MARKS["word"] + " ")
        assert len(copy) > len(CHINESE)


@given(st.text(ALPHABET, max_size=60), st.integers(0, 2**40), st.integers(0, 9), st.sampled_from(["swap", "delete", "aeda"]))
def test_any_text_keeps_its_negations_and_the_draw_is_pure(text, row, copy, operation):
    source = Source(text, 3, row, copy)

    def make():
        return (
            aeda([source], 1 / 3, "characters") if operation == "aeda" else eda([source], [operation], 0.2, None, "characters")
        )[0]

    made = make()
    assert made == make()

    def negations(found):
        return [piece.text for piece in cut(found, "characters") if piece.is_word and is_negation(piece.text)]

    assert negations(made) == negations(text)

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup.data.tokenizers import whole_words
from groundup.errors import InputError
from groundup.kinds.text.pieces import (
    Piece,
    changeable,
    chinese_words,
    cut,
    deleted,
    inserted,
    is_negation,
    joined,
    kind_of,
    like,
    replaced,
)

ALPHABET = "aZé9 ,.'’-\n\t不好酒店，。@#<>/:_\u0301\U00020000ひ"


def texts_of(text, chinese="words"):
    return [piece.text for piece in cut(text, chinese)]


def changeable_words(text):
    pieces = cut(text)
    return [pieces[place].text for place in changeable(pieces)]


@given(st.text(ALPHABET) | st.text())
def test_joined_pieces_are_the_text(text):
    assert joined(cut(text, "characters")) == text


@given(st.text(ALPHABET) | st.text())
def test_only_words_are_words(text):
    for piece in cut(text, "characters"):
        assert not piece.is_word or (piece.text.strip() == piece.text and kind_of(piece.text) == piece.kind)


def test_english_words_keep_their_apostrophes_hyphens_and_accents():
    assert texts_of("Don't re-use the cafe\u0301’s naïve") == [
        "Don't",
        " ",
        "re-use",
        " ",
        "the",
        " ",
        "cafe\u0301’s",
        " ",
        "naïve",
    ]


def test_chinese_words_come_from_the_dictionary_or_are_characters():
    pytest.importorskip("rjieba")
    assert texts_of("这家酒店很好") == ["这家", "酒店", "很", "好"]
    assert texts_of("这家酒店很好", "characters") == list("这家酒店很好")


def test_chinese_words_without_the_dictionary_are_refused_and_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "rjieba", None)
    whole_words.cutter.cache_clear()
    whole_words.inner_characters.cache_clear()
    with pytest.raises(InputError, match=r"MISSING_EXTRA augment.chinese: .*pip install 'groundup\[zh\]', or say characters"):
        cut("这家酒店")
    assert chinese_words("这家", "characters") == ["这", "家"]
    assert texts_of("no Chinese 好") == ["no", " ", "Chinese", " ", "好"]
    whole_words.cutter.cache_clear()


def test_numbers_addresses_tags_and_names_are_no_words():
    text = "At 3.5km 19th-century 50% see http://a.b/c?d=1. or x.y@z.org <br /> @me #this"
    assert [piece.text for piece in cut(text) if piece.kind == "fixed"] == [
        "3.5km",
        "19th-century",
        "50%",
        "http://a.b/c?d=1",
        "x.y@z.org",
        "<br />",
        "@me",
        "#this",
    ]


@pytest.mark.parametrize("word", "not No NEVER nobody without cannot don't Isn’t dont 不 没有 不好 无法 未必 別".split())
def test_negations_are_known(word):
    assert is_negation(word)


@pytest.mark.parametrize("word", "note nothing-like know good 好 酒店 这".split())
def test_other_words_are_no_negations(word):
    assert not is_negation(word)


def test_a_negation_and_the_word_after_it_do_not_change():
    pytest.importorskip("rjieba")
    assert changeable_words("It was not very good. No, I never  liked it") == ["It", "was", "good", "I", "it"]
    assert changeable_words("我没有看书，他也没。好") == ["我", "他", "也", "好"]


def test_a_word_is_written_like_the_one_it_stands_for():
    assert [like("Film", "movie"), like("FILM", "movie"), like("film", "movie"), like("I", "he"), like("film", "Oscar")] == [
        "Movie",
        "MOVIE",
        "movie",
        "He",
        "Oscar",
    ]
    assert joined(replaced(cut("A Film!"), 2, "show")) == "A Show!"


def test_words_of_letters_never_come_to_touch():
    pieces = cut("用Python写iOS", "characters")
    assert joined(deleted(pieces, 2)) == "用Python iOS"
    assert joined(inserted(pieces, 1, Piece("old", "word"))) == "用old Python写iOS"
    assert joined(inserted(pieces, 2, Piece("old", "word"))) == "用Python old写iOS"
    assert joined(inserted(pieces, 2, Piece("新", "han"))) == "用Python新写iOS"


def test_a_deleted_word_takes_one_blank_along_and_no_line_end():
    pieces = cut("one two,\nthree  four")
    assert [joined(deleted(pieces, place)) for place in (0, 2, 5, 7)] == [
        "two,\nthree  four",
        "one,\nthree  four",
        "one two,\nfour",
        "one two,\nthree",
    ]

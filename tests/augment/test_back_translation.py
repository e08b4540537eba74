import pytest

from groundup.augment.back_translation import back_translated, copy_fault, round_trip

FORTH = {"good film": "好电影", "a bad film": "坏电影", "fine": "好", "odd": "", "same": "同"}
BACK = {"好电影": "fine movie", "坏电影": "a  BAD film", "好": "that is really good", "同": " "}


def forth(texts):
    return [FORTH[text] for text in texts]


def back(texts):
    return [BACK[text] for text in texts]


def test_copies_are_kept_in_place_and_every_drop_is_counted_by_its_reason():
    found = back_translated(["good film", "a bad film", "fine", "odd", "same", "good film"], forth, back)
    assert found.texts == ["fine movie", None, None, None, None, "fine movie"]
    assert found.dropped == {"UNCHANGED": 1, "LENGTH": 1, "EMPTY": 2}


def test_each_distinct_text_is_translated_once_and_empty_ones_never():
    calls = []

    def watched(texts):
        calls.append(list(texts))
        return [text.upper() + "!" for text in texts]

    assert round_trip(["a", "", "b", "a"], watched, watched) == ["A!!", "", "B!!", "A!!"]
    assert calls == [["a", "b"], ["A!", "B!"]]
    assert round_trip(["", " "], watched, watched) == ["", " "]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("abcd", "ab", None),
        ("ab", "abcdef", None),
        ("ab", "abcdefg", "LENGTH"),
        ("abcdefg", "ab", "LENGTH"),
        ("酒店很好", "酒店真的不错", None),
        ("Abc  d", "abc d", "UNCHANGED"),
        ("abc", " \u200b", "EMPTY"),
    ],
)
def test_the_ratio_of_lengths_is_one_to_three_at_most(old, new, expected):
    assert copy_fault(old, new) == expected


def test_a_translation_that_loses_texts_is_a_fault():
    with pytest.raises(ValueError, match="forth gave 1 translations of 2 texts"):
        round_trip(["a", "b"], lambda texts: texts[:1], back)

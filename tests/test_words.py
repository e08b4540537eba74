import string
from pathlib import Path

import pytest

from groundup import words
from groundup.words import LANGUAGES, WORDS, named, speaker
from groundup.words_explain import EXPLAIN
from groundup.words_size import SIZE


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("english", "chinese"), [*WORDS.values(), *SIZE.values()])
def test_both_languages_say_the_same_things(english, chinese):
    assert placeholders(english) == placeholders(chinese)
    assert english.strip()
    assert chinese.strip()


def test_a_speaker_fills_in_values():
    assert [speaker(language)("from to", low="1", high="2") for language in LANGUAGES] == ["1 to 2", "1 至 2"]


def test_a_word_that_is_missing_is_an_error():
    with pytest.raises(KeyError):
        speaker("en")("no such word")


def test_no_part_of_the_table_overwrites_another():
    source = (Path(words.__file__)).read_text("utf-8")
    assert not [key for key in EXPLAIN if f'    "{key}": (' in source]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("random 3", "随机句数 3"),
        ("first 42%", "开头句数 42%"),
        ("majority", "总是预测最常见类别"),
        ("my model 2", "my model 2"),
        ("random", "随机句数"),
        ("copy", "copy"),
    ],
)
def test_systems_keep_the_number_behind_their_name(name, wanted):
    assert named(name, speaker("zh")) == wanted

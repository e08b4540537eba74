import string

import pytest

from groundup.language import speaking
from groundup.messages.compression import COMPRESSION
from groundup.messages.current import message, place_text
from groundup.messages.size import SIZE
from groundup.messages.translate import LANGUAGES, MESSAGES, PHRASES, TABLES, translate_name, translator


def placeholders(text):
    """Names of values; a word of which a number decides the form (`{rows:~is|are}`) shows none."""
    return {name for _, name, form, _ in string.Formatter().parse(text) if name and not form.startswith("~")}


@pytest.mark.parametrize(("english", "chinese"), [*MESSAGES.values(), *SIZE.values(), *COMPRESSION.values()])
def test_both_languages_say_the_same_things(english, chinese):
    assert placeholders(english) == placeholders(chinese)
    assert english.strip()
    assert chinese.strip()


def test_a_translator_fills_in_values():
    assert [translator(language)("from to", low="1", high="2") for language in LANGUAGES] == ["1 to 2", "1 至 2"]


@pytest.mark.parametrize(
    ("text", "value", "filled"),
    [
        ("{n:row|rows}", 1, "1 row"),
        ("{n:row|rows}", "1", "1 row"),
        ("{n:row|rows}", 2000, "2,000 rows"),
        ("{n:~is|are}", 1, "is"),
        ("{n:~is|are}", 0, "are"),
        ("{n}", 1234, "1,234"),
        ("{n}", "1234", "1234"),
        ("{n:.1%}", 0.5, "50.0%"),
    ],
)
def test_placeholders_count(text, value, filled):
    assert PHRASES.format(text, n=value) == filled


def test_messages_are_in_the_language_that_is_spoken():
    with speaking("zh"):
        assert [message("rows"), place_text("column 'a'"), place_text("a.csv:3")] == ["行数", "列“a”", "a.csv:3"]
    assert [message("rows"), place_text("column 'a'")] == ["rows", "column 'a'"]


def test_a_message_that_is_missing_is_an_error():
    with pytest.raises(KeyError):
        translator("en")("no such word")


def test_no_table_overwrites_another():
    assert sum(map(len, TABLES)) == len(MESSAGES)


def test_messages_of_a_report_come_before_the_shared_ones():
    assert translator("zh", COMPRESSION)("rung") == "方案"
    assert translator("en", {"rows": ("lines", "行")})("rows") == "lines"


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
    assert translate_name(name, translator("zh")) == wanted

import pytest

from groundup.compress.words import WORDS
from groundup.words import speaker
from tests.test_words import placeholders


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_say_the_same_things(key):
    english, chinese = WORDS[key]
    assert placeholders(english) == placeholders(chinese)
    assert english.strip()
    assert chinese.strip()


def test_words_of_a_report_come_before_the_common_ones():
    assert speaker("zh", WORDS)("rung") == "方案"
    assert speaker("en", {"rows": ("lines", "行")})("rows") == "lines"

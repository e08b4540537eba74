import builtins

import pytest

from groundup.errors import InputError
from groundup.keywords.corpus_words import CorpusWords
from groundup.keywords.phrases import Phrases, language_of, make_phrases
from groundup.keywords.stop_words import CHINESE, ENGLISH

EN = make_phrases("en")
TEXT = "The finite element method, and Terzaghi's\n\ttwo-phase C++ model: 3.5 big cats. Dogs"


def keys(text, phrases=EN):
    return [phrase.key for phrase in phrases.candidates(text)]


def test_stop_words_and_punctuation_bound_english_phrases():
    every = Phrases("en", longest=False)
    assert keys("the finite element method, and a big cat", every) == [
        "finite",
        "finite element",
        "finite element method",
        "element",
        "element method",
        "method",
        "big",
        "big cat",
        "cat",
    ]


def test_a_phrase_that_stands_only_inside_a_longer_one_is_no_candidate():
    assert keys("finite element method") == ["finite element method"]
    assert keys("finite element method. An element") == ["finite element method", "element"]


def test_no_phrase_is_longer_than_four_words_or_ends_on_an_adverb():
    found = keys("alpha beta gamma delta epsilon slowly")
    assert max(key.count(" ") for key in found) == 3
    assert not any(key.endswith("slowly") for key in found)


def test_places_are_those_of_the_text_and_line_ends_do_not_part():
    (phrase,) = [phrase for phrase in EN.candidates(TEXT) if phrase.key.startswith("terzaghi")]
    assert phrase.key == "terzaghi two-phase c++ model"
    assert [TEXT[start:stop] for start, stop in phrase.spans] == ["Terzaghi's\n\ttwo-phase C++ model"]
    assert phrase.text == "Terzaghi's two-phase C++ model"


def test_all_places_of_a_phrase_are_kept_whatever_its_case():
    text = "Neural nets and neural nets."
    assert [phrase.spans for phrase in EN.candidates(text)] == [((0, 11), (16, 27))]


def test_sentences_and_blank_lines_part_phrases():
    assert keys("red lamp. Old boat\n\nnew-born bird") == ["red lamp", "old boat", "new-born bird"]


def test_chinese_words_come_from_the_dictionary_with_their_places():
    pytest.importorskip("rjieba")
    phrases, text = make_phrases("zh"), "我们研究了Lyapunov函数和飞行器的姿态控制系统。"
    found = {phrase.key: phrase.spans for phrase in phrases.candidates(text)}
    assert {"lyapunov函数", "飞行器", "姿态控制系统"} == set(found)
    assert {text[start:stop].lower() for spans in found.values() for start, stop in spans} == set(found)


def test_without_the_dictionary_chinese_is_refused_with_the_way_out(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest, **more):
        if name == "rjieba":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(InputError, match=r"MISSING_EXTRA.*--words corpus"):
        make_phrases("zh")
    assert make_phrases("zh", CorpusWords(["机器"])).candidates("机器")[0].key == "机器"


CORPUS = [f"{before}神经网络{after}" for before, after in zip("甲乙丙丁戊己庚辛", "壬癸子丑寅卯辰巳")] + [
    f"{before}机器{after}" for before, after in zip("天地玄黄宇宙洪荒", "日月盈昃辰宿列张")
]


def test_words_of_a_corpus_are_frequent_and_stand_in_changing_company():
    cut = CorpusWords(CORPUS)
    assert set(cut.words) == {"神经网络", "机器"}  # not 神经网, which 络 always follows
    assert cut("丙机器神经网络天") == ["丙", "机器", "神经网络", "天"]
    assert [phrase.key for phrase in make_phrases("zh", cut).candidates("丙机器，神经网络")] == ["丙机器", "神经网络"]


def test_pieces_joined_are_the_text_even_of_characters_never_seen():
    cut = CorpusWords(CORPUS)
    for text in ("未见之字", "机器人神经网络学", "好"):
        assert "".join(cut(text)) == text


@pytest.mark.parametrize(
    ("texts", "language"), [(["a plain text"], "en"), (["一篇文章"], "zh"), (["一篇 short 文章"], "zh"), ([""], "en")]
)
def test_the_language_is_that_of_the_script(texts, language):
    assert language_of(texts) == language


@pytest.mark.parametrize("text", ["", "  \n", "the of and", "123 4.5", "!?…"])
def test_a_text_without_content_has_no_phrases(text):
    assert keys(text) == []


def test_stop_words_are_folded_and_of_their_script():
    assert all(word == word.lower() and word.isascii() for word in ENGLISH)
    assert all("\u4e00" <= letter <= "\u9fff" for word in CHINESE for letter in word)

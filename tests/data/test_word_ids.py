import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenize import train_tokenizer
from groundup.data.word_ids import PLAIN, WordIds, splits_words

TEXTS = [
    "The quick brown fox, it's said, jumped over 3.14 lazy dogs - e.g. `x_y` <b> $5 ~ ^ | #tag @me",
    "他说：“今天天气很好！”真的吗？——是的……（笑）《红楼梦》abc天123。",
    "Tabs\tand\nlines\r\nand  blanks   everywhere ",
    "Ünïcödé naïve café ｆｕｌｌ ａｎｄ ａｃｃｅｎｔｓ é ﬁ ① 😀 ~～",
    "control \x01 zero\u200bwidth \u00a0 nbsp \ufffd",
    "[CLS] [MASK] a[SEP]b ##ing",
    "",
    "x" * 300,
]
CHARACTERS = "aZ09 .,!?-_'\"$~\t\n“”’—…，。！好天éÉ\u0301\u200bＡ①"


def encoder(kind="wordpiece", lowercase=True):
    return train_tokenizer(lambda: iter(TEXTS * 5), TokenizerSettings(kind=kind, vocab_size=200, lowercase=lowercase))


@pytest.mark.parametrize("kind", ["wordpiece", "bpe"])
@pytest.mark.parametrize("lowercase", [True, False])
def test_ids_are_those_of_the_tokenizer(kind, lowercase):
    made = encoder(kind, lowercase)
    direct = [e.ids for e in made.tokenizer.encode_batch(TEXTS, add_special_tokens=False)]
    assert made.encode_batch(TEXTS) == direct


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.sampled_from(CHARACTERS) | st.characters(), max_size=30), max_size=4))
def test_ids_are_those_of_the_tokenizer_for_any_text(texts):
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert MADE.encode_batch(texts) == [e.ids for e in MADE.tokenizer.encode_batch(texts, add_special_tokens=False)]


MADE = encoder()


def test_only_tokenizers_that_split_words_as_we_do_take_the_short_way():
    assert splits_words(encoder().tokenizer) is True
    assert splits_words(encoder(lowercase=False).tokenizer) is False
    assert splits_words(encoder("byte_bpe").tokenizer) is None
    assert splits_words(encoder("unigram").tokenizer) is None


def test_texts_beyond_plain_ones_go_to_the_tokenizer():
    asked: list[str] = []

    def encode(texts):
        asked.extend(texts)
        return [[len(text)] for text in texts]

    assert WordIds(encode, True)(["ab c", "café"]) == [[2, 1], [4]]
    assert sorted(asked) == ["ab", "c", "café"]


def test_a_million_characters_take_linear_time():
    made, start = encoder(), time.process_time()
    assert len(made.encode_batch(["a" * 10**6, "好" * 10**6, "a " * 500_000])) == 3
    assert time.process_time() - start < 5


def test_every_mark_counts_as_plain():
    assert PLAIN.fullmatch("“好”—a, b!")
    assert not PLAIN.fullmatch("～")

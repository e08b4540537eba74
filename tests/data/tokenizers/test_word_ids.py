import gzip
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers import word_table
from groundup.data.tokenizers.training import train_tokenizer
from groundup.data.tokenizers.word_ids import splits_words
from groundup.data.tokenizers.word_table import PACKED

TEXTS = [
    "The quick brown fox, it's said, jumped over 3.14 lazy dogs - e.g. `x_y` <b> $5 ~ ^ | #tag @me",
    "他说：“今天天气很好！”真的吗？——是的……（笑）《红楼梦》abc天123。",
    "Tabs\tand\nlines\r\nand  blanks   everywhere ",
    "Ünïcödé naïve café ｆｕｌｌ ａｎｄ ａｃｃｅｎｔｓ é ﬁ ① 😀 ~～",
    "control \x01 zero\u200bwidth \u00a0 nbsp \ufffd",
    "[CLS] [MASK] a[SEP]b ##ing",
    "",
    "x" * 300,
    "İSTANBUL ıI İ i\u0307 ẞß ǅ Σς",  # letters whose lower case is another number of letters
    "好\u0301 a\u0301 ,\u0301b \u0301 e\u0301\u0323\u0301! q\u20dd#\ufe0f\u20e3",
    "👩\u200d👩\u200d👧ok 🇨🇳 𝒳y 𠀀好 x😀y\u200b z",
    "eightltr ninelettr sixteenletters12 seventeenletters1 sixteenletters1é ABCDEFGHIJKLMNOP",
    "ひらがな カタカナ한국어 ไทย हिन्दी עברית",
    "a\x00b\x7fc\x85d\u2028e\ufefff\ue000g\U000e0001h",
]
REAL = [
    "text_en/wikitext2",
    "zh_nlu/smp2020_ewect_usual",
    "translation/multi30k_en_de",
    "text_dirty/mojibake",
    "text_dirty/web_html",
]
CHARACTERS = "aZ09 .,!?-_'\"$~\t\n“”’—…，。！好天éÉ\u0301\u200bＡ①İ😀𠀀ひ"


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


@pytest.mark.parametrize("file", REAL)
@pytest.mark.parametrize("lowercase", [True, False])
def test_ids_of_real_lines_are_those_of_the_tokenizer(file, lowercase, shared_data):
    lines: list[str] = []
    for path in sorted(path for path in (shared_data / file).rglob("*") if path.is_file())[:6]:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines += data[:200_000].decode("utf-8", "replace").split("\n")[:500]
    assert len(lines) > 100
    made = train_tokenizer(lambda: iter(lines[::3]), TokenizerSettings(vocab_size=2000, lowercase=lowercase))
    direct = [e.ids for e in made.tokenizer.encode_batch_fast(lines, add_special_tokens=False)]
    assert made.encode_batch(lines) == direct
    ids, lengths = made.encode_flat(lines[::-1])
    assert ids.tolist() == [i for one in direct[::-1] for i in one]
    assert lengths.tolist() == [len(one) for one in direct[::-1]]


def test_no_text_has_no_ids():
    assert MADE.encode_batch([]) == []
    assert MADE.encode_batch(["", " \n"]) == [[], []]


@pytest.mark.parametrize("limit", ["MOST_WORDS", "MOST_CHARACTERS"])
def test_forgetting_words_changes_no_ids(limit, monkeypatch):
    expected = [MADE.encode_batch([text])[0] for text in TEXTS]
    monkeypatch.setattr(word_table, limit, 3)
    forgetful = encoder()
    assert [forgetful.encode_batch([text])[0] for text in TEXTS for _ in range(2)] == [e for e in expected for _ in range(2)]
    assert forgetful.word_ids.num_words < 60


def test_the_longest_packed_words_differ_in_every_letter():
    words = [*("a" * n + "b" + "a" * (PACKED - 1 - n) for n in range(PACKED)), "a" * PACKED, "a" * (PACKED + 1)]
    made = train_tokenizer(lambda: iter(words * 3), TokenizerSettings(vocab_size=400))
    assert made.encode_batch([" ".join(words)])[0] == made.tokenizer.encode(" ".join(words), add_special_tokens=False).ids
    assert made.word_ids.num_words == len(words)


def test_a_million_characters_take_linear_time():
    made, start = encoder(), time.process_time()
    assert len(made.encode_batch(["a" * 10**6, "好" * 10**6, "a " * 500_000])) == 3
    assert time.process_time() - start < 5

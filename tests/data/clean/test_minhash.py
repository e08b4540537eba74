import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rensa import RMinHash

from groundup.data.clean.minhash import TOGETHER, fold, hash_grams, sketches

TEXTS = [
    "",
    "a",
    "abcde",
    "abcdef",
    "好",
    "好的老人每天",
    "a好b的c老d",
    "éééééé",
    "😀😀😀😀😀😀a",
    "ab😀𝒳好é" * 9,
    "\x00a\x00b\x00c\x00",
]


def grams_of(text: str) -> list[str]:
    return [text[i : i + 5] for i in range(max(1, len(text) - 4))]


@pytest.mark.parametrize("text", TEXTS)
def test_grams_are_hashed_as_the_package_hashes_them(text):
    assert hash_grams(text).tolist() == RMinHash.hash_token_sets([grams_of(text)])[0]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.sampled_from("ab é好😀𝒳\u0301") | st.characters(codec="utf-8"), max_size=40), max_size=4))
def test_sketches_are_the_lower_halves_of_the_package_s(texts):
    for text, found in zip(texts, sketches(texts), strict=True):
        theirs = RMinHash(num_perm=128, seed=1)
        theirs.update(list(set(grams_of(text))))
        assert np.frombuffer(found, dtype="<u2").tolist() == [value % 2**16 for value in theirs.digest()]


def test_texts_together_have_the_sketches_they_have_alone():
    texts = [text * 700 for text in TEXTS]
    assert sum(map(len, texts)) > 2 * TOGETHER
    assert sketches(texts) == [sketches([text])[0] for text in texts]


def test_half_of_a_surrogate_pair_has_a_sketch():
    assert len(sketches(["a gram of 😀😀\ud83d😀😀 that is long"])[0]) == len(sketches([" \ud800"])[0]) == 256
    assert len(sketches(["half \ud800 of a pair"])[0]) == 256


@given(st.text(st.sampled_from("aB \n\t\r\x0b\x1c\x85\u00a0\u2028\u3000\u200bÉß好Ａ") | st.characters(), max_size=12))
def test_blanks_are_folded_as_split_sees_them(text):
    assert fold(text) == " ".join(fold(text + "\u200b").split()) == fold(text + "\u200b")
    assert fold(text) == " ".join(fold(text).split())

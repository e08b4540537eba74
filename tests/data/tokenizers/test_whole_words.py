import numpy as np
import pytest

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.training import train_tokenizer
from groundup.data.tokenizers.whole_words import WholeWords

TEXTS = ["The unbelievable singer sings a singing song.", "今天天气很好，我们去公园散步。"]


@pytest.fixture(scope="module")
def encoder():
    return train_tokenizer(lambda: iter(TEXTS * 3), TokenizerSettings(vocab_size=70))


def grouped(encoder, text):
    pytest.importorskip("rjieba")
    tokens = np.array(encoder.encode_batch([text])[0])
    names = {i: token.removeprefix("##") for token, i in encoder.vocabulary.items()}
    words: list[str] = []
    for token, goes_on in zip(tokens.tolist(), WholeWords(encoder)(tokens)):
        if goes_on:
            words[-1] += names[token]
        else:
            words.append(names[token])
    return words


def test_pieces_of_an_english_word_belong_together(encoder):
    assert grouped(encoder, "The unbelievable song.") == ["the", "unbelievable", "song", "."]


def test_characters_of_a_chinese_word_belong_together(encoder):
    assert grouped(encoder, "我们去公园散步，很好") == ["我们", "去", "公园", "散步", "，", "很", "好"]


def test_words_of_a_mixed_text_end_where_the_script_changes(encoder):
    assert grouped(encoder, "我们sing公园") == ["我们", "sing", "公园"]

import numpy as np

from groundup.data.tokenizers import word_table
from groundup.data.tokenizers.word_table import KINDS, Packed


def test_words_that_want_one_place_are_told_apart(monkeypatch):
    generator = np.random.default_rng(3)
    low, high = np.unique(generator.integers(1, 40, (2, 3000), dtype=np.uint64), axis=1)
    monkeypatch.setattr(Packed, "slots", lambda self, low, high: (low % np.uint64(5)).astype(np.int64))
    table, half = Packed(), len(low) // 2
    table.add(low[:half], high[:half], range(half))
    assert table.find(low, high).tolist() == [*range(half), *[-1] * (len(low) - half)]
    table.add(low[half:], high[half:], range(half, len(low)))
    assert table.find(low[::-1], high[::-1]).tolist() == list(range(len(low)))[::-1]


def test_a_table_of_words_grows(monkeypatch):
    monkeypatch.setattr(word_table, "SLOTS", 4)
    table, low = Packed(), np.arange(1, 1001, dtype=np.uint64)
    for start in range(0, 1000, 100):
        table.add(low[start : start + 100], low[start : start + 100], range(start, start + 100))
    assert table.find(low, low).tolist() == list(range(1000))
    assert table.find(low, low + np.uint64(1)).max() == -1


def test_marks_are_words_of_their_own_and_what_looks_like_them_is_asked_for():
    assert [int(KINDS[ord(letter)]) for letter in "“—。a9 \n～é\x01"] == [1, 1, 1, 2, 2, 0, 0, 3, 3, 3]

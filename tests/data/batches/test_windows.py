from collections import Counter

import numpy as np

from groundup.data.batches.pairs import Specials
from groundup.data.batches.windows import Windows
from tests.data.corpora import MemoryCorpus, random_corpus

SPECIALS = Specials(cls=2, sep=3)


def sequences(source, first, last):
    flat = source.batch(np.arange(first, last))
    found = {n: flat.tokens[s : s + size] for n, s, size in zip(flat.numbers, flat.starts, flat.lengths, strict=True)}
    return [found[n] for n in range(first, last)]


def test_an_epoch_holds_every_token_once():
    corpus = random_corpus()
    windows = Windows(corpus, SPECIALS, 32, seed=0)
    for epoch in range(2):
        found = sequences(windows, epoch * windows.size, (epoch + 1) * windows.size)
        assert all(s[0] == SPECIALS.cls and s[-1] == SPECIALS.sep and 2 < len(s) <= 32 for s in found)
        assert Counter(np.concatenate([s[1:-1] for s in found]).tolist()) == Counter(corpus.tokens.tolist())


def test_a_window_never_joins_two_documents():
    windows = Windows(random_corpus(document_of_token=True), SPECIALS, 24, seed=1)
    assert all(len(set(s[1:-1].tolist())) == 1 for s in sequences(windows, 0, windows.size))


def test_a_document_that_fills_its_windows_exactly_leaves_no_empty_one():
    windows = Windows(MemoryCorpus([[list(range(10, 40))], [list(range(40, 50))]]), SPECIALS, 12, seed=0)
    assert windows.size == 4
    assert sorted(map(len, sequences(windows, 0, 4))) == [12, 12, 12, 12]


def test_an_example_depends_on_its_number_alone():
    corpus = random_corpus()
    whole = sequences(Windows(corpus, SPECIALS, 32, seed=5), 0, 300)
    for number in (299, 3, 150):
        (alone,) = sequences(Windows(corpus, SPECIALS, 32, seed=5), number, number + 1)
        assert (alone == whole[number]).all()
    assert any(
        len(a) != len(b) or (a != b).any()
        for a, b in zip(whole, sequences(Windows(corpus, SPECIALS, 32, seed=6), 0, 300), strict=True)
    )

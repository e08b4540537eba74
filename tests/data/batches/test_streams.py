import numpy as np
import pytest

from groundup.data.batches.pairs import Specials
from groundup.data.batches.streams import Streams
from tests.data.corpora import random_corpus


def documents(corpus):
    bounds = np.asarray(corpus.sentence_starts)[np.asarray(corpus.document_starts)]
    return [corpus.slice(int(a), int(b)).tolist() for a, b in zip(bounds, bounds[1:])]


def windows(streams):
    flat = streams.batch(np.arange(streams.size))
    return [flat.tokens[s : s + n].tolist() for s, n in zip(flat.starts, flat.lengths)]


@pytest.mark.parametrize(("cls", "sep"), [(2, 3), (-1, 3), (-1, -1)])
@pytest.mark.parametrize("length", [5, 16, 1000])
def test_every_token_but_the_first_of_a_document_is_predicted_once(cls, sep, length):
    corpus = random_corpus(vocab=64)
    streams = Streams(corpus, Specials(cls, sep), length, seed=1)
    framed = [[*([cls] if cls >= 0 else []), *d, *([sep] if sep >= 0 else [])] for d in documents(corpus)]
    steps = sorted(pair for w in windows(streams) for pair in zip(w, w[1:]))
    assert steps == sorted(pair for d in framed for pair in zip(d, d[1:]))
    assert max(map(len, windows(streams))) <= length


def test_windows_without_overlap_are_the_documents_cut():
    corpus = random_corpus(vocab=64)
    streams = Streams(corpus, Specials(2, 3), 7, seed=1, overlap=0, framed=False)
    assert sorted(t for w in windows(streams) for t in w) == sorted(t for d in documents(corpus) for t in d)


def test_an_epoch_is_every_window_once_in_another_order():
    streams = Streams(random_corpus(vocab=64), Specials(2, 3), 9, seed=1)
    first, second = (
        [streams.batch(np.array([n])).tokens.tolist() for n in range(e * streams.size, (e + 1) * streams.size)] for e in (0, 1)
    )
    assert first != second
    assert sorted(first) == sorted(second)

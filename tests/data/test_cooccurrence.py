"""Word vectors from co-occurrence: counts against loops, the information against its formula, neighbors that mean the same."""

from collections import Counter
from itertools import pairwise
from math import log

import numpy as np
import pytest

from groundup.data import cooccurrence
from groundup.data.cooccurrence import WINDOW, count_pairs, information, word_vectors
from tests.data.corpora import MemoryCorpus, random_corpus


def counted_by_loops(corpus) -> Counter:
    found: Counter = Counter()
    ends = corpus.sentence_starts[corpus.document_starts]
    for start, end in pairwise(ends):
        document = corpus.tokens[start:end].tolist()
        for i, a in enumerate(document):
            for b in document[i + 1 : i + 1 + WINDOW]:
                found[a, b] += 1
                found[b, a] += 1
    return found


def test_pairs_are_counted_within_the_window_and_never_across_documents():
    corpus = random_corpus(documents=7, vocab=30, seed=1)
    counts = count_pairs(corpus, 30).toarray()
    assert {(a, b): int(counts[a, b]) for a, b in zip(*np.nonzero(counts))} == dict(counted_by_loops(corpus))


def test_a_long_text_is_counted_in_pieces_from_everywhere(monkeypatch):
    monkeypatch.setattr(cooccurrence, "PIECE", 50)
    monkeypatch.setattr(cooccurrence, "MOST_TOKENS", 400)
    corpus = MemoryCorpus([[np.full(100, 5 + d)] for d in range(20)])
    counts = count_pairs(corpus, 25)
    seen = np.flatnonzero(counts.sum(axis=1))
    assert counts.sum() <= 2 * WINDOW * 400
    assert 8 <= len(seen) < 20
    assert (seen[0], seen[-1]) == (5, 24)


def test_information_is_the_formula():
    counts = count_pairs(random_corpus(documents=5, vocab=20, seed=2), 20)
    table, found = counts.toarray(), information(counts).toarray()
    totals = table.sum(axis=1)
    smoothed = totals**0.75 / (totals**0.75).sum()
    for a in range(20):
        for b in range(20):
            expected = max(0.0, log(table[a, b] / totals[a] / smoothed[b])) if table[a, b] else 0.0
            assert found[a, b] == pytest.approx(expected, abs=1e-5)


def topical(seed: int) -> MemoryCorpus:
    """Documents about one of two topics: words 5..14 and 15..24, and function words 25..29 in both."""
    rng = np.random.default_rng(seed)
    documents = []
    for number in range(60):
        topic = rng.integers(5 + 10 * (number % 2), 15 + 10 * (number % 2), 40)
        documents.append([np.where(rng.random(40) < 0.3, rng.integers(25, 30, 40), topic)])
    return MemoryCorpus(documents)


def test_words_of_one_topic_lie_nearer_than_words_of_two():
    vectors, known = word_vectors(topical(3), 32, 8, seed=0)
    assert np.flatnonzero(known).tolist() == list(range(5, 30))
    near = vectors[5:25] @ vectors[5:25].T
    inside = np.mean([near[:10, :10][~np.eye(10, dtype=bool)].mean(), near[10:, 10:][~np.eye(10, dtype=bool)].mean()])
    assert inside > near[:10, 10:].mean() + 0.3


def test_vectors_have_length_one_and_are_the_same_for_the_same_seed():
    first, known = word_vectors(topical(4), 32, 8, seed=7)
    again, _ = word_vectors(topical(4), 32, 8, seed=7)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_allclose(np.linalg.norm(first[known], axis=1), 1, atol=1e-6)
    assert not first[~known].any()


@pytest.mark.parametrize("documents", [[[[5]]], [[[5, 5, 5]]], [[[5, 6]]]])
def test_a_text_too_small_for_vectors_gives_none_or_few(documents):
    vectors, known = word_vectors(MemoryCorpus(documents), 8, 4, seed=0)
    assert np.isfinite(vectors).all()
    assert known.sum() <= 2

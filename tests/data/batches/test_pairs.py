import numpy as np
import pytest
from scipy import stats

from groundup.data.batches.pairs import NEXT, NO_LABEL, RANDOM, Pairs, Specials, truncate
from groundup.data.batches.windows import Windows
from tests.data.corpora import MemoryCorpus, random_corpus

SPECIALS = Specials(cls=2, sep=3)


def examples(source, first, last):
    flat = source.batch(np.arange(first, last))
    for start, length, number, *rest in zip(flat.starts, flat.lengths, flat.numbers, *flat.labels.values()):
        yield number, flat.tokens[start : start + length], *rest


def test_random_segments_never_come_from_the_same_document():
    pairs = Pairs(random_corpus(document_of_token=True), SPECIALS, 64, seed=1)
    seen = {NEXT: 0, RANDOM: 0, NO_LABEL: 0}
    for _, tokens, label in examples(pairs, 0, 3 * pairs.size):
        inside = tokens[~np.isin(tokens, SPECIALS)]
        seen[label] += 1
        assert len(set(inside)) == (2 if label == RANDOM else 1)
    assert stats.binomtest(seen[RANDOM], seen[RANDOM] + seen[NEXT]).pvalue > 0.001


def test_true_next_segments_continue_where_the_first_ended():
    corpus = random_corpus()
    pairs = Pairs(corpus, SPECIALS, 48, seed=0)
    boundaries = set(corpus.sentence_starts.tolist())
    for a, a_end, b, b_end, label in pairs.make_index(0):
        assert (a_end - a) + (b_end - b) <= 45
        if label == NEXT and (a_end - a) + (b_end - b) < 40:  # nothing was truncated
            assert a_end == b
            assert b in boundaries


def test_an_example_depends_on_its_number_alone():
    one, other = (Pairs(random_corpus(), SPECIALS, 64, seed=3) for _ in range(2))
    whole = {n: t.tolist() for n, t, _ in examples(one, 0, 2 * one.size)}
    for n in (2 * one.size - 1, 0, one.size, 5):
        assert next(examples(other, n, n + 1))[1].tolist() == whole[n]


def test_another_epoch_and_another_seed_give_other_pairs():
    pairs, other = Pairs(random_corpus(), SPECIALS, 64, seed=3), Pairs(random_corpus(), SPECIALS, 64, seed=4)
    first, second = pairs.make_index(0).tolist(), pairs.make_index(1).tolist()
    assert first != second
    assert first != other.make_index(0).tolist()


def test_a_short_document_gives_no_label_away():
    corpus = MemoryCorpus([[[9] * 4], [[8] * 5], [[7] * 3, [7] * 6]])
    labels = {
        tuple(sorted(set(t[~np.isin(t, SPECIALS)]))): label for _, t, label in examples(Pairs(corpus, SPECIALS, 32, 0), 0, 1)
    }
    assert all(label == NO_LABEL for words, label in labels.items() if words in ((9,), (8,)))


def test_segments_are_marked_from_the_second_text_on():
    flat = Pairs(random_corpus(), SPECIALS, 64, seed=0).batch(np.arange(6))
    for start, length, label in zip(flat.starts, flat.lengths, flat.labels["nsp"]):
        tokens, segments = flat.tokens[start : start + length], flat.segments[start : start + length]
        assert tokens[0] == SPECIALS.cls
        assert tokens[-1] == SPECIALS.sep
        if label != NO_LABEL:
            assert segments.tolist() == [0] * (np.flatnonzero(tokens == 3)[0] + 1) + [1] * segments.sum()


@pytest.mark.parametrize(("a", "b"), [(50, 10), (10, 50), (40, 41), (30, 30), (5, 6)])
def test_truncation_shortens_the_longer_side_first(a, b):
    a0, a1, b0, b1 = truncate(0, a, 100, 100 + b, 45, 0.2, 0.9)
    left, right = a1 - a0, b1 - b0
    assert left + right == min(45, a + b)
    assert min(left, right) == min(a, b, 22 if min(a, b) > 22 else min(a, b))


def test_windows_cover_every_token_once_an_epoch_and_start_at_documents():
    corpus = random_corpus()
    source = Windows(corpus, SPECIALS, 32, seed=0)
    tokens = np.concatenate([t[1:-1] for _, t in examples(source, 0, source.size)])
    assert sorted(tokens) == sorted(corpus.tokens)
    starts = corpus.sentence_starts[corpus.document_starts[:-1]]
    assert set(starts) <= set(source.starts)


def test_pairs_in_order_are_neighbors_swapped_for_half_of_them():
    pairs = Pairs(random_corpus(), SPECIALS, 48, seed=0, in_order=True)
    counts = {NEXT: 0, RANDOM: 0}
    for a, a_end, b, b_end, label in pairs.make_index(0):
        if label == NO_LABEL:
            continue
        counts[label] += 1
        first_end, second = (a_end, b) if label == NEXT else (b_end, a)
        assert first_end <= second
        if (a_end - a) + (b_end - b) < 40:  # nothing was truncated
            assert first_end == second
    assert stats.binomtest(counts[RANDOM], sum(counts.values())).pvalue > 0.001

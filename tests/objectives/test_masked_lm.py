import numpy as np
import pytest
from scipy import stats

from groundup.data.batches.ragged_batch import lay
from groundup.objectives.masked_lm import MaskedLM, Masking

PAPER = Masking()
VOCAB, SPECIALS, MASK = 500, [0, 1, 2, 3, 4], 4


def flat_of(lengths, seed=0, first=0):
    rng = np.random.default_rng(seed)
    rows = [np.concatenate([[2], rng.integers(5, VOCAB, n), [3]]) for n in lengths]
    return lay(rows, np.arange(first, first + len(rows)))


def drawn(masking=PAPER, lengths=(126,) * 2000, seed=0, progress=0.0):
    flat = flat_of(lengths)
    before = flat.tokens.copy()
    positions, targets = MaskedLM(masking, MASK, SPECIALS, VOCAB, seed).prepare(flat, progress)["mlm"]
    return flat, before, positions, targets


def test_fifteen_percent_are_chosen_of_which_80_10_10():
    flat, before, positions, targets = drawn()
    assert len(flat.tokens) > 200_000
    assert (before[positions] == targets).all()
    assert len(positions) / (before >= 5).sum() == pytest.approx(0.15, abs=0.002)  # 19 of 126
    after = flat.tokens[positions]
    masked, kept = (after == MASK).sum(), (after == targets).sum()
    fates = [masked, kept, len(after) - masked - kept]
    chance_of_self = 0.1 / (VOCAB - 5)  # a random word may be the word itself
    expected = np.array([0.8, 0.1 + chance_of_self, 0.1 - chance_of_self]) * len(after)
    assert stats.chisquare(fates, expected).pvalue > 0.001


def test_chosen_positions_are_uniform_and_never_special():
    flat, before, positions, _ = drawn()
    assert not np.isin(before[positions], SPECIALS).any()
    places = positions - flat.starts[flat.rows[positions]]
    counts = np.bincount(places, minlength=128)[1:127]
    assert stats.chisquare(counts).pvalue > 0.001


def test_random_words_are_uniform_over_the_ordinary_vocabulary():
    flat, _, positions, _ = drawn(Masking(0.5, 0.5, 0.0, 1.0))
    counts = np.bincount(flat.tokens[positions], minlength=VOCAB)
    assert counts[:5].sum() == 0
    assert stats.chisquare(counts[5:]).pvalue > 0.001


def test_tokens_that_are_not_chosen_stay():
    flat, before, positions, _ = drawn()
    rest = np.setdiff1d(np.arange(len(before)), positions)
    assert (flat.tokens[rest] == before[rest]).all()


def test_at_least_one_token_of_a_short_text_and_at_most_20_of_128():
    flat, _, positions, _ = drawn(Masking(most=20 / 128), lengths=(126, 60, 3, 1))
    assert np.bincount(flat.rows[positions]).tolist() == [19, 9, 1, 1]
    flat, _, positions, _ = drawn(Masking(0.4, 0.4, most=20 / 128), lengths=(126,))
    assert len(positions) == 20


def test_the_rate_falls_with_progress():
    plan = Masking(0.30, 0.15, 1.0, 0.0)
    assert [len(drawn(plan, (100,), progress=p)[2]) for p in (0.0, 0.5, 1.0)] == [30, 22, 15]


def test_masks_depend_on_the_example_number_not_on_batch_mates():
    objective = MaskedLM(PAPER, MASK, SPECIALS, VOCAB, seed=0)
    together = flat_of((50, 40, 30))
    alone = flat_of((50, 40, 30))
    alone = lay([alone.tokens[52:94]], np.array([1]))
    both = objective.prepare(together, 0.0)["mlm"][0]
    assert (both[(both >= 52) & (both < 94)] - 52).tolist() == objective.prepare(alone, 0.0)["mlm"][0].tolist()


def runs(positions):
    """Lengths of runs of neighbors."""
    return np.diff(np.flatnonzero(np.diff(positions, prepend=-5) > 1), append=len(positions))


def test_whole_words_are_masked_or_left_and_the_share_is_kept():
    goes_on = np.random.default_rng(3).random(VOCAB) < 0.4
    flat = flat_of((126,) * 300)
    before = flat.tokens.copy()
    objective = MaskedLM(Masking(unit="word"), MASK, SPECIALS, VOCAB, 0, lambda tokens: goes_on[tokens] & (tokens >= 5))
    positions, _ = objective.prepare(flat, 0.0)["mlm"]
    chosen = np.zeros(len(before), dtype=bool)
    chosen[positions] = True
    inner = goes_on[before] & (before >= 5) & (np.roll(before, 1) >= 5)
    assert (chosen[inner] == np.roll(chosen, 1)[inner]).all()
    assert len(positions) / (before >= 5).sum() == pytest.approx(0.148, abs=0.003)  # a word that does not fit is left out


def test_spans_have_geometric_lengths_of_at_most_ten_and_the_share_is_kept():
    _, before, positions, targets = drawn(Masking(unit="span"))
    assert (before[positions] == targets).all()
    assert len(positions) / (before >= 5).sum() == pytest.approx(19 / 126)
    lengths = runs(positions)
    assert lengths.mean() == pytest.approx(3, abs=0.4)  # neighbors join, the last one is cut
    assert (lengths > 20).sum() == 0


def test_a_single_word_longer_than_the_share_is_masked_alone():
    objective = MaskedLM(Masking(unit="word"), MASK, SPECIALS, VOCAB, 0, lambda tokens: tokens >= 5)
    flat = flat_of((9,))
    assert len(objective.prepare(flat, 0.0)["mlm"][0]) == 9

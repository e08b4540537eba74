"""What encoder-decoders are trained to undo: nothing is lost, and the shares are those asked for."""

import numpy as np
import pytest

from groundup.data.batches.ragged_batch import lay
from groundup.objectives.denoising import Denoising, PrefixLM, SpanCorruption, TextInfilling, poisson
from groundup.objectives.objective import make_batch

SENTINELS, START, END, MASK = list(range(900, 1000)), 1, 3, 4
LENGTHS = [1, 2, 3, 7, 50, 128]


def texts(count, length):
    return np.random.default_rng(length).integers(10, 800, (count, length))


def restored(torn):
    """The text, by putting what follows each sentinel of the target in the sentinel's place."""
    missing: dict[int, list[int]] = {}
    for token in torn.target[:-1].tolist():
        if token in SENTINELS:
            missing[token] = current = []
        else:
            current.append(token)
    return [t for token in torn.source[:-1].tolist() for t in (missing[token] if token in SENTINELS else [token])]


@pytest.mark.parametrize("length", LENGTHS)
def test_source_and_target_of_span_corruption_hold_the_text(length):
    corrupt = SpanCorruption(SENTINELS, END, seed=0)
    for number, text in enumerate(texts(20, length)):
        torn = corrupt(text, number)
        assert restored(torn) == text.tolist()
        assert torn.source[-1] == torn.target[-1] == END


def test_spans_hold_their_share_and_have_their_mean_length():
    corrupt = SpanCorruption(SENTINELS, END, seed=0)
    torn = [corrupt(text, n) for n, text in enumerate(texts(400, 128))]
    spans = sum(int(np.isin(one.target, SENTINELS).sum()) for one in torn)
    hidden = sum(len(one.target) - 1 for one in torn) - spans
    assert hidden / (400 * 128) == pytest.approx(0.15, abs=0.003)
    assert hidden / spans == pytest.approx(3, abs=0.3)


def test_spans_stand_anywhere():
    corrupt = SpanCorruption(SENTINELS, END, seed=0)
    hidden = np.zeros(60)
    for number in range(3000):
        kept = corrupt(np.arange(100, 160), number).source
        hidden += ~np.isin(np.arange(100, 160), kept)
    inner = hidden[5:]  # a text begins with what is kept
    assert inner.min() > 0.6 * inner.mean()


@pytest.mark.parametrize("length", LENGTHS)
def test_infilling_restores_the_whole_text_and_keeps_the_order_of_the_rest(length):
    fill = TextInfilling(MASK, START, END, seed=0)
    for number, text in enumerate(texts(20, length)):
        torn = fill(text, number)
        assert torn.target.tolist() == [START, *text.tolist(), END]
        rest = iter(text.tolist())
        assert all(token in rest for token in torn.source[1:-1].tolist() if token != MASK)  # a subsequence


def test_infilling_hides_its_share_in_spans_of_poisson_lengths():
    fill = TextInfilling(MASK, START, END, seed=0)
    torn = [fill(text, n) for n, text in enumerate(texts(400, 128))]
    masks = sum(int((one.source == MASK).sum()) for one in torn)
    kept = sum(int((one.source != MASK).sum()) - 2 for one in torn)
    assert 1 - kept / (400 * 128) == pytest.approx(38 / 128)  # 0.3 x 128, rounded
    assert (400 * 128 - kept) / masks == pytest.approx(3, abs=0.35)


def test_poisson_numbers_have_their_mean_and_variance():
    drawn = poisson(3.0, np.random.default_rng(0).random(40_000))
    assert drawn.mean() == pytest.approx(3, abs=0.04)
    assert drawn.var() == pytest.approx(3, abs=0.1)


def test_a_continuation_is_the_text_in_two():
    for number, text in enumerate(texts(50, 9)):
        torn = PrefixLM(END, seed=0)(text, number)
        assert [*torn.source[:-1].tolist(), *torn.target[:-1].tolist()] == text.tolist()
        assert len(torn.source) >= 2


def test_the_decoder_reads_its_target_one_token_late():
    rows = [np.arange(10, 10 + n) for n in (9, 4, 4, 1)]
    flat = lay(rows, np.arange(4))
    batch = make_batch(flat, Denoising(SpanCorruption(SENTINELS, END, seed=0), START))
    starts = np.cumsum([0, *batch.layout.lengths])[:-1]
    assert (batch.tokens[starts] == START).all()
    for start, length in zip(starts, batch.layout.lengths):
        inputs, targets = batch.tokens[start : start + length], batch.targets["lm"][start : start + length]
        assert inputs[1:].tolist() == targets[:-1].tolist()
        assert targets[-1] == END
    assert batch.source is not None
    assert len(batch.source.layout.lengths) == 4


def test_the_same_number_is_torn_the_same_way():
    for corrupt in (SpanCorruption(SENTINELS, END, 5), TextInfilling(MASK, START, END, 5), PrefixLM(END, 5)):
        text = texts(1, 40)[0]
        assert all(np.array_equal(a, b) for a, b in zip(corrupt(text, 7), corrupt(text, 7)))
        assert any(not np.array_equal(a, b) for a, b in zip(corrupt(text, 7), corrupt(text, 8)))


def test_sentences_change_their_places_and_the_target_stays_in_order():
    fill, closing = TextInfilling(MASK, START, END, seed=0, rate=0.01, sentence_ends=[9]), 9
    text = np.array([20, 21, closing, 30, 31, 32, closing, 40, closing, 50, 51])
    firsts = []
    for number in range(600):
        torn = fill(text, number)
        assert torn.target[1:-1].tolist() == text.tolist()
        firsts.append(int(torn.source[1]))
        kept = [t for t in torn.source[1:-1].tolist() if t != MASK]
        assert set(kept) <= set(text.tolist())
    begins = np.array([np.isin(firsts, s).mean() for s in ((20, 21), (30, 31), (40,), (50, 51))])
    assert begins.min() > 0.15, "each sentence comes first about as often"
    assert TextInfilling(MASK, START, END, seed=0, rate=0.01)(text, 3).source[1] in (20, MASK)

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup.data.batches.pairs import Specials
from groundup.data.batches.ragged_batch import twice
from groundup.data.rows import Rows, together
from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.tokenizer import Encoder, TokenizerOptions
from groundup.data.tokenizers.training import train_tokenizer
from groundup.errors import InputError
from groundup.kinds.text.packed import fit, frame, windows

CLS, SEP = 1, 2


class Letters:
    """An encoder of one token per character."""

    ids, between, manner = SimpleNamespace(cls=CLS, sep=SEP), 1, TokenizerOptions()

    def encode_batch(self, texts):
        return [[ord(c) for c in text] for text in texts]

    around, ends = Specials(CLS, SEP), True


def ids(text):
    return [ord(c) for c in text]


def test_one_and_two_texts_are_framed_and_chunks_change_nothing():
    single = frame([["ab"], [""], ["c"]], Letters(), 10)
    assert [s.tolist() for s in single.sequences] == [[CLS, *ids("ab"), SEP], [CLS, SEP], [CLS, *ids("c"), SEP]]
    assert single.second_starts is None
    assert single.owner.tolist() == [0, 1, 2]
    assert single.too_long == 0
    pairs = [["ab", "c"], ["", "de"], ["f", ""]]
    whole, chunked = frame(pairs, Letters(), 10), frame(pairs, Letters(), 10, chunk=1)
    assert whole.sequences[0].tolist() == [CLS, *ids("ab"), SEP, *ids("c"), SEP]
    assert whole.second_starts.tolist() == chunked.second_starts.tolist() == [4, 2, 3]
    assert all((a == b).all() for a, b in zip(whole.sequences, chunked.sequences, strict=True))


def test_too_long_rows_are_counted_and_cut_or_refused():
    framed = frame([["abcdef"], ["ab"]], Letters(), 5)
    assert framed.sequences[0].tolist() == [CLS, *ids("abc"), SEP]
    assert framed.too_long == 1
    with pytest.raises(InputError, match=r"row 2.*6 tokens.*limit: 3"):
        frame([["ab"], ["abcdef"]], Letters(), 5, "error")


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 25))
def test_of_two_texts_the_longer_is_cut_first(first, second, room):
    a, b = (range(kept.start, kept.stop) for kept in fit([first, second], room))
    assert a.start == b.start == 0
    assert len(a) + len(b) == min(room, first + second)
    if len(a) < first and len(b) < second:
        assert abs(len(a) - len(b)) <= 1
    elif len(a) < first:
        assert len(a) >= len(b) - 1
    elif len(b) < second:
        assert len(b) >= len(a) - 1


@given(st.integers(0, 60), st.integers(1, 12))
def test_windows_cover_a_text_and_none_is_idle(size, room):
    found = [range(w.start, w.stop) for (w,) in windows([size], room)]
    assert sorted({t for w in found for t in w}) == list(range(size))
    assert all(len(w) <= room for w in found)
    assert len(found) == 1 if size <= room else all(set(w) - set(found[i]) for i, w in enumerate(found[1:]))


@given(st.integers(1, 20), st.integers(0, 60), st.integers(4, 30))
def test_windows_of_a_pair_repeat_the_first_text_and_cover_the_second(first, second, room):
    found = list(windows([first, second], room))
    assert all(a == slice(0, min(first, room if first + second <= room else room // 2)) for a, _ in found)
    assert all(a.stop + b.stop - b.start <= room for a, b in found)
    assert sorted({t for _, b in found for t in range(b.start, b.stop)}) == list(range(second))


def test_windows_belong_to_their_row_and_its_label():
    framed = frame([["abcdefgh"], ["xy"]], Letters(), 6, "window")
    assert framed.owner.tolist() == [0, 0, 1] or framed.owner.tolist() == [0, 0, 0, 1]
    rows = Rows(framed, np.array([7, 9]), seed=0)
    assert rows.labels.tolist() == [7] * (len(framed.owner) - 1) + [9]


def test_an_epoch_is_every_row_once_in_an_order_pure_in_seed_and_epoch():
    framed = frame([[chr(97 + i) * (i % 5 + 1)] for i in range(23)], Letters(), 10)
    rows = Rows(framed, np.arange(23), seed=3)
    first, second = (rows.batch(np.arange(e * 23, e * 23 + 23)).labels for e in range(2))
    assert sorted(first["label"]) == sorted(second["label"]) == list(range(23))
    assert first["label"].tolist() != second["label"].tolist()
    again = Rows(framed, np.arange(23), seed=3).batch(np.array([30, 2]))
    assert set(again.labels["label"]) == set(rows.batch(np.array([2, 30])).labels["label"])


def test_in_order_of_length_every_sequence_comes_once_within_the_budget():
    framed = frame([["x" * (i % 13)] for i in range(50)], Letters(), 20)
    batches = list(Rows(framed, None, 0).in_order_of_length(tokens=40))
    assert sorted(np.concatenate([b.sequences for b in batches]).tolist()) == list(range(50))
    assert all(len(b.lengths) * b.lengths.max() <= 40 for b in batches)


def test_a_pair_has_as_many_separators_in_its_middle_as_its_tokenizer_puts_there():
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = Tokenizer(models.WordLevel({"<s>": 0, "</s>": 1, "<unk>": 2, "a": 3, "b": 4, "c": 5}, "<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    encoder = Encoder(words, {"cls": "<s>", "sep": "</s>", "unk": "<unk>"})
    framed = frame([("a b", "c")], encoder, 20)
    assert framed.sequences[0].tolist() == words.encode("a b", "c").ids == [0, 3, 4, 1, 1, 5, 1]
    assert framed.second_starts.tolist() == [5]
    assert len(frame([("a b a b a b", "c c c c c")], encoder, 9).sequences[0]) == 9


def test_places_of_tokens_are_those_of_the_text_as_given():
    texts = [("Où est São Paulo?", "北京 is far, Zürich is near " * 4)]
    encoder = train_tokenizer(
        lambda: iter(["ou est sao paulo? 北京 is far, zurich is near"] * 9), TokenizerSettings(vocab_size=80)
    )
    framed = frame(texts, encoder, 20, "window", located=True)
    assert [s.tolist() for s in framed.sequences] == [s.tolist() for s in frame(texts, encoder, 20, "window").sequences]
    assert len(framed.sequences) > 2
    first = framed.places[0]
    words = [texts[0][c][s:] for c, s, b in zip(first.column, first.start, first.begins, strict=True) if b]
    assert [word.split()[0].strip("?") for word in words[:4]] == ["Où", "est", "São", "Paulo"]
    for sequence, places in zip(framed.sequences, framed.places, strict=True):
        assert len(sequence) == len(places.column)
        second = places.column == 1
        ids = encoder.encode_batch([texts[0][1][places.start[second][0] : places.end[second][-1]]])[0]
        assert ids[-3:] == sequence[second].tolist()[-3:]


def test_what_a_tokenizer_lacks_is_left_out():
    encoder = Letters()
    encoder.around = Specials(-1, -1)
    framed = frame([["ab", "c"]], encoder, 10)
    assert framed.sequences[0].tolist() == ids("abc")
    assert framed.second_starts.tolist() == [2]


@pytest.mark.parametrize(
    "name", ["label", "place", "places", "sequences", "numbers", "marks", "source", "tokens", "lm", "ends"]
)
def test_labels_stay_what_they_are_under_every_name(name):
    """Names of heads are people's own, and so of labels: nothing of ours may lie under one of them."""
    framed = frame([["ab"], ["c"], ["defg"]], Letters(), 10)
    rows = Rows(framed, np.array([0.25, 0.5, 0.75]), seed=4, name=name)
    for flat in (rows.batch(np.arange(3)), twice(rows.lay(np.array([2, 0, 1]), np.arange(3)))):
        assert list(flat.labels) == [name]
        assert flat.labels[name].tolist() == [[0.25, 0.5, 0.75][i] for i in flat.origins]


def test_rows_of_two_kinds_together_are_an_epoch_of_both():
    one, other = frame([["ab", "c"], ["de", ""]], Letters(), 10), frame([["fgh", "ij"]], Letters(), 6)
    rows = together(Rows(one, np.array([0, 1]), seed=4), Rows(other, np.array([-1]), seed=9))
    assert rows.size == 3
    assert rows.packed.owner.tolist() == [0, 1, 2]
    assert rows.packed.too_long == 1
    flat = rows.batch(np.arange(3))
    lie = {
        flat.tokens[start : start + length].tobytes(): int(label)
        for start, length, label in zip(flat.starts, flat.lengths, flat.labels["label"], strict=True)
    }
    assert lie == {
        sequence.tobytes(): label for sequence, label in zip([*one.sequences, *other.sequences], [0, 1, -1], strict=True)
    }
    assert rows.batch(np.arange(9)).sequences.tolist() == Rows(rows.packed, None, seed=4).batch(np.arange(9)).sequences.tolist()

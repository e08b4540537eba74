"""Words as parts, and what is asked of a model with and without them."""

import numpy as np
import pytest
import torch

from groundup.errors import InputError
from groundup.explain.embedded_input import task_input
from groundup.explain.explain import explain
from groundup.explain.subject import make_subject
from groundup.kinds.text.parts import words_of
from groundup.nn.inference import int8_linear
from groundup.nn.inference.int8 import fake_quantize
from groundup.nn.layout import Layout
from tests.explain.readers import GPT2, predictor
from tests.tasks.reading_models import make_encoder

TEXT = "Zoë Müller met the lamp, near <br> New York."
WORDS = ["Zoë", "Müller", "met", "the", "lamp", ",", "near", "<br>", "New", "York", "."]
KINDS = ["wordpiece", "byte_bpe", "unigram", "character"]


def read(texts, kind="wordpiece", chinese="words", pair=False, **kept):
    model = predictor(encoder=make_encoder(kind), pair=pair, **kept)
    reading = task_input(model, texts)
    return words_of(texts, reading.places, chinese), reading, model


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_are_the_words_with_all_their_pieces(kind):
    words, reading, model = read((TEXT,), kind)
    assert [part.name for part in words.parts] == WORDS
    assert all(TEXT[part.start : part.end] == part.name for part in words.parts)
    (ids,) = reading.windows
    known = 0
    for number, part in enumerate(words.parts):
        own = ids[words.owner == number].tolist()
        assert own
        if model.encoder.ids.unk not in own:
            known += 1
            told = model.encoder.decode(own).replace(" ", "").casefold()
            assert told in (part.name.casefold(), part.name.casefold().replace("ë", "e").replace("ü", "u"))
    assert known >= 7
    assert set(ids[words.owner == -1]) <= {model.encoder.ids.cls, model.encoder.ids.sep, *model.encoder.encode_batch([" "])[0]}


def test_chinese_parts_are_words_or_characters():
    pytest.importorskip("rjieba")
    words, _, _ = read(("王小明在北京大学。",))
    assert [part.name for part in words.parts] == ["王小明", "在", "北京大学", "。"]
    words, _, _ = read(("王小明在北京大学。",), chinese="characters")
    assert [part.name for part in words.parts] == list("王小明在北京大学。")


def test_words_that_share_a_token_are_one_part():
    words, reading, _ = read(("王小明在北京大学",), "byte_bpe", "characters")
    (place,) = reading.places
    assert ((place.start == 5) & (place.end == 7)).any()  # a token of 京 and 大, or of bytes of both
    assert [part.name for part in words.parts if len(part.name) > 1] == ["京大"]
    assert "".join(part.name for part in words.parts) == "王小明在北京大学"


def test_the_texts_of_a_pair_have_their_own_parts():
    words, _, _ = read(("the lamp", "the old lamp"), pair=True)
    assert [(part.name, part.start, part.text) for part in words.parts] == [
        ("the", 0, 0),
        ("lamp", 4, 0),
        ("the", 0, 1),
        ("old", 4, 1),
        ("lamp", 8, 1),
    ]


def test_words_beyond_the_limit_are_counted_and_no_parts():
    words, _, _ = read(("the lamp the lamp the lamp",), length=6)
    assert (len(words.parts), words.unread) == (4, 2)


def test_windows_of_a_long_text_share_their_words():
    words, reading, _ = read(("the lamp " * 9,), length=8, too_long="window")
    assert len(reading.windows) > 2
    assert (len(words.parts), words.unread) == (18, 0)
    assert np.bincount(words.owner[words.owner >= 0]).max() == 2  # in two windows


def test_a_text_without_anything_to_read_is_refused():
    with pytest.raises(InputError, match="is empty"):
        make_subject(predictor(), "  ")


def straight(model, ids, head="label"):
    """What the model says of ids, without our own way."""
    with torch.inference_mode():
        told = model.model(torch.tensor(ids), Layout([len(ids)]), None, {head: torch.tensor([0])})[head][0]
    return told.double().numpy()


def test_a_missing_word_is_masks_in_the_place_of_its_pieces():
    model = predictor()
    subject = make_subject(model, TEXT)
    present = np.random.default_rng(1).random((5, len(WORDS))) < 0.6
    (ids,) = subject.inputs.windows
    logits = straight(model, ids.tolist())
    best, second = np.argsort(-logits)[:2]
    labels = model.labels
    assert subject.target == f"{labels[best]} - {labels[second]} (logits)"
    for row, value in zip(present, subject.values(present), strict=True):
        hidden = (subject.owner >= 0) & ~np.append(row, True)[subject.owner]
        told = straight(model, np.where(hidden, model.encoder.ids.mask, ids).tolist())
        assert value == pytest.approx(told[best] - told[second], abs=1e-5)


def test_many_questions_in_small_batches_are_the_same(monkeypatch):
    subject = make_subject(predictor(), TEXT)
    present = np.random.default_rng(1).random((7, len(WORDS))) < 0.5
    whole = subject.values(present)
    subject.max_batch = lambda gradients=False: 3
    np.testing.assert_allclose(subject.values(present), whole, atol=1e-6)
    assert subject.values(present[:0]).shape == (0,)


def test_a_batch_is_bounded_by_memory_and_by_less_with_gradients():
    short, long = (make_subject(predictor(length=64), text) for text in ("the lamp", "the lamp " * 12))
    assert short.max_batch() > long.max_batch() > long.max_batch(gradients=True) >= 1


@pytest.mark.parametrize("replacement", ["mask", "mean", "pad", "zero"])
def test_replacements_are_rows_of_the_embedding(replacement):
    model = predictor()
    subject = make_subject(model, "the lamp", replacement=replacement)
    table, ids = model.model.backbone.token_embedding.weight.detach(), model.encoder.ids
    wanted = {
        "mask": table[ids.mask],
        "pad": table[ids.pad],
        "mean": table[: model.encoder.vocab_size].mean(0),
        "zero": torch.zeros(24),
    }[replacement]
    inside = torch.from_numpy(subject.owner >= 0)
    torch.testing.assert_close(subject.baseline[inside], wanted.expand(int(inside.sum()), -1))
    assert torch.equal(subject.baseline[~inside], subject.rows[~inside])
    assert not torch.equal(subject.baseline, subject.other_baseline)
    assert torch.equal(subject.with_replacement("mean").baseline, make_subject(model, "the lamp", replacement="mean").baseline)


def test_a_model_that_writes_on_takes_the_mean_of_all_rows_for_a_missing_word():
    assert make_subject(predictor(None, shape=GPT2), "the lamp").replacement == "mean"


def test_the_value_is_the_mean_over_windows():
    model = predictor(length=8, too_long="window")
    subject = make_subject(model, "the lamp " * 9)
    told = np.stack([straight(model, window.tolist()) for window in subject.inputs.windows])
    one, other = (model.labels.index(name) for name in subject.target.removesuffix(" (logits)").split(" - "))
    value = subject.values(np.ones((1, len(subject.parts)), bool))[0]
    assert value == pytest.approx((told[:, one] - told[:, other]).mean(), abs=1e-5)
    shares = np.exp(told) / np.exp(told).sum(1, keepdims=True)
    assert shares.mean(0).argmax() == one
    assert sum(view.sum() for view in subject.readout) == pytest.approx(1)


def test_of_a_model_in_int8_it_is_told_how_far_the_number_explained_is_from_what_it_says(monkeypatch):
    kernel = next((one for one in int8_linear.KERNELS if int8_linear.is_exact(one)), None)
    if kernel is None:
        pytest.skip("no int8 product of this machine is exact")
    model = predictor("regression")
    fake_quantize(model.model)
    ((plain,),) = explain(model, [TEXT], "gradient_x_input")
    monkeypatch.setattr(int8_linear, "MIN_WEIGHTS", 1)
    int8_linear.use_int8_kernels(model.model, kernel)
    ((asked, through),) = explain(model, [TEXT], ["occlusion", "gradient_x_input"])
    assert through.value == pytest.approx(plain.value, rel=1e-4)  # that of the weights in float32
    assert through.checks["rounding"] == pytest.approx(abs(plain.value - asked.value), rel=1e-3)
    assert through.checks["rounding"] > 0
    assert "rounding" not in asked.checks
    assert "rounding" not in plain.checks

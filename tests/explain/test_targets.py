"""Which number stands for an answer, by task; and that explanations find what decides it."""

import numpy as np
import pytest
import torch

from groundup.errors import InputError
from groundup.explain.subject import make_subject
from groundup.nn.layout import Layout
from groundup.tasks.tagging_sites import tag_sites
from tests.explain.readers import GPT2, LLAMA, predictor

TEXT = "Zoë Müller met the old lamp near New York"


def value(subject):
    return subject.values(np.ones((1, len(subject.parts)), bool))[0]


def said(model, ids, head, at, segments=None):
    with torch.inference_mode():
        told = model.model(torch.tensor(ids), Layout([len(ids)]), segments, {head: torch.tensor(at)})[head]
    return told.double().numpy()


def test_a_class_is_told_against_the_best_other():
    model = predictor()
    shares = model.probabilities([TEXT])[0]
    best, second, third = (model.labels[k] for k in np.argsort(-shares))
    assert make_subject(model, TEXT).target == f"{best} - {second} (logits)"
    assert make_subject(model, TEXT, target=third).target == f"{third} - {best} (logits)"
    log = np.log(np.sort(shares)[::-1])
    assert value(make_subject(model, TEXT)) == pytest.approx(log[0] - log[1], abs=1e-5)


def test_a_label_of_several_is_its_logit():
    model = predictor("multilabel")
    shares = model.answers([TEXT])[0]
    best = int(shares.argmax())
    subject = make_subject(model, TEXT)
    assert subject.target == f"{model.labels[best]} (logit)"
    assert value(subject) == pytest.approx(np.log(shares[best] / (1 - shares[best])), abs=1e-4)
    assert make_subject(model, TEXT, target="law").target == "law (logit)"


def test_a_number_is_itself_in_its_own_unit():
    model = predictor("regression", pair=True)
    pair = (TEXT, "the old lamp")
    assert value(make_subject(model, pair)) == pytest.approx(model.answers([pair])[0], abs=1e-4)


@pytest.mark.parametrize("at", ["lamp", "23", None])
def test_a_tag_is_asked_at_a_word(at):
    model = predictor("tagging")
    subject = make_subject(model, TEXT, position=at)
    task, places = model.task, subject.inputs.places[0]
    spans = model.answers([TEXT])[0]
    start = TEXT.index("lamp") if at else spans[0][0]
    unit = next(unit for unit in tag_sites(places, "word") if unit.start == start)
    logits = said(model, subject.inputs.windows[0].tolist(), "label", [unit.token])[0]
    best, second = np.argsort(-logits)[:2]
    assert subject.target == f"{task.tags[best]} - {task.tags[second]} at '{TEXT[unit.start : unit.end]}' (logits)"
    assert value(subject) == pytest.approx(logits[best] - logits[second], abs=1e-5)
    named = make_subject(model, TEXT, position=at, target="I-WHERE")
    assert named.target.startswith("I-WHERE - ")


def test_a_word_in_a_long_text_is_asked_in_the_window_that_shows_most_around_it():
    model = predictor("tagging", length=12, too_long="window")
    text = "the lamp " * 14 + "café"
    subject = make_subject(model, text, position="café")
    ((window, token),) = subject.target_output.positions
    assert window == len(subject.inputs.windows) - 1
    place = subject.inputs.places[window]
    assert text[place.start[token] :] in text[-4:]


def test_an_answer_is_the_logits_of_both_its_ends():
    model = predictor("answering", pair=True)
    pair = ("where is the lamp", "the lamp of Zoë is near the café")
    answer = model.answers([pair])[0]
    subject = make_subject(model, pair)
    assert subject.target == f"begin + end of '{answer.text}' (logits)"
    (ids,) = subject.inputs.windows
    segments = torch.arange(len(ids)) >= subject.inputs.second_starts[0]
    logits = said(model, ids.tolist(), "ends", list(range(len(ids))), segments.long())
    place = subject.inputs.places[0]
    first = np.flatnonzero((place.column == 1) & (place.end > answer.start))[0]
    last = np.flatnonzero((place.column == 1) & (place.start < answer.start + len(answer.text)) & (place.end > 0))[-1]
    assert value(subject) == pytest.approx(logits[first, 0] + logits[last, 1], abs=1e-4)
    assert make_subject(model, pair, target="near the café").target == "begin + end of 'near the café' (logits)"


@pytest.mark.parametrize("shape", [GPT2, LLAMA], ids=["gpt2", "llama"])
def test_the_next_token_is_told_against_the_next_best(shape):
    model = predictor(None, shape=shape)
    subject = make_subject(model, TEXT)
    (ids,) = subject.inputs.windows
    assert ids[0] == model.encoder.ids.cls
    assert ids[-1] != model.encoder.ids.sep
    logits = said(model, ids.tolist(), "lm", [len(ids) - 1])[0][: model.encoder.vocab_size]
    logits[model.encoder.ids.all] = -np.inf
    best, second = np.argsort(-logits)[:2]
    shown = [model.encoder.decode([int(token)]) for token in (best, second)]
    assert subject.target == f"'{shown[0]}' - '{shown[1]}' (logits of the next token)"
    assert value(subject) == pytest.approx(logits[best] - logits[second], abs=1e-4)
    named = make_subject(model, TEXT, target=" lamp")
    token = model.encoder.encode_batch([" lamp"])[0][0]
    assert value(named) == pytest.approx(logits[token] - logits[best], abs=1e-4)


REFUSED = {
    "no such label": (lambda: make_subject(predictor(), TEXT, target="god"), "Did you mean 'good'"),
    "no place": (lambda: make_subject(predictor(), TEXT, position="lamp"), "asked of models that tag words"),
    "no such word": (lambda: make_subject(predictor("tagging"), TEXT, position="table"), "is no word that the model reads"),
    "beyond the text": (lambda: make_subject(predictor("tagging"), TEXT, position="400"), "a character from 0 to 40"),
    "a label of a number": (lambda: make_subject(predictor("regression"), TEXT, target="good"), "says a number"),
    "an answer that is not there": (
        lambda: make_subject(predictor("answering", pair=True), ("who", TEXT), target="table"),
        "does not stand in the text",
    ),
    "one text of a pair": (lambda: make_subject(predictor(pair=True), TEXT), "has 1 text"),
    "a long prompt": (lambda: make_subject(predictor(None, shape=GPT2), "lamp " * 90), "limit: 64 tokens"),
    "two prompts": (lambda: make_subject(predictor(None, shape=GPT2), ("a", "b")), "goes on with one"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_asked_is_refused_with_the_way_out(case):
    ask, told = REFUSED[case]
    with pytest.raises(InputError, match=told):
        ask()


def test_a_model_without_answers_is_refused():
    model = predictor()
    model.task = None
    with pytest.raises(InputError, match="was pretrained only"):
        make_subject(model, TEXT)

"""Classifiers that transformers wrote, of every kind of model, asked for texts: its probabilities, from text to answer.

Tolerances: float32 sums in another order differ by about 1e-6 of a probability; 1e-5 is ten times that.
"""

import numpy as np
import pytest

pytest.importorskip("transformers")

import groundup as library
from groundup.errors import InputError
from tests.families.folders import KINDS, TEXTS, make, shares


@pytest.mark.parametrize("kind", KINDS)
def test_the_probabilities_of_a_text_are_those_of_transformers(kind, tmp_path):
    made, words = make(kind, "SequenceClassification", tmp_path, num_labels=3)
    expected = shares(made, words, TEXTS).numpy()
    assert np.ptp(expected, axis=0).max() > 0.05  # the texts are told apart
    np.testing.assert_allclose(library.load(tmp_path).probabilities(TEXTS), expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["GPT2", "Llama"])
def test_padding_that_is_the_end_of_texts_is_no_last_token(kind, tmp_path):
    made, words = make(kind, "SequenceClassification", tmp_path, pad="</s>", num_labels=3)
    np.testing.assert_allclose(library.load(tmp_path).probabilities(TEXTS), shares(made, words, TEXTS).numpy(), atol=1e-5)


def test_an_end_that_a_tokenizer_adds_and_that_is_the_padding_is_not_read(tmp_path):
    made, _ = make("Llama", "SequenceClassification", tmp_path, pad="</s>", num_labels=3)
    from tests.families.folders import tokenizer

    words = tokenizer("Bart", "</s>")
    words.save_pretrained(tmp_path)
    assert words("no").input_ids[-1] == made.config.pad_token_id
    np.testing.assert_allclose(library.load(tmp_path).probabilities(TEXTS), shares(made, words, TEXTS).numpy(), atol=1e-5)


def test_texts_alone_and_together_get_the_same_answer(tmp_path):
    make("GPT2", "SequenceClassification", tmp_path, num_labels=3)
    ours = library.load(tmp_path)
    together = ours.probabilities(TEXTS)
    np.testing.assert_allclose(np.concatenate([ours.probabilities([text]) for text in TEXTS]), together, atol=1e-6)


def test_a_tagger_of_bilou_answers_with_spans(tmp_path):
    labels = ["O", "B-PER", "I-PER", "L-PER", "U-PER"]
    make(
        "Roberta",
        "TokenClassification",
        tmp_path,
        id2label=dict(enumerate(labels)),
        label2id={n: i for i, n in enumerate(labels)},
    )
    ours = library.load(tmp_path)
    assert ours.labels == ["PER"]
    assert all(set(span) >= {"start", "end", "type"} for answer in ours.predict(TEXTS) for span in answer["spans"])


def test_a_text_without_tokens_is_refused_where_nothing_stands_around_it(tmp_path):
    make("GPT2", "SequenceClassification", tmp_path, num_labels=3)
    with pytest.raises(InputError, match="row 2: holds nothing that the tokenizer knows"):
        library.load(tmp_path).probabilities(["fine", ""])

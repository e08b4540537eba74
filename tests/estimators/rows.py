"""Rows of a small world in which one word tells the label, and estimators that learn it in ten updates."""

import numpy as np

from groundup import MultilabelTextClassifier, TextClassifier, TextRegressor, TextTagger
from tests.commands.life import PEOPLE, THINGS

FAST = {
    "steps": 10,
    "batch_size": 16,
    "max_length": 16,
    "learning_rate": 1e-3,
    "settings": {"dropout": 0, "num_evaluations": 1, "layer_decay": 1, "pooling": "mean"},
}


def texts(count, words=("bright", "broken"), seed=0):
    """[count] texts that hold the words in turns."""
    rng = np.random.default_rng(seed)
    return [f"the {words[n % len(words)]} {rng.choice(THINGS)}" for n in range(count)]


def classifier(encoder, **changed):
    return TextClassifier(encoder, **FAST | changed)


def multilabel(encoder, **changed):
    return MultilabelTextClassifier(encoder, **FAST | {"learning_rate": 3e-3, "steps": 20} | changed)


def regressor(encoder, **changed):
    return TextRegressor(encoder, **FAST | {"learning_rate": 3e-3, "steps": 20} | changed)


def tagger(encoder, **changed):
    settings = {name: value for name, value in FAST["settings"].items() if name != "pooling"}  # tags are read off each word
    return TextTagger(encoder, **FAST | {"learning_rate": 3e-3, "steps": 25, "settings": settings} | changed)


def tagged(count, seed=0):
    """[count] texts with the span of the person in each that has one."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        person = rng.choice(PEOPLE)
        text = f"the {rng.choice(THINGS)}" if number % 5 == 4 else f"the {person} finds the {rng.choice(THINGS)}"
        rows.append((text, [] if number % 5 == 4 else [(4, 4 + len(person), "PERSON")]))
    return [text for text, _ in rows], [spans for _, spans in rows]

"""A test with a known answer: one word put into each text decides its label, so an explanation must rank that word first.

The words of the texts say nothing of the label, for it is drawn anew. A model that has learned the planted words perfectly has
nothing else to explain; one that has not proves nothing, so its accuracy belongs beside the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundup.data import draws
from groundup.errors import InputError
from groundup.evaluate.bootstrap import DRAWS, Interval, resample
from groundup.explain.explanation import Explanation
from groundup.kinds.parts import ExplanationUnit
from groundup.metrics.scores import row_means


@dataclass(frozen=True)
class PlantedText:
    """A text with one word put in, the label that the word means, and where the word stands."""

    text: str
    label: str
    start: int
    end: int


def plant_words(texts: Sequence[str], words: Mapping[str, str], seed: int = 0) -> list[PlantedText]:
    """Each text with the word of a label drawn for it, at a blank or an end drawn for it; `words` has one for each label.

    Texts without blanks (Chinese) get it between any two characters, as it is. Raises InputError when a text holds one of the
    words, and for fewer than two labels.
    """
    if len(words) < 2 or len(set(words.values())) < len(words):
        raise InputError("WHICH_WORDS", "words", f"tell {len(set(words.values()))} labels apart", "give a word for each label")
    labels = list(words)
    numbers = draws.uniform(draws.key(seed, "planted"), np.arange(len(texts))[:, None], np.arange(2))
    texts_with_words = []
    for number, (text, (which, where)) in enumerate(zip(texts, numbers.tolist(), strict=True)):
        if any(word in text for word in words.values()):
            what = "holds one of the planted words"
            raise InputError("WORD_IN_TEXT", f"text {number + 1}", what, "plant words that no text has")
        label = labels[int(which * len(labels))]
        texts_with_words.append(plant_word(text, words[label], label, where))
    return texts_with_words


def plant_word(text: str, word: str, label: str, where: float) -> PlantedText:
    """The word put in at the share `where` of all the places there are."""
    blanks = [place for place, character in enumerate(text) if character == " "]
    if not blanks and text and not text.isascii():
        start = int(where * (len(text) + 1))
        return PlantedText(f"{text[:start]}{word}{text[start:]}", label, start, start + len(word))
    places = [0, *(blank + 1 for blank in blanks), len(text) + 1]
    start = places[int(where * len(places))]
    before, after = text[:start], text[start:]
    gap = "" if not before or before.endswith(" ") else " "
    start = len(before) + len(gap)
    return PlantedText(f"{before}{gap}{word}{' ' if after else ''}{after}", label, start, start + len(word))


def ranked_first(
    explanations: Sequence[Explanation], rows: Sequence[PlantedText], seed: int = 0, num_draws: int = DRAWS
) -> Interval:
    """Share of texts whose highest score lies on the planted word, or on a part of it.

    An explanation must be one of the label that the word means. Of several equal highest scores each counts its share.
    ValueError for an explanation of another text.
    """
    hits = []
    for explanation, row in zip(explanations, rows, strict=True):
        if explanation.texts != (row.text,):
            raise ValueError(f"an explanation of {explanation.texts!r} is none of {row.text!r}")
        best = np.flatnonzero(explanation.scores == explanation.scores.max())
        hits.append(np.mean([overlaps(explanation.parts[place], row) for place in best]))
    return resample(row_means(["first"], np.array(hits)), seed, num_draws)["first"]


def overlaps(part: ExplanationUnit, row: PlantedText) -> bool:
    return part.start < row.end and row.start < part.end

"""Counterfactual words: those whose change would change a classifier's verdict on a text, the smallest change first.

A word is replaced by what a masked language model finds likely in its place, or left out, so that the changed text still reads
as one (Ross, Marasović and Peters, 2020, arXiv:2012.13985, let a model write the change; here words are tried one by one, as by
Li et al., 2020, arXiv:2004.09984). Words that turn the verdict alone come first, then sets of the others, found greedily.

K classes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from groundup.augment.masked_lm import InContext, MaskedWords
from groundup.augment.synonyms import WordQuery
from groundup.data.settings import Chinese
from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor
from groundup.kinds.text.pieces import Piece, cut, deleted, joined, replaced, words_of
from groundup.messages.current import message

BEAM = 3  # sets of words that do not turn the verdict and are enlarged: those that shake it most
KEPT = 3  # changes of each word that are tried beside those of others: its strongest alone


@dataclass(frozen=True)
class Change:
    """One word of the text, its first character, and what stands there instead; nothing where it is left out."""

    word: str
    start: int
    new: str

    def __str__(self) -> str:
        return f"{self.word} -> {self.new or message('word left out')}"


@dataclass(frozen=True)
class Counterfactual:
    """Changes that together turn the verdict: the new text, its label with its probability, and that of the old label
    before and after."""

    changes: tuple[Change, ...]
    text: str
    label: str
    probability: float
    before: float
    after: float


@dataclass(frozen=True)
class Edit:
    """A change by its place among the pieces."""

    place: int
    new: str


Edits = tuple[Edit, ...]


def counterfactual_words(
    predictor: Predictor,
    masked: MaskedWords,
    text: str,
    *,
    top: int = 10,
    words: int = 2,
    proposals: int = 10,
    chinese: Chinese = "words",
) -> list[Counterfactual]:
    """At most `top` changes that turn the verdict, of at most `words` words each; none when nothing does.

    Every set of words is reported once, by its strongest change: the one that leaves the old label least. Sets of one word come
    before sets of two, stronger ones before weaker; no set holds a smaller one that suffices. For each word `proposals`
    words are tried, and leaving it out. English and Chinese. Raises InputError for a model that is no classifier or reads
    pairs, a text without words, and a model without masked words.
    """
    if len(predictor.columns) > 1:
        raise InputError("READS_PAIRS", "model", "reads pairs of texts", "name a classifier of single texts")
    pieces = cut(text, chinese)
    if not words_of(pieces):
        raise InputError("NO_WORDS", "text", "holds no word that could change", "give a text of words")
    edits = edits_of(pieces, InContext(masked, proposals))
    before = predictor.probabilities([text])[0]
    label = int(before.argmax())
    counterfactuals: list[Counterfactual] = []
    bases: list[Edits] = [()]
    enough: list[frozenset[int]] = []  # sets that turn the verdict
    for size in range(1, words + 1):
        tried = [edit_set for edit_set in larger(bases, edits, enough) if words_of(applied(pieces, edit_set))]
        if not tried or len(counterfactuals) >= top:
            break
        texts = [joined(applied(pieces, edit_set)) for edit_set in tried]
        shares = predictor.probabilities(texts)  # [tried, K]
        order = np.lexsort((shares[:, label], shares.argmax(1) == label)).tolist()  # those that turn the verdict first
        best = {places_of(tried[n]): n for n in reversed(order)}  # the first in this order of each set
        chosen = [n for n in order if best[places_of(tried[n])] == n]
        turning = [n for n in chosen if shares[n].argmax() != label]
        counterfactuals += [counterfactual_of(predictor, pieces, tried[n], texts[n], before, shares[n]) for n in turning]
        enough += [places_of(tried[n]) for n in turning]
        bases = [tried[n] for n in chosen if shares[n].argmax() == label][:BEAM]
        if size == 1:
            edits = strongest([tried[n][0] for n in order])
    return counterfactuals[:top]


def strongest(edits: Iterable[Edit]) -> list[Edit]:
    """The first few of each place."""
    count: Counter[int] = Counter()
    result = []
    for edit in edits:
        count[edit.place] += 1
        if count[edit.place] <= KEPT:
            result.append(edit)
    return result


def edits_of(pieces: Sequence[Piece], propose: InContext) -> list[Edit]:
    """For each word what is proposed in its place, and nothing."""
    places = words_of(pieces)
    proposed = propose([WordQuery(pieces, place) for place in places])
    return [Edit(place, new) for place, several in zip(places, proposed, strict=True) for new in [*dict.fromkeys(several), ""]]


def larger(bases: Sequence[Edits], edits: Sequence[Edit], done: Sequence[frozenset[int]]) -> Iterable[Edits]:
    """Each base with one more edit, at another place; none whose places hold those of a set that suffices; each once."""
    words = set()
    for base in bases:
        for edit in edits:
            edit_set = tuple(sorted((*base, edit), key=lambda one: one.place))
            places = places_of(edit_set)
            if len(places) == len(edit_set) and edit_set not in words and not any(known <= places for known in done):
                words.add(edit_set)
                yield edit_set


def places_of(edits: Edits) -> frozenset[int]:
    return frozenset(edit.place for edit in edits)


def applied(pieces: Sequence[Piece], edits: Edits) -> list[Piece]:
    """The pieces after the edits, made from the right, so that places on the left stay."""
    result = list(pieces)
    for edit in reversed(edits):
        result = replaced(result, edit.place, edit.new) if edit.new else deleted(result, edit.place)
    return result


def counterfactual_of(
    predictor: Predictor, pieces: Sequence[Piece], edits: Edits, text: str, before: np.ndarray, after: np.ndarray
) -> Counterfactual:
    """What was found, with shares [K] before and after."""
    starts = np.cumsum([0, *(len(piece.text) for piece in pieces)])
    changes = tuple(Change(pieces[one.place].text, int(starts[one.place]), new_word(pieces, one)) for one in edits)
    old, new = int(before.argmax()), int(after.argmax())
    labels = predictor.trained_task.labels
    return Counterfactual(changes, text, labels[new], float(after[new]), float(before[old]), float(after[old]))


def new_word(pieces: Sequence[Piece], edit: Edit) -> str:
    """The new word as it is written in the text."""
    return replaced(pieces, edit.place, edit.new)[edit.place].text if edit.new else ""

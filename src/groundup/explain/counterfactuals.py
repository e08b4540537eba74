"""Counterfactuals as an explanation: the smallest changes of a text that turn a classifier's verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from groundup.augment.masked_lm import MaskedWords
from groundup.data.settings import Chinese
from groundup.evaluate.counterfactual import Change, Counterfactual, counterfactual_words
from groundup.evaluate.predictor import Predictor
from groundup.shown import Shown


@dataclass(frozen=True)
class Counterfactuals(Shown):
    """A text, what the model says of it now, and the changes that turn it, the smallest first; none where nothing does."""

    text: str
    label: str
    probability: float
    changes: tuple[Counterfactual, ...]

    def as_dict(self) -> dict:
        return asdict(self)


def counterfactuals(
    predictor: Predictor, masked_model: Predictor, text: str, *, top: int = 5, words: int = 2, chinese: Chinese = "words"
) -> Counterfactuals:
    """At most `top` changes, of at most `words` words each, with what the masked language model `masked_model` finds likely.

    Raises InputError as `counterfactual_words` does: for a model that is no classifier of single texts, a text without words.
    """
    masked = MaskedWords(masked_model.model, masked_model.encoder)
    changed = counterfactual_words(predictor, masked, text, top=top, words=words, chinese=chinese)
    shares: Mapping = predictor.predictions([text])[0]
    return Counterfactuals(text, shares["label"], float(shares["probability"]), tuple(changed))


def split_at_changes(text: str, changes: tuple[Change, ...]) -> list[tuple[str, Change | None]]:
    """The text in pieces: what stays (with None), and words that change."""
    pieces: list[tuple[str, Change | None]] = []
    end = 0
    for change in sorted(changes, key=lambda one: one.start):
        if change.start > end:
            pieces.append((text[end : change.start], None))
        pieces.append((change.word, change))
        end = change.start + len(change.word)
    return [*pieces, *([(text[end:], None)] if end < len(text) else [])]

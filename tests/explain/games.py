"""Small subjects whose right explanation is known: games of parts with a formula."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from groundup.explain.explanation import Explanation
from groundup.kinds.parts import ExplanationUnit


@dataclass
class Game:
    """A value for every set of parts, and how often it was asked."""

    formula: Callable[[np.ndarray], np.ndarray]
    parts: list[ExplanationUnit]
    texts: tuple[str, ...] = ()
    target: str = "good - bad (logits)"
    asked: list[int] = field(default_factory=list)

    def values(self, present):
        self.asked.append(len(present))
        return self.formula(np.asarray(present, dtype=float))


def linear(weights, constant=0.0, **kept):
    weights = np.asarray(weights, dtype=float)
    parts = kept.pop("parts", [ExplanationUnit(f"part {i}") for i in range(len(weights))])
    return Game(lambda present: constant + present @ weights, parts, **kept)


def of_text(text, weights, constant=0.0, **kept):
    """A linear game of the words of a text; words that have no weight weigh nothing."""
    parts, end = [], 0
    for word in text.split():
        start = text.index(word, end)
        end = start + len(word)
        parts.append(ExplanationUnit(word, start, end))
    return linear([weights.get(part.name, 0.0) for part in parts], constant, parts=parts, texts=(text,), **kept)


def explained(game, scores, method="oracle", **kept):
    scores = np.asarray(scores, dtype=float)
    present = np.ones((1, len(scores)), dtype=bool)
    return Explanation(
        method=method,
        target=game.target,
        texts=tuple(game.texts),
        parts=tuple(game.parts),
        scores=scores,
        value=float(game.values(present)[0]),
        baseline=float(game.values(~present)[0]),
        **kept,
    )

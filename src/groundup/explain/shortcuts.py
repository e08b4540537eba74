"""Shortcut words: words that alone decide a class. A person must judge whether each is a reason or an accident.

For each word that speaks for a class, in inputs that the model gives this class: how often the decision stays when the word
alone is kept, and how often it turns when the word alone is taken away. This is compared with keeping another word of the same
input, drawn by chance: a model that says this class of an empty text would say it whatever word is left. Taking away is laid
beside taking away the strongest other word: where many words decide together, a near decision turns without any of them. A
decision is one against the class that came second; a third class is not asked.

An alarm asks that the word is needed: its absence turns half of the decisions, or some where it also suffices alone. Keeping
one word is a far stranger input than leaving one out, so that sufficing alone rings no alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundup.data import draws
from groundup.evaluate.bootstrap import DRAWS, Difference, resample_difference
from groundup.explain.explanation import Explanation, Subject
from groundup.explain.overview import ClassOverview, fold
from groundup.metrics.scores import row_means

MIN_INPUTS = 10  # inputs that contain a word; fewer support no claim
MAX_INPUTS = 50  # inputs evaluated for a word
TURNS = 0.5  # an alarm: its absence turns so many decisions ...
SOME = 0.3  # ... or so many, and alone it keeps ...
KEEPS = 0.8  # ... so many


@dataclass(frozen=True)
class ShortcutWord:
    """What one word does alone: shares of inputs, and their differences from another word of the same inputs."""

    word: str
    label: str
    inputs: int
    covers: float
    """Share of the class's inputs that hold it."""
    stays: float
    """Share of inputs whose decision stays with this word alone."""
    turned: float
    """Share whose decision turns without it."""
    keeps_more: Difference
    """`stays` minus that of another word."""
    turns_more: Difference
    """`turned` minus that of the strongest other word."""

    @property
    def alarming(self) -> bool:
        needed, suffices = (one.low is not None and one.low > 0 for one in (self.turns_more, self.keeps_more))
        much = self.turned >= TURNS or (self.turned >= SOME and self.stays >= KEEPS and suffices)
        return self.inputs >= MIN_INPUTS and needed and much


def find_shortcuts(
    classes: Sequence[ClassOverview],
    subjects: Sequence[Subject],
    explanations: Sequence[Explanation],
    labels: Sequence[str],
    *,
    most: int = MAX_INPUTS,
    seed: int = 0,
    num_draws: int = DRAWS,
) -> list[ShortcutWord]:
    """All words that speak for a class and stand in FEWEST of its inputs, the most alarming first."""
    shortcuts = []
    for one in classes:
        own = [
            (subject, explanation)
            for subject, explanation, label in zip(subjects, explanations, labels, strict=True)
            if label == one.label
        ]
        words = {fold(word.word): word for word in one.words if word.inputs >= MIN_INPUTS}
        decisions_of = word_decisions(own, list(words), most, seed)
        for word, word_scores in words.items():
            rows = np.asarray(decisions_of[word])  # [inputs, 4]
            if len(rows) >= MIN_INPUTS:
                shortcuts.append(
                    shortcut_word(word_scores.word, one.label, word_scores.inputs / one.inputs, rows, seed, num_draws)
                )
    return sorted(shortcuts, key=lambda one: (not one.alarming, -one.turned, -one.stays))


def word_decisions(
    inputs: Sequence[tuple[Subject, Explanation]], words: Sequence[str], most: int, seed: int
) -> dict[str, list[list[float]]]:
    """For each word and input that holds it and another: kept by it, by another, turned without it, without the strongest.

    Each input is asked once, for all of its words.
    """
    decisions_of: dict[str, list[list[float]]] = {word: [] for word in words}
    for number, (subject, explanation) in enumerate(inputs):
        names = np.array([part.key for part in subject.parts])
        known, which = np.unique(names, return_inverse=True)
        if len(known) < 2:
            continue
        strengths = dict(zip(known.tolist(), np.bincount(which, explanation.scores).tolist(), strict=True))
        missing = [word for word in words if word in strengths and len(decisions_of[word]) < most]
        if not missing:
            continue
        masks = []
        for word in missing:
            others = [name for name in strengths if name != word]
            another = others[int(draws.uniform(draws.key(seed, "another word", word), number) * len(others))]
            strongest = max(others, key=lambda name: strengths[name])
            masks += [names == word, names == another, names != word, names != strongest]
        stays = np.asarray(subject.values(np.stack(masks))).reshape(len(missing), 4) > 0
        for word, (alone, other, without, without_other) in zip(missing, stays.tolist(), strict=True):
            decisions_of[word].append([float(alone), float(other), float(not without), float(not without_other)])
    return decisions_of


def shortcut_word(word: str, label: str, covers: float, rows: np.ndarray, seed: int, num_draws: int) -> ShortcutWord:
    """From rows [inputs, 4] of `ask`."""
    names = ["stays", "turned"]
    differences = resample_difference(row_means(names, rows[:, [0, 2]]), row_means(names, rows[:, [1, 3]]), seed, num_draws)
    stays, _, turned, _ = rows.mean(0).tolist()
    return ShortcutWord(word, label, len(rows), covers, stays, turned, differences["stays"], differences["turned"])


Decider = ShortcutWord  # the former name, for one version

"""Words that alone decide a class: an alarm, for a person to say whether such a word is a reason or an accident of the data.

For each word that speaks for a class, in inputs that the model gives this class: how often the decision stays when the word alone
is kept, and how often it turns when the word alone is taken away. Both are laid beside what another word of the same input,
drawn by chance, does: a model that says the class of an empty text would keep it whatever word is left. A decision is one
against the class that came second; a third class is not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundup.data import draws
from groundup.evaluate.bootstrap import DRAWS, Difference, resample_difference
from groundup.explain.explanation import Subject
from groundup.explain.overview import Class, fold
from groundup.metrics.scores import row_means

FEWEST = 10  # inputs that hold a word; in fewer nothing is claimed
MOST = 50  # inputs asked for a word
KEEPS = 0.8  # an alarm: alone it keeps so many decisions ...
TURNS = 0.3  # ... and its absence turns so many


@dataclass(frozen=True)
class Decider:
    """What one word does alone: shares of inputs, and their differences from another word of the same inputs."""

    word: str
    label: str
    inputs: int
    covers: float
    """Share of the class's inputs that hold it."""
    keeps: Difference
    """`value` is minus the other word's; so are the ends."""
    turns: Difference
    kept: float
    turned: float

    @property
    def alarming(self) -> bool:
        surely = all(one.low is not None and one.low > 0 for one in (self.keeps, self.turns))
        return self.inputs >= FEWEST and self.kept >= KEEPS and self.turned >= TURNS and surely


def deciders(
    classes: Sequence[Class], subjects: Sequence[Subject], labels: Sequence[str], *, most: int = MOST, seed: int = 0,
    num_draws: int = DRAWS,
) -> list[Decider]:  # fmt: skip
    """All words that speak for a class and stand in FEWEST of its inputs, the most alarming first."""
    found = []
    for one in classes:
        own = [subject for subject, label in zip(subjects, labels, strict=True) if label == one.label]
        words = {fold(word.word): word for word in one.words if word.inputs >= FEWEST}
        asked = ask(own, list(words), most, seed)
        for word, shown in words.items():
            rows = np.asarray(asked[word])  # [inputs, 4]
            if len(rows) >= FEWEST:
                found.append(decider(shown.word, one.label, shown.inputs / one.inputs, rows, seed, num_draws))
    return sorted(found, key=lambda one: (not one.alarming, -(one.kept * one.turned)))


def ask(subjects: Sequence[Subject], words: Sequence[str], most: int, seed: int) -> dict[str, list[list[float]]]:
    """For each word and input that holds it and another: kept by it, by another, turned without it, without another.

    Each input is asked once, for all of its words.
    """
    asked: dict[str, list[list[float]]] = {word: [] for word in words}
    for number, subject in enumerate(subjects):
        names = [fold(part.name) for part in subject.parts]
        wanted = [word for word in words if len(asked[word]) < most and word in names and set(names) != {word}]
        if not wanted:
            continue
        masks = []
        for word in wanted:
            own = np.array([name == word for name in names])
            others = np.flatnonzero(~own)
            drawn = draws.uniform(draws.key(seed, "another word", word), number).item()
            another = np.arange(len(names)) == others[int(drawn * len(others))]
            masks += [own, another, ~own, ~another]
        stays = np.asarray(subject.values(np.stack(masks))).reshape(len(wanted), 4) > 0
        for word, (alone, other, without, without_other) in zip(wanted, stays.tolist(), strict=True):
            asked[word].append([float(alone), float(other), float(not without), float(not without_other)])
    return asked


def decider(word: str, label: str, covers: float, rows: np.ndarray, seed: int, num_draws: int) -> Decider:
    names = ["keeps", "turns"]
    found = resample_difference(row_means(names, rows[:, [0, 2]]), row_means(names, rows[:, [1, 3]]), seed, num_draws)
    return Decider(word, label, len(rows), covers, found["keeps"], found["turns"],
                   float(rows[:, 0].mean()), float(rows[:, 2].mean()))  # fmt: skip

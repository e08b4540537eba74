"""Do two models explain the same texts alike, and is the smaller one easier to explain? A student beside its teacher.

N inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from groundup.errors import InputError
from groundup.evaluate.bootstrap import DRAWS, Difference, Interval, resample, resample_difference
from groundup.explain.explanation import Explanation
from groundup.explain.faithfulness import MEASURES
from groundup.explain.randomisation import correlation
from groundup.explain.scorecard import Scorecard
from groundup.kinds.parts import ExplanationUnit
from groundup.metrics.scores import row_means

TOP = 0.2  # of the parts that are called the top ones


@dataclass(frozen=True)
class Agreement:
    """How alike two models explain the same inputs; means over inputs with intervals."""

    inputs: int
    """N that both explain by the same target."""
    other_targets: int
    """Inputs for which the models explain another target: they decide otherwise, or another class came second."""
    spearman: Interval
    """Rank correlation of the scores."""
    overlap: Interval
    """Share of the top parts that both have in common."""
    by_chance: float
    """What the overlap would be of random rankings."""

    def as_dict(self) -> dict:
        return asdict(self)


def agreement(
    ours: Sequence[Explanation], theirs: Sequence[Explanation], top: float = TOP, seed: int = 0, num_draws: int = DRAWS
) -> Agreement:
    """Lay two models' explanations of the same inputs side by side, part by part; parts that only one model reads are left out.

    `top` is the share of an input's parts that are its top ones, at least one. ValueError where the inputs are not the same;
    InputError when no input has a common target and two common parts.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} and {len(theirs)} explanations cannot be paired")
    rows, others = [], 0
    for one, other in zip(ours, theirs, strict=True):
        if one.texts != other.texts:
            raise ValueError(f"{one.texts!r} and {other.texts!r} are two inputs")
        if one.target != other.target:
            others += 1
            continue
        pair = common_scores(one, other)
        count = pair.shape[1]
        if count >= 2:
            k = max(1, int(np.ceil(top * count - 1e-9)))
            rows.append([correlation(pair[0], pair[1]), top_overlap(pair, k) / k, k / count])
    if not rows:
        what = f"of {len(ours)} inputs {others} have another target by the other model, the rest no two words in common"
        raise InputError("NOTHING_IN_COMMON", "inputs", what, "explain both models by the same target")
    figures = np.array(rows)
    averages = resample(row_means(["spearman", "overlap"], figures[:, :2]), seed, num_draws)
    return Agreement(len(rows), others, averages["spearman"], averages["overlap"], float(figures[:, 2].mean()))


def common_scores(one: Explanation, other: Explanation) -> np.ndarray:
    """[2, parts] the scores of both for the parts that both have."""
    theirs = {unit_key(part): score for part, score in zip(other.parts, other.scores.tolist(), strict=True)}
    pairs = [
        (score, theirs[unit_key(part)])
        for part, score in zip(one.parts, one.scores.tolist(), strict=True)
        if unit_key(part) in theirs
    ]
    return np.array(pairs, dtype=np.float64).reshape(-1, 2).T


def unit_key(part: ExplanationUnit) -> tuple:
    """What makes it the same part: where it stands, or its name where it stands nowhere."""
    return (part.text, part.start, part.end) if part.end else (part.name,)


def top_overlap(pair: np.ndarray, k: int) -> int:
    """How many of the k highest of both are the same; ties as they stand."""
    tops = [set(np.argsort(-scores, kind="stable")[:k].tolist()) for scores in pair]
    return len(tops[0] & tops[1])


def faithfulness_differences(ours: Scorecard, theirs: Scorecard) -> dict[str, dict[str, dict[str, Difference]]]:
    """By method, replacement and measure: our faithfulness minus theirs on the inputs that both scorecards hold.

    Measured on the probability where both have one: logits of two models have no common size. ValueError when the scorecards
    have no common input, replacement or method.
    """
    scale = next(scale for scale in reversed(ours.scales) if scale in theirs.scales)
    _, mine, yours = np.intersect1d(ours.numbers, theirs.numbers, return_indices=True)
    others = {entry.name: entry for entry in theirs.entries}
    replacements = [name for name in ours.replacements if name in theirs.replacements]
    differences: dict[str, dict[str, dict[str, Difference]]] = {}
    for entry in ours.entries:
        if entry.name not in others:
            continue
        for replacement in replacements:
            one, other = (
                row_means(MEASURES, np.stack([of.figures[scale, replacement, name][rows] for name in MEASURES], axis=1))
                for of, rows in ((entry, mine), (others[entry.name], yours))
            )
            differences.setdefault(entry.name, {})[replacement] = resample_difference(one, other, ours.seed, ours.num_draws)
    if not differences or not len(mine):
        raise ValueError("the scorecards have no input, replacement or method in common")
    return differences

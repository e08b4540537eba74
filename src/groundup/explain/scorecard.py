"""The scorecard of explanation methods: how faithful each is to one model on one set of inputs, against chance, and its cost.

Every method explains the same inputs, so all differences are paired (`evaluate/bootstrap.py`). A method *beats random* when the
95 % intervals of its difference from random rankings stay on the good side of 0 for comprehensiveness and for the area of the
deletion curve, with every replacement: one replacement can mislead, for what is put in a part's place may itself be a sign. Of
the methods that beat random the one with the largest gap, the mean over the replacements, is named the most faithful, together
with those that these inputs cannot tell from it. It is the most faithful *for this model and these inputs*, and for no other.

N inputs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from groundup.errors import InputError
from groundup.evaluate.bootstrap import DRAWS, Difference, Interval, resample, resample_difference
from groundup.explain.explanation import Explanation, Subject
from groundup.explain.faithfulness import (
    LOWER_IS_BETTER,
    MEASURES,
    RANDOM,
    SCALES,
    Curves,
    Faithfulness,
    Views,
    mean_faithfulness,
    measure,
    random_rankings,
)
from groundup.metrics.scores import SummedScores, row_means

Explain = Callable[[Subject, str], Explanation]
"""The explanation of a subject by the method of this name."""
PRIMARY_MEASURES = ("comprehensiveness", "deletion")
"""The measures on which a method must beat random rankings."""
MIN_INPUTS = 5

Key = tuple[str, str, str]  # scale, replacement, measure


@dataclass(frozen=True)
class MethodFigures:
    """The figures of one method on all inputs."""

    name: str
    figures: Mapping[Key, np.ndarray]
    """[N] each."""
    curves: Mapping[tuple[str, str], Curves]
    """By scale and replacement, the mean over the inputs."""
    seconds: np.ndarray
    """[N] that an explanation took."""

    @property
    def scores(self) -> SummedScores:
        """The figures as means over inputs that can be resampled; by name 'scale/replacement/measure'."""
        return row_means(["/".join(key) for key in self.figures], np.stack(list(self.figures.values()), axis=1))

    def gaps(self, scale: str) -> np.ndarray:
        """[N] the mean of the gaps over the replacements."""
        return np.mean(
            [values for (of, _, name), values in self.figures.items() if (of, name) == (scale, "insertion_minus_deletion")],
            axis=0,
        )


@dataclass(frozen=True)
class Scorecard:
    """All methods on the same inputs, and random rankings under the name `random`, last."""

    entries: tuple[MethodFigures, ...]
    replacements: tuple[str, ...]
    scales: tuple[str, ...]
    numbers: tuple[int, ...]
    """N of the inputs that were given, counted from 0."""
    left_out: int
    """Inputs of fewer than two parts: no order of them is better than another."""
    seed: int = 0
    num_draws: int = DRAWS

    @property
    def deciding_scale(self) -> str:
        """The probability where there is one, as in the literature; else the target."""
        return self.scales[-1]

    @property
    def random(self) -> MethodFigures:
        return self.entries[-1]

    @property
    def inputs(self) -> int:
        """N."""
        return len(self.numbers)

    def beats_random(self, entry: MethodFigures) -> bool:
        """Whether a method beats random rankings with every replacement on all PRIMARY_MEASURES."""
        against = self.against_random[entry.name]
        return all(
            significantly_better(against[(self.deciding_scale, replacement, name)], name)
            for replacement in self.replacements
            for name in PRIMARY_MEASURES
        )

    @cached_property
    def against_random(self) -> dict[str, dict[Key, Difference]]:
        """By method, each figure minus that of random rankings."""
        result = {}
        for entry in self.entries[:-1]:
            differences = resample_difference(entry.scores, self.random.scores, self.seed, self.num_draws)
            result[entry.name] = {key: differences["/".join(key)] for key in entry.figures}
        return result

    def gap_between(self, one: MethodFigures, other: MethodFigures, scale: str) -> Difference:
        """The mean gap of one method minus that of another."""
        pair = [row_means(["insertion_minus_deletion"], entry.gaps(scale)) for entry in (one, other)]
        return resample_difference(*pair, self.seed, self.num_draws)["insertion_minus_deletion"]

    def most_faithful(self) -> tuple[MethodFigures | None, list[MethodFigures]]:
        """The method of the largest gap among those that beat random, if any does, and those statistically tied with it."""
        scale = self.deciding_scale
        better_than_random = [entry for entry in self.entries[:-1] if self.beats_random(entry)]
        if not better_than_random:
            return None, []
        best = max(better_than_random, key=lambda entry: float(entry.gaps(scale).mean()))
        others = [entry for entry in better_than_random if entry is not best]
        return best, [entry for entry in others if contains_zero(self.gap_between(best, entry, scale))]


def significantly_better(difference: Difference, name: str) -> bool:
    """Whether the whole interval lies on the good side of 0."""
    if difference.low is None or difference.high is None:
        return False
    return difference.high < 0 if name in LOWER_IS_BETTER else difference.low > 0


def contains_zero(difference: Interval) -> bool:
    return difference.low is None or difference.high is None or difference.low <= 0 <= difference.high


def scorecard(
    inputs: Iterable[Views],
    methods: Sequence[str],
    explain: Explain,
    *,
    logits: bool = True,
    seed: int = 0,
    num_draws: int = DRAWS,
) -> Scorecard:
    """Explain every input by every method and measure each explanation with every replacement.

    An input is given as its replacements, of which the first is the one that is explained; all inputs must offer the same
    (ValueError). `logits` says whether the target is a difference of logits, which has a probability. Raises InputError for
    fewer than FEWEST_INPUTS inputs of two parts or more, and for a method called random.
    """
    if RANDOM in methods or len(set(methods)) < len(methods) or not methods:
        what = "names no method" if not methods else f"names a method twice, or {RANDOM}, which is always there"
        raise InputError("WHICH_METHODS", "methods", what, "name each method once")
    measured: dict[str, list[Mapping[str, Mapping[str, Faithfulness]]]] = {name: [] for name in (*methods, RANDOM)}
    seconds: dict[str, list[float]] = {name: [] for name in measured}
    replacements: tuple[str, ...] = ()
    numbers: list[int] = []
    left_out = 0
    for number, views in enumerate(inputs):
        first, count = next(iter(views.values())), len(next(iter(views.values())).parts)
        replacements = replacements or tuple(views)
        if tuple(views) != replacements:
            raise ValueError(f"input {number} has the replacements {tuple(views)}, the first {replacements}")
        if count < 2:
            left_out += 1
            continue
        numbers.append(number)
        rankings = {}
        for name in methods:
            started = time.perf_counter()
            rankings[name] = explain(first, name).scores
            seconds[name].append(time.perf_counter() - started)
        chance = random_rankings(count, number, seed)
        measures = measure(views, rankings | chance, logits, seed)
        for name in methods:
            measured[name].append(measures[name])
        measured[RANDOM].append(mean_of_orders([measures[name] for name in chance]))
        seconds[RANDOM].append(0.0)
    if len(numbers) < MIN_INPUTS:
        what = f"{len(numbers)} inputs have two parts or more ({left_out} have fewer)"
        raise InputError("TOO_FEW_INPUTS", "inputs", what, "give more texts", limit=f"{MIN_INPUTS} at least")
    scales = SCALES if logits else SCALES[:1]
    entries = tuple(entry_of(name, measured[name], seconds[name]) for name in measured)
    return Scorecard(entries, replacements, scales, tuple(numbers), left_out, seed, num_draws)


def mean_of_orders(several: Sequence[Mapping[str, Mapping[str, Faithfulness]]]) -> dict[str, dict[str, Faithfulness]]:
    """What random rankings of one input give, by replacement and scale."""
    return {
        replacement: {scale: mean_faithfulness([one[replacement][scale] for one in several]) for scale in scales}
        for replacement, scales in several[0].items()
    }


def entry_of(
    name: str, measured: Sequence[Mapping[str, Mapping[str, Faithfulness]]], seconds: Sequence[float]
) -> MethodFigures:
    """One method's measurements of all inputs, side by side."""
    figures, curves = {}, {}
    for replacement, scales in measured[0].items():
        for scale in scales:
            several = [one[replacement][scale] for one in measured]
            curves[scale, replacement] = mean_curves([one.curves for one in several])
            for kind in MEASURES:
                figures[scale, replacement, kind] = np.array([one.figures[kind] for one in several])
    return MethodFigures(name, figures, curves, np.asarray(seconds))


def mean_curves(several: Sequence[Curves]) -> Curves:
    """The mean over inputs at each step; inputs count alike, whatever the number of their parts."""
    shares, deletion, insertion = (
        np.mean([getattr(one, kind) for one in several], axis=0) for kind in ("shares", "deletion", "insertion")
    )
    return Curves(shares, deletion, insertion)


def report_of(card: Scorecard, language: str = "en") -> dict:
    """What `report.json` holds of it, and the page shows. `randomisation`, `planted` and `two_models` may be put beside."""
    best, ties = card.most_faithful()
    methods = []
    for entry in card.entries:
        own = resample(entry.scores, card.seed, card.num_draws)
        figures: dict[str, dict[str, dict[str, dict]]] = {}
        for scale, replacement, name in entry.figures:
            figure = {**own["/".join((scale, replacement, name))].as_dict()}
            if entry is not card.random:
                figure["against_random"] = card.against_random[entry.name][scale, replacement, name].as_dict()
            figures.setdefault(scale, {}).setdefault(replacement, {})[name] = figure
        curves: dict[str, dict[str, dict]] = {}
        for (scale, replacement), one in entry.curves.items():
            curve_points = {
                "shares": one.shares.tolist(),
                "deletion": one.deletion.tolist(),
                "insertion": one.insertion.tolist(),
            }
            curves.setdefault(scale, {})[replacement] = curve_points
        gap = row_means(["insertion_minus_deletion"], entry.gaps(card.deciding_scale))
        methods.append(
            {
                "name": entry.name,
                "seconds": float(entry.seconds.mean()),
                "figures": figures,
                "curves": curves,
                "insertion_minus_deletion": resample(gap, card.seed, card.num_draws)["insertion_minus_deletion"].as_dict(),
                "beats_random": entry is not card.random and card.beats_random(entry),
            }
        )
    return {
        "kind": "scorecard",
        "language": language,
        "inputs": card.inputs,
        "left_out": card.left_out,
        "replacements": list(card.replacements),
        "scales": list(card.scales),
        "deciding_scale": card.deciding_scale,
        "resamples": card.num_draws,
        "seed": card.seed,
        "methods": methods,
        "most_faithful": None if best is None else best.name,
        "indistinguishable": [entry.name for entry in ties],
    }

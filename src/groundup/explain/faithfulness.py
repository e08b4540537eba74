"""Which explanation to believe: what a model says when the parts that an explanation ranks first are taken away, or alone kept.

*Comprehensiveness* is how much the target falls without the top k % of the parts, *sufficiency* how much it falls with them
alone, each as a mean over k in 1, 5, 10, 20, 50 and at least one part (DeYoung et al., 2020, arXiv:1911.03429). The *deletion*
curve takes parts away from the most relevant on, the *insertion* curve puts them in (Petsiuk et al., 2018, arXiv:1806.07421).
Putting in n parts from the top is taking away the P - n at the bottom, so the area of the insertion curve is that of deleting
the least relevant first, and `insertion_minus_deletion` is least-relevant-first minus most-relevant-first (Samek et al., 2017,
arXiv:1509.06321). Good explanations have a high comprehensiveness, insertion and insertion minus deletion, and a low
sufficiency and deletion.

Everything is measured on the target itself and, where the target is a difference of two logits, on its logistic function: the
probability of the one class against the other alone. With two classes that is the probability that the model tells; with more
it is the share of the first among the two, which no third class disturbs. A difference of logits does not saturate but grows
with the model's confidence; a probability is bounded and saturates: neither alone is the whole picture.

P parts, Q shares of them at which curves are taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from groundup.data import draws
from groundup.explain.explanation import Explanation, Subject

PERCENTS = (1, 5, 10, 20, 50)
"""Of the parts: what comprehensiveness and sufficiency take away or keep."""
STEPS = tuple(range(0, 101, 10))
"""Percent of the parts at which the curves are drawn."""
MEASURES = ("comprehensiveness", "sufficiency", "deletion", "insertion", "insertion_minus_deletion")
LOWER_IS_BETTER = ("sufficiency", "deletion")
SCALES = ("target", "probability")
RANDOM = "random"
RANDOM_RANKINGS = 3  # random rankings whose mean is what chance gives

Views = Mapping[str, Subject]
"""One input with each way to take parts away: the replacement's name and the subject that uses it. All have the same parts."""


@dataclass(frozen=True)
class Curves:
    """What is left of the target of one input when the parts are taken away, and put in, from the most relevant on."""

    shares: np.ndarray
    """[Q] of the parts that are taken away or put in; as near to STEPS as whole parts allow."""
    deletion: np.ndarray
    """[Q]."""
    insertion: np.ndarray
    """[Q]."""


@dataclass(frozen=True)
class Faithfulness:
    """One ranking of the parts of one input, measured."""

    figures: Mapping[str, float]
    """Each of MEASURES."""
    curves: Curves


def measure(
    views: Views, rankings: Mapping[str, np.ndarray], logits: bool = True, seed: int = 0
) -> dict[str, dict[str, dict[str, Faithfulness]]]:
    """By name of the ranking, replacement and scale: how faithful scores [P] are to what the model does with this input.

    Equal scores are put in an order drawn from the seed. Each subject is asked once, for all rankings together. Where `logits`
    is false the target is no difference of logits and has no probability. ValueError for an input without parts, for scores
    of another length or that are not finite, and for replacements of different parts.
    """
    names, count = list(rankings), part_count(views)
    for name, scores in rankings.items():
        if np.shape(scores) != (count,) or not np.isfinite(scores).all():
            raise ValueError(f"{name}: scores {np.shape(scores)} are not one finite number for each of {count} parts")
    sizes = removal_sizes(count)  # Q of them
    orders = [rank(rankings[name], seed) for name in names]
    present, places = np.unique(np.concatenate([masks(order, sizes) for order in orders]), axis=0, return_inverse=True)
    places = places.reshape(len(names), 2, len(sizes))
    measures: dict[str, dict[str, dict[str, Faithfulness]]] = {name: {} for name in names}
    for replacement, subject in views.items():
        values = np.asarray(subject.values(present), dtype=np.float64)
        scaled = {"target": values, **({"probability": expit(values)} if logits else {})}
        for name, (without, only) in zip(names, places, strict=True):
            measures[name][replacement] = {
                scale: faithfulness_of(numbers[without], numbers[only], sizes, count) for scale, numbers in scaled.items()
            }
    return measures


def part_count(views: Views) -> int:
    """P."""
    counts = {len(subject.parts) for subject in views.values()}
    if len(counts) != 1 or not counts - {0}:
        raise ValueError(f"one number of parts, above 0, is needed for all replacements, not {sorted(counts)}")
    return counts.pop()


def removal_sizes(count: int) -> list[int]:
    """How many parts are taken away or kept, ascending: none, those of PERCENTS and STEPS, and with n also P - n, so that the
    curves of an order and of its reverse are taken at the same sets."""
    some = {size_of_percent(percent, count) for percent in (*PERCENTS, *STEPS)}
    return sorted(some | {count - size for size in some})


def size_of_percent(percent: int, count: int) -> int:
    """So many percent of the parts, up to half of them rounded up (at least one), beyond it down; none of none."""
    return -(-percent * count // 100) if percent <= 50 else count - size_of_percent(100 - percent, count)


def rank(scores: np.ndarray, seed: int = 0) -> np.ndarray:
    """Places [P] from the highest score to the lowest; equal ones as the seed says."""
    scores = np.asarray(scores, dtype=np.float64)
    return np.lexsort((draws.uniform(draws.key(seed, "ties"), 0, np.arange(len(scores))), -scores))


def masks(order: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """[2 Q, P]: without the first n of the order for each size n, then with the first n alone."""
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    only = ranks[None] < np.asarray(sizes)[:, None]
    return np.concatenate([~only, only])


def faithfulness_of(without: np.ndarray, only: np.ndarray, sizes: Sequence[int], count: int) -> Faithfulness:
    """The figures from the values [Q] without the first parts and with them alone."""
    at = {size: place for place, size in enumerate(sizes)}
    top = [at[size_of_percent(percent, count)] for percent in PERCENTS]
    shares = np.asarray(sizes) / count
    deletion, insertion = float(np.trapezoid(without, shares)), float(np.trapezoid(only, shares))
    figures = {
        "comprehensiveness": float(without[0] - without[top].mean()),
        "sufficiency": float(without[0] - only[top].mean()),
        "deletion": deletion,
        "insertion": insertion,
        "insertion_minus_deletion": insertion - deletion,
    }
    at_steps = [at[size_of_percent(percent, count)] for percent in STEPS]
    return Faithfulness(figures, Curves(shares[at_steps], without[at_steps], only[at_steps]))


def random_rankings(count: int, number: int, seed: int = 0, orders: int = RANDOM_RANKINGS) -> dict[str, np.ndarray]:
    """Scores [P] drawn by chance for input `number`, a pure function of the seed: what every explanation must beat."""
    stream = draws.key(seed, "random ranking", number)
    return {f"{RANDOM} {order}": draws.uniform(stream, order, np.arange(count)) for order in range(orders)}


def mean_faithfulness(several: Sequence[Faithfulness]) -> Faithfulness:
    """The mean of rankings of the same parts: of random rankings, what chance gives."""
    figures = {name: float(np.mean([one.figures[name] for one in several])) for name in MEASURES}
    deletion, insertion = (np.mean([getattr(one.curves, kind) for one in several], 0) for kind in ("deletion", "insertion"))
    return Faithfulness(figures, Curves(several[0].curves.shares, deletion, insertion))


def with_faithfulness(
    explanations: Sequence[Explanation], views: Views, logits: bool = True, seed: int = 0, orders: int = 20
) -> list[Explanation]:
    """The same explanations of one input with how faithful they are among their checks.

    Comprehensiveness and sufficiency on the target, by the first replacement, and `beats_random`: the share of random rankings
    whose insertion minus deletion is smaller, the mean over the replacements.
    """
    chance = random_rankings(part_count(views), 0, seed, orders)
    rankings = {f"{place}": one.scores for place, one in enumerate(explanations)}
    measures = measure(views, rankings | chance, logits, seed)
    result = []
    for place, explanation in enumerate(explanations):
        own = measures[f"{place}"]
        figures = own[next(iter(views))]["target"].figures
        beaten = [
            own[replacement]["target"].figures["insertion_minus_deletion"]
            > measures[name][replacement]["target"].figures["insertion_minus_deletion"]
            for replacement in views
            for name in chance
        ]
        checks = {name: figures[name] for name in ("comprehensiveness", "sufficiency")} | {
            "beats_random": float(np.mean(beaten))
        }
        result.append(replace(explanation, checks={**explanation.checks, **checks}))
    return result


Measured = Faithfulness  # the former name, for one version

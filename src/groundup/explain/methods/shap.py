"""Shapley values: what a part adds to the number, as a mean over all orders in which parts may come (Lundberg and Lee, 2017,
arXiv:1705.07874). Scores add up to the number less that of nothing. S samples, P parts.
"""

from __future__ import annotations

from math import comb

import numpy as np

from groundup.explain.explanation import Explanation, Subject
from groundup.explain.methods.common import NAN, full_and_empty, make_explanation
from groundup.explain.methods.gradients import rank_agreement

EXACT = 11  # parts up to which all 2^P sets are asked


def shap(subject: Subject, samples: int = 1000, seed: int = 0) -> Explanation:
    """Shapley values, exact for at most 11 parts. For more: least squares over sets that are drawn by the Shapley kernel, each
    with its complement, under the constraint that the values add up (Covert and Lee, 2021, arXiv:2012.01536).

    `efficiency` is what is missing to the sum; `stability` the rank correlation of what either half of the samples says (nan
    where all sets were asked).
    """
    count = len(subject.parts)
    if count <= EXACT:
        scores, value, bare = enumerated(subject)
        stability = NAN
    else:
        value, bare = full_and_empty(subject)
        half = draw(count, samples // 2, seed)
        numbers = subject.values(np.concatenate([half, ~half])).reshape(2, -1)
        scores = fitted(half, numbers, value, bare)
        stability = rank_agreement(*(fitted(half[at::2], numbers[:, at::2], value, bare) for at in (0, 1)))
    checks = {"efficiency": abs(scores.sum() - (value - bare)), "stability": stability}
    return make_explanation(subject, "shap", scores, value, bare, checks)


def enumerated(subject: Subject) -> tuple[np.ndarray, float, float]:
    """Exact values [P] from the numbers of all sets, and those of all parts and of none."""
    count = len(subject.parts)
    codes = np.arange(2**count)
    present = (codes[:, None] >> np.arange(count)) & 1 == 1  # [2^P, P]
    numbers, sizes = subject.values(present), present.sum(1)
    weights = np.array([1 / (count * comb(count - 1, size)) for size in range(count)])
    scores = np.empty(count)
    for part in range(count):
        without = codes[~present[:, part]]
        scores[part] = weights[sizes[without]] @ (numbers[without | 1 << part] - numbers[without])
    return scores, float(numbers[-1]), float(numbers[0])


def draw(count: int, samples: int, seed: int) -> np.ndarray:
    """[S, P] bool: sets of 1 to P - 1 parts, a size with a chance in proportion to 1 / (k (P - k))."""
    chance = np.random.default_rng([seed, count])
    sizes = np.arange(1, count)
    shares = 1 / (sizes * (count - sizes))
    sizes_of_samples = chance.choice(sizes, size=(samples, 1), p=shares / shares.sum())
    return chance.random((samples, count)).argsort(1).argsort(1) < sizes_of_samples


def fitted(half: np.ndarray, numbers: np.ndarray, value: float, bare: float) -> np.ndarray:
    """[P] the values that fit best, of those that add up: sets [S, P] with the numbers [2, S] of them and of their complements.

    The last value is what the others leave, so the rest is least squares without a constraint.
    """
    present = np.concatenate([half, ~half]).astype(np.float64)
    target = numbers.reshape(-1) - bare - present[:, -1] * (value - bare)
    free = np.linalg.lstsq(present[:, :-1] - present[:, -1:], target, rcond=None)[0]
    return np.append(free, value - bare - free.sum())

"""LIME: a linear model of the number near the input (Ribeiro et al., 2016, arXiv:1602.04938). S samples, P parts."""

from __future__ import annotations

import numpy as np

from groundup.explain.explanation import Explanation, Subject
from groundup.explain.methods.common import full_and_empty, make_explanation
from groundup.explain.methods.gradients import rank_agreement

WIDTH = 0.25  # of the kernel, in cosine distance from the whole input


def lime(subject: Subject, samples: int = 500, seed: int = 0, strength: float = 1.0) -> Explanation:
    """Coefficients of a ridge regression from which parts are there to the number, weighted by exp(-d^2 / 0.25^2), d the cosine
    distance of a sample from the whole input. How many parts are missing is drawn evenly from 1 to P, and then which.

    `fit` is the share of the (weighted) variance that the line explains; `stability` the rank correlation of the coefficients
    of both halves of the samples. `baseline` is what the model says without any part; the scores need not add up to anything.
    """
    from sklearn.linear_model import Ridge

    count = len(subject.parts)
    value, bare = full_and_empty(subject)
    present = draw(count, samples, seed)
    numbers = subject.values(present)
    weights = closeness(present)
    model = Ridge(strength).fit(present, numbers, sample_weight=weights)
    halves = [Ridge(strength).fit(present[at::2], numbers[at::2], sample_weight=weights[at::2]).coef_ for at in (0, 1)]
    checks = {"fit": float(model.score(present, numbers, sample_weight=weights)), "stability": rank_agreement(*halves)}
    return make_explanation(subject, "lime", model.coef_, value, bare, checks)


def draw(count: int, samples: int, seed: int) -> np.ndarray:
    """[S, P] bool: which parts are there; all of them in the first sample."""
    chance = np.random.default_rng([seed, count])
    missing = chance.integers(1, count + 1, size=(samples, 1))
    missing[0] = 0
    return chance.random((samples, count)).argsort(1).argsort(1) >= missing


def closeness(present: np.ndarray) -> np.ndarray:
    """[S] the weight of each sample."""
    distance = 1 - np.sqrt(present.mean(1))  # the cosine of k ones of P with all ones is sqrt(k / P)
    return np.exp(-((distance / WIDTH) ** 2))

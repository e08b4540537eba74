"""Gradients with respect to the rows of the embedding. N rows, C hidden, P parts."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor

from groundup.explain.explanation import Explanation
from groundup.explain.inside import in_place
from groundup.explain.methods.made import by_part, explained, gradient
from groundup.explain.rules import held_norm
from groundup.explain.subject import Embedded
from groundup.nn.linear import LayerNorm, RMSNorm

FIRST_STEPS, MOST_STEPS, COMPLETE = 32, 512, 0.01


def gradient_norm(subject: Embedded) -> Explanation:
    """The length of the gradient at each part: how fast the number changes there, in whatever direction (Simonyan et al.,
    2013, arXiv:1312.6034). Never negative, and not in the unit of the target."""
    value, slope = gradient(subject, subject.rows)
    squares, rest = by_part(subject, slope.square().sum(-1))
    return explained(subject, "gradient_norm", np.sqrt(squares), value, checks={"special": np.sqrt(rest)},
                     notice="the length of a gradient has no sign: it says how much, not which way")  # fmt: skip


def gradient_x_input(subject: Embedded) -> Explanation:
    """Gradient times input, summed over the rows of each part (Shrikumar et al., 2016, arXiv:1605.01713): exact where the
    number is linear in the rows.

    The spread by which the norm of an embedding divides is held: of what is normed at once nothing hangs on the length of a
    row, and the gradient along it would always be 0.
    """
    embed = subject.model.backbone.embed
    norm = getattr(embed, "norm", None)
    with in_place([(embed, "norm", partial(held_norm, norm))] if isinstance(norm, LayerNorm | RMSNorm) else []):
        value, slope = gradient(subject, subject.rows)
    scores, rest = by_part(subject, (slope * subject.rows).sum(-1))
    return explained(subject, "gradient_x_input", scores, value, checks={"special": rest})


def integrated_gradients(subject: Embedded, steps: int = FIRST_STEPS, most: int = MOST_STEPS) -> Explanation:
    """(x - x') times the mean gradient on the line from x' to x (Sundararajan et al., 2017, arXiv:1703.01365).

    x' is the input without its parts. The mean is taken at the middle of `steps` pieces; their number is doubled until the
    scores add up to f(x) - f(x') within 1 % (`completeness`), at most to `most`. The same from another baseline is told beside
    it: f there, its completeness, and how far the order of its scores agrees (rank correlation).
    """
    value, baseline, scores, gap, used = integrated(subject, subject.absent, steps, most)
    other, scores_of_other, gap_of_other = integrated(subject, subject.otherwise, steps, most)[1:4]
    checks = {"completeness": gap, "steps": used, "other_baseline": other, "other_completeness": gap_of_other,
              "other_agreement": agreement(scores, scores_of_other)}  # fmt: skip
    notice = "" if gap <= COMPLETE else f"not complete: after {used} steps {gap:.1%} of the difference is missing"
    return explained(subject, "ig", scores, value, baseline, checks, notice)


def integrated(subject: Embedded, start: Tensor, steps: int, most: int) -> tuple[float, float, np.ndarray, float, int]:
    """The number at the input and at rows [N, C] where the line starts, scores [P], the gap, and the steps that were made."""
    with torch.inference_mode():
        value, baseline = subject.numbers(torch.stack([subject.rows, start])).double().tolist()
    way = subject.rows - start
    while True:
        scores, _ = by_part(subject, (way.double() * mean_gradient(subject, start, way, steps)).sum(-1))
        gap = relative_gap(scores, value - baseline)
        if gap <= COMPLETE or 2 * steps > most:
            return value, baseline, scores, gap, steps
        steps *= 2


def relative_gap(scores: np.ndarray, wanted: float) -> float:
    """What is missing to the sum that scores should have, as a share of it; where nearly all cancels out, of a tenth of what
    they are in all."""
    scale = max(abs(wanted), 0.1 * float(np.abs(scores).sum()), 1e-12)
    return abs(float(scores.sum()) - wanted) / scale


def mean_gradient(subject: Embedded, start: Tensor, way: Tensor, steps: int) -> Tensor:
    """[N, C] float64: the mean of the gradients in the middle of `steps` pieces of the line."""
    total, size = torch.zeros_like(way, dtype=torch.float64), subject.at_once(gradients=True)
    places = (torch.arange(steps) + 0.5) / steps
    for batch in places.split(size):
        leaf = (start + batch[:, None, None] * way).requires_grad_()  # [S, N, C]
        with torch.enable_grad():
            slopes = torch.autograd.grad(subject.numbers(leaf).sum(), leaf)[0]
        total += slopes.double().sum(0)
    return total / steps


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Rank correlation of two rankings; nan where one ranks nothing."""
    if len(first) < 2 or not (np.ptp(first) and np.ptp(second)):
        return float("nan")
    return float(spearmanr(first, second).statistic)

"""Gradients with respect to the rows of the embedding. S places on a line, N rows, C hidden, P parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor

from groundup.explain.explanation import Explanation
from groundup.explain.lrp_rules import constant_scale_norm
from groundup.explain.methods.common import gradient, make_explanation, sum_by_unit
from groundup.explain.patching import patched
from groundup.explain.subject import EmbeddedSubject
from groundup.nn.linear import LayerNorm, RMSNorm

FIRST_STEPS, MOST_STEPS, COMPLETE = 32, 512, 0.01


def gradient_norm(subject: EmbeddedSubject) -> Explanation:
    """The length of the gradient at each part: how fast the number changes there, in whatever direction (Simonyan et al.,
    2013, arXiv:1312.6034). Never negative, and not in the unit of the target."""
    value, slope = gradient(subject, subject.rows)
    squares, rest = sum_by_unit(subject, slope.square().sum(-1))
    return make_explanation(
        subject,
        "gradient_norm",
        np.sqrt(squares),
        value,
        checks={"special": np.sqrt(rest)},
        notice="the length of a gradient has no sign: it says how much, not which way",
    )


def gradient_x_input(subject: EmbeddedSubject) -> Explanation:
    """Gradient times input, summed over the rows of each part (Shrikumar et al., 2016, arXiv:1605.01713): exact where the
    number is linear in the rows.

    The scale by which the norm of an embedding divides is constant here: a normed embedding does not depend on the length of a
    row, and the gradient along it would always be 0.
    """
    norms = [(one, getattr(one, "norm", None)) for one in subject.model.backbone.embed.modules()]
    with patched(
        [(one, "norm", partial(constant_scale_norm, norm)) for one, norm in norms if isinstance(norm, LayerNorm | RMSNorm)]
    ):
        value, slope = gradient(subject, subject.rows)
    scores, rest = sum_by_unit(subject, (slope * subject.rows).sum(-1))
    return make_explanation(subject, "gradient_x_input", scores, value, checks={"special": rest})


def integrated_gradients(subject: EmbeddedSubject, steps: int = FIRST_STEPS, most: int = MOST_STEPS) -> Explanation:
    """(x - x') times the mean gradient on the line from x' to x (Sundararajan et al., 2017, arXiv:1703.01365).

    x' is the input without its parts. The line is cut into `steps` pieces, with a gradient in the middle of each; pieces on
    which the number changes otherwise than its gradient says are halved until all of them together are off by less than 1 %,
    or `most` gradients were taken. (A model may turn from one answer to the other within a thousandth of the line, which pieces
    of one length would miss.) `completeness` is what the scores lack to add up to f(x) - f(x'). The same from another baseline
    is reported beside it: f there, its completeness, and how far the order of its scores agrees (rank correlation).
    """
    line = integrate(subject, subject.baseline, steps, most)
    other = integrate(subject, subject.other_baseline, steps, most)
    checks = {
        "completeness": line.gap,
        "steps": line.steps,
        "other_baseline": other.baseline,
        "other_completeness": other.gap,
        "other_agreement": rank_agreement(line.scores, other.scores),
    }
    short = f"not complete: after {line.steps} steps {line.gap:.1%} of the difference is missing"
    return make_explanation(
        subject, "ig", line.scores, line.value, line.baseline, checks, "" if line.gap <= COMPLETE else short
    )


class PathIntegral(NamedTuple):
    """The result of the integral: scores [P], the number at both ends, the shortfall (`relative_gap`), and gradients taken."""

    scores: np.ndarray
    value: float
    baseline: float
    gap: float
    steps: int


class Segment(NamedTuple):
    """A piece of the line: its ends, the number there and in the middle, and what its gradient gives to each row [N]."""

    start: float
    stop: float
    first: float
    middle: float
    last: float
    scores: np.ndarray

    @property
    def off(self) -> float:
        """How much more the number changes than the gradient says."""
        return self.last - self.first - float(self.scores.sum())


def integrate(subject: EmbeddedSubject, start: Tensor, steps: int, most: int) -> PathIntegral:
    """The integral on the line from rows [N, C] to those of the input."""
    ends = np.linspace(0, 1, steps + 1)
    numbers = outputs_at(subject, start, ends)
    pieces = make_segments(subject, start, list(zip(ends, ends[1:], numbers, numbers[1:])))
    while True:
        scores, _ = sum_by_unit(subject, np.sum([piece.scores for piece in pieces], axis=0))
        allowed = COMPLETE * scale_of(scores, numbers[-1] - numbers[0])
        worst = sorted(pieces, key=lambda piece: -abs(piece.off))[: (most - steps) // 2]
        halved = [piece for piece in worst if abs(piece.off) > allowed / len(pieces)]
        if not halved or sum(abs(piece.off) for piece in pieces) <= allowed:
            return PathIntegral(scores, numbers[-1], numbers[0], relative_gap(scores, numbers[-1] - numbers[0]), steps)
        halved_ids = {id(piece) for piece in halved}
        pieces = [piece for piece in pieces if id(piece) not in halved_ids]
        pieces += make_segments(subject, start, [half for piece in halved for half in halves(piece)])
        steps += 2 * len(halved)


Span = tuple[float, float, float, float]  # both ends, and the number there


def halves(piece: Segment) -> list[Span]:
    """Both halves of a piece."""
    middle = (piece.start + piece.stop) / 2
    return [(piece.start, middle, piece.first, piece.middle), (middle, piece.stop, piece.middle, piece.last)]


def outputs_at(subject: EmbeddedSubject, start: Tensor, places: np.ndarray) -> list[float]:
    """The numbers at places from 0 to 1 on the line."""
    outputs, shares = [], torch.from_numpy(places).to(start.dtype)[:, None, None]
    with torch.inference_mode():
        for batch in shares.split(subject.max_batch()):
            outputs += subject.numbers(start + batch * (subject.rows - start)).double().tolist()
    return outputs


def make_segments(subject: EmbeddedSubject, start: Tensor, spans: Sequence[Span]) -> list[Segment]:
    """Pieces of the line, with a gradient in the middle of each."""
    way, segments = subject.rows - start, []
    for at in range(0, len(spans), size := subject.max_batch(gradients=True)):
        batch = spans[at : at + size]
        middles = torch.tensor([(first + last) / 2 for first, last, *_ in batch], dtype=start.dtype)
        leaf = (start + middles[:, None, None] * way).requires_grad_()  # [S, N, C]
        with torch.enable_grad():
            numbers = subject.numbers(leaf)
            slopes = torch.autograd.grad(numbers.sum(), leaf)[0]
        scores = (slopes.double() * way).sum(-1).cpu().numpy()  # [S, N]
        for span, number, row in zip(batch, numbers.tolist(), scores, strict=True):
            segments.append(Segment(span[0], span[1], span[2], number, span[3], row * (span[1] - span[0])))
    return segments


def scale_of(scores: np.ndarray, total: float) -> float:
    """What a shortfall is a share of: the sum that scores should have, or where nearly all cancels out, a tenth of what they
    are in all."""
    return max(abs(total), 0.1 * float(np.abs(scores).sum()), 1e-12)


def relative_gap(scores: np.ndarray, total: float) -> float:
    """What is missing to the sum that scores should have."""
    return abs(float(scores.sum()) - total) / scale_of(scores, total)


def rank_agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Rank correlation of two rankings; nan where one ranks nothing."""
    if len(first) < 2 or not (np.ptp(first) and np.ptp(second)):
        return float("nan")
    return float(spearmanr(first, second).statistic)

"""What all methods share: from scores of rows to scores of parts, and the explanation itself. N rows, P parts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from groundup.explain.explanation import Explanation, Subject
from groundup.explain.subject import EmbeddedSubject

NAN = float("nan")


def make_explanation(
    subject: Subject,
    method: str,
    scores: np.ndarray,
    value: float,
    baseline: float = NAN,
    checks: Mapping[str, float] | None = None,
    notice: str = "",
) -> Explanation:
    """An explanation of a subject."""
    background = getattr(subject, "background", None)
    numbers = {name: float(number) for name, number in (checks or {}).items()}
    return Explanation(
        method=method,
        target=subject.target,
        texts=tuple(subject.texts),
        parts=tuple(subject.parts),
        scores=np.asarray(scores, dtype=np.float64),
        value=float(value),
        baseline=float(baseline),
        background=0 if background is None else background.count,
        checks=numbers,
        notice=notice,
    )


def full_and_empty(subject: Subject) -> tuple[float, float]:
    """The output with all units present, and with none."""
    whole, bare = subject.values(np.array([[True], [False]]).repeat(len(subject.parts), axis=1))
    return float(whole), float(bare)


def sum_by_unit(subject: EmbeddedSubject, scores: Tensor | np.ndarray) -> tuple[np.ndarray, float]:
    """[P] sums of scores [N] over the rows of each part, and the sum over rows of none."""
    summed = np.bincount(subject.owner + 1, np.asarray(scores, dtype=np.float64), minlength=len(subject.parts) + 1)
    return summed[1:], float(summed[0])


def gradient(subject: EmbeddedSubject, rows: Tensor) -> tuple[float, Tensor]:
    """The number for rows [N, C], and its gradient [N, C]."""
    leaf = rows.detach().clone().requires_grad_()
    with torch.enable_grad():
        number = subject.numbers(leaf[None])[0]
        return float(number.detach()), torch.autograd.grad(number, leaf)[0]

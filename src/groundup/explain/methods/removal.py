"""The simplest question: what changes without a part; and a control that knows nothing. P parts."""

from __future__ import annotations

import zlib

import numpy as np

from groundup.explain.explanation import Explanation, Subject
from groundup.explain.methods.common import full_and_empty, make_explanation


def occlusion(subject: Subject) -> Explanation:
    """What the number loses without each part alone (Zeiler and Fergus, 2013, arXiv:1311.2901)."""
    count = len(subject.parts)
    value, bare = full_and_empty(subject)
    scores = value - subject.values(~np.eye(count, dtype=bool))
    return make_explanation(subject, "occlusion", scores, value, bare)


def random_scores(subject: Subject, seed: int = 0) -> Explanation:
    """Numbers drawn from (seed, input) alone: what any method must beat."""
    stream = zlib.crc32("\0".join([*subject.texts, *(part.name for part in subject.parts)]).encode())
    scores = np.random.default_rng([seed, stream]).standard_normal(len(subject.parts))
    value, bare = full_and_empty(subject)
    return make_explanation(subject, "random", scores, value, bare, notice="drawn by chance: a control")

"""Top-1 and top-5 accuracy: whether the right class is the most probable one, or among the five most probable.

N rows, K classes.
"""

from __future__ import annotations

import numpy as np

from groundup.metrics.scores import SummedScores, row_means

FIVE = 5


def top_scores(targets: np.ndarray, probabilities: np.ndarray) -> SummedScores:
    """`top1`, and `top5` where there are more than five classes, of class numbers [N] and probabilities [N, K]; a number that
    is no class (-1) is wrong. Of equally probable classes the first counts as the more probable one, as argmax has it."""
    targets, probabilities = np.asarray(targets, dtype=np.int64), np.asarray(probabilities)
    names = ["top1", "top5"] if probabilities.shape[1] > FIVE else ["top1"]
    known = targets >= 0
    own = probabilities[np.arange(len(targets)), np.where(known, targets, 0)][:, None]
    before = np.arange(probabilities.shape[1]) < targets[:, None]
    ranks = (probabilities > own).sum(axis=1) + ((probabilities == own) & before).sum(axis=1)
    right = np.stack([known & (ranks < places) for places in (1, FIVE)], axis=1)
    return row_means(names, right[:, : len(names)].astype(np.float64))

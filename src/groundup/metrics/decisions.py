"""Figures of a yes-or-no question with probabilities: how well they rank, and what decisions by them cost.

N rows. Scores are probabilities of yes; targets are true or false.
"""

from __future__ import annotations

import numpy as np

from groundup.metrics.costs import Costs

SPECIFICITY = 0.9


def auc(scores: np.ndarray, targets: np.ndarray) -> float | None:
    """Share of pairs of a yes and a no in which the yes has the higher score, ties counting half (the Mann-Whitney statistic);
    None where there is only one of them."""
    targets = np.asarray(targets, dtype=bool)
    yes, no = int(targets.sum()), int((~targets).sum())
    if not yes or not no:
        return None
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]  # equal scores share the mean of their ranks
    return float((ranks[targets].sum() - yes * (yes + 1) / 2) / (yes * no))


def curve(scores: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(thresholds, hit rates, false alarm rates), the highest threshold first: what is said yes has a score of at least it."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.diff(scores[order], append=-np.inf))
    hits, alarms = np.cumsum(targets[order])[ends], np.cumsum(~targets[order])[ends]
    return scores[order][ends], hits / max(1, targets.sum()), alarms / max(1, (~targets).sum())


def kolmogorov_smirnov(scores: np.ndarray, targets: np.ndarray) -> float | None:
    """The largest gap between the hit rate and the false alarm rate, over all thresholds."""
    targets = np.asarray(targets, dtype=bool)
    if targets.all() or not targets.any():
        return None
    _, hits, alarms = curve(scores, targets)
    return float(np.max(hits - alarms))


def sensitivity_at(scores: np.ndarray, targets: np.ndarray, specificity: float = SPECIFICITY) -> float | None:
    """The highest hit rate with no more false alarms than a specificity allows."""
    targets = np.asarray(targets, dtype=bool)
    if targets.all() or not targets.any():
        return None
    _, hits, alarms = curve(scores, targets)
    allowed = alarms <= 1 - specificity + 1e-12
    return float(hits[allowed].max()) if allowed.any() else 0.0


def decisions(scores: np.ndarray, targets: np.ndarray, costs: Costs | None = None) -> dict[str, float | None]:
    """All figures of these rows by name."""
    targets = np.asarray(targets, dtype=bool)
    figures: dict[str, float | None] = {
        "auc": auc(scores, targets),
        "ks": kolmogorov_smirnov(scores, targets),
        "sensitivity_at_90": sensitivity_at(scores, targets),
    }
    if costs is not None and len(targets):
        figures |= {
            "mean_cost": costs.mean(scores, targets),
            "mean_cost_constant": costs.constant(targets),
            "threshold": costs.threshold,
        }
    return figures

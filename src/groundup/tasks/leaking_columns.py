"""Columns of a table that give the label away: one tells it almost alone, while all others together do not.

Each figure is of rows that the column was not learned from. R rows, P parts of columns, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from groundup.messages.current import message
from groundup.metrics.decisions import auc
from groundup.tasks.baselines.tabular import PRIOR, Table, near_counts

ALONE, OTHERS = 0.98, 0.9  # AUC of a column from which, and of all others below which, it is suspected
GAPS_ALONE = 0.9  # AUC of whether a cell is missing
FEWEST_ROWS = 30


class Suspect(NamedTuple):
    """A column that tells the label."""

    column: str
    alone: float
    others: float
    by_gaps: bool = False
    """Whether it is its missing cells that tell it."""

    def line(self) -> str:
        key = "gaps tell the label" if self.by_gaps else "column tells the label"
        return message(key, column=self.column, alone=self.alone, others=self.others)


def leaking_columns(train: Table, columns: Sequence[str], targets: np.ndarray, classes: int) -> list[Suspect]:
    """The columns suspected, by the training rows. `columns` [P] names the column of each part."""
    if len(targets) < FEWEST_ROWS or len(np.unique(targets)) < 2:
        return []
    shares = np.bincount(targets, minlength=classes) / len(targets)
    evidence = np.stack(  # [P, R, K]
        [evidence_of(train.numbers[:, place], bool(train.categorical[place]), targets, shares) for place in range(len(columns))]
    )
    total, names = evidence.sum(axis=0), np.array(columns, dtype=object)
    leaks = []
    for name in dict.fromkeys(columns):
        own = names == name
        others = mean_auc(total - evidence[own].sum(axis=0), targets)
        alone = max(mean_auc(one, targets) for one in evidence[own])
        gaps = np.isnan(train.numbers[:, own]).any(axis=1).astype(float)
        by_gaps = max(max(ranked, 1 - ranked) for ranked in aucs(np.repeat(gaps[:, None], classes, axis=1), targets))
        if alone >= ALONE and others < OTHERS:
            leaks.append(Suspect(name, alone, others))
        elif by_gaps >= GAPS_ALONE:
            leaks.append(Suspect(name, by_gaps, others, True))
    return sorted(leaks, key=lambda one: -one.alone)


def evidence_of(values: np.ndarray, categorical: bool, targets: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """[R, K] what a column says for each class, of each row by the other half of the rows."""
    half = np.arange(len(targets)) % 2
    one_hot = np.eye(len(shares))[targets]
    evidence = np.zeros(one_hot.shape)
    for side in (0, 1):
        known, query = half != side, half == side
        counts = near_counts(values[known], one_hot[known], values[query], categorical)
        probabilities = (counts + PRIOR * shares) / (counts.sum(axis=1, keepdims=True) + PRIOR)
        evidence[query] = np.log(np.maximum(probabilities, 1e-12)) - np.log(np.maximum(shares, 1e-12))
    return evidence


def aucs(scores: np.ndarray, targets: np.ndarray) -> list[float]:
    """AUC of each class against all others, of classes that occur beside others."""
    values = [auc(scores[:, number], targets == number) for number in range(scores.shape[1])]
    return [value for value in values if value is not None]


def mean_auc(scores: np.ndarray, targets: np.ndarray) -> float:
    return float(np.mean(aucs(scores, targets)))

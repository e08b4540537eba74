"""Rows whose label is doubtful: confident learning on the out-of-fold probabilities of the TF-IDF baseline.

*Northcutt, Jiang and Chuang, 2021, Confident Learning: Estimating Uncertainty in Dataset Labels, arXiv:1911.00068.*
Shapes: N rows, K classes.
"""

from __future__ import annotations

import time
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundup.data import draws
from groundup.errors import InputError
from groundup.kinds.reader import Reader, Row
from groundup.tasks.baselines.baseline import regression

FOLDS = 5
STRENGTH = 10.0  # C of the logistic regression: what TF-IDF uses where nothing is there to choose it on


@dataclass(frozen=True)
class OutOfFold:
    """Answers to each row by a baseline that has not seen its text."""

    probabilities: np.ndarray  # [N, K]
    folds: np.ndarray  # [N]
    seconds: float

    def predictions(self) -> np.ndarray:
        return self.probabilities.argmax(axis=1)


@dataclass(frozen=True)
class Suspect:
    """A row that the baseline would label otherwise: by how much, as suggested minus given probability."""

    row: int
    given: int
    suggested: int
    margin: float


@dataclass(frozen=True)
class Suspects:
    """`share` estimates how many labels are wrong; `joint` [K, K] how given (rows) and true labels (columns) go together."""

    share: float
    joint: np.ndarray
    rows: list[Suspect]


def out_of_fold(
    reader: Reader, texts: Sequence[Row], targets: np.ndarray, num_classes: int, folds: int = FOLDS, seed: int = 0
) -> OutOfFold:
    """Probabilities of TF-IDF with logistic regression for each row, learned from the other folds.

    Rows of the same text stay in one fold. A class that a fold does not train has probability 0 there. Raises InputError when
    a fold leaves fewer than two classes to learn.
    """
    started = time.perf_counter()
    targets = np.asarray(targets)
    places = folds_of(reader, texts, targets, folds, seed)
    probabilities = np.zeros((len(texts), num_classes), dtype=np.float64)
    for fold in range(folds):
        held_out, rest = np.flatnonzero(places == fold), np.flatnonzero(places != fold)
        if not len(held_out):
            continue
        if len(np.unique(targets[rest])) < 2:
            what = f"{len(texts)} rows are too few to hold out a fold: fewer than two classes are left to learn"
            raise InputError("TOO_FEW_ROWS", "label column", what, "give more rows of each class")
        train = [texts[i] for i in rest]
        features = reader.features(train)
        model = regression(STRENGTH, balanced=False)
        inputs = features.fit(train)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*(converge|Line Search|line search).*")
            model.fit(inputs, targets[rest])
        probabilities[np.ix_(held_out, model.classes_)] = model.predict_proba(features.transform([texts[i] for i in held_out]))
    return OutOfFold(probabilities, places, time.perf_counter() - started)


def folds_of(reader: Reader, texts: Sequence[Row], targets: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """[N] fold of each row: stratified by the label of a text's first row; rows of one text are never parted."""
    groups: dict[int, list[int]] = defaultdict(list)
    repeated = reader.repeats(texts)
    for row in range(len(texts)):
        groups[repeated.get(row, row)].append(row)
    members = list(groups.values())
    first = np.array([rows[0] for rows in members])
    draw = draws.uniform(draws.key(seed, "folds"), first)
    places = np.empty(len(texts), dtype=np.int64)
    for rank, group in enumerate(np.lexsort((draw, targets[first]))):  # class by class, in turns
        places[members[group]] = rank % folds
    return places


def find_suspects(probabilities: np.ndarray, targets: np.ndarray, fewest: int = FOLDS) -> Suspects:
    """Confident learning on out-of-fold probabilities [N, K] and given labels [N], the most doubtful row first.

    A row counts for class j when its probability of j reaches the mean that the rows labelled j have; of several such classes,
    for the most probable. Rows that count for another class than their own are the suspects. Their number per pair of classes,
    scaled to the rows of each class, estimates the joint. Classes of fewer than `fewest` rows are neither doubted nor
    suggested.
    """
    targets = np.asarray(targets)
    count, num_classes = probabilities.shape
    support = np.bincount(targets, minlength=num_classes)
    thresholds = np.full(num_classes, np.inf)
    for k in np.flatnonzero(support >= fewest):
        thresholds[k] = probabilities[targets == k, k].mean()
    reached = np.where(probabilities >= thresholds, probabilities, -1.0)
    confident = reached.argmax(axis=1)
    counted = (reached.max(axis=1) >= 0) & np.isfinite(thresholds[targets])
    counts = np.zeros((num_classes, num_classes))
    np.add.at(counts, (targets[counted], confident[counted]), 1)
    joint = calibrated(counts, support)
    doubted = np.flatnonzero(counted & (confident != targets))
    margins = probabilities[doubted, confident[doubted]] - probabilities[doubted, targets[doubted]]
    rows = [
        Suspect(int(row), int(targets[row]), int(confident[row]), float(margin))
        for row, margin in sorted(zip(doubted, margins, strict=True), key=lambda pair: -pair[1])
    ]
    return Suspects(float(1 - np.trace(joint)) if count else 0.0, joint, rows)


def calibrated(counts: np.ndarray, support: np.ndarray) -> np.ndarray:
    """Counts [K, K] scaled so that each row has the share of its class; a class that was not counted is taken as right."""
    totals = counts.sum(axis=1)
    shares = np.where(totals[:, None] > 0, counts / np.maximum(totals, 1)[:, None], np.eye(len(counts)))
    return shares * support[:, None] / max(1, support.sum())

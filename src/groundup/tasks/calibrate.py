"""Probabilities made to mean what they say, by validation rows: one temperature, or a rising function of each class.

A way is kept only where it lowers the log loss of rows that it was not fitted on: every fifth validation row is left out in
turn. The temperature: Guo et al., 2017, arXiv:1706.04599; isotonic regression of each class against the others, divided by
the sum over classes: Zadrozny and Elkan, 2002, "Transforming classifier scores into accurate multiclass probability
estimates". N rows, K classes or labels. Probabilities of classes sum to 1 and have targets [N] (class numbers); those of
labels stand each for itself and have targets [N, K] of 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from groundup.metrics.calibration import SMALLEST

Calibration = Literal["auto", "none", "temperature", "isotonic"]
FOLDS = 5
MIN_ROWS = 50  # validation rows before a way is tried: of fewer the rows left out say too little
MIN_ISOTONIC_ROWS = 1000  # where nobody asks for isotonic regression by name
MAX_TEMPERATURE = 20.0  # temperatures lie from 1 / this to this
FLOOR = 0.5  # of a row: no isotonic probability is nearer to 0 or 1 than this is of all rows
RAW_SHARE = 1e-3  # of an isotonic probability that is the raw one, so that equal ones keep the order of the raw ones


def calibrate(probabilities: np.ndarray, targets: np.ndarray, setting: Calibration = "auto") -> dict[str, Any]:
    """What `apply` needs: the `method` that was kept (none, temperature, isotonic) and what it was fitted to; the number of
    `rows`, and the `log_loss` of the ways that were tried, on rows left out. Rows of a class that training did not have (-1)
    are left aside."""
    known = targets >= 0 if targets.ndim == 1 else np.ones(len(targets), dtype=bool)
    probabilities, targets = np.asarray(probabilities, np.float64)[known], targets[known]
    report: dict[str, Any] = {"method": "none", "setting": setting, "rows": len(targets), "log_loss": {}}
    ways = ways_of(setting, len(targets))
    if len(targets) < MIN_ROWS or len(np.unique(targets)) < 2 or not ways:
        return report
    losses = {"none": log_loss(probabilities, targets)}
    losses |= {name: left_out_loss(name, probabilities, targets) for name in ways}
    best = min(losses, key=lambda name: losses[name])  # of equal ones the first, which is none
    fitted = {} if best == "none" else FITS[best](probabilities, targets)
    return report | {"method": best, "log_loss": losses, **fitted}


def ways_of(setting: Calibration, rows: int) -> tuple[str, ...]:
    """What is tried with so many validation rows."""
    if setting == "auto":
        return ("temperature", "isotonic") if rows >= MIN_ISOTONIC_ROWS else ("temperature",)
    return () if setting == "none" else (setting,)


def apply(calibration: Mapping[str, Any], probabilities: np.ndarray, sum_to_one: bool = True) -> np.ndarray:
    """Probabilities [N, K] changed as `calibrate` found; unchanged where it kept nothing."""
    method = calibration.get("method", "none")
    if method == "none" or not len(probabilities):
        return probabilities
    if method == "temperature":
        changed = tempered(probabilities, calibration["temperature"], sum_to_one)
    else:
        changed = by_curves(probabilities, calibration["curves"], sum_to_one)
    return keep_order(changed, probabilities) if sum_to_one else changed


def keep_order(changed: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The changed probabilities in the type of the raw ones; of classes that are equally probable now, the one that was more
    probable before is the answer."""
    changed = changed.astype(probabilities.dtype)
    best = changed.max(axis=1, keepdims=True)
    answers = np.where(changed == best, probabilities, -1).argmax(axis=1)
    rows = np.flatnonzero(changed.argmax(axis=1) != answers)
    changed[rows, answers[rows]] = np.nextafter(best[rows, 0], changed.dtype.type(2))
    return changed


def left_out_loss(method: str, probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Log loss of rows by what was fitted on the others, in folds: every fifth row is one."""
    fold, changed = np.arange(len(targets)) % FOLDS, np.empty_like(probabilities)
    for number in range(FOLDS):
        out = fold == number
        fitted = {"method": method, **FITS[method](probabilities[~out], targets[~out])}
        changed[out] = apply(fitted, probabilities[out], targets.ndim == 1)
    return log_loss(changed, targets)


def log_loss(probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Mean surprise at the targets; of labels the mean over rows and labels."""
    if targets.ndim == 1:
        own = probabilities[np.arange(len(targets)), targets]
    else:
        own = np.where(targets > 0, probabilities, 1 - probabilities)
    return float(-np.log(np.maximum(own, SMALLEST)).mean())


def tempered(probabilities: np.ndarray, temperature: float, sum_to_one: bool = True) -> np.ndarray:
    """[N, K] softmax(log p / T), or of labels sigmoid(logit(p) / T)."""
    numbers = probabilities.astype(np.float64)
    logs = np.log(np.maximum(numbers, SMALLEST))
    if not sum_to_one:
        logits = logs - np.log(np.maximum(1 - numbers, SMALLEST))
        return 1 / (1 + np.exp(-logits / temperature))
    logs = logs / temperature
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fit_temperature(probabilities: np.ndarray, targets: np.ndarray) -> dict[str, float]:
    """The temperature of least log loss, by golden sections: the loss has one valley along 1 / T."""
    low, high, golden = -np.log(MAX_TEMPERATURE), np.log(MAX_TEMPERATURE), (np.sqrt(5) - 1) / 2

    def loss(place: float) -> float:
        return log_loss(tempered(probabilities, float(np.exp(place)), targets.ndim == 1), targets)

    for _ in range(40):
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) <= loss(right) else (left, high)
    return {"temperature": float(np.exp((low + high) / 2))}


def by_curves(probabilities: np.ndarray, curves: list, sum_to_one: bool) -> np.ndarray:
    """Each column by its curve; columns of classes are divided by their sum."""
    numbers = probabilities.astype(np.float64)
    columns = np.stack([np.interp(column, *curve) for column, curve in zip(numbers.T, curves, strict=True)], axis=1)
    columns = (1 - RAW_SHARE) * columns + RAW_SHARE * numbers
    return columns / columns.sum(axis=1, keepdims=True) if sum_to_one else columns


def fit_isotonic(probabilities: np.ndarray, targets: np.ndarray) -> dict[str, list]:
    """For each class the rising function of its probability that is nearest to its targets: where its corners stand."""
    hits = targets > 0 if targets.ndim == 2 else targets[:, None] == np.arange(probabilities.shape[1])
    return {"curves": [rising(column, own) for column, own in zip(probabilities.T, hits.T, strict=True)]}


def rising(values: np.ndarray, hits: np.ndarray) -> list[list[float]]:
    """The centers of blocks of neighboring values, and the share of hits of each, which rises."""
    from sklearn.isotonic import isotonic_regression

    places, rows, counts = np.unique(values, return_inverse=True, return_counts=True)
    shares = np.bincount(rows, weights=hits, minlength=len(places)) / counts
    heights = np.asarray(isotonic_regression(shares, sample_weight=counts))
    starts = np.flatnonzero(np.diff(heights, prepend=-1.0) > 0)
    centers = np.add.reduceat(places * counts, starts) / np.add.reduceat(counts, starts)
    least = FLOOR / len(hits)
    return [centers.tolist(), np.clip(heights[starts], least, 1 - least).tolist()]


FITS: dict[str, Callable[[np.ndarray, np.ndarray], dict[str, Any]]] = {
    "temperature": fit_temperature,
    "isotonic": fit_isotonic,
}

"""Probabilities made to mean what they say, by validation rows: one temperature, or a rising step function for each class.

Each is kept only where it lowers the log loss of rows that it was not fitted on. The temperature: Guo et al., 2017,
arXiv:1706.04599; the steps: Zadrozny and Elkan, 2002, "Transforming classifier scores into accurate multiclass probability
estimates". N rows, K classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from groundup.metrics.calibration import SMALLEST

FOLDS = 5
FEWEST_ROWS = 100  # validation rows before a temperature is tried: of fewer it is noise
FEWEST_FOR_STEPS = 1000
HOTTEST = 20.0  # temperatures lie from 1 / this to this
FLOOR = 0.5  # of a row: no step is nearer to 0 or 1 than this is of all rows


def calibrate(probabilities: np.ndarray, targets: np.ndarray) -> dict[str, Any]:
    """How to change probabilities [N, K] by their targets [N] (class numbers), for `apply`; empty where nothing lowers the log
    loss of rows that were left out. Rows of a class that training did not have (-1) are left aside."""
    known = targets >= 0
    probabilities, targets = np.asarray(probabilities, np.float64)[known], targets[known]
    if len(targets) < FEWEST_ROWS or len(np.unique(targets)) < 2:
        return {}
    ways = {"temperature": fit_temperature} | ({"steps": fit_steps} if len(targets) >= FEWEST_FOR_STEPS else {})
    losses = {name: left_out_loss(fit, probabilities, targets) for name, fit in ways.items()}
    plain, best = log_loss(probabilities, targets), min(losses, key=lambda name: losses[name])
    if losses[best] >= plain:
        return {}
    return {"method": best, **ways[best](probabilities, targets), "log_loss": {"before": plain, "after": losses[best]}}


def apply(calibration: Mapping[str, Any], probabilities: np.ndarray) -> np.ndarray:
    """Probabilities [N, K] changed as `calibrate` found; unchanged where it found nothing."""
    if not calibration or not len(probabilities):
        return probabilities
    if calibration["method"] == "temperature":
        return tempered(probabilities, calibration["temperature"])
    columns = [np.interp(column, *one) for column, one in zip(probabilities.T, calibration["curves"], strict=True)]
    shares = np.stack(columns, axis=1)
    return (shares / shares.sum(axis=1, keepdims=True)).astype(probabilities.dtype)


def left_out_loss(fit, probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Log loss of rows by what was fitted on the others, in folds: every fifth row is one."""
    fold = np.arange(len(targets)) % FOLDS
    changed = np.empty_like(probabilities)
    for number in range(FOLDS):
        out = fold == number
        name = "temperature" if fit is fit_temperature else "steps"
        changed[out] = apply({"method": name, **fit(probabilities[~out], targets[~out])}, probabilities[out])
    return log_loss(changed, targets)


def log_loss(probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Mean surprise at the targets."""
    return float(-np.log(np.maximum(probabilities[np.arange(len(targets)), targets], SMALLEST)).mean())


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """[N, K] softmax(log p / T)."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), SMALLEST)) / temperature
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(probabilities.dtype)


def fit_temperature(probabilities: np.ndarray, targets: np.ndarray) -> dict[str, float]:
    """The temperature of least log loss, by golden sections: the loss has one valley along 1 / T."""
    low, high, golden = -np.log(HOTTEST), np.log(HOTTEST), (np.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - golden * (high - low), low + golden * (high - low)
        losses = [log_loss(tempered(probabilities, float(np.exp(at))), targets) for at in (left, right)]
        low, high = (low, right) if losses[0] <= losses[1] else (left, high)
    return {"temperature": float(np.exp((low + high) / 2))}


def fit_steps(probabilities: np.ndarray, targets: np.ndarray) -> dict[str, list]:
    """For each class the rising function of its probability that is nearest to its targets: where its corners stand."""
    return {"curves": [rising(column, targets == number) for number, column in enumerate(probabilities.T)]}


def rising(values: np.ndarray, hits: np.ndarray) -> list[list[float]]:
    """Pool adjacent violators: blocks of neighbors whose shares of hits rise."""
    order = np.argsort(values, kind="stable")
    blocks: list[list[float]] = []  # sum of values, hits, rows
    for value, hit in zip(values[order].tolist(), hits[order].tolist(), strict=True):
        blocks.append([value, float(hit), 1.0])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    places = [total / rows for total, _, rows in blocks]
    least = FLOOR / len(hits)
    heights = [min(max(hit / rows, least), 1 - least) for _, hit, rows in blocks]
    return [places, heights]

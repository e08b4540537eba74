"""Figures of a classifier for each group of rows apart: whether it is as right, and says yes as often, for all of them.

N rows, G groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from groundup.metrics.calibration import SMALLEST
from groundup.metrics.decisions import auc

FEWEST_ROWS = 10  # of a group that is shown by its name; the others are counted together
OTHERS = "(smaller groups)"
MISSING = "missing"


def by_group(
    groups: Sequence[str | None], probabilities: np.ndarray, targets: np.ndarray, positive: int | None = None
) -> list[dict[str, Any]]:
    """A record for each group, the largest first: rows, accuracy, log loss, and where one class is the `positive` one its
    share, how often it is said, hit rate, false alarm rate and AUC. Probabilities [N, K], targets [N] class numbers."""
    names = named_groups(groups)
    predicted = probabilities.argmax(axis=1)
    reports = []
    for name in sorted(set(names.tolist()), key=lambda name: (-(names == name).sum(), name)):
        rows = names == name
        true, answered, shares = targets[rows], predicted[rows], probabilities[rows]
        own = shares[np.arange(len(true)), true]
        record: dict[str, Any] = {
            "group": name,
            "rows": int(rows.sum()),
            "accuracy": float((true == answered).mean()),
            "log_loss": float(-np.log(np.maximum(own, SMALLEST)).mean()),
        }
        if positive is not None:
            record |= of_positive(shares[:, positive], true == positive, answered == positive)
        reports.append(record)
    return reports


def of_positive(scores: np.ndarray, targets: np.ndarray, predicted: np.ndarray) -> dict[str, float | None]:
    """What is known of the class that matters."""
    return {
        "share": float(targets.mean()),
        "said": float(predicted.mean()),
        "hit_rate": float(predicted[targets].mean()) if targets.any() else None,
        "false_alarm_rate": float(predicted[~targets].mean()) if not targets.all() else None,
        "auc": auc(scores, targets),
    }


def gaps(records: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The largest difference between two groups in each figure, of groups that are shown by name."""
    records_shown = [record for record in records if record["group"] != OTHERS]
    differences = {}
    for figure in ("accuracy", "said", "hit_rate", "false_alarm_rate"):
        values = [record[figure] for record in records_shown if record.get(figure) is not None]
        if len(values) > 1:
            differences[figure] = max(values) - min(values)
    return differences


def named_groups(groups: Sequence[str | None]) -> np.ndarray:
    """[N] the group that each row is counted in."""
    names = np.array([MISSING if group is None else group for group in groups], dtype=object)
    distinct, counts = np.unique(names.astype(str), return_counts=True)
    small = set(distinct[counts < FEWEST_ROWS].tolist())
    return np.array([OTHERS if name in small else name for name in names.astype(str)], dtype=object)

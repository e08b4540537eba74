"""What a report says of probabilities beyond the most probable class: log loss for all, and of a question of two classes how
well they rank, what decisions cost, and how these differ from those of baselines on the same rows. N rows, K classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundup.evaluate.bootstrap import resample, resample_difference
from groundup.metrics.calibration import SMALLEST
from groundup.metrics.costs import Costs
from groundup.metrics.decisions import auc, decisions
from groundup.metrics.groups import by_group, gaps
from groundup.metrics.scores import Figures

DRAWS = 200
MOST_ROWS = 5_000  # of more, intervals are narrow and take long
FEWEST_ROWS = 10


@dataclass(frozen=True)
class ProbabilityScores:
    """Log loss, and with a `positive` class the AUC, of probabilities [N, K] for targets [N]."""

    probabilities: np.ndarray
    targets: np.ndarray
    positive: int | None

    def __len__(self) -> int:
        return len(self.targets)

    def figures(self, rows: np.ndarray) -> Figures:
        shares, targets = self.probabilities[rows], self.targets[rows]
        own = shares[np.arange(len(targets)), targets]
        figures: Figures = {"log_loss": float(-np.log(np.maximum(own, SMALLEST)).mean())}
        if self.positive is not None:
            figures["auc"] = auc(shares[:, self.positive], targets == self.positive)
        return figures


def positive_of(
    labels: Sequence[str], targets: np.ndarray, named: str | None = None, learned: str | None = None
) -> tuple[int | None, str]:
    """The class that a question of two is about, None of more classes, and who says so: it is `named`, else the one that the
    `model` learned, else, of a model that keeps none, the rarer one of these `rows`."""
    if len(labels) != 2:
        return None, ""
    for name, source in ((named, "named"), (learned, "model")):
        if name is not None and name in labels:
            return labels.index(name), source
    counts = np.bincount(targets, minlength=2)
    return int(counts[1] <= counts[0]), "rows"


def decision_report(
    labels: Sequence[str],
    targets: np.ndarray,
    probabilities: np.ndarray,
    baselines: Sequence[tuple[str, np.ndarray]] = (),
    groups: Mapping[str, Sequence[object]] | None = None,
    costs: Costs | None = None,
    positive: str | None = None,
    learned: str | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """The figures of each system, the model first, and of each group of rows in further columns; empty for few rows. Rows
    without a label that the model knows (targets below 0 or from K on) are left aside. `positive` is the class that the user
    names, `learned` the one that the model keeps."""
    known = (targets >= 0) & (targets < len(labels))
    if known.sum() < FEWEST_ROWS:
        return {}
    known_targets, shares = targets[known], np.asarray(probabilities)[known]
    one, source = positive_of(labels, known_targets, positive, learned)
    ours = ProbabilityScores(shares, known_targets, one)
    draws = DRAWS if len(known_targets) <= MOST_ROWS else 0
    systems = [system("transformer", ours, costs, seed, draws)]
    for name, answers in baselines:
        theirs = ProbabilityScores(np.asarray(answers)[known], known_targets, one)
        differences = resample_difference(ours, theirs, seed, draws)
        entry = {figure: value.as_dict() for figure, value in differences.items()}
        systems.append(system(name, theirs, costs, seed, draws) | {"difference": entry})
    by_column = {}
    for column, values in (groups or {}).items():
        names = [None if value is None else str(value) for value, keep in zip(values, known, strict=True) if keep]
        records = by_group(names, shares, known_targets, one)
        by_column[column] = {"groups": records, "gaps": gaps(records)}
    classes: dict[str, Any] = {"positive": None}
    if one is not None:
        classes = {"positive": labels[one], "negative": labels[1 - one], "positive_from": source}
    about = classes | {"systems": systems, "groups": by_column}
    return about | ({"costs": {"false_alarm": costs.false_alarm, "miss": costs.miss}} if costs else {})


def system(name: str, scores: ProbabilityScores, costs: Costs | None, seed: int, draws: int) -> dict[str, Any]:
    """All figures of one system."""
    figures: dict[str, Any] = {figure: value.as_dict() for figure, value in resample(scores, seed, draws).items()}
    squares = (scores.probabilities - np.eye(scores.probabilities.shape[1])[scores.targets]) ** 2
    figures["brier"] = float(squares.sum(axis=1).mean())
    if scores.positive is not None:
        report = decisions(scores.probabilities[:, scores.positive], scores.targets == scores.positive, costs)
        figures |= {figure: value for figure, value in report.items() if figure != "auc"}
    return {"name": name, "figures": figures}

"""Rows with any number of labels: F1 per label and averaged, exact rows, wrong labels, ranking.

N rows, K labels. The figures equal scikit-learn's with `zero_division=0`: a label that no row has and none is given counts 0 in
macro F1. What is undefined as a figure by itself is None here: F1 of such a label, and all where no label is true or given.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from groundup.metrics.confusion import optional, scores_from_totals
from groundup.metrics.scores import Figures, SummedScores
from groundup.metrics.sums import ratio


def multilabel_scores(
    targets: ArrayLike, predictions: ArrayLike, probabilities: ArrayLike | None = None, labels: Sequence[str] = ()
) -> SummedScores:
    """Micro and macro F1, subset accuracy, Hamming loss, and from probabilities label ranking average precision.

    Targets and predictions [N, K] are 0 and 1; probabilities [N, K], or logits, only rank labels. Named labels have a
    figure each: `f1_sport`. ValueError for other shapes or numbers.
    """
    targets, predictions = (truths(numbers) for numbers in (targets, predictions))
    if targets.shape != predictions.shape or (labels and len(labels) != targets.shape[1]):
        raise ValueError(f"targets {targets.shape}, predictions {predictions.shape} and {len(labels)} labels do not fit")
    ranking = [] if probabilities is None else [ranking_precision(targets, np.asarray(probabilities, dtype=np.float64))]
    columns = [np.ones(len(targets)), (targets == predictions).all(axis=1), (targets != predictions).sum(axis=1), *ranking]
    counts = np.concatenate([np.stack(columns, axis=1), targets & predictions, targets, predictions], axis=1)

    def finish(sums: np.ndarray) -> Figures:
        return multilabel_figures(sums[: len(columns)].tolist(), sums[len(columns) :].reshape(3, -1), labels)

    return SummedScores(counts.astype(np.float64), finish)


def truths(numbers: ArrayLike) -> np.ndarray:
    """[N, K] bool of zeros and ones."""
    numbers = np.asarray(numbers)
    if numbers.ndim != 2 or not np.isin(numbers, (0, 1)).all():
        raise ValueError(f"labels {numbers.shape} are not zeros and ones [rows, labels]")
    return numbers.astype(bool)


def multilabel_figures(by_row: list[float], by_label: np.ndarray, labels: Sequence[str]) -> Figures:
    """Figures of sums over rows (rows, exact ones, wrong labels, ranking) and per label (hits, true, predicted) [3, K]."""
    count, exact, wrong, *ranking = by_row
    scores = scores_from_totals(*by_label)
    hits, true, predicted = by_label.sum(axis=1).tolist()
    labels_there = by_label.shape[1] if true + predicted else 0
    figures: Figures = {
        "micro_precision": ratio(hits, predicted),
        "micro_recall": ratio(hits, true),
        "micro_f1": ratio(2 * hits, true + predicted),
        "macro_f1": ratio(float(np.nansum(scores["f1"])), labels_there),
        "subset_accuracy": ratio(exact, count),
        "hamming_loss": ratio(wrong, count * by_label.shape[1]),
    }
    if ranking:
        figures["ranking_average_precision"] = ratio(ranking[0], count)
    return figures | {f"f1_{label}": optional(f1) for label, f1 in zip(labels, scores["f1"])}


def ranking_precision(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Of each row [N]: the mean over its true labels of how many of those ranked as high are true. *Schapire and Singer,
    2000, Machine Learning 39*. Equal probabilities share the lowest of their places; a row whose labels are all true, or
    none, has 1."""
    if probabilities.shape != targets.shape or not np.isfinite(probabilities).all():
        raise ValueError(f"probabilities {probabilities.shape} are not finite numbers for targets {targets.shape}")
    precisions = np.ones(len(targets))
    for row, (true, numbers) in enumerate(zip(targets, probabilities)):
        if true.any() and not true.all():
            right = np.sort(numbers[true])
            places = len(numbers) - np.searchsorted(np.sort(numbers), right, side="left")
            precisions[row] = np.mean((len(right) - np.searchsorted(right, right, side="left")) / places)
    return precisions

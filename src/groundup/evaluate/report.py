"""The report of a classifier: one dictionary for report.json, and the page made from that dictionary alone.

The dictionary holds everything shown, so `page(report)` of a report read back is the same page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from groundup.evaluate.bootstrap import DRAWS, METRICS, compare, intervals, resample
from groundup.evaluate.evaluation import Evaluation
from groundup.evaluate.verdict import Comparison, alarms, join_names, verdict
from groundup.messages.translate import translator
from groundup.metrics.confusion import ConfusionMatrix
from groundup.metrics.top import top_scores
from groundup.tasks.baselines.baseline import MAJORITY, Baseline

MOST_CONFUSED = 10
LEAKAGE = 0.01  # a larger share of test rows found in training is reported

CLASS_REPORT = "classification"  # `kind` of a report on classes, whatever the task is called


def classification_report(
    evaluation: Evaluation,
    baselines: Sequence[Baseline] = (),
    *,
    metric: str = "accuracy",
    title: str = "",
    history: Iterable[Mapping] = (),
    facts: Mapping[str, object] | None = None,
    settings: Mapping[str, object] | None = None,
    resolved: Mapping[str, object] | None = None,
    preflight: Sequence[str] = (),
    leakage: float | None = None,
    openings: int | None = None,
    language: str = "en",
    seed: int = 0,
    compared_in: str = "",
) -> dict:
    """All figures of an evaluation, as plain values for JSON; undefined figures are None.

    `baselines` answer the same rows in the same order. `metric` (accuracy or macro_f1) decides the verdict. `history` holds
    the events of the run, `resolved` the settings its training used, `leakage` the share of test rows that training also holds,
    `openings` how often the test split was used, `compared_in` names the file with the comparison to baselines, if not here.
    """
    targets, predictions, scored = evaluation.rows()
    matrix, labels = evaluation.confusion(), evaluation.all_labels
    figures = intervals(targets[scored], predictions[scored], len(labels), seed)
    calibration = evaluation.calibration.value()
    compared = [scored_entry(baseline, targets, predictions, scored, labels, seed) for baseline in baselines]
    scores = matrix.value()
    answer = next((b.details["class"] for b in baselines if b.name == MAJORITY), None)
    majority = labels[answer] if answer is not None else ""
    comparisons = [comparison(entry, metric, figures[metric].value) for entry in compared if scored.any()]
    decided = verdict(comparisons, metric, int(scored.sum()), figures[metric].value, majority, language, compared_in)
    sure = calibration["confidence"]
    warned = alarms(matrix.counts, labels, len(evaluation.labels), figures["accuracy"].high, sure, language)
    return {
        "kind": CLASS_REPORT,
        "title": title,
        "language": language,
        "rows": {"all": len(targets), "scored": int(scored.sum()), "unlabelled": evaluation.unlabelled},
        "labels": evaluation.labels,
        "unseen_labels": evaluation.unseen,
        "metric": metric,
        "verdict": {"outcome": decided.outcome, "text": decided.text},
        "alarms": [
            *({"code": code, "text": text} for code, text in warned + remarks(evaluation, language)),
            *leaking(leakage, language),
        ],
        "accuracy": figures["accuracy"].as_dict(),
        "macro_f1": figures["macro_f1"].as_dict(),
        "resamples": DRAWS,
        **{name: scores[name] for name in ("macro", "weighted", "micro", "matthews", "classes")},
        "confusion": matrix.counts.tolist(),
        "most_confused": most_confused(matrix),
        "calibration": calibration,
        "baselines": compared,
        "slices": evaluation.accuracy_by(),
        "worst_errors": evaluation.worst_errors(),
        **about_run(history, preflight, leakage, openings, facts, settings, resolved),
    }


def about_run(
    history: Iterable[Mapping],
    preflight: Sequence[str],
    leakage: float | None,
    openings: int | None,
    facts: Mapping[str, object] | None,
    settings: Mapping[str, object] | None,
    resolved: Mapping[str, object] | None,
) -> dict:
    """What a report says of the run and its data, as plain values."""
    return {
        "history": [dict(event) for event in history],
        "preflight": list(preflight),
        "leakage": leakage,
        "test_openings": openings,
        "facts": dict(facts or {}),
        "settings": dict(settings or {}),
        "resolved": dict(resolved or {}),
    }


def with_top(report: dict, targets: np.ndarray, probabilities: np.ndarray) -> dict:
    """The report with top-5 accuracy."""
    top = resample(top_scores(targets, probabilities), report.get("settings", {}).get("seed", 0))
    figures = {name: interval.as_dict() for name, interval in top.items() if name != "top1"}  # which is the accuracy
    return report | figures


def scored_entry(
    baseline: Baseline,
    targets: np.ndarray,
    predictions: np.ndarray,
    scored: np.ndarray,
    labels: Sequence[str],
    seed: int,
) -> dict:
    """A baseline's figures on the scored rows, and the model's differences from it."""
    answers = baseline.predictions
    if len(answers) != len(targets):
        raise ValueError(f"{baseline.name} answers {len(answers)} rows of {len(targets)}")
    own = intervals(targets[scored], answers[scored], len(labels), seed)
    differences = compare(targets[scored], predictions[scored], answers[scored], len(labels), seed)
    return {
        "name": baseline.name,
        **{name: own[name].as_dict() for name in METRICS},
        "difference": {name: differences[name].as_dict() for name in METRICS},
        "seconds": baseline.seconds,
        "details": baseline.details,
    }


def comparison(entry: Mapping, metric: str, model: float | None) -> Comparison:
    difference = entry["difference"][metric]
    return Comparison(
        entry["name"], model or 0.0, entry[metric]["value"], difference["value"], difference["low"], difference["high"]
    )


def most_confused(matrix: ConfusionMatrix) -> list[dict]:
    """The largest numbers off the diagonal."""
    wrong = matrix.counts - np.diag(np.diag(matrix.counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_CONFUSED]
    pairs = [np.unravel_index(int(place), wrong.shape) for place in order]
    return [
        {"label": matrix.labels[i], "predicted": matrix.labels[j], "count": int(wrong[i, j])} for i, j in pairs if wrong[i, j]
    ]


def remarks(evaluation: Evaluation, language: str) -> list[tuple[str, str]]:
    """What a reader must know about the rows before believing a figure."""
    t, lines = translator(language), []
    if evaluation.unseen:
        rows = f"{sum(evaluation.unseen.values()):,}"
        lines.append(("unseen labels", t("unseen labels", rows=rows, labels=join_names(list(evaluation.unseen)))))
    if evaluation.unlabelled:
        lines.append(("unlabelled", t("unlabelled", rows=f"{evaluation.unlabelled:,}")))
    return lines


def leaking(leakage: float | None, language: str) -> list[dict]:
    """The alarm that test rows were trained on, if a share worth telling was."""
    if leakage is None or leakage <= LEAKAGE:
        return []
    t = translator(language)
    return [{"code": "leaking", "text": t("leaking", share=t("percent", value=f"{100 * leakage:.1f}"))}]


def main_figures(entry: Mapping, names: Iterable[str] | None = None) -> dict[str, Mapping]:
    """The main figures of a report, or of a baseline in it."""
    if "figures" not in entry:  # of a classifier
        return {name: entry[name] for name in names or ("accuracy", "macro_f1")}
    return {name: entry["figures"][name] for name in names or entry["shown"]}

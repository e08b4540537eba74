"""The report of any task but classification (which has one of its own, report.py): figures with intervals, baselines beside
them, the worst answers. One dictionary for report.json, and `page` makes the page from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from groundup.evaluate.bootstrap import DRAWS, resample, resample_difference
from groundup.evaluate.report import about_run, leaking
from groundup.evaluate.verdict import Comparison, alarms_of_answers, verdict
from groundup.kinds.reader import Row
from groundup.messages.translate import MESSAGES
from groundup.metrics.scores import Scores
from groundup.tasks.task import Answers, BaselineResult, Task

LONGEST_TEXT = 300  # characters of a text kept among the worst answers
WORST = 20


def task_report(
    task: Task,
    answers: Answers,
    targets: Sequence[Any],
    texts: Sequence[Row],
    baselines: Sequence[BaselineResult] = (),
    *,
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
    """All figures of the answers to rows that have a target; undefined ones are None. The arguments are those of
    `classification_report`."""
    ours = task.scores(answers, targets, texts)
    facts = {**(facts or {}), **task.metric_details(ours)}
    figures = resample(ours, seed)
    compared = [scored_entry(one, ours, task.scores(one.answers, targets, texts), figures, seed) for one in baselines]
    for one in task.upper_bounds(texts, targets) if baselines else []:
        entry = scored_entry(one, ours, task.scores(one.answers, targets, texts), figures, seed)
        compared.append(entry | {"bound": True})
    metric, answer_texts = task.metric, [task.as_columns(answer)[task.answer_columns[0]] for answer in answers]
    comparisons = [
        Comparison(one["name"], figures[metric].value or 0.0, one["figures"][metric]["value"], *ends)
        for one in compared
        if "bound" not in one
        if None not in (ends := tuple(one["difference"][metric][key] for key in ("value", "low", "high")))
    ]
    decided = verdict(comparisons, metric, len(targets), figures[metric].value, "", language, compared_in)
    return {
        "kind": task.name,
        "title": title,
        "language": language,
        "rows": {"all": len(targets), "scored": len(targets), "unlabelled": 0},
        "labels": task.labels,
        "metric": metric,
        "shown": [metric, *(name for name in figures if name in MESSAGES and name != metric)][:3],
        "verdict": {"outcome": decided.outcome, "text": decided.text},
        "alarms": [
            *({"code": code, "text": text} for code, text in alarms_of_answers(answer_texts, targets, language)),
            *leaking(leakage, language),
        ],
        "figures": {name: value.as_dict() for name, value in figures.items()},
        "resamples": DRAWS,
        "baselines": compared,
        "worst_errors": worst(task, answers, targets, texts),
        **about_run(history, preflight, leakage, openings, facts, settings, resolved),
    }


def scored_entry(baseline: BaselineResult, ours: Scores, theirs: Scores, names: Iterable[str], seed: int) -> dict[str, Any]:
    """A baseline's figures of these names, and the model's differences from it."""
    own, differences = resample(theirs, seed), resample_difference(ours, theirs, seed)
    return {
        "name": baseline.name,
        "figures": {name: own[name].as_dict() for name in names if name in own},
        "difference": {name: value.as_dict() for name, value in differences.items()},
        "seconds": baseline.seconds,
        "details": baseline.details,
    }


def worst(task: Task, answers: Answers, targets: Sequence[Any], texts: Sequence[Row]) -> list[dict]:
    """The answers that are furthest from what was wanted; of equally bad ones the first."""
    errors = []
    for row, (answer, target, text) in enumerate(zip(answers, targets, texts, strict=True)):
        if (error := task.error(answer, target, text)) is not None:
            errors.append((-error[0], row, error))
    return [
        {
            "row": row,
            "label": cut(expected),
            "predicted": cut(predicted),
            "confidence": bad,
            "texts": [cut(t) for t in texts[row]],
        }
        for _, row, (bad, expected, predicted) in sorted(errors)[:WORST]
    ]


def cut(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return text[:LONGEST_TEXT] + ("…" if len(text) > LONGEST_TEXT else "")

"""Judging a model on labelled rows, beside its baselines: one way, after fine-tuning and ever after."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from groundup.evaluate.ablation import ablation
from groundup.evaluate.calibration_report import calibration_report
from groundup.evaluate.decision_lines import decision_lines, explained_alarms, probability_line
from groundup.evaluate.decision_report import decision_report
from groundup.evaluate.error_cells import with_cells
from groundup.evaluate.evaluation import Evaluation
from groundup.evaluate.limits import MANY, RowAnswers
from groundup.evaluate.opened import Opened
from groundup.evaluate.report import classification_report, main_figures, with_top
from groundup.evaluate.slices import ordered
from groundup.evaluate.task_report import task_report
from groundup.kinds.reader import Row
from groundup.kinds.several.reader import SeveralReader
from groundup.locks import lock
from groundup.messages.current import message
from groundup.messages.translate import translator
from groundup.metrics.costs import Costs
from groundup.objectives.special_labels import UNKNOWN_LABEL
from groundup.openings import close_rows, open_rows
from groundup.strict_json import canonical
from groundup.tasks.baselines.baseline import Baseline
from groundup.tasks.probabilities import ProbabilityTask
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.several_baselines import several_baselines
from groundup.tasks.task import Answers, BaselineResult, Task
from groundup.terminal.live import phase

TOP = 5  # of more classes than these a report tells whether the right one is among the first five
PATIENCE = 10.0  # seconds that are waited for others who note the same

UNSEEN = "unseen labels"  # the alarm about labels that training lacks


@dataclass
class Rows:
    """Labelled rows to judge on."""

    texts: list[Row]
    targets: list[Any]  # as the task reads them; None where a row has none
    columns: dict[str, list] = field(default_factory=dict)  # the slice of each row by further columns
    orders: dict[str, list[str]] = field(default_factory=dict)  # the slices of a column in their order, where they have one

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the rows and targets in their order."""
        rows = [[str(cell) for cell in row] for row in self.texts]
        return hashlib.sha256(canonical([rows, self.targets]).encode("utf-8", "surrogatepass")).hexdigest()


def evaluate_table(
    predictor: Opened,
    rows: Rows,
    simple: Sequence[BaselineResult],
    row_answers: RowAnswers | None = None,
    *,
    facts: Mapping[str, object] | None = None,
    preflight: Sequence[str] = (),
    costs: Costs | None = None,
    positive: str | None = None,
    **about,
) -> tuple[dict, Answers]:
    """The report (evaluate/report.py, evaluate/task_report.py) and the answers, which the caller has already (`row_answers`)
    where rows take much memory. `about` goes into the report as it is."""
    task, start = predictor.trained_task, time.monotonic()
    measured = row_answers is None  # else they were made before, and nobody knows how fast
    row_answers = row_answers or predictor.row_answers(rows.texts)
    answers, seconds = row_answers.answers, time.monotonic() - start
    longer, unfinished = int(row_answers.long.sum()), int(row_answers.unfinished.sum())
    limits = predictor.limit_warnings(longer, len(rows.texts), unfinished)
    before = [*preflight, *limits]
    calibrated = {"calibrated": calibration_of(task, row_answers, rows.targets, about.get("language", "en"))}
    kinds = ablation(predictor, rows.texts, rows.targets, about.get("seed", 0))
    all_facts = {
        "parameters": predictor.parameters,
        **(facts or {}),
        **({"rows per second": round(len(rows.texts) / max(seconds, 1e-9))} if measured else {}),
    }
    if not task.traits.classes:
        report = task_report(task, answers, rows.targets, rows.texts, simple, facts=all_facts, preflight=before, **about)
        report = with_cells(report, predictor, rows.texts)
        return report | calibrated | kinds | with_limits(predictor, report, longer, limits), answers
    probabilities = np.asarray(answers)
    evaluation = Evaluation(task.labels)
    reader = predictor.reader
    texts = [reader.display(row) for row in rows.texts]
    evaluation.add(rows.targets, probabilities, texts, rows.columns, reader.slices(rows.texts))
    baselines = [Baseline(one.name, np.asarray(one.answers), one.seconds, one.details) for one in simple]
    report = classification_report(evaluation, baselines, metric="accuracy", facts=all_facts, preflight=before, **about)
    report = with_cells(report, predictor, rows.texts)
    others = [(one.name, one.probabilities) for one in baselines]
    report["decisions"] = decision_report(
        task.labels,
        evaluation.rows()[0],
        probabilities,
        others,
        rows.columns,
        costs,
        positive,
        task.facts.get("positive"),
    )
    report["alarms"] = explained_alarms(report["alarms"], report["decisions"], report["language"])
    if reader.numeric:
        report["probabilities"] = probability_line(report["decisions"], report["language"])
    if len(task.labels) > TOP:
        numbers = {label: number for number, label in enumerate(task.labels)}
        targets = np.array([numbers.get(target, UNKNOWN_LABEL) for target in rows.targets])
        report = with_top(report, targets, probabilities)
    report = ordered(report, rows.orders)
    return report | calibrated | kinds | with_limits(predictor, report, longer, limits), probabilities


def calibration_of(task: Task, answers: RowAnswers, targets: Sequence[Any], language: str) -> dict[str, Any]:
    """What the report says of calibration; empty for tasks whose answers are no probabilities."""
    if not isinstance(task, ProbabilityTask):
        return {}
    return calibration_report(task, answers.answers, answers.raw, targets, language)


def with_limits(predictor: Opened, report: Mapping, longer: int, lines: Sequence[str]) -> dict:
    """What a report says of texts that were too long: lines for people, and an alarm where many lost their end."""
    total = report["rows"]["all"]
    share = longer / max(1, total)
    t = translator(report["language"])
    alarm = {"code": "cut", "text": t("cut texts", share=t("percent", value=f"{100 * share:.1f}"), limit=predictor.length)}
    many = [alarm] if predictor.cuts and share > MANY else []
    return {"limits": list(lines), "alarms": [*report["alarms"], *many]}


def remarks(report: Mapping, known: Sequence[str] = ()) -> list[str]:
    """What people must know beside the figures: what was cut, and what looks broken but for the alarms in `known`, which
    they were told."""
    limits = list(report.get("limits", ()))  # which say what the alarm of cut texts says
    alarms = [alarm for alarm in report["alarms"] if alarm["code"] not in known and not (limits and alarm["code"] == "cut")]
    calibrated = report.get("calibrated", {}).get("text")
    probabilities = report.get("probabilities")  # of rows of a table: who asks of them asks how probable
    lines = [line for line in (calibrated, probabilities) if line]
    lines += decision_lines(report.get("decisions", {}), report["language"])
    return [*lines, *limits, *(f"warning: {alarm['text']}" for alarm in alarms)]


def headline(report: Mapping) -> str:
    """The main figures of a report in a line: `accuracy 0.8710, macro F1 0.8699`."""
    t = translator(report["language"])
    main = {**main_figures(report), **({"top5": report["top5"]} if "top5" in report else {})}
    return ", ".join(
        f"{t(name)} {'-' if figure['value'] is None else format(figure['value'], '.4f')}" for name, figure in main.items()
    )


def baselines_of(table: LabelledRows, texts: Sequence[Row]) -> list[BaselineResult]:
    """Baselines learned from the table's training rows, tuned on its validation rows, answering `texts`."""
    train, validation = ((table.texts_of(split), table.targets_of(split)) for split in ("train", "validation"))
    with phase(message("phase baselines"), announced=True):
        if isinstance(table.reader, SeveralReader):
            return several_baselines(table.task, train, validation, texts, table.reader)
        return table.task.baselines(train, validation, texts, table.reader)


def count_opening(run: Path, rows: Rows, by: str = "the run itself") -> int:
    """Note that the model of this run is evaluated on these rows, and say for which time. Call it holding the run's lock."""
    return open_rows(run, len(rows.texts), rows.fingerprint, by)


def count_locked_opening(run: Path, rows: Rows, by: str) -> int:
    """The same from outside of the run. `close_opening` tells when the judgment stands."""
    with lock(run, PATIENCE):
        return count_opening(run, rows, by)


def opener(out: Path) -> str:
    """Who opens rows: what is to be written, by the end of its path."""
    return "/".join(out.absolute().parts[-2:])


def close_opening(run: Path, by: str) -> None:
    with lock(run, PATIENCE):
        close_rows(run, by)

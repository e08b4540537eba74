"""The report of one model for several tasks: each is evaluated as after fine-tuning, and beside models trained otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groundup.commands.multitask.settings import Multitask
from groundup.commands.multitask.trials import Weights
from groundup.config import to_dict
from groundup.data.splits.split import worst_leak
from groundup.evaluate import judging
from groundup.evaluate.bootstrap import resample, resample_difference
from groundup.evaluate.predictor import Predictor
from groundup.events import read_events
from groundup.folders import make_parents, write_file
from groundup.kinds.reader import Reader
from groundup.messages.translate import translate_name, translator
from groundup.nn.model import Model
from groundup.pages.evaluation_page import evaluation_page
from groundup.pages.several_tasks_page import several_tasks_page
from groundup.runs import RunFolder
from groundup.strict_json import canonical
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.rows.preflight import preflight_lines
from groundup.tasks.task import Answers

REPORT = "report.json"  # written last: a run that has it is finished


@dataclass
class Job:
    """Several tasks in one training: the tables, and the weights if they are fixed."""

    settings: Multitask
    start: Path | None
    reader: Reader
    tables: dict[str, LabelledRows]  # of the tasks that are trained

    @property
    def targets(self) -> list[str]:
        return [name for name in self.settings.targets or self.tables if name in self.tables]


@dataclass
class Trained:
    """A model at its best checkpoint, and how it came there."""

    model: Model
    family: str
    steps: int
    best_step: int | None
    seconds: float


def facts_of(settings: Multitask, name: str, table: LabelledRows) -> dict:
    """What a model folder remembers of a task."""
    one, task = settings.tasks[name], table.task
    return {
        **{f"{own.kind}_columns": list(own.columns) for own in table.reader.readers},
        "label_column": one.label_column,
        "max_length": settings.max_length,
        "too_long": one.too_long,
        "labels": task.labels,
        "task": task.name,
        "facts": task.facts,
    }


def answers_of(job: Job, model: Model, name: str) -> Answers:
    """Answers to the test rows of a task."""
    table = job.tables[name]
    predictor = Predictor(model, table.reader, table.task, facts_of(job.settings, name, table))
    return predictor.row_answers(table.texts_of("test")).answers


def report_on(
    run: RunFolder,
    job: Job,
    trained: Trained,
    weights: Weights,
    search_report: Mapping,
    baselines: Mapping[str, Mapping[str, Answers]],
) -> dict:
    """Open the test splits, judge, and write the pages and, last, report.json."""
    settings, history = job.settings, list(read_events(run.path / "events.jsonl"))
    tasks = {name: judge_task(run, job, trained, name, baselines) for name in job.tables}
    report = {
        "kind": "multitask",
        "language": settings.language,
        "rule": settings.weights,
        "weights": weights,
        "targets": job.targets,
        "targets_asked": list(settings.targets or settings.tasks),
        "effective_weights": effective(history, list(job.tables)),
        "search": dict(search_report),
        "dropped": search_report.get("dropped", {}),
        "compared": compared(job, tasks),
        "tasks": tasks,
        "seconds": {"search": search_report.get("seconds", 0.0), "training": round(trained.seconds, 1)},
        "steps": trained.steps,
        "best_step": trained.best_step,
        "history": history,
        "settings": to_dict(settings),
        "resolved": run.resolved,
    }
    report["summary"] = summary_lines(report)
    write_file(run.path / "report.html", several_tasks_page(report))
    write_file(run.path / REPORT, canonical(report))
    return report


def judge_task(run: RunFolder, job: Job, trained: Trained, name: str, baselines: Mapping[str, Mapping[str, Answers]]) -> dict:
    """The report of a task, as fine-tuning has it, and the differences from the models it is compared with."""
    settings, table = job.settings, job.tables[name]
    predictor = Predictor(trained.model, table.reader, table.task, facts_of(settings, name, table))
    rows = judging.Rows(table.texts_of("test"), table.targets_of("test"))
    simple = judging.baselines_of(table, rows.texts) if settings.baselines else []
    report, answers = judging.evaluate_table(
        predictor,
        rows,
        simple,
        title=name,
        facts={"training rows": table.count("train")},
        preflight=preflight_lines(table.preflight),
        leakage=worst_leak(table.preflight["leakage"]["test"]),
        openings=judging.count_opening(run.path, rows, f"task {name}"),
        language=settings.language,
        seed=settings.seed,
    )
    ours = table.task.scores(answers, rows.targets, rows.texts)
    own = resample(ours, settings.seed)[table.task.metric].as_dict()
    report["main"] = {"metric": table.task.metric, **own, "beside": {}}
    for other, answers_by_task in baselines.items():
        theirs = table.task.scores(answers_by_task[name], rows.targets, rows.texts)
        difference = resample_difference(ours, theirs, settings.seed)[table.task.metric].as_dict()
        figure = resample(theirs, settings.seed)[table.task.metric].as_dict()
        report["main"]["beside"][other] = {"figure": figure, "difference": difference}
    make_parents(run.path / "tasks")
    write_file(run.path / "tasks" / f"{name}.html", evaluation_page(report))
    return report


def effective(history: Sequence[Mapping], names: Sequence[str]) -> dict:
    """The weights over the run, as shares: at the logged steps, and their mean."""
    steps = [event for event in history if event.get("event") == "step" and all(f"weight_{name}" in event for name in names)]
    series = {name: [[event["step"], event[f"weight_{name}"]] for event in steps] for name in names}
    return {"series": series, "mean": {name: float(np.mean([w for _, w in line])) for name, line in series.items() if line}}


def compared(job: Job, tasks: Mapping[str, Mapping]) -> dict[str, dict]:
    """Mean difference of the targets' main figures from each model it is compared with."""
    others = {other for report in tasks.values() for other in report["main"]["beside"]}
    comparisons = {}
    for other in sorted(others):
        differences = [tasks[name]["main"]["beside"][other]["difference"]["value"] for name in job.targets]
        known = [value for value in differences if value is not None]
        comparisons[other] = {"mean_difference": float(np.mean(known)) if known else None, "tasks": len(known)}
    return comparisons


def summary_lines(report: Mapping) -> list[str]:
    """The main figures for people."""
    lines, t = [], translator(report["language"])
    for name, one in report["tasks"].items():
        main, parts = one["main"], []
        for other, figures in main["beside"].items():
            change = figures["difference"]
            if None not in (figures["figure"]["value"], change["value"], change["low"]):
                known = {key: change[key] for key in ("value", "low", "high")}
                parts.append(t("figure of other", other=other, figure=figures["figure"]["value"], **known))
        value = "-" if main["value"] is None else f"{main['value']:.4f}"
        parts.insert(0, t("figure of task", name=name, metric=translate_name(main["metric"], t), figure=value))
        lines.append(t("semicolon").join(parts))
    for name, one in report["tasks"].items():
        lines += [t("note of files", file=name, note=line) for line in judging.remarks(one)]
    lines += [
        t("mean difference from", other=other, value=figures["mean_difference"])
        for other, figures in report["compared"].items()
        if figures["mean_difference"] is not None
    ]
    return lines

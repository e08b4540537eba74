"""The story of one model for several tasks. The settings stand in multitask.py, which needs no torch."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from groundup.commands import judging
from groundup.commands.finetuning import FEWEST_UPDATES, trained_parts
from groundup.commands.machine import prepare_machine, say
from groundup.commands.mixing import (
    Part,
    figures_of,
    initial_losses,
    make_optimizer,
    mixed,
    open_model,
    part_of,
    score_of,
)
from groundup.commands.multitask import Multitask
from groundup.commands.searching_weights import UNIFORM, Bench, Weights, search
from groundup.commands.several_tables import keep_tables, make_folds, open_tables, preflight_told
from groundup.commands.tables import Table, preflight_lines
from groundup.config import lasting, to_dict
from groundup.data.tokenize import Encoder, load_tokenizer
from groundup.evaluate.bootstrap import resample, resample_difference
from groundup.evaluate.page import page
from groundup.evaluate.predictor import Predictor, model_folder
from groundup.evaluate.several_page import several_page
from groundup.events import read_events
from groundup.families import checkpoint
from groundup.folders import fingerprint_files, identity, is_ours, make_parents, new_folder, write_file
from groundup.nn.model import Model
from groundup.runs import Outcome, RunFolder
from groundup.strict_json import canonical, read_json
from groundup.tasks.task import Answers, Task
from groundup.train.checkpoint import load_weights
from groundup.train.follow import Plan, Training, follow
from groundup.train.weighing import Averaging, Balanced, Projected, Uncertainty, Weighed, Weighing, uniform

REPORT = "report.json"  # written last: a run that has it is finished
SCORE = "score"  # mean of the targets' main figures on the validation splits: what decides


@dataclass
class Job:
    """Several tasks in one training: the tables, and the weights if they are fixed."""

    settings: Multitask
    start: Path
    encoder: Encoder
    tables: dict[str, Table]  # of the tasks that are trained

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


def multitask(settings: Multitask) -> Outcome:
    """Find the weights, train, publish `model/`, judge it on every test split beside what it is compared with, and report."""
    prepare_machine(settings)
    start, out = model_folder(settings.model), Path(settings.out)
    fixed = lasting(settings) | {"model": identity(start)} | files_of(settings)
    if (out / REPORT).is_file():
        with RunFolder.open(out, fixed) as run:
            say(settings, f"{out} is finished already")
            return run.outcome(report=read_json(out / REPORT))
    encoder = load_tokenizer(start)
    tables = open_tables(settings, encoder)
    for line in preflight_told(tables):
        say(settings, f"    {line}")
    open_model(settings, tables, start)  # refuses what does not fit, before anything is written
    with RunFolder.open(out, fixed) as run:
        keep_tables(tables, out / "data")
        everything = Job(settings, start, encoder, tables)
        weights, found = find_weights(everything, out)
        job = Job(settings, start, encoder, {name: tables[name] for name, weight in weights.items() if weight > 0})
        trained = train_run(run, job, {name: weights[name] for name in job.tables}, settings.weights)
        publish(run, job, trained)
        beside = compare(run, everything, job, weights)
        report = report_on(run, job, trained, weights, found, beside)
        for line in report["told"]:
            say(settings, f"    {line}")
        run.reservations += [f"task {name} was left out: {why}" for name, why in report["dropped"].items()]
        return run.outcome(steps=trained.steps, best_step=trained.best_step, weights=weights, report=report)


def files_of(settings: Multitask) -> dict[str, Any]:
    """What the tables of the tasks are, by content."""
    found = {}
    for name, one in settings.tasks.items():
        paths = {"data": one.data, "validation": one.validation, "test": one.test}
        found[f"files {name}"] = {key: path and fingerprint_files([Path(path)]) for key, path in paths.items()}
    return found


# The weights


def find_weights(job: Job, out: Path) -> tuple[Weights, dict]:
    """The weights to begin with, by the rule of the settings, and what was found in search of them."""
    settings, names = job.settings, list(job.tables)
    if settings.weights == "fixed":
        total = sum(settings.tasks[name].weight for name in names)
        return {name: settings.tasks[name].weight / total for name in names}, {}
    if settings.weights != "cv" or len(names) == 1:
        return uniform(names), {}
    say(settings, "looking for weights by cross-validation on the training rows")
    model, _ = open_model(settings, job.tables, job.start)
    steps = make_plan(settings, job)["steps"]
    folds = make_folds(job.tables, settings.search.folds, settings.seed)
    bench = Bench(settings, job.tables, job.encoder, model, steps, job.targets, folds, out / "search",
                  lambda line: say(settings, line))  # fmt: skip
    weights, found = search(bench)
    found["dropped"] |= {name: "alone with the others it only takes from the targets: its best weight is 0"
                         for name, weight in weights.items() if weight == 0}  # fmt: skip
    say(settings, f"weights: {told_weights(weights)}")
    return weights, found


def told_weights(weights: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {weight:.3f}" for name, weight in weights.items())


def make_rule(job: Job, kind: str, weights: Weights, model: Model, initial: Mapping[str, float], epoch: int) -> Weighing:
    """The rule by which the weights change, if they do. One task has nothing to weigh."""
    names = list(weights)
    shared = [p for p in model.backbone.parameters() if p.requires_grad]
    last = [p for p in list(model.backbone.blocks)[-1].parameters() if p.requires_grad]
    if len(names) > 1 and kind == "uncertainty":
        return Uncertainty(names, initial)
    if len(names) > 1 and kind == "dwa":
        return Averaging(names, max(10, epoch))
    if len(names) > 1 and kind == "gradnorm" and last:
        return Balanced(names, last, initial)
    if len(names) > 1 and kind == "pcgrad" and shared:
        return Projected(names, shared, job.settings.seed)
    return Weighing(weights)


# Training


def train_run(run: RunFolder, job: Job, weights: Weights, kind: str) -> Trained:
    """Train to the plan's end from wherever the folder stands, and go back to the best checkpoint."""
    settings, start = job.settings, time.monotonic()
    model, family = open_model(settings, job.tables, job.start)
    learned, held = ([part_of(settings, name, table, split, job.encoder) for name, table in job.tables.items()]
                     for split in ("train", "validation"))  # fmt: skip
    plan = Plan(**run.plan(lambda: make_plan(settings, job)))
    initial = initial_losses(model, learned)
    rule = make_rule(job, kind, weights, model, initial, epoch_of(settings, job))
    objective = Weighed({part.name: part.objective for part in learned}, initial, rule)
    optimizer, schedule = make_optimizer(settings, model)
    rows = sum(part.rows.size for part in learned)
    say(settings, f"training {', '.join(job.tables)} on {rows:,} rows: {plan.steps} steps")
    say(settings, f"    {trained_parts(model)}")
    training = Training(model, objective, mixed(learned, settings.batch_size, plan.steps), optimizer, schedule,
                        seed=settings.seed, clip=settings.optimizer.clip, weighing=rule)  # fmt: skip
    state = follow(
        run, training, plan, lambda: evaluate(model, held, job), judge=SCORE, higher_is_better=True,
        show=lambda line: say(settings, line), track=settings.track,
    )  # fmt: skip
    if state.best_step not in (None, state.step):
        load_weights(run.checkpoint(state.best_step), model)
    return Trained(model, family, state.step, state.best_step, time.monotonic() - start)


def epoch_of(settings: Multitask, job: Job) -> int:
    """Updates in which as many rows are seen as there are."""
    rows = sum(table.count("train") for table in job.tables.values())
    return -(-rows // (settings.batch_size * len(job.tables)))


def make_plan(settings: Multitask, job: Job) -> dict:
    """Number of updates, and how often to log, evaluate and save."""
    epoch = epoch_of(settings, job)
    steps = settings.steps or (settings.epochs * epoch if settings.epochs else max(5 * epoch, FEWEST_UPDATES))
    return {
        "steps": steps,
        "log_every": max(1, min(50, steps // 20)),
        "evaluate_every": max(1, steps // settings.evaluations),
        "save_every": max(1, steps // 4),
        "patience": settings.patience,
    }


def evaluate(model: Model, held: Sequence[Part], job: Job) -> dict[str, float | None]:
    """The main figure of each task on its validation split, and the mean of the targets'."""
    figures = {part.name: figures_of(model, part, job.encoder) for part in held}
    scores = {part.name: score_of(part, figures[part.name]) for part in held}
    told = {f"{part.name}_{part.task.metric}": figures[part.name][part.task.metric] for part in held}
    return {SCORE: float(np.mean([scores[name] for name in job.targets])), **told}


def publish(run: RunFolder, job: Job, trained: Trained) -> None:
    """The model folder: weights, tokenizer, and of each task what it learned and how its texts are to be read."""
    target, settings = run.path / "model", job.settings
    if target.is_dir():
        return
    tasks = {name: facts_of(settings, name, table.task) for name, table in job.tables.items()}
    parents = [path for path in (job.start, *(run.path / "data" / name for name in job.tables)) if is_ours(path)]
    with new_folder(target, kind="model", settings=lasting(settings), parents=parents, extra={"tasks": tasks}) as folder:
        checkpoint.save(folder, trained.model, trained.family, specials=job.encoder.ids._asdict())
        job.encoder.save(folder, settings.max_length, segments=trained.model.config.num_segments > 0)
        told = "".join(f"- {name}: {one['task']}\n" for name, one in tasks.items())
        folder.write_text("README.md", f"# Model for several tasks\n\n{told}\nMade with groundup.\n")


def facts_of(settings: Multitask, name: str, task: Task) -> dict:
    """What a model folder remembers of a task."""
    one = settings.tasks[name]
    return {"text_columns": list(one.text_column), "label_column": one.label_column, "max_length": settings.max_length,
            "too_long": one.too_long, "labels": task.labels, "task": task.name, "facts": task.facts}  # fmt: skip


# Judging


def answers_of(job: Job, model: Model, name: str) -> Answers:
    """Answers to the test rows of a task."""
    table, facts = job.tables[name], facts_of(job.settings, name, job.tables[name].task)
    return Predictor(model, job.encoder, table.task, facts).answers(table.texts_of("test"))


def compare(run: RunFolder, everything: Job, job: Job, weights: Weights) -> dict[str, dict[str, Answers]]:
    """Name of a comparator -> task -> its answers to the test rows, of models trained on the same rows with the same seed."""
    settings, found = job.settings, {}
    same = settings.weights not in ("uncertainty", "dwa", "gradnorm", "pcgrad") and weights == uniform(list(everything.tables))
    if settings.uniform and len(everything.tables) > 1 and not same:
        found[UNIFORM] = aside(run, everything, uniform(list(everything.tables)), UNIFORM, list(job.tables))
    if settings.single and len(everything.tables) > 1:
        found["single"] = {}
        for name, table in job.tables.items():
            alone = Job(settings, job.start, job.encoder, {name: table})
            found["single"] |= aside(run, alone, {name: 1.0}, f"single-{name}", [name])
    return found


def aside(run: RunFolder, job: Job, weights: Weights, name: str, asked: Sequence[str]) -> dict[str, Answers]:
    """A further training in a folder of its own inside the run, and its answers."""
    say(job.settings, f"to compare with: {name}")
    with RunFolder.open(run.path / name, {"weights": weights}) as inner:
        trained = train_run(inner, job, weights, "fixed")
    return {task: answers_of(job, trained.model, task) for task in asked}


def report_on(
    run: RunFolder, job: Job, trained: Trained, weights: Weights, found: Mapping, beside: Mapping[str, Mapping[str, Answers]]
) -> dict:
    """Open the test splits, judge, and write the pages and, last, report.json."""
    settings, history = job.settings, list(read_events(run.path / "events.jsonl"))
    tasks = {name: judge_task(run, job, trained, name, beside) for name in job.tables}
    report = {
        "kind": "multitask", "language": settings.language, "rule": settings.weights, "weights": weights,
        "targets": job.targets, "effective_weights": effective(history, list(job.tables)), "search": dict(found),
        "dropped": found.get("dropped", {}), "compared": compared(job, tasks), "tasks": tasks,
        "seconds": {"search": found.get("seconds", 0.0), "training": round(trained.seconds, 1)},
        "steps": trained.steps, "best_step": trained.best_step, "history": history, "settings": to_dict(settings),
    }  # fmt: skip
    report["told"] = told_of(report)
    write_file(run.path / "report.html", several_page(report))
    write_file(run.path / REPORT, canonical(report))
    return report


def judge_task(run: RunFolder, job: Job, trained: Trained, name: str, beside: Mapping[str, Mapping[str, Answers]]) -> dict:
    """The report of a task, as fine-tuning has it, and the differences from the models it is compared with."""
    settings, table = job.settings, job.tables[name]
    predictor = Predictor(trained.model, job.encoder, table.task, facts_of(settings, name, table.task))
    rows = judging.Rows(table.texts_of("test"), table.targets_of("test"))
    simple = judging.baselines_of(table, rows.texts) if settings.baselines else []
    report, answers = judging.judge(
        predictor, rows, simple, title=name, facts={"training rows": table.count("train")},
        preflight=preflight_lines(table.preflight),
        leakage=max(v for k, v in table.preflight["leakage"]["test"].items() if k != "examples"),
        openings=judging.count_opening(run.path, rows), language=settings.language, seed=settings.seed,
    )  # fmt: skip
    ours = table.task.scores(answers, rows.targets, rows.texts)
    own = resample(ours, settings.seed)[table.task.metric].as_dict()
    report["main"] = {"metric": table.task.metric, **own, "beside": {}}
    for other, told in beside.items():
        theirs = table.task.scores(told[name], rows.targets, rows.texts)
        difference = resample_difference(ours, theirs, settings.seed)[table.task.metric].as_dict()
        figure = resample(theirs, settings.seed)[table.task.metric].as_dict()
        report["main"]["beside"][other] = {"figure": figure, "difference": difference}
    make_parents(run.path / "tasks")
    write_file(run.path / "tasks" / f"{name}.html", page(report))
    return report


def effective(history: Sequence[Mapping], names: Sequence[str]) -> dict:
    """The weights over the run, as shares: at the logged steps, and their mean."""
    steps = [event for event in history if event.get("event") == "step" and all(f"weight_{name}" in event for name in names)]
    series = {name: [[event["step"], event[f"weight_{name}"]] for event in steps] for name in names}
    return {"series": series, "mean": {name: float(np.mean([w for _, w in line])) for name, line in series.items() if line}}


def compared(job: Job, tasks: Mapping[str, Mapping]) -> dict[str, dict]:
    """Mean difference of the targets' main figures from each model it is compared with."""
    others = {other for report in tasks.values() for other in report["main"]["beside"]}
    found = {}
    for other in sorted(others):
        differences = [tasks[name]["main"]["beside"][other]["difference"]["value"] for name in job.targets]
        known = [value for value in differences if value is not None]
        found[other] = {"mean_difference": float(np.mean(known)) if known else None, "tasks": len(known)}
    return found


def told_of(report: Mapping) -> list[str]:
    """The main figures for people."""
    lines = []
    for name, one in report["tasks"].items():
        main, parts = one["main"], []
        for other, told in main["beside"].items():
            change = told["difference"]
            if None not in (told["figure"]["value"], change["value"], change["low"]):
                parts.append(f"{other} {told['figure']['value']:.4f}, difference {change['value']:+.4f} "
                             f"({change['low']:+.4f} to {change['high']:+.4f})")  # fmt: skip
        value = "-" if main["value"] is None else f"{main['value']:.4f}"
        lines.append(f"test {name}: {main['metric']} {value}" + "".join(f"; {part}" for part in parts))
    lines += [f"mean difference from {other}: {told['mean_difference']:+.4f}" for other, told in report["compared"].items()
              if told["mean_difference"] is not None]  # fmt: skip
    return lines

"""The story of one model for several tasks. The settings stand in multitask.py, which needs no torch."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from groundup.commands.finetune.story import trained_parts
from groundup.commands.multitask.mixing import (
    Part,
    figures_of,
    hyperparameters_of,
    initial_losses,
    make_optimizer,
    mixed,
    open_model,
    part_of,
    score_of,
)
from groundup.commands.multitask.readers import open_reader
from groundup.commands.multitask.report import REPORT, Job, Trained, answers_of, facts_of, report_on
from groundup.commands.multitask.search import LEAST, UNIFORM, search
from groundup.commands.multitask.settings import Multitask
from groundup.commands.multitask.tables import keep_tables, make_folds, open_tables, preflight_told
from groundup.commands.multitask.trials import Bench, Weights
from groundup.commands.shared.next_steps import use
from groundup.commands.shared.publishing import ASKED, check_published
from groundup.commands.shared.tuning import tune_answers
from groundup.config import command_of, identity_settings
from groundup.evaluate.limits import truncation_warning
from groundup.evaluate.predictor import model_folder
from groundup.families import checkpoint
from groundup.folders import new_folder
from groundup.former.reports import current_report
from groundup.machine import prepare_machine
from groundup.manifest import fingerprint_files, identity, is_ours
from groundup.messages.current import message
from groundup.nn.model import Model
from groundup.runs import Outcome, RunFolder
from groundup.scope import at_default
from groundup.strict_json import read_json, understood
from groundup.tasks.task import Answers, Predictions
from groundup.terminal.closing import close
from groundup.terminal.log import result, say
from groundup.train.checkpoint import load_weights
from groundup.train.plan import default_plan
from groundup.train.run import Plan, Training, run_training
from groundup.train.task_weighting import (
    DynamicWeightAveraging,
    GradNorm,
    PCGrad,
    TaskWeighting,
    UncertaintyWeighting,
    WeightedMixture,
    uniform,
)

SCORE = "score"  # mean of the targets' main figures on the validation splits: what decides


def multitask(settings: Multitask) -> Outcome:
    """Find the weights, train, publish `model/`, judge it on every test split beside what it is compared with, and report."""
    prepare_machine(settings)
    start, out = None if settings.model is None else model_folder(settings.model), Path(settings.out)
    fixed = identity_settings(settings) | {"layer_decay": settings.usual_layer_decay}  # as older versions kept it
    fixed |= {"model": start and identity(start)} | files_of(settings)
    if (out / REPORT).is_file():
        with RunFolder.open(out, fixed, at_default(settings), command_of(settings)) as run:
            say(message("finished already", out=out))
            with understood(out / REPORT):
                return run.outcome(report=print_summary(settings, current_report(read_json(out / REPORT))))
    reader = open_reader(settings, start)
    tables = open_tables(settings, reader)
    for note in reader.notes:
        say(f"    {note}")
    for line in preflight_told(tables):
        say(f"    {line}")
    open_model(settings, reader, tables, start)  # refuses what does not fit, before anything is written
    with RunFolder.open(out, fixed, at_default(settings), command_of(settings)) as run:
        keep_tables(settings, tables, out / "data")
        everything = Job(settings, start, reader, tables)
        weights, search_report = find_weights(everything, out)
        job = Job(settings, start, reader, {name: tables[name] for name, weight in weights.items() if weight > 0})
        trained = train_run(run, job, {name: weights[name] for name in job.tables}, settings.weights)
        tune(job, trained)
        publish(run, job, trained)
        baselines = compare(run, everything, job, weights)
        report = report_on(run, job, trained, weights, search_report, baselines)
        print_summary(settings, report)
        run.reservations += [
            message("task counted hardly" if weights[name] else "task was left out", name=name, why=why)
            for name, why in report["dropped"].items()
        ]
        return run.outcome(steps=trained.steps, best_step=trained.best_step, weights=weights, report=report)


def print_summary(settings: Multitask, report: dict) -> dict:
    """The report, whose summary is printed."""
    out = Path(settings.out)
    for line in report["summary"]:
        result(f"    {line}")
    name = next(iter(report["tasks"]))
    one = settings.tasks[name]
    facts = [("model", str(out / "model")), ("page", str(out / "report.html"))]
    close(facts, use(settings.out, out, name, one.data, one.read))
    return report


def files_of(settings: Multitask) -> dict[str, Any]:
    """What the tables of the tasks are, by content."""
    files = {}
    for name, one in settings.tasks.items():
        paths = {"data": one.data, "validation": one.validation, "test": one.test}
        files[f"files {name}"] = {key: path and fingerprint_files([Path(path)]) for key, path in paths.items()}
    return files


# The weights


def find_weights(job: Job, out: Path) -> tuple[Weights, dict]:
    """The weights to begin with, by the rule of the settings, and what was found in search of them."""
    settings, names = job.settings, list(job.tables)
    if settings.weights == "fixed":
        total = sum(settings.tasks[name].weight for name in names)
        return {name: settings.tasks[name].weight / total for name in names}, {}
    if settings.weights != "cv" or len(names) == 1:
        return uniform(names), {}
    say(message("looking for weights"))
    model, _ = open_model(settings, job.reader, job.tables, job.start)
    steps = make_plan(settings, job)["steps"]
    sources = [settings.tasks[name].data for name in job.tables]
    folds = make_folds(job.tables, settings.search.folds, settings.seed, sources)
    bench = Bench(settings, job.tables, model, steps, job.targets, folds, out / "search", say)
    weights, search_report = search(bench)
    search_report["dropped"] |= {
        name: message("no weight found")
        for name, weight in weights.items()
        if weight <= LEAST and name not in search_report["dropped"]
    }
    say(message("weights found", weights=told_weights(weights)))
    return weights, search_report


def told_weights(weights: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {weight:.3f}" for name, weight in weights.items())


def make_rule(job: Job, kind: str, weights: Weights, model: Model, initial: Mapping[str, float], epoch: int) -> TaskWeighting:
    """The rule by which the weights change, if they do. One task has nothing to weigh."""
    names = list(weights)
    shared = [p for p in model.backbone.parameters() if p.requires_grad]
    last = [p for p in list(model.backbone.blocks)[-1].parameters() if p.requires_grad]
    if len(names) > 1 and kind == "uncertainty":
        return UncertaintyWeighting(names, initial)
    if len(names) > 1 and kind == "dwa":
        return DynamicWeightAveraging(names, max(10, epoch))
    if len(names) > 1 and kind == "gradnorm" and last:
        return GradNorm(names, last, initial)
    if len(names) > 1 and kind == "pcgrad" and shared:
        return PCGrad(names, shared, job.settings.seed)
    return TaskWeighting(weights)


# Training


def train_run(run: RunFolder, job: Job, weights: Weights, kind: str) -> Trained:
    """Train to the plan's end from wherever the folder stands, and go back to the best checkpoint."""
    settings, start = job.settings, time.monotonic()
    model, family = open_model(settings, job.reader, job.tables, job.start)
    learned, held_out = (
        [part_of(settings, name, table, split) for name, table in job.tables.items()] for split in ("train", "validation")
    )
    plan = Plan(**run.plan(lambda: make_plan(settings, job)))
    initial = initial_losses(model, learned)
    rule = make_rule(job, kind, weights, model, initial, epoch_of(settings, job))
    objective = WeightedMixture({part.name: part.objective for part in learned}, initial, rule)
    values, (optimizer, schedule) = hyperparameters_of(settings, model), make_optimizer(settings, model)
    rows = sum(part.rows.size for part in learned)
    say(message("training tasks", names=message("comma").join(job.tables), rows=rows, steps=plan.steps))
    say(f"    {trained_parts(model)}")
    for part in learned:
        if part.reader.limited and part.rows.packed.too_long:
            say(f"    {part.name}: {too_long(settings, part, model)}")
    training = Training(
        model,
        objective,
        mixed(learned, settings.batch_size, plan.steps),
        optimizer,
        schedule,
        seed=settings.seed,
        clip=values.clip,
        task_weighting=rule,
        precision=settings.precision,
        hyperparameters=values,
        facts=facts_of_training(job, model, learned, held_out, plan, kind),
    )
    state = run_training(
        run,
        training,
        plan,
        lambda: evaluate(model, held_out, job),
        best_metric=SCORE,
        higher_is_better=True,
        columns=(SCORE, *(f"{part.name}_{part.task.metric}" for part in held_out)),
        track=settings.track,
    )
    if state.best_step not in (None, state.step):
        load_weights(run.checkpoint(state.best_step), model)
    return Trained(model, family, state.step, state.best_step, time.monotonic() - start)


def facts_of_training(job: Job, model: Model, learned: Sequence[Part], held_out: Sequence[Part], plan: Plan, kind: str) -> dict:
    """What else a run was given, as run.json and the report keep it. Of the batch, rows of each task on average."""
    settings, rows = job.settings, sum(part.rows.size for part in learned)
    return {
        "batch_size": settings.batch_size * len(learned),
        "unit": "rows",
        "examples": rows,
        "epochs": round(plan.steps * settings.batch_size * len(learned) / max(1, rows), 4),
        "rows": {
            part.name: {
                "train": part.rows.packed.num_rows,
                "validation": other.rows.packed.num_rows,
                "test": job.tables[part.name].count("test"),
            }
            for part, other in zip(learned, held_out, strict=True)
        },
        "weights": kind,
        "max_length": settings.max_length,
        "dropout": model.config.dropout,
        "attention_dropout": model.config.attention_dropout,
        "layer_decay": settings.usual_layer_decay,
        "frozen_blocks": settings.freeze,
        "best_metric": SCORE,
    }


def too_long(settings: Multitask, part: Part, model: Model) -> str:
    """How many training rows of a task are longer than the longest sequence."""
    framed, how = part.rows.packed, settings.tasks[part.name].too_long
    setting = message("max_length changes", room=model.config.max_positions)
    line = truncation_warning(framed.too_long, framed.num_rows, settings.max_length, how, setting, "training rows")
    return f"warning: {line}" if how == "truncate" else line


def epoch_of(settings: Multitask, job: Job) -> int:
    """Updates in which as many rows are seen as there are."""
    rows = sum(table.count("train") for table in job.tables.values())
    return -(-rows // (settings.batch_size * len(job.tables)))


def make_plan(settings: Multitask, job: Job) -> dict:
    """Number of updates, and how often to log, evaluate and save."""
    return default_plan(settings, epoch_of(settings, job), settings.defaults)


def evaluate(model: Model, held_out: Sequence[Part], job: Job) -> dict[str, float | None]:
    """The main figure of each task on its validation split, and the mean of the targets'."""
    figures = {part.name: figures_of(model, part) for part in held_out}
    scores = {part.name: score_of(part, figures[part.name]) for part in held_out}
    figures_of_metrics = {f"{part.name}_{part.task.metric}": figures[part.name][part.task.metric] for part in held_out}
    return {SCORE: float(np.mean([scores[name] for name in job.targets])), **figures_of_metrics}


def tune(job: Job, trained: Trained) -> None:
    """Let each task choose by its validation rows what decides about answers."""
    trained.model.eval()
    for name, table in job.tables.items():
        part = part_of(job.settings, name, table, "validation")

        def predictions(part: Part = part) -> Predictions:
            return part.task.evaluate(trained.model, part.rows, part.texts, part.reader)

        in_windows = job.settings.tasks[name].too_long == "window"
        tune_answers(part.task, predictions, part.targets, part.texts, job.settings.calibration, in_windows)
        if part.task.traits.probabilities:
            part.task.fold_scale(trained.model)


def publish(run: RunFolder, job: Job, trained: Trained) -> None:
    """The model folder: weights, tokenizer, and of each task what it learned and how its texts are to be read."""
    target, settings = run.path / "model", job.settings
    if target.is_dir():
        return
    tasks = {name: facts_of(settings, name, table) for name, table in job.tables.items()}
    folders = (*([job.start] if job.start else []), *(run.path / "data" / name for name in job.tables))
    parents = [path for path in folders if is_ours(path)]
    with new_folder(
        target, kind="model", settings=identity_settings(settings), parents=parents, extra={"tasks": tasks}
    ) as folder:
        checkpoint.save(folder, trained.model, trained.family, specials=job.reader.specials)
        job.reader.save(folder, settings.max_length, segments=trained.model.config.num_segments > 0)
        lines = "".join(f"- {name}: {one['task']}\n" for name, one in tasks.items())
        folder.write_text("README.md", f"# Model for several tasks\n\n{lines}\nMade with groundup.\n")
        parts = [part_of(settings, name, table, "train") for name, table in job.tables.items()]
        batches = [part.make(part.rows.batch(np.arange(min(ASKED, part.rows.size))), part.objective, 1.0) for part in parts]
        check_published(
            folder.path, target, trained.model, batches, {"tasks": tasks}, {part.name: part.texts[0] for part in parts}
        )


def compare(run: RunFolder, everything: Job, job: Job, weights: Weights) -> dict[str, dict[str, Answers]]:
    """Name of a comparator -> task -> its answers to the test rows, of models trained on the same rows with the same seed."""
    settings, answers = job.settings, {}
    same = settings.weights not in ("uncertainty", "dwa", "gradnorm", "pcgrad") and weights == uniform(list(everything.tables))
    if settings.uniform and len(everything.tables) > 1 and not same:
        answers[UNIFORM] = aside(run, everything, uniform(list(everything.tables)), UNIFORM, list(job.tables))
    if settings.single and len(everything.tables) > 1:
        answers["single"] = {}
        for name, table in job.tables.items():
            alone = Job(settings, job.start, job.reader, {name: table})
            answers["single"] |= aside(run, alone, {name: 1.0}, f"single-{name}", [name])
    return answers


def aside(run: RunFolder, job: Job, weights: Weights, name: str, tasks: Sequence[str]) -> dict[str, Answers]:
    """A further training in a folder of its own inside the run, and its answers."""
    say(message("to compare with", name=name))
    facts = {task: dict(table.task.facts) for task, table in job.tables.items()}  # of the model that is published
    for table in job.tables.values():
        table.task.facts.pop("calibration", None)
    with RunFolder.open(run.path / name, {"weights": weights}) as inner:
        trained = train_run(inner, job, weights, "fixed")
    tune(job, trained)
    answers = {task: answers_of(job, trained.model, task) for task in tasks}
    for task, table in job.tables.items():
        table.task.facts = facts[task]
    return answers

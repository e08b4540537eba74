"""The story of a fine-tuning run. The settings stand in finetune.py, which needs no torch."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from groundup.commands.finetune.closing import told
from groundup.commands.finetune.from_nothing import open_backbone
from groundup.commands.finetune.job import Job, add_task_head, check_fits, ends_of, keep_head, make_job, model_facts
from groundup.commands.finetune.readers import open_reader
from groundup.commands.finetune.replay import open_replay
from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.transfer import (
    augment,
    best_metric_of,
    hold_and_change,
    keep_features,
    make_plain,
    make_training,
    translators,
    vary_kinds,
)
from groundup.commands.shared.publishing import ASKED, check_published
from groundup.commands.shared.tuning import tune_answers
from groundup.config import command_of, identity_settings, to_dict
from groundup.data.sources.texts.parallel import files_of_source
from groundup.data.splits.split import worst_leak
from groundup.errors import InputError
from groundup.evaluate import judging
from groundup.evaluate.limits import MANY, truncation_warning
from groundup.evaluate.predictor import Predictor, model_folder, room_of
from groundup.events import read_events
from groundup.families import checkpoint
from groundup.families.own import Storage
from groundup.folders import new_folder, write_file
from groundup.kinds.reader import Reader
from groundup.kinds.store import is_store
from groundup.kinds.table.reader import ALL
from groundup.kinds.text.reader import encoder_of
from groundup.machine import prepare_machine
from groundup.manifest import fingerprint_files, identity, is_ours
from groundup.messages.current import message
from groundup.messages.translate import MESSAGES
from groundup.nn.device import follow
from groundup.nn.lora import count_adapters
from groundup.nn.model import Model
from groundup.objectives.objective import make_batch, ratio
from groundup.pages.evaluation_page import evaluation_page
from groundup.runs import Outcome, RunFolder, check_run_output
from groundup.scope import at_default
from groundup.strict_json import canonical, read_json, understood
from groundup.tasks.rows.labelled_rows import LabelledRows, declared_of, keep, stored_table
from groundup.tasks.rows.preflight import preflight_lines
from groundup.tasks.rows.splitting import Draw, make_table
from groundup.tasks.rows.store import open_store, table_of_store
from groundup.tasks.task import Predictions
from groundup.tasks.writing import PairRows, WritingTask
from groundup.terminal.log import say, text
from groundup.train.checkpoint import State, load_checkpoint
from groundup.train.plan import default_plan
from groundup.train.run import Plan, Training, run_training

REPORT = "report.json"  # written last: a run that has it is finished


def finetune(settings: Finetune, compared_in: str = "") -> Outcome:
    """Train, publish `model/`, judge it on the test split beside its baselines, and report.

    Another command that compares the model with baselines itself says with `compared_in` in which of its files.
    """
    prepare_machine(settings)
    out = Path(settings.out)
    check_run_output(out)  # before a table is read
    start = None if settings.model is None else model_folder(settings.model)
    reader = open_reader(settings, start)
    tables = fingerprints(settings)
    usual = {"layer_decay": settings.usual_layer_decay, "ema_decay": settings.usual_ema_decay}  # as older versions kept them
    fixed = identity_settings(settings) | usual | {"model": start and identity(start)} | tables | translators(settings)
    if (out / REPORT).is_file():
        with RunFolder.open(out, fixed, at_default(settings), command_of(settings)) as run:
            say(text("finished already", out=out))
            with understood(out / REPORT):
                return run.outcome(report=told(settings, read_json(out / REPORT), compared_in))
    table = open_rows(settings, reader, out / "data")
    for line in preflight_lines(table.preflight):
        say(f"    {line}")
    job = open_job(settings, table, start)
    for note in filter(None, (too_long(job), *job.notes)):
        say(f"    {note}")
    with RunFolder.open(out, fixed, at_default(settings), command_of(settings)) as run:
        keep(table, out / "data")
        with trained(run, job, start) as (state, forgotten):
            publish(run, job, start)
            report = report_on(run, job, forgotten, compared_in)
        known = [] if settings.quiet else [judging.UNSEEN]  # the preflight says it
        return run.outcome(steps=state.step, best_step=state.best_step, report=told(settings, report, compared_in, known))


def fingerprints(settings: Finetune) -> dict[str, str | None]:
    """What tells the data of this run from others, by name."""
    if is_store(Path(settings.data)):
        return {"data": identity(Path(settings.data))}
    named = [name for columns in settings.columns_by_kind.values() for name in columns]
    columns = (*(name for name in named[:1] if name != ALL), settings.label_column)
    given = {"data": settings.data, "validation": settings.validation, "test": settings.test}
    return {name: path and fingerprint_files(files_of_source(path, columns)) for name, path in given.items()}


def open_rows(settings: Finetune, reader: Reader, kept: Path) -> LabelledRows:
    """The table, which a run that goes on has kept, or the rows of a prepared folder; with what reads them."""
    folder = Path(settings.data)
    if is_store(folder):
        store = open_store(folder, reader)
        return stored_table(kept, reader) if kept.is_dir() else table_of_store(settings.data, store, reader, draw_of(settings))
    if not kept.is_dir():
        return make_table(settings, draw_of(settings), reader)
    table = stored_table(kept, reader)
    reader.expect(declared_of(table.preflight), settings.read.missing, settings.read.decimal)
    reader.learn(table.texts_of("train"))
    return table


def draw_of(settings: Finetune) -> Draw:
    return Draw(settings.task, settings.seed, settings.train_rows)


@contextmanager
def trained(run: RunFolder, job: Job, start: Path | None) -> Generator[tuple[State, list[float] | None]]:
    """Train to the end of the plan. Inside, the model is an ordinary one, to be published: the best by validation, or without
    validation rows the last, and its average where one is kept; beside the state, the pretraining loss before and after."""
    state, training, told = train_to_end(
        run,
        job,
        lambda plan: make_training(job.settings, job, plan, keep_features(run, job)),
        lambda: make_plan(job.settings, job),
    )
    with training.ema_weights():
        forgotten = None if job.replay is None else [told["pretraining_loss"], job.replay.loss(job.model)]
        tune(job)
        job.table.task.fold_scale(job.model)
        make_plain(run, job, start)
        yield state, forgotten


def train_to_end(
    run: RunFolder, job: Job, make: Callable[[Plan], Training], planned: Callable[[], dict]
) -> tuple[State, Training, dict]:
    """Train to the end of the plan, and go back to the best weights; the state, the training and the plan as it is kept."""
    settings, table = job.settings, job.table
    best_metric = best_metric_of(settings, table.task)
    if settings.best_metric is not None and job.validation.size and not run.checkpoints():
        evaluate(job, best_metric)  # which refuses a name that is none: before any training
    told = run.plan(planned)
    plan = Plan(**{name: value for name, value in told.items() if name != "pretraining_loss"})
    key = "fine-tuning on labels" if table.labels else "fine-tuning on"
    say(message(key, rows=table.count("train"), labels=len(table.labels), steps=plan.steps))
    say(f"    {trained_parts(job.model)}")
    training = make(plan)
    state = run_training(
        run,
        training,
        plan,
        lambda: evaluate(job, best_metric) if job.validation.size else {},
        best_metric=best_metric,
        higher_is_better=best_metric != "loss",
        columns=("loss", best_metric, table.task.metric, *["accuracy"] * table.task.traits.classes)
        if job.validation.size
        else (),
        track=settings.track,
    )
    if state.best_step not in (None, state.step):
        load_checkpoint(run.checkpoint(state.best_step), job.model, ema=training.ema)
    return state, training, told


def tune(job: Job) -> None:
    """Let the task choose by the validation rows what decides about answers."""
    texts, targets = job.table.texts_of("validation"), job.table.targets_of("validation")
    job.model.eval()

    def predictions() -> Predictions:
        return job.task.evaluate(job.model, job.validation, texts, job.table.reader)

    settings = job.settings
    tune_answers(job.task, predictions, targets, texts, settings.calibration, settings.too_long == "window")


def too_long(job: Job) -> str:
    """Share of the training rows that the longest sequence does not hold, and what becomes of them."""
    packed, settings = job.train.packed, job.settings
    if not job.table.reader.limited:
        return message(job.table.reader.unchecked) if job.table.reader.unchecked else ""
    how = "truncate" if job.task.writes else settings.too_long
    setting = message("max_length changes", room=room_of(job.model, job.task.writes))
    told = truncation_warning(packed.too_long, packed.num_rows, settings.max_length, how, setting, "training rows")
    return f"warning: {told}" if how == "truncate" and packed.too_long > MANY * packed.num_rows else told


def trained_parts(model: Model) -> str:
    """What is trained and what is held, in parameters."""
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    total = sum(p.numel() for p in model.parameters())
    if low := count_adapters(model):
        return message("parameters trained lora", trained=trained, total=total, low=low)
    if model.frozen:
        blocks = model.config.num_layers
        return message("parameters trained frozen", trained=trained, total=total, frozen=model.frozen, blocks=blocks)
    return message("parameters trained", trained=trained, total=total)


def open_job(settings: Finetune, table: LabelledRows, start: Path | None) -> Job:
    """The model with its new head, and the rows of training and validation as sequences."""
    reader, task = table.reader, table.task
    loaded = open_backbone(settings, reader, start)
    model = loaded.model
    if settings.from_scratch:
        drawn = Model(model.config, model.head_configs, seed=settings.seed, encoder=model.encoder_config)
        model = follow(drawn, model)
    check_fits(settings.model, task, model, loaded.family)
    texts = {split: table.texts_of(split) for split in ("train", "validation")}
    if isinstance(task, WritingTask):
        assert start is not None  # what writes was pretrained
        task.bind(**ends_of(start, loaded, encoder_of(reader)), room=model.config.max_positions - 1)
        keep_head(model, task.head, settings.seed)
        replay = None
    else:
        replay = open_replay(settings, model, reader, texts["train"], texts["validation"])
        for name in [name for name in model.heads if replay is None or name not in (replay.head, "nsp")]:
            model.drop_head(name)
        add_task_head(settings, task, model, loaded)
    copies = augment(settings, table, start)
    hold_and_change(settings, model)
    notes = [replay.note] if replay is not None and replay.note else []
    if copies.requested:
        dropped = ", ".join(f"{count:,} {reason}" for reason, count in copies.dropped.items() if count)
        known = {"made": copies.made, "rows": len(table.texts_of("train")), "method": settings.augment.method}
        notes.append(message("augmented without" if dropped else "augmented", dropped=dropped, **known))
    job = make_job(settings, table, reader, model, loaded.family, copies.texts, copies.labels)
    if isinstance(job.train, PairRows) and job.train.cut:
        told = truncation_warning(
            job.train.cut,
            job.train.packed.num_rows,
            task.facts["longest"],
            "truncate",
            message("most targets decide"),
            "training targets",
        )
        notes.append(f"warning: {told}")
    if len(settings.columns_by_kind) > 1:
        vary_kinds(job)
    job.replay, job.notes = replay, notes
    return job


def make_plan(settings: Finetune, job: Job) -> dict:
    """Number of updates, and how often to log, evaluate and save."""
    plan = default_plan(settings, -(-job.train.size // settings.batch_size), settings.defaults)
    return plan | ({} if job.replay is None else {"pretraining_loss": job.replay.loss(job.model)})


def evaluate(job: Job, best_metric: str) -> dict[str, float | None]:
    """Loss and the task's figures on the validation split."""
    job.model.eval()
    texts, targets = job.table.texts_of("validation"), job.table.targets_of("validation")
    judged = job.task.evaluate(job.model, job.validation, texts, job.table.reader)
    count = len(judged.answers)
    scores = job.task.scores(judged.answers, targets[:count], texts[:count])
    watched = {} if job.replay is None else {"pretraining_loss": job.replay.loss(job.model)}
    figures = {"loss": ratio(judged.loss, judged.count), **watched, **scores.figures(np.arange(count))}
    if best_metric not in figures:
        raise InputError(
            "BAD_SETTING", "best_metric", f"'{best_metric}' is no figure of {job.task.name}", f"one of {', '.join(figures)}"
        )
    return {name: value for name, value in figures.items() if name in MESSAGES}  # not those of single types


def publish(
    run: RunFolder, job: Job, start: Path | None, name: str = "model", said: dict | None = None, storage: Storage = "float32"
) -> None:
    """The model folder: weights, tokenizer, what the task learned, and how its texts are to be read. `said` are the settings to
    note in it, where they are not those of fine-tuning."""
    target, settings = run.path / name, job.settings
    if target.is_dir():
        return
    reader = job.table.reader
    facts = model_facts(job)
    parents = [path for path in (start, run.path / "data") if path is not None and is_ours(path)]
    with new_folder(target, kind="model", settings=said or identity_settings(settings), parents=parents, extra=facts) as folder:
        checkpoint.save(
            folder,
            job.model,
            job.family,
            labels=job.task.outputs or None,
            specials=reader.specials,
            problem=job.task.name,
            storage=storage,
        )
        around = reader.around if job.task.writes else ()
        reader.save(folder, settings.max_length, segments=job.model.config.num_segments > 0, frame=around)
        told = f"Labels: {', '.join(job.table.labels)}\n\n" if job.table.labels else ""
        folder.write_text("README.md", f"# Model for {job.task.name}\n\n{told}Made with groundup.\n")
        count = min(ASKED, job.train.size)
        batch = make_batch(job.train.batch(np.arange(count)), job.objective, 1.0)
        check_published(folder.path, target, job.model, [batch], facts, {None: job.table.texts_of("train")[0]})


def report_on(run: RunFolder, job: Job, forgotten: list[float] | None = None, compared_in: str = "") -> dict:
    """Open the test split, judge model and baselines on it, and write report.html and, last, report.json."""
    table, settings = job.table, job.settings
    predictor = Predictor(
        job.model, job.table.reader, job.task, {"max_length": settings.max_length, "too_long": settings.too_long}
    )
    rows = judging.Rows(table.texts_of("test"), table.targets_of("test"))
    beside = judging.baselines_of(table, rows.texts) if settings.baselines else []
    packed, resolved = job.train.packed, run.resolved
    if resolved:  # with what was settled at the end of training, like a threshold
        resolved |= {"task": {"name": job.task.name, **job.task.decisions}}
    report, _ = judging.evaluate_table(
        predictor,
        rows,
        beside,
        title="Fine-tuning",
        history=read_events(run.path / "events.jsonl"),
        facts={"training rows": table.count("train"), "texts cut": f"{packed.too_long / max(1, packed.num_rows):.1%}"}
        | ({} if forgotten is None else {"pretraining loss": f"{forgotten[0]:.4f} -> {forgotten[1]:.4f}"}),
        settings=to_dict(settings),
        resolved=resolved,
        preflight=[*preflight_lines(table.preflight), *filter(None, (too_long(job), *job.notes))],
        leakage=worst_leak(table.preflight["leakage"]["test"]),
        openings=judging.count_opening(run.path, rows),
        language=settings.language,
        seed=settings.seed,
        compared_in=compared_in,
    )
    report["pretraining_loss"] = forgotten
    report["limits"] = [*([too_long(job)] if packed.too_long else []), *report["limits"]]
    write_file(run.path / "report.html", evaluation_page(report))
    write_file(run.path / REPORT, canonical(report))
    return report

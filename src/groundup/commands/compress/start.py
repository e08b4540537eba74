"""What compression begins with: the model and its task, rows, and a way to train."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from groundup.commands.compress.preview import optimizer_settings
from groundup.commands.compress.settings import Compress
from groundup.commands.evaluate.story import leak_of, run_of
from groundup.commands.finetune.job import Job, add_task_head, check_fits, make_job
from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import train_to_end
from groundup.commands.finetune.transfer import make_training
from groundup.compress.work import Customize, Work
from groundup.data.rows import Rows, together
from groundup.data.sources.records import Rejects
from groundup.data.tokenizers.load import load_tokenizer
from groundup.errors import InputError
from groundup.evaluate.judging import Rows as JudgedRows
from groundup.evaluate.predictor import Predictor, make_predictor, model_folder
from groundup.families import checkpoint
from groundup.kinds.store import is_store
from groundup.kinds.text.reader import encoder_of
from groundup.messages.current import message
from groundup.nn.device import chosen_device
from groundup.nn.model import Model
from groundup.runs import RunFolder
from groundup.scope import refuse
from groundup.tasks.rows.label_fit import join_labels, way_out
from groundup.tasks.rows.labelled_rows import LabelledRows, stored_table
from groundup.tasks.rows.preflight import preflight
from groundup.tasks.rows.reading import read_table
from groundup.tasks.rows.splitting import Draw, learn, split_table
from groundup.tasks.rows.store import open_store, table_of_store
from groundup.terminal.log import say
from groundup.train.plan import default_plan
from groundup.train.run import Plan, Training

PROBED = 200  # texts that two tokenizers must cut alike


class LoadedModel(NamedTuple):
    """The model to compress, with dropout for what is trained, and how it is used."""

    loaded: checkpoint.Loaded
    predictor: Predictor


@dataclass
class Student:
    """Another model that learns from this one."""

    model: Model
    family: str


def open_model(settings: Compress, start: Path) -> LoadedModel:
    """Refuses a model without a task."""
    loaded = checkpoint.load_to_train(start, settings.dropout)
    loaded.model.to(chosen_device())
    predictor = make_predictor(start, loaded)
    if predictor.name is not None:
        raise InputError("SEVERAL_TASKS", settings.model, "is a model of several tasks", "compress a model of one task")
    assert predictor.trained_task is not None
    return LoadedModel(loaded, predictor)


def training_settings(settings: Compress, opened: LoadedModel, columns: Sequence[str]) -> Finetune:
    """The settings of fine-tuning that say the same."""
    predictor = opened.predictor
    task: Any = predictor.trained_task.name
    return Finetune(
        model=settings.model,
        data=settings.data or settings.model,
        out=settings.out,
        text_column=tuple(columns),
        label_column=settings.label_column or predictor.facts.get("label_column") or "label",
        task=task,
        validation=settings.validation,
        test=settings.test,
        read=settings.read,
        label=settings.label,
        split=settings.split,
        max_length=predictor.length,
        too_long=predictor.too_long,
        epochs=settings.epochs,
        steps=settings.steps,
        batch_size=settings.batch_size,
        dropout=settings.dropout,
        optimizer=optimizer_settings(settings),
        layer_decay=settings.layer_decay,
        class_weights=settings.class_weights,
        num_evaluations=settings.num_evaluations,
        best_metric=settings.best_metric,
        calibration=opened.predictor.trained_task.facts.get("calibration", {}).get("setting", "auto"),
        seed=settings.seed,
        precision=settings.precision,
    )


def prepared_table(settings: Compress, opened: LoadedModel, kept: Path | None) -> LabelledRows:
    """The rows of a folder of `groundup prepare`: as the model's run split them, where they are the rows that it keeps."""
    reader, folder = opened.predictor.reader, str(settings.data)
    store = open_store(Path(folder), reader)
    table = None if kept is None else stored_table(kept, reader)
    if table is not None and all(map(reader.is_there, table.texts)):
        return table
    trained_with = training_settings(settings, opened, tuple(opened.predictor.columns))
    return table_of_store(folder, store, reader, Draw(trained_with.task, trained_with.seed))


def open_table(settings: Compress, opened: LoadedModel) -> LabelledRows:
    """The rows of the model's run as they were split, or those of `--data`, which the model's task must fit."""
    home = run_of(settings.model)
    data = home / "data" if home and (home / "data").is_dir() else None
    if settings.data is not None and is_store(Path(settings.data)):
        return prepared_table(settings, opened, data)
    if settings.data is None:
        if data is None:
            raise InputError("NO_ROWS", settings.model, "is not in a run that holds its data", "name a table with --data")
        reader = opened.predictor.reader
        table = stored_table(data, reader)
        if not all(map(reader.is_there, table.texts[:1])):
            what = f"reads {reader.kind}s, which are not kept in runs"
            raise InputError("WHICH_DATA", settings.model, what, "name the prepared folder with --data")
        return table
    predictor = opened.predictor
    columns = settings.text_column or tuple(predictor.columns)
    if not columns:
        raise InputError(
            "WHICH_COLUMN", settings.model, "does not say which column of texts it was trained on", "name it with --text_column"
        )
    rejects, task, trained_with = Rejects(), predictor.trained_task, training_settings(settings, opened, columns)
    table = split_table(
        trained_with,
        Draw(trained_with.task, trained_with.seed),
        rejects,
        predictor.reader.with_columns(columns),
        task.label_format(),
    )
    learn(table, trained_with.data)
    strange = sorted(set(table.labels) - set(task.labels))
    if strange:
        raise InputError(
            "LABELS_DIFFER",
            settings.data,
            f"has labels that the model does not know: {join_labels(strange)}",
            f"say which are the same: {way_out(strange, task.labels)}",
        )
    if task.traits.answer != "number":  # which is standardized by the rows at hand
        table.task.facts |= task.facts
    table.preflight = preflight(table, rejects)
    if data is not None:
        test = JudgedRows(table.texts_of("test"), table.targets_of("test"))
        table.preflight["leakage_of_model"] = leak_of(stored_table(data, predictor.reader), test)
    return table


def make_work(settings: Compress, run: RunFolder, opened: LoadedModel, table: LabelledRows) -> tuple[Work, Job]:
    """All that a method may use. The model says what training rows want of it: standardized numbers, not settled ones."""
    loaded, trained_with = opened.loaded, training_settings(settings, opened, table.columns)
    model, task = loaded.model, table.task
    check_fits(trained_with.model, task, model, loaded.family)
    for name in [name for name in model.heads if name != task.head]:
        model.drop_head(name)
    known = opened.predictor.trained_task.facts.get("calibration")
    if known is not None:
        task.facts["calibration"] = dict(known)
    task.unfold_scale(model)
    if settings.method != "quantize":  # whose model keeps the calibration; what is trained anew is calibrated anew
        task.facts.pop("calibration", None)
    job = make_job(trained_with, table, table.reader, model, loaded.family)
    if settings.unlabelled is not None:
        job.train = together(job.train, unlabelled_rows(settings, trained_with, table))
    fit = Trainer(run, job)
    return Work(
        model,
        loaded.family,
        task,
        table.reader,
        job.train,
        job.validation,
        job.objective,
        settings.seed,
        settings.batch_size,
        run.path,
        fit,
        say,
    ), job


def unlabelled_rows(settings: Compress, trained_with: Finetune, table: LabelledRows) -> Rows:
    """Further texts, none of them held out; how many were is reported."""
    rejects = Rejects()
    assert settings.unlabelled is not None
    rows = read_table([settings.unlabelled], table.reader, None, None, settings.read, rejects, task=table.task).texts
    if settings.data is None:  # else these files are the further ones
        refuse(settings, *rejects.cases())
    reader = table.reader
    held_out = {reader.key(row) for split in ("validation", "test") for row in table.texts_of(split)}
    texts = [row for row in rows if reader.key(row) not in held_out]
    say(f"    {message('further texts', count=len(texts), held_out=len(rows) - len(texts))}")
    for note in rejects.notes():
        say(f"    {note}")
    if not texts:
        raise InputError("EMPTY_DATA", settings.unlabelled, "holds no text that is not held out", "give further texts")
    packed = table.task.pack(texts, reader, trained_with.max_length, trained_with.too_long)
    return table.task.make_rows(texts, None, packed, reader, settings.seed)


@dataclass
class Trainer:
    """Training in a folder of its own inside the run (compress/work.py, `Fit`)."""

    run: RunFolder
    job: Job

    def __call__(self, model: Model, name: str, *, customize: Customize | None = None, share: float = 1.0) -> Model:
        job = replace(self.job, model=model)

        def planned() -> dict:
            whole = default_plan(job.settings, -(-job.train.size // job.settings.batch_size), job.settings.defaults)["steps"]
            shortened = replace(job.settings, steps=max(1, round(share * whole)), epochs=None)
            return default_plan(shortened, 1) | {"patience": None}

        def make(plan: Plan) -> Training:
            training = make_training(job.settings, job, plan)
            return training if customize is None else customize(training, plan)

        with RunFolder.open(self.run.path / name, {"part": name, "share": share}) as inner:
            train_to_end(inner, job, make, planned)
            self.run.reservations += [f"{name}: {note}" for note in inner.reservations]
        return model.eval()


def find_student(settings: Compress, work: Work, job: Job) -> Student:
    """The named student with a head for the task. Raises InputError when it reads texts in other tokens than its teacher."""
    assert settings.distill.student is not None
    folder = model_folder(settings.distill.student)
    loaded, encoder = checkpoint.load_to_train(folder, settings.dropout), load_tokenizer(folder)
    texts = [part for text in job.table.texts_of("train")[:PROBED] for part in text]
    known = encoder_of(work.reader)
    if encoder.vocabulary != known.vocabulary or encoder.encode_batch(texts) != known.encode_batch(texts):
        raise InputError(
            "TOKENIZERS_DIFFER",
            settings.distill.student,
            f"cuts texts into other tokens than {settings.model}: "
            "what both say and hold cannot be laid side by side, token by token",
            "name a student with the same tokenizer, or leave it out: layers of the model are taken",
        )
    encoder.check_room(loaded.config.vocab_size, folder)
    model = loaded.model
    check_fits(job.settings.model, work.task, model, loaded.family)
    for name in list(model.heads):
        model.drop_head(name)
    add_task_head(job.settings, work.task, model, loaded)
    return Student(model, loaded.family)

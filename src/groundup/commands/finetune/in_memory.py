"""Fine-tuning on rows in memory: a validation part is drawn, no test split is needed, and nobody judges the model. What
groundup/estimators stands on; settings are those of finetune."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from groundup.commands.finetune.readers import open_reader
from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import open_job, publish, too_long, trained
from groundup.config import command_of, identity_settings
from groundup.data.splits.split import SPLITS
from groundup.errors import InputError
from groundup.evaluate.predictor import model_folder
from groundup.evaluate.query_rows import query_rows
from groundup.kinds.reader import Reader, Row
from groundup.machine import prepare_machine
from groundup.manifest import identity
from groundup.messages.translate import plural
from groundup.runs import RunFolder
from groundup.scope import at_default
from groundup.strict_json import canonical
from groundup.tasks.known import make_task
from groundup.tasks.rows.labelled_rows import LabelledRows, keep
from groundup.tasks.rows.splitting import split_of_rows
from groundup.tasks.task import Task
from groundup.terminal.log import say


def fit_rows(settings: Finetune, given: Sequence[Any], labels: Sequence[Any]) -> tuple[Path, Reader]:
    """Train on these rows in the run folder `settings.out`, and give back its model folder and what reads such rows.

    A row is a mapping from names of columns to cells, or a tuple of texts; `labels` are such as cells of a table may hold. A
    run of the same rows and settings that stands there goes on, or is finished already. Raises InputError for labels that are
    none, and for another run in that place.
    """
    prepare_machine(settings)
    start = None if settings.model is None else model_folder(settings.model)
    reader = open_reader(settings, start)
    table = table_of(settings, rows_of(settings, given, reader), labels, reader)
    for note in reader.notes:
        say(f"    {note}")
    written = [reader.write_cells(row) for row in table.texts]
    rows = hashlib.sha256(canonical([written, table.targets]).encode("utf-8", "surrogatepass")).hexdigest()
    fixed = identity_settings(settings) | {"model": start and identity(start), "data": rows}
    with RunFolder.open(Path(settings.out), fixed, at_default(settings), command_of(settings)) as run:
        if not (run.path / "model").is_dir():
            job = open_job(settings, table, start)
            for line in filter(None, [too_long(job)]):
                say(f"    {line}")
            keep(table, run.path / "data")
            with trained(run, job, start):
                publish(run, job, start)
    return run.path / "model", reader


def rows_of(settings: Finetune, given: Sequence[Any], reader: Reader) -> list[Row]:
    """The rows as the reader has them, its columns settled."""
    if reader.chooses:
        reader.choose_columns(list(dict.fromkeys(name for row in given for name in row)), set(settings.named_columns))
    reader.expect({}, settings.read.missing, settings.read.decimal)
    rows = reader.rows_in_memory(given)
    return query_rows(given, reader.columns) if rows is None else rows


def table_of(settings: Finetune, rows: Sequence[Row], labels: Sequence[Any], reader: Reader) -> LabelledRows:
    """The rows with their targets and splits, and what reader and task learn of those that train."""
    task = make_task(settings.task)
    targets = [target_of(task, label, number, rows[number]) for number, label in enumerate(labels)]
    table = LabelledRows(reader, list(rows), targets, np.zeros(len(rows), dtype=np.int8), task)
    if settings.split.validation:
        kinds = [task.stratum(target) for target in targets]
        table.splits = split_of_rows(reader, rows, kinds, settings.split, settings.seed)
        if not (table.count("validation") and table.count("train")):
            what = f"{plural(len(rows), 'row')} leave the {'validation' if table.count('train') else 'training'} part empty"
            raise InputError(
                "EMPTY_SPLIT",
                "validation",
                what,
                "give more rows, another share, or 0 to train on all of them",
                limit=f"{settings.split.validation:g} of each label's rows",
            )
    reader.learn(table.texts_of("train"))
    task.learn(table.texts_of("train"), table.targets_of("train"), reader)
    table.preflight = {
        "task": {"name": task.name, "facts": task.facts},
        "rows": len(rows),
        "splits": {split: table.count(split) for split in SPLITS},
    }
    return table


def target_of(task: Task, label: Any, row: int, text: Row) -> Any:
    try:
        return task.read_target(label, text, text)
    except ValueError as error:
        raise InputError("NO_LABEL", f"y[{row}]", str(error), "see what the estimator takes as labels") from None

"""Fine-tuning on rows in memory: a validation part is drawn, no test split is needed, and nobody judges the model. What
groundup/estimators.py stands on; settings are those of finetune.py."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import open_job, publish, too_long, trained
from groundup.config import command_of, identity_settings
from groundup.data.splits.split import SPLITS
from groundup.data.tokenizers.tokenizer import load_tokenizer
from groundup.errors import InputError
from groundup.evaluate.predictor import model_folder
from groundup.folders import identity
from groundup.kinds.reader import Reader, Row
from groundup.kinds.text.reader import TextReader
from groundup.machine import prepare_machine, say
from groundup.runs import RunFolder
from groundup.scope import at_default
from groundup.strict_json import canonical
from groundup.tasks.known import make_task
from groundup.tasks.rows.labelled_rows import LabelledRows, keep
from groundup.tasks.rows.splitting import split_of_rows
from groundup.tasks.task import Task


def fit_rows(settings: Finetune, texts: Sequence[Row], labels: Sequence[Any]) -> Path:
    """Train on these rows in the run folder `settings.out`, and give back its model folder.

    `labels` are such as cells of a table may hold. A run of the same rows and settings that stands there goes on, or is
    finished already. Raises InputError for labels that are none, and for another run in that place.
    """
    prepare_machine(settings)
    if settings.model is None:
        raise InputError(
            "NO_MODEL", "model", "is required: texts are read by a model that was trained before", "name its folder"
        )
    start = model_folder(settings.model)
    reader = TextReader(load_tokenizer(start), settings.text_column)
    for note in reader.notes:
        say(settings, f"    {note}")
    table = table_of(settings, texts, labels, reader)
    rows = hashlib.sha256(canonical([texts, table.targets]).encode("utf-8", "surrogatepass")).hexdigest()
    fixed = identity_settings(settings) | {"model": identity(start), "data": rows}
    with RunFolder.open(Path(settings.out), fixed, at_default(settings), command_of(settings)) as run:
        if not (run.path / "model").is_dir():
            job = open_job(settings, table, start)
            say(settings, f"    {too_long(job)}")
            keep(table, run.path / "data")
            with trained(run, job, start):
                publish(run, job, start)
    return run.path / "model"


def table_of(settings: Finetune, texts: Sequence[Row], labels: Sequence[Any], reader: Reader) -> LabelledRows:
    """The rows with their targets and splits, and what the task learns of those that train."""
    task = make_task(settings.task)
    targets = [target_of(task, label, row, texts[row]) for row, label in enumerate(labels)]
    table = LabelledRows(reader, list(texts), targets, np.zeros(len(texts), dtype=np.int8), task)
    if settings.split.validation:
        kinds = [task.stratum(target) for target in targets]
        table.splits = split_of_rows(reader, texts, kinds, settings.split, settings.seed)
        if not (table.count("validation") and table.count("train")):
            what = f"{len(texts)} rows leave the {'validation' if table.count('train') else 'training'} part empty"
            raise InputError(
                "EMPTY_SPLIT",
                "validation",
                what,
                "give more rows, another share, or 0 to train on all of them",
                limit=f"{settings.split.validation:g} of each label's rows",
            )
    task.learn(table.texts_of("train"), table.targets_of("train"), reader)
    table.preflight = {
        "task": {"name": task.name, "facts": task.facts},
        "rows": len(texts),
        "splits": {split: table.count(split) for split in SPLITS},
    }
    return table


def target_of(task: Task, label: Any, row: int, text: Row) -> Any:
    try:
        return task.read_target(label, text, text)
    except ValueError as error:
        raise InputError("NO_LABEL", f"y[{row}]", str(error), "see what the estimator takes as labels") from None

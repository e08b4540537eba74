"""What a run of fine-tuning is made of: the model with the head of the task, and the rows as sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from groundup.commands.finetune.replay import Replay
from groundup.commands.finetune.settings import Finetune
from groundup.data.rows import Rows
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.errors import InputError
from groundup.families import checkpoint, config_heads, presets
from groundup.kinds.reader import Reader, Row
from groundup.nn.model import Model
from groundup.objectives.objective import Objective
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.task import Task


@dataclass
class Job:
    """What a run is made of, once its inputs are open."""

    settings: Finetune
    table: LabelledRows
    reader: Reader
    model: Model
    family: str
    train: Rows
    validation: Rows
    objective: Objective
    replay: Replay | None = None
    notes: list[str] = field(default_factory=list)  # what a reader should know of how it is trained

    @property
    def task(self) -> Task:
        return self.table.task


def make_job(
    settings: Finetune,
    table: LabelledRows,
    reader: Reader,
    model: Model,
    family: str,
    more_texts: Sequence[Row] = (),
    more_targets: Sequence[Any] = (),
) -> Job:
    """A model with the head of the task, and the rows of training (the table's and `more`) and validation as sequences."""
    task, more = table.task, {"train": (list(more_texts), list(more_targets)), "validation": ([], [])}
    texts = {split: table.texts_of(split) + added for split, (added, _) in more.items()}
    targets = {split: table.targets_of(split) + added for split, (_, added) in more.items()}

    def rows(split: str) -> Rows:
        packed = task.pack(texts[split], reader, settings.max_length, settings.too_long)
        return task.make_rows(texts[split], targets[split], packed, reader, settings.seed)

    objective = task.make_objective(targets["train"], reader.class_weights(settings.class_weights))
    return Job(settings, table, reader, model, family, rows("train"), rows("validation"), objective)


def add_task_head(settings: Finetune, task: Task, model: Model, loaded: checkpoint.Loaded) -> None:
    """A new head for the task, which pools as the settings or the folder say."""
    pooling = loaded.pooling if settings.pooling == "auto" else settings.pooling
    usual = checkpoint.new_head(loaded, max(1, len(task.labels)), settings.dropout, pooling)
    usual = replace(usual, dense=False) if settings.defaults.plain_head else usual
    head = task.make_head(usual, model.config)
    config_heads.check_labels(task.outputs or None, head)  # before anything is trained
    model.add_head(task.head, head, seed=settings.seed)


def check_fits(name: str | None, task: Task, model: Model, family: str) -> None:
    """Refuse a model that is not made for the task."""
    both = model.encoder is not None
    fits = both if task.writes else not both or task.traits.pooled
    kinds = {one.kind for one in model.config.inputs}
    if not fits or not kinds <= set(task.traits.kinds):
        fix = (
            "use an encoder-decoder, like T5 or BART (pretrain --objective spans or denoise)"
            if task.writes
            else ("use an encoder, like BERT, or a decoder, like GPT-2")
        )
        raise InputError("WRONG_MODEL", name or "a new model", f"is a {family}, which is not made for {task.name}", fix)


def keep_head(model: Model, kept: str, seed: int) -> None:
    """The one head of a model that writes; drawn anew where it was left out."""
    for name in list(model.heads):
        if name != kept:
            model.drop_head(name)
    if kept not in model.heads:
        model.add_head(kept, presets.plain_words(), seed)


def ends_of(start: Path, loaded: checkpoint.Loaded, encoder: Encoder) -> dict[str, int]:
    """The tokens that begin and end what a decoder writes."""
    first, end = loaded.metadata.get("decoder_start_token_id"), loaded.metadata.get("eos_token_id", encoder.ids.sep)
    if not isinstance(first, int) or not isinstance(end, int):
        raise InputError(
            "NO_START",
            start,
            "does not say what its decoder begins and ends with",
            "name decoder_start_token_id and eos_token_id in its config.json",
        )
    return {"start": first, "end": end}


def model_facts(job: Job) -> dict[str, Any]:
    """What the manifest of a model folder says of its task, and of how its rows are to be read."""
    return {
        **{f"{one.kind}_columns": list(one.columns) for one in job.table.reader.readers},
        "label_column": job.settings.label_column,
        "max_length": job.settings.max_length,
        "too_long": job.settings.too_long,
        "labels": job.table.labels,
        "task": job.task.name,
        "facts": job.task.facts,
    }

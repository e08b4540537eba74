"""What is different when a model learns from rows of a table: the examples, the model, and the folder that is published."""

from __future__ import annotations

from itertools import islice

import numpy as np

from groundup.commands.finetune.from_nothing import FAMILY, model_from_nothing
from groundup.commands.pretrain.objectives import Job
from groundup.commands.pretrain.regimes import Regime
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.shared.publishing import ASKED, check_published
from groundup.config import identity_settings
from groundup.data import draws
from groundup.data.rows import Rows
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from groundup.families import checkpoint
from groundup.folders import new_folder
from groundup.kinds.reader import Row
from groundup.kinds.table.packed import CellChanges
from groundup.kinds.table.reader import TableReader
from groundup.machine import say
from groundup.nn.config import NumberHeadConfig
from groundup.nn.model import Model
from groundup.objectives.masked_cells import MaskedCells
from groundup.objectives.objective import Batch, make_inputs
from groundup.runs import RunFolder
from groundup.scope import refuse
from groundup.tasks.rows.reading import read_table

VALIDATION, FEWEST = 0.1, 20  # share of the rows that validate, and rows below which there is nothing to learn
NAMED_BY = 1000  # rows whose columns `*` stands for
HEAD = MaskedCells.name


def open_job(settings: Pretrain, regime: Regime) -> Job:
    """Read the rows, learn what their columns are from those that train, and say it."""
    if settings.model is not None:
        fix = "pretrain a new one on all rows"
        raise InputError("CANNOT_CONTINUE", "model", "columns are learned once, with the model", fix)
    rejects, reader = Rejects(), TableReader(settings.table_column, settings.table)
    kept = read_cells(settings, reader, rejects)
    held = draws.uniform(draws.key(settings.seed, "split"), np.arange(len(kept))) < VALIDATION
    train, validation = ([row for row, out in zip(kept, held, strict=True) if out == side] for side in (False, True))
    reader.learn(train)
    reader.changes = CellChanges()  # what is hidden is enough
    for line in (*rejects.notes(), *reader.notes):
        say(settings, f"    {line}")
    encoder = reader.encoder
    objective = MaskedCells(
        encoder.parts, encoder.answers, encoder.marks, encoder.numeric, settings.seed, settings.mask_rate or 0.3
    )
    packed = [Rows(reader.pack(part), None, settings.seed + i) for i, part in enumerate((train, validation or train[:1]))]
    return Job(settings, None, *packed, objective, regime, "cells", reader=reader)


def read_cells(settings: Pretrain, reader: TableReader, rejects: Rejects) -> list[Row]:
    """The rows that have a cell in the columns chosen. Rows without one are faulty, as those of fine-tuning are."""
    first = islice(read_rows([settings.data], settings.read, Rejects()), NAMED_BY)
    reader.choose_columns(list(dict.fromkeys(name for row in first for name in row.values)), settings.leave_out)
    rows = read_table([settings.data], reader, None, None, settings.read, rejects).texts
    refuse(settings, *rejects.cases())
    reader.expect(rejects.declared, settings.read.missing, settings.read.decimal)
    if len(rows) < FEWEST:
        raise InputError("EMPTY_DATA", settings.data, f"holds {len(rows)} rows with a cell in these columns", "give more rows")
    return list(rows)


def make_model(settings: Pretrain, job: Job) -> tuple[Model, str]:
    """A new backbone that reads the columns, with a head that tells a cell."""
    reader = job.reader
    assert reader is not None
    model = model_from_nothing(settings.preset, reader, settings.dropout or 0.0, settings.seed).model
    model.add_head(HEAD, NumberHeadConfig(outputs=reader.input.rows), settings.seed)
    return model.train(), FAMILY


def publish(run: RunFolder, model: Model, settings: Pretrain, job: Job) -> None:
    """The backbone with its columns; the head has done its work."""
    reader = job.reader
    assert reader is not None
    model.drop_head(HEAD)
    with new_folder(run.path / "model", kind="model", settings=identity_settings(settings), parents=[]) as folder:
        checkpoint.save(folder, model, FAMILY)
        reader.save(folder)
        told = f"- {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters\n- seed {settings.seed}"
        names = ", ".join(reader.columns)
        folder.write_text("README.md", f"# Encoder of rows\n\nPretrained with groundup on hidden cells of {names}.\n\n{told}\n")
        flat = job.validation.batch(np.arange(min(ASKED, job.validation.size)))
        check_published(folder.path, run.path / "model", model, [Batch(*make_inputs(flat), {}, {})], {}, {})

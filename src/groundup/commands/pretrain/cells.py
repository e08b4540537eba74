"""The objective of pretraining on rows of a table: their hidden cells."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from groundup.commands.finetune.from_nothing import FAMILY, model_from_nothing
from groundup.commands.pretrain.job import Job, Pretraining, model_size
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.traits import Regime
from groundup.data import draws
from groundup.data.rows import Rows
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.data.sources.texts.parallel import files_of_source
from groundup.errors import InputError, printable
from groundup.kinds.reader import Row
from groundup.kinds.table.packed import CellChanges
from groundup.kinds.table.reader import TableReader
from groundup.manifest import fingerprint_files
from groundup.nn.config import NumberHeadConfig
from groundup.nn.inputs import Cells
from groundup.nn.model import Model
from groundup.objectives.masked_cells import MaskedCells
from groundup.scope import refuse
from groundup.tasks.rows.reading import read_table
from groundup.terminal.log import say

VALIDATION, FEWEST = 0.1, 20  # share of the rows that validate, and rows below which there is nothing to learn
NAMED_BY = 1000  # rows whose columns `*` stands for
HEAD = MaskedCells.name


class HiddenCells(Pretraining):
    """Hidden cells of rows of a table, from the others of their row."""

    name = "cells"
    watched = ("masked_accuracy",)

    def open(self, settings: Pretrain, regime: Regime) -> Job:
        """Read the rows, learn what their columns are from those that train, and say it."""
        if settings.model is not None:
            fix = "pretrain a new one on all rows"
            raise InputError("CANNOT_CONTINUE", "model", "columns are learned once, with the model", fix)
        rejects, reader = Rejects(), TableReader(settings.table_column, settings.table)
        rows, places = read_cells(settings, reader, rejects)
        validates = draws.uniform(draws.key(settings.seed, "split"), np.arange(len(rows))) < VALIDATION
        train, validation = ([row for row, out in zip(rows, validates, strict=True) if out == side] for side in (False, True))
        reader.learn(train, [place for place, out in zip(places, validates, strict=True) if not out])
        reader.changes = CellChanges()  # what is hidden is enough
        for line in (*rejects.notes(), *reader.notes):
            say(f"    {line}")
        encoder, rate = reader.encoder, settings.mask_rate or 0.3
        objective = MaskedCells(encoder.parts, encoder.answers, encoder.marks, encoder.numeric, settings.seed, rate)
        first, second = (
            Rows(reader.pack(part), None, settings.seed + i) for i, part in enumerate((train, validation or train[:1]))
        )
        return Job(settings, self, reader, first, second, objective, regime)

    def fingerprint(self, settings: Pretrain) -> str:
        return fingerprint_files(files_of_source(settings.data, ()))

    def parents(self, settings: Pretrain) -> list[Path]:
        """None: a table is no folder of ours."""
        return []

    def make_model(self, settings: Pretrain, job: Job) -> tuple[Model, str]:
        """A new backbone that reads the columns, with a head that tells a cell."""
        (cells,) = job.reader.inputs
        assert isinstance(cells, Cells)
        model = model_from_nothing(settings.preset, job.reader, settings.dropout or 0.0, settings.seed).model
        model.add_head(HEAD, NumberHeadConfig(outputs=cells.rows), settings.seed)
        return model.train(), FAMILY

    def to_publish(self, model: Model) -> Model:
        """The backbone; the head has done its work."""
        model.drop_head(HEAD)
        return model

    def card(self, model: Model, job: Job) -> str:
        title = f"# Encoder of rows\n\nPretrained with groundup on hidden cells of {', '.join(job.reader.columns)}.\n\n"
        return f"{title}- {model_size(model)}\n- seed {job.settings.seed}\n"


def read_cells(settings: Pretrain, reader: TableReader, rejects: Rejects) -> tuple[list[Row], list[str]]:
    """The rows that have a cell in the columns chosen, and where they stand. Rows without one are faulty, as those of
    fine-tuning are."""
    first = islice(read_rows([settings.data], settings.read, Rejects()), NAMED_BY)
    names = list(dict.fromkeys(name for row in first for name in row.values))
    for name in settings.leave_out:
        if name not in names:
            what = f"'{printable(name, 60)}' is no column of {settings.data}"
            raise InputError("NO_COLUMN", "leave_out", what, f"leave out one of {', '.join(names[:20])}")
    reader.choose_columns(names, settings.leave_out)
    table = read_table([settings.data], reader, None, None, settings.read, rejects)
    refuse(settings, *rejects.cases())
    reader.expect(rejects.declared, settings.read.missing, settings.read.decimal)
    if len(table.texts) < FEWEST:
        rows = "1 row" if len(table.texts) == 1 else f"{len(table.texts)} rows"
        what = f"holds {rows} with a cell in these columns"
        raise InputError("EMPTY_DATA", settings.data, what, "give more rows", limit=f"{FEWEST}")
    return list(table.texts), table.places

"""Rows that `groundup prepare` stored, as the table that a run learns from: their classes, and the splits of the folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from groundup.data.sources.records import Rejects
from groundup.data.splits.split import SPLITS
from groundup.errors import InputError
from groundup.kinds.reader import Reader
from groundup.kinds.store import Store
from groundup.tasks.known import make_task
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.rows.preflight import preflight
from groundup.tasks.rows.splitting import Draw, fewer, learn


def table_of_store(folder: str, store: Store, reader: Reader, draw: Draw) -> LabelledRows:
    """The rows of the folder, with what the task learns of those that train."""
    empty = [split for split in SPLITS if not store.splits[split]]
    if empty:
        what = f"has no {reader.kind} in its {' and '.join(empty)} split"
        raise InputError("EMPTY_SPLIT", folder, what, "prepare it again with --split.validation 0.1 --split.test 0.1")
    rows = [(row, number) for number, split in enumerate(SPLITS) for row in store.splits[split]]
    table = LabelledRows(
        reader,
        [reader.stored_row(store, row) for row, _ in rows],
        [row.label for row, _ in rows],
        np.array([number for _, number in rows], dtype=np.int8),
        make_task(draw.task),
    )
    if draw.train_rows is not None:
        fewer(table, draw.train_rows, draw.seed)
    learn(table, folder)
    rejects = Rejects()
    for note in reader.notes:
        rejects.inform(note)
    table.preflight = preflight(table, rejects, {split: store.leaks(split).to_dict() for split in ("validation", "test")})
    return table


def open_store(folder: Path, reader: Reader) -> Store:
    """A prepared folder whose rows the reader takes; its rows are known by name afterwards, as a run keeps them."""
    store = Store(folder)
    reader.use_store(store)
    return store

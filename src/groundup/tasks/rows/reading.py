"""Tables read into labelled rows: the texts of each row, and its target as the task has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from groundup.data.settings import LabelSettings, ReadSettings
from groundup.data.sources.records import Rejects
from groundup.kinds.reader import Reader
from groundup.tasks.classification import Classification
from groundup.tasks.rows.cells import Cells, cells_of, read_numbers, refuse_empty, refuse_mixed
from groundup.tasks.rows.label_fit import fit_labels
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.task import Task


def read_table(
    sources: list[str],
    reader: Reader,
    label: str | Sequence[str] | None,
    group: str | None,
    read: ReadSettings,
    rejects: Rejects,
    others: tuple[str, ...] = (),
    task: Task | None = None,
    settings: LabelSettings | None = None,
) -> LabelledRows:
    """The rows of tables with the reader's columns. A row without text or label is rejected with its place.

    How the label column is written is settled from all rows, before one is read (`Task.infer_label_format`); `label` may name
    several columns that make up one. Of a task that is trained already, the labels must be those that it knows.
    """
    task = task or Classification()
    labels = [label] if isinstance(label, str) else list(label or ())
    settings = settings or LabelSettings()
    rows = list(cells_of(sources, reader, labels, group, read, rejects, others, task, settings.impossible))
    if labels:
        read_numbers(rows, f"column '{', '.join(labels)}'", task, reader, read, rejects)
        task.infer_label_format([row.target for row in rows], labels, settings, rejects.inform)
    all_cells: list[Cells] = []
    targets: list[Any] = []
    for row in rows:
        try:
            targets.append(task.read_target(row.target, row.texts, row.raw) if labels else None)
            all_cells.append(row)
        except ValueError as error:
            rejects.withdraw(row.place, "NO_LABEL", f"{', '.join(labels)} {error}", row.number)
    if labels and isinstance(task, Classification):
        refuse_mixed(all_cells, labels[0])
    if not all_cells:
        refuse_empty(sources, rejects)
    rejects.check(read.max_rejects)
    if labels and task.labels:
        fit_labels(task.label_counts(targets), task.labels, f"column '{', '.join(labels)}'", rejects)
    return LabelledRows(
        reader,
        [row.texts for row in all_cells],
        targets,
        np.zeros(len(all_cells), dtype=np.int8),
        task,
        [row.group for row in all_cells],
        [row.place for row in all_cells],
        [row.split for row in all_cells],
        {name: [row.others[i] for row in all_cells] for i, name in enumerate(others)},
    )

"""The tables of several tasks: read and split as for fine-tuning; a text that two of them have is in one split, one fold."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from groundup.commands.multitask.settings import Multitask, TaskSettings
from groundup.data.sources.records import Rejects
from groundup.data.splits.folds import deal
from groundup.data.splits.split import LEFT_OUT, SPLITS, TEST, VALIDATION, given_splits
from groundup.errors import InputError
from groundup.folders import make_parents
from groundup.kinds.reader import Reader
from groundup.tasks.rows.labelled_rows import LabelledRows, keep, stored_table
from groundup.tasks.rows.preflight import preflight
from groundup.tasks.rows.splitting import Draw, learn, split_table


def open_tables(settings: Multitask, reader: Reader) -> dict[str, LabelledRows]:
    """The tables that a run keeps, or those that it will."""
    data = Path(settings.out) / "data"
    if all((data / name).is_dir() for name in settings.tasks):
        tables = {name: stored_table(data / name, reader.with_columns(())) for name in settings.tasks}
    else:
        tables = make_tables(settings, reader)
    for name, table in tables.items():
        table.task.head = name
    return tables


def keep_tables(tables: dict[str, LabelledRows], folder: Path) -> None:
    """One data folder a task."""
    make_parents(folder)
    for name, table in tables.items():
        keep(table, folder / name)


def make_tables(settings: Multitask, reader: Reader) -> dict[str, LabelledRows]:
    """Read, split, let no text stand in different splits of two tables, learn what the tasks must know, and check."""
    rejects = {name: Rejects() for name in settings.tasks}
    tables = {
        name: split_table(one, draw_of(settings, one), rejects[name], reader.with_columns(one.text_column))
        for name, one in settings.tasks.items()
    }
    moved = unite(list(tables.values()), [fixed_splits(settings, name, table) for name, table in tables.items()])
    for (name, table), count in zip(tables.items(), moved, strict=True):
        learn(table, settings.tasks[name].data)
        table.preflight = preflight(table, rejects[name]) | {"shared_with_other_tasks": count}
    return tables


def draw_of(settings: Multitask, one: TaskSettings) -> Draw:
    return Draw(one.task, settings.seed, one.train_rows)


def fixed_splits(settings: Multitask, name: str, table: LabelledRows) -> set[int]:
    """Splits that files tell; the others were drawn."""
    one, given = settings.tasks[name], set(given_splits(table.given))
    is_given = {VALIDATION: one.validation is not None or "validation" in given, TEST: one.test is not None or "test" in given}
    return {split for split, known in is_given.items() if known}


def unite(tables: list[LabelledRows], fixed: list[set[int]]) -> list[int]:
    """Bring the rows whose texts repeat each other in two tables into one split: the one that a file tells (test before
    validation), else that of the first table. Where a file tells another, the row is left out. Returns how many rows of each
    table were moved or left out."""
    moved = [0] * len(tables)
    if len(tables) == 1:
        return moved
    owner = np.repeat(np.arange(len(tables)), [len(table.texts) for table in tables])
    place = np.concatenate([np.arange(len(table.texts)) for table in tables])
    clusters = tables[0].reader.clusters([row for table in tables for row in table.texts])
    order = np.argsort(clusters, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(clusters[order])) + 1):
        if len(set(owner[rows].tolist())) < 2:
            continue
        marks = [(int(owner[i]), int(place[i]), int(tables[owner[i]].splits[place[i]])) for i in rows]
        known = [split for table, _, split in marks if split in fixed[table]]
        drawn = [split for _, _, split in marks if split != LEFT_OUT]
        chosen_split = (TEST if TEST in known else VALIDATION) if known else drawn[0] if drawn else LEFT_OUT
        for table, row, split in marks:
            if split in (LEFT_OUT, chosen_split):
                continue
            free = split not in fixed[table] and chosen_split not in fixed[table]
            tables[table].splits[row] = chosen_split if free else LEFT_OUT
            moved[table] += 1
    return moved


def make_folds(tables: dict[str, LabelledRows], folds: int, seed: int) -> dict[str, np.ndarray]:
    """The fold of each training row of each task. A text that occurs twice, in one table or in two, is in one fold."""
    rows = [row for table in tables.values() for row in table.texts_of("train")]
    reader = next(iter(tables.values())).reader
    kinds = [(name, table.task.stratum(target)) for name, table in tables.items() for target in table.targets_of("train")]
    dealt = deal(reader.clusters(rows), kinds, folds, seed)
    ends = np.cumsum([table.count("train") for table in tables.values()])
    fold_of = dict(zip(tables, np.split(dealt, ends[:-1]), strict=True))
    for name, own in fold_of.items():
        if min(np.bincount(own, minlength=folds)) == 0:
            raise InputError(
                "TOO_FEW_ROWS",
                f"tasks.{name}",
                f"{len(own)} training rows do not fill {folds} folds",
                "give more rows, or pass fewer --search.folds, or --weights uniform",
            )
    return fold_of


def preflight_told(tables: dict[str, LabelledRows]) -> list[str]:
    """Rows of each task, how they were read, and how many were moved or left out because another task has their text."""
    lines = []
    for name, table in tables.items():
        counts = ", ".join(f"{table.count(split):,} {split}" for split in SPLITS)
        shared = table.preflight.get("shared_with_other_tasks", 0)
        also = f"; {shared:,} rows follow the split of another task that has their text" if shared else ""
        lines.append(f"{name} ({table.task.name}): {counts}{also}")
        lines += [f"    {note}" for note in table.preflight.get("reading", ())]
    return lines

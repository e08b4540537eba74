"""The tables of several tasks: read and split as for fine-tuning; a text that two of them have is in one split, one fold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from groundup.commands.multitask.readers import learn_together, other_labels
from groundup.commands.multitask.settings import Multitask, TaskSettings
from groundup.data.sources.records import Rejects
from groundup.data.splits.folds import deal
from groundup.data.splits.split import LEFT_OUT, SPLITS, TEST, VALIDATION, given_splits, link_equal, merge
from groundup.errors import InputError
from groundup.folders import make_parents
from groundup.kinds.reader import Reader, Row
from groundup.messages.current import message
from groundup.tasks.rows.labelled_rows import LabelledRows, declared_of, keep, stored_table
from groundup.tasks.rows.preflight import preflight
from groundup.tasks.rows.splitting import (
    Draw,
    choose_columns,
    declared_columns,
    learn,
    split_table,
    suspected_columns,
    unknown_cells,
)


def open_tables(settings: Multitask, reader: Reader) -> dict[str, LabelledRows]:
    """The tables that a run keeps, or those that it will; the reader of all learns from them."""
    data = Path(settings.out) / "data"
    if all((data / name).is_dir() for name in settings.tasks):
        tables = {name: stored_table(data / name, reader.part(one.columns_by_kind)) for name, one in settings.tasks.items()}
        declared = {name: one for table in tables.values() for name, one in declared_of(table.preflight).items()}
        learn_together(settings, reader, tables, declared)
    else:
        tables = make_tables(settings, reader)
    for name, table in tables.items():
        table.task.head = name
    return tables


def keep_tables(settings: Multitask, tables: dict[str, LabelledRows], folder: Path) -> None:
    """One data folder a task; rows of one file with their places, by which they are told to be the same."""
    make_parents(folder)
    sources = [one.data for one in settings.tasks.values()]
    for name, table in tables.items():
        keep(table, folder / name, with_places=sources.count(settings.tasks[name].data) > 1)


def make_tables(settings: Multitask, reader: Reader) -> dict[str, LabelledRows]:
    """Read, split, let no row stand in different splits of two tables, learn what reader and tasks must know, and check."""
    rejects = {name: Rejects() for name in settings.tasks}
    tables = {name: read_task(settings, one, reader, rejects[name]) for name, one in settings.tasks.items()}
    sources = [one.data for one in settings.tasks.values()]
    moved = unite(list(tables.values()), [fixed_splits(settings, name, table) for name, table in tables.items()], sources)
    declared = {name: column for one in rejects.values() for name, column in one.declared.items()}
    learn_together(settings, reader, tables, declared)
    for (name, table), count in zip(tables.items(), moved, strict=True):
        learn(table, settings.tasks[name].data)
        for note in (*unknown_cells(table), *suspected_columns(table)):
            rejects[name].inform(note)
        table.preflight = preflight(table, rejects[name]) | declared_columns(rejects[name])
        table.preflight |= {"shared_with_other_tasks": count}
    return tables


def read_task(settings: Multitask, one: TaskSettings, reader: Reader, rejects: Rejects) -> LabelledRows:
    """The rows of a task, split."""
    own, others = reader.part(one.columns_by_kind), other_labels(settings, one)
    if own.chooses and others:
        rejects.inform(message("label of another task", names=", ".join(others)))
    choose_columns(one, own, others)
    return split_table(one, draw_of(settings, one), rejects, own)


def draw_of(settings: Multitask, one: TaskSettings) -> Draw:
    return Draw(one.task, settings.seed, one.train_rows)


def fixed_splits(settings: Multitask, name: str, table: LabelledRows) -> set[int]:
    """Splits that files tell; the others were drawn."""
    one, table_splits = settings.tasks[name], set(given_splits(table.given))
    is_given = {
        VALIDATION: one.validation is not None or "validation" in table_splits,
        TEST: one.test is not None or "test" in table_splits,
    }
    return {split for split, known in is_given.items() if known}


def unite(tables: list[LabelledRows], fixed: list[set[int]], sources: Sequence[str]) -> list[int]:
    """Bring the rows that are the same example in two tables into one split: the one that a file tells (test before
    validation), else that of the first table. Where a file tells another, the row is left out. Returns how many rows of each
    table were moved or left out."""
    moved = [0] * len(tables)
    if len(tables) == 1:
        return moved
    owner = np.repeat(np.arange(len(tables)), [len(table.texts) for table in tables])
    place = np.concatenate([np.arange(len(table.texts)) for table in tables])
    clusters = clusters_of(tables, [np.arange(len(table.texts)) for table in tables], sources)
    order = np.argsort(clusters, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(clusters[order])) + 1):
        if len(set(owner[rows].tolist())) < 2:
            continue
        marks = [(int(owner[i]), int(place[i]), int(tables[owner[i]].splits[place[i]])) for i in rows]
        known = [split for table, _, split in marks if split in fixed[table]]
        splits_present = [split for _, _, split in marks if split != LEFT_OUT]
        chosen_split = (TEST if TEST in known else VALIDATION) if known else splits_present[0] if splits_present else LEFT_OUT
        for table, row, split in marks:
            if split in (LEFT_OUT, chosen_split):
                continue
            free = split not in fixed[table] and chosen_split not in fixed[table]
            tables[table].splits[row] = chosen_split if free else LEFT_OUT
            moved[table] += 1
    return moved


def clusters_of(tables: Sequence[LabelledRows], chosen: Sequence[np.ndarray], sources: Sequence[str]) -> np.ndarray:
    """[rows] number of the cluster of these rows of all tables: those that a kind takes for the same example, and those that
    stand in the same place of one source."""
    of_kind: dict[str, tuple[Reader, list[int], list[Row]]] = {}
    start, places = 0, list[tuple[int, tuple[str, str]]]()
    for table, numbers, source in zip(tables, chosen, sources, strict=True):
        for own, rows in zip(table.reader.readers, table.reader.split([table.texts[i] for i in numbers]), strict=True):
            _, at, rows_present = of_kind.setdefault(own.kind, (own, [], []))
            at += [start + i for i, row in enumerate(rows) if row is not None]
            rows_present += [row for row in rows if row is not None]
        if sources.count(source) > 1:
            places += [(start + i, (source, table.places[row])) for i, row in enumerate(numbers.tolist())]
        start += len(numbers)
    if len(of_kind) == 1 and not places:
        ((own, _, rows_present),) = of_kind.values()
        return own.clusters(rows_present)
    links: list[list[int]] = [[] for _ in range(start)]
    for own, at, rows_present in of_kind.values():
        link_equal(links, at, own.clusters(rows_present).tolist())
    link_equal(links, [row for row, _ in places], [place for _, place in places])
    return merge(links, start)


def make_folds(tables: dict[str, LabelledRows], folds: int, seed: int, sources: Sequence[str]) -> dict[str, np.ndarray]:
    """The fold of each training row of each task. A text that occurs twice, in one table or in two, is in one fold."""
    clusters = clusters_of(list(tables.values()), [table.rows("train") for table in tables.values()], sources)
    kinds = [(name, table.task.stratum(target)) for name, table in tables.items() for target in table.targets_of("train")]
    dealt = deal(clusters, kinds, folds, seed)
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
        counts = [message("count of split", count=table.count(split), split=message(f"split {split}")) for split in SPLITS]
        shared, task = table.preflight.get("shared_with_other_tasks", 0), message(f"task {table.task.name}")
        clauses = [message("rows of task", name=name, task=task, counts=message("comma").join(counts))]
        clauses += [message("rows follow another", count=shared)] if shared else []
        lines.append(message("semicolon").join(clauses))
        lines += [f"    {note}" for note in table.preflight.get("reading", ())]
    return lines

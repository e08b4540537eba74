"""Labelled rows split: training, validation and test, drawn or given, and what the task learns from the training rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from groundup.data import draws
from groundup.data.settings import SplitSettings, TableSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.data.splits.split import (
    CONTAINMENT,
    LEFT_OUT,
    SPLITS,
    TEST,
    TRAIN,
    VALIDATION,
    column_of,
    given_splits,
    split_by_containment,
    split_rows,
    ungrouped,
)
from groundup.errors import InputError
from groundup.kinds.features import PlainNumbers
from groundup.kinds.reader import Reader, Row
from groundup.messages.current import message
from groundup.messages.translate import plural
from groundup.scope import refuse, settings_given
from groundup.tasks.baselines.tabular import tables_of
from groundup.tasks.classification import Classification
from groundup.tasks.known import make_task
from groundup.tasks.leaking_columns import leaking_columns
from groundup.tasks.rows.label_column import in_order
from groundup.tasks.rows.label_fit import unmet
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.rows.preflight import preflight
from groundup.tasks.rows.reading import read_table

FEW_GROUPS = 10  # of rows that stay together, which can leave a split empty however many rows there are


class Draw(NamedTuple):
    """What a table is read for, and what is drawn of it."""

    task: str
    seed: int
    train_rows: int | None = None  # of more, so many are drawn


def make_table(settings: TableSettings, draw: Draw, reader: Reader) -> LabelledRows:
    """Read, split, learn what the task must know of the training rows, and check."""
    rejects = Rejects()
    choose_columns(settings, reader)
    table = split_table(settings, draw, rejects, reader)
    learn_reader(table, settings, rejects)
    learn(table, settings.data)
    for note in suspected_columns(table):
        rejects.inform(note)
    table.preflight = preflight(table, rejects) | declared_columns(rejects)
    return table


def declared_columns(rejects: Rejects) -> dict[str, dict]:
    """What files declared of columns, where they did, for a resumed run (`declared_of`)."""
    declared = {name: [one.kind, *one.values] for name, one in rejects.declared.items()}
    return {"declared": declared} if declared else {}


def learn_reader(table: LabelledRows, settings: TableSettings, rejects: Rejects) -> None:
    """Let the reader learn from the training rows, and tell what it notes of them and of the rows to judge on."""
    reader = table.reader
    reader.expect(rejects.declared, settings.read.missing, settings.read.decimal)
    reader.learn(table.texts_of("train"), places_of(table, "train"))
    for note in [*reader.notes, *unknown_cells(table)]:
        rejects.inform(note)


def choose_columns(settings: TableSettings, reader: Reader, others: Collection[str] = ()) -> None:
    """Settle which columns are read, where a pattern says it: none that has another part, and none of `others`."""
    used_columns = {*settings.label.columns, settings.label_column, settings.label.impossible, settings.split.time_column}
    columns = (*others, *settings.named_columns, settings.split.group_by)
    known = tuple(name for name in used_columns if name is not None)
    row = next(read_rows([settings.data], settings.read, Rejects(), known), None) if reader.chooses else None
    reader.choose_columns(
        [] if row is None else list(row.values), {name for name in (*used_columns, *columns) if name is not None}
    )


def unknown_cells(table: LabelledRows) -> list[str]:
    """What of the rows to judge on training never saw, a line a column and split."""
    splits = ("validation", "test")
    complaints = {split: table.reader.complaints(table.texts_of(split), places_of(table, split)) for split in splits}
    return [
        message("in split", note=line, split=message(f"split {split}")) for split, lines in complaints.items() for line in lines
    ]


def places_of(table: LabelledRows, split: str) -> list[str]:
    """Where the rows of a split stand in their files; nothing for rows in memory."""
    return [table.places[row] for row in table.rows(split)] if table.places else []


def suspected_columns(table: LabelledRows) -> list[str]:
    """Columns that give the label away, a line each, where rows are of classes and have columns."""
    task, lines = table.task, []
    if not isinstance(task, Classification):
        return []
    targets = task.numbers(table.targets_of("train"))
    for one, cells in zip(table.reader.readers, table.reader.split(table.texts_of("train")), strict=True):
        rows = [row for row in cells if row is not None]
        features = one.features(rows) if rows else None
        if not isinstance(features, PlainNumbers):
            continue
        there = np.array([row is not None for row in cells], dtype=bool)
        (features_table,) = tables_of(features, rows)
        found = leaking_columns(features_table, features.origins(), targets[there], len(task.labels))
        lines += [suspect.line() for suspect in found]
    return lines


def learn(table: LabelledRows, data: str) -> None:
    """What the task must know of the training rows; refuses what cannot be trained or judged."""
    if table.count("train"):
        table.task.learn(table.texts_of("train"), table.targets_of("train"), table.reader)
    for split in SPLITS:
        if table.count(split) == 0:
            raise InputError(
                "EMPTY_SPLIT",
                data,
                f"{rows_and_groups(table)} leave the {split} split empty",
                "give more rows, other shares, or --validation and --test files",
            )
    check_labels(table)


def rows_and_groups(table: LabelledRows) -> str:
    """How many rows there are, and in how many groups, where these are few."""
    group_of_row = table.groups or [None] * len(table.texts)
    count = len(np.unique(table.reader.clusters(table.texts[: len(group_of_row)], group_of_row)))
    rows = plural(len(table.texts), "row")
    if count >= min(FEW_GROUPS, len(table.texts)):
        return rows
    groups = "1 group, which stays together," if count == 1 else f"{count} groups, each of which stays together,"
    return f"{rows} in {groups}"


def split_table(
    settings: TableSettings, draw: Draw, rejects: Rejects, reader: Reader, reading: Mapping[str, Any] | None = None
) -> LabelledRows:
    """Read and split, without judging what came of it. `reading` is how a model's own label column was written."""
    task = make_task(draw.task, reading)
    label = settings.label.columns or settings.label_column

    def read(source: str, group: str | None = None) -> LabelledRows:
        return read_table([source], reader, label, group, settings.read, rejects, task=task, settings=settings.label)

    table = read(settings.data, column_of(settings.split))
    for name in sorted({"validation", "test"}.intersection(given_splits(table.given))):
        if f"split.{name}" in settings_given(settings):
            rejects.inform(message("split of the source", name=name, split=message(f"split {name}")))
    table.splits = draw_splits(table, settings, draw.seed, rejects)
    for name, source in ((VALIDATION, settings.validation), (TEST, settings.test)):
        if source is not None:
            other = read(source)
            table.texts += other.texts
            table.targets += other.targets
            table.places += other.places
            table.splits = np.concatenate([table.splits, np.full(len(other.texts), name, dtype=np.int8)])
    unmet(task, settings.label, rejects)
    refuse(settings, *rejects.cases())
    leave_out(table)
    if draw.train_rows is not None:
        fewer(table, draw.train_rows, draw.seed)
    return table


def draw_splits(table: LabelledRows, settings: TableSettings, seed: int, rejects: Rejects) -> np.ndarray:
    """[rows] the split of each row. What the source comes in (train.csv beside test.csv) stays as it is, what it lacks is drawn
    from its training rows; a split that a file of its own replaces is left out."""
    files = {"validation": settings.validation, "test": settings.test}
    splits_in_file = given_splits(table.given)
    missing = [name for name, file in files.items() if file is None and name not in splits_in_file]
    shares = {name: getattr(settings.split, name) if name in missing else 0.0 for name in files}
    splits = np.array([LEFT_OUT if files.get(name) else SPLITS.index(name) for name in splits_in_file], dtype=np.int8)
    rows = np.flatnonzero(splits == TRAIN)
    timed, groups = settings.split.time_column is not None, [table.groups[i] for i in rows]
    if settings.split.group_by not in (None, CONTAINMENT):
        for note in ungrouped(groups, settings.split.group_by):
            rejects.inform(note)
    splits[rows] = split_of_rows(
        table.reader,
        [table.texts[i] for i in rows],
        [table.task.stratum(table.targets[i]) for i in rows],
        replace(settings.split, **shares),
        seed,
        None if timed else groups,
        groups if timed else None,
        lambda row: table.places[rows[row]],
    )
    return splits


def split_of_rows(
    reader: Reader,
    rows: Sequence[Row],
    labels: Sequence[str | None],
    settings: SplitSettings,
    seed: int,
    groups: Sequence[str | None] | None = None,
    times: Sequence[str | None] | None = None,
    place_of: Callable[[int], str] = lambda row: f"row {row + 1:,}",
) -> np.ndarray:
    """[rows] the split of each: rows that the reader takes for the same example are never parted."""
    if settings.group_by == CONTAINMENT:
        return split_by_containment(
            reader.holders(rows), lambda whole: reader.clusters([rows[i] for i in whole]), labels, settings, seed
        )
    return split_rows(reader.clusters(rows, groups), labels, settings, seed, times, place_of)


def leave_out(table: LabelledRows) -> None:
    """Leave out training rows that the task says are better not trained on; rows to judge on stay as they are."""
    rows = table.rows("train")
    for reason, unfit in table.task.unfit_rows(table.texts_of("train"), table.targets_of("train")).items():
        table.left_out[reason] = int(unfit.sum())
        table.splits[rows[unfit]] = LEFT_OUT


def fewer(table: LabelledRows, count: int, seed: int) -> None:
    """Leave training rows out until `count` are left; the shares of the labels stay."""
    rows = table.rows("train")
    if count >= len(rows):
        return
    draw = draws.uniform(draws.key(seed, "train rows"), rows)
    place = np.empty(len(rows))
    kinds = [table.task.stratum(table.targets[i]) for i in rows]
    for name in sorted(set(kinds)):
        of_name = np.array([n for n, kind in enumerate(kinds) if kind == name])
        place[of_name[np.argsort(draw[of_name])]] = (np.arange(len(of_name)) + 0.5) / len(of_name)
    table.splits[rows[np.argsort(place, kind="stable")[count:]]] = LEFT_OUT


def check_labels(table: LabelledRows) -> None:
    """Refuse splits that cannot be evaluated: none of their labels was trained."""
    for split in ("validation", "test"):
        labels = set(table.task.label_counts(table.targets_of(split)))
        if labels and table.labels and labels.isdisjoint(table.labels):
            what = (
                f"has no label that a training row has, but {in_order(labels)[:5]}; "
                f"training rows have {', '.join(table.labels[:5])}"
            )
            raise InputError(
                "NO_LABELS",
                f"split '{split}'",
                what,
                f"give labelled rows with --{split}, leave the file out with --read.include, or name what is one "
                "label: --label.rename old=new",
            )

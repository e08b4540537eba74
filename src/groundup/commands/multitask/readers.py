"""What reads the rows of several tasks: one reader of all columns, of which each task has its part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from groundup.commands.finetune.readers import DROP_KINDS
from groundup.commands.multitask.settings import Multitask, TaskSettings
from groundup.data.sources.records import Declared
from groundup.families import checkpoint
from groundup.kinds.known import reader_for
from groundup.kinds.reader import Reader, Row
from groundup.scope import refuse
from groundup.tasks.rows.labelled_rows import LabelledRows


def open_reader(settings: Multitask, start: Path | None) -> Reader:
    """What reads the columns of all tasks, as the model that is to learn from them reads such columns."""
    config = None if start is None else checkpoint.read_shape(start)
    refuse(settings, *(f"{one.kind} is known" for one in (config.inputs if config else ())))
    reader = reader_for(settings.columns_by_kind, start, config, settings)
    drop = DROP_KINDS if settings.drop_kinds is None else settings.drop_kinds
    reader.begin(settings.seed, drop_kinds=drop if len(reader.readers) > 1 else 0.0)
    return reader


def learn_together(
    settings: Multitask, reader: Reader, tables: Mapping[str, LabelledRows], declared: Mapping[str, Declared]
) -> None:
    """Let the reader learn from the training rows of all tables, and give each its part of it. Columns of one name are one."""
    read = [one.read for one in settings.tasks.values()]
    decimals = {one.decimal for one in read}
    missing = tuple(dict.fromkeys(word for one in read for word in one.missing))
    reader.expect(declared, missing, decimals.pop() if len(decimals) == 1 else "auto")
    for one in reader.readers:
        before = len(one.notes)
        one.learn_together([(own.columns, rows) for own, rows in rows_of_kind(one.kind, tables)])
        if one is not reader:
            reader.notes += one.notes[before:]
    for table in tables.values():
        table.reader = reader.part({own.kind: own.columns for own in table.reader.readers})


def rows_of_kind(kind: str, tables: Mapping[str, LabelledRows]) -> list[tuple[Reader, list[Row]]]:
    """What the training rows of each table have of a kind, with what reads it there."""
    rows_by_reader = []
    for table in tables.values():
        for own, rows in zip(table.reader.readers, table.reader.split(table.texts_of("train")), strict=True):
            if own.kind == kind:
                rows_by_reader.append((own, [row for row in rows if row is not None]))
    return rows_by_reader


def other_labels(settings: Multitask, one: TaskSettings) -> list[str]:
    """Columns of a task's table that are labels of other tasks, which `*` does not read."""
    others = [other for other in settings.tasks.values() if other is not one and other.data == one.data]
    return [name for other in others for name in (other.label.columns or (other.label_column,))]

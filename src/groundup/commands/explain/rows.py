"""Rows of a file as texts to explain, with what is known of them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from groundup.commands.explain.settings import Explain
from groundup.commands.predict.story import columns_of
from groundup.commands.shared.answers import input_rows
from groundup.data import draws
from groundup.data.sources.records import Rejects, Row
from groundup.data.sources.tables.missing_column import no_column
from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor
from groundup.explain.subject import reads_words
from groundup.kinds.reader import FileRow
from groundup.messages.current import message
from groundup.scope import refuse
from groundup.tasks.rows.cells import Homes, row_fault
from groundup.tasks.rows.label_column import is_missing
from groundup.tasks.rows.label_fit import fit_labels
from groundup.terminal.log import say


class Unread(ValueError):
    """What is wrong with a row, in words."""


def rows_given(settings: Explain, predictor: Predictor) -> Iterator[Row | FileRow]:
    """The rows of a table or a text file, or those that are files (images), the faulty ones too."""
    reader, path = predictor.reader, str(settings.input)
    sources = reader.sources_of(path)
    if sources is None:
        columns = [*(settings.text_column or predictor.columns), *([settings.label_column] if settings.label_column else [])]
        yield from input_rows(path, settings.read, columns, say)
        return
    refuse(settings, "files")
    yield from reader.file_rows(sources, replace(settings.read, max_rejects=sys.maxsize), Rejects())


def texts_of(row: Row | FileRow, settings: Explain, predictor: Predictor, homes: Homes) -> tuple[Any, ...]:
    """The texts of a row, or its cells as the reader has them."""
    if isinstance(row, FileRow):
        if row.cells is None:
            raise Unread(row.fault)
        return row.cells
    if row.fault is not None:
        raise Unread(row.fault)
    columns = columns_of(row, settings.text_column, predictor)
    cells = [row.values.get(name) for name in columns]
    if predictor.task is not None:
        try:
            texts = predictor.task.read_inputs(cells, predictor.reader, homes[row.file])
        except ValueError as error:
            raise Unread(row_fault(error, predictor.reader.with_columns(columns))[1]) from None
    else:
        texts = tuple(cell for cell in cells if isinstance(cell, str) and cell.strip())
    if not texts or len(texts) < len(cells):
        raise Unread(row_fault(None, predictor.reader.with_columns(columns))[1])
    return texts


class Readable(NamedTuple):
    """A row that can be explained, and its true label where there is one."""

    texts: tuple[Any, ...]
    label: str | None


def readable(settings: Explain, predictor: Predictor) -> tuple[list[Readable], int]:
    """The rows of the input that have a text, and how many have none."""
    readable_rows, faults, homes = [], 0, Homes([str(settings.input)])
    column = settings.label_column or predictor.facts.get("label_column")
    for row in rows_given(settings, predictor):
        try:
            texts = texts_of(row, settings, predictor, homes)
        except Unread:
            faults += 1
            continue
        if isinstance(row, FileRow):
            readable_rows.append(Readable(texts, None))
            continue
        if settings.label_column is not None and column not in row.values:
            raise no_column(row, settings.label_column, "label_column")
        label = row.values.get(column) if column is not None and settings.overview else None
        readable_rows.append(Readable(texts, None if is_missing(label) else label_of(label, texts, predictor)))
    if not readable_rows:
        if reads_words(predictor):
            what, fix = f"holds no text ({faults} rows without)", "name the column with --text_column"
        else:
            what, fix = f"holds no row that the model reads ({faults} hold nothing)", "give rows with a known value"
        raise InputError("EMPTY_DATA", settings.input, what, fix)
    if predictor.task is not None and predictor.task.traits.classes:
        rejects, counts = Rejects(), Counter(one.label for one in readable_rows if one.label is not None)
        fit_labels(
            counts,
            predictor.task.labels,
            f"column '{column}'",
            rejects,
            "name the column of labels with --label_column, or write the labels as the model calls them",
        )
        for note in rejects.notes():
            say(f"    {note}")
    return readable_rows, faults


def label_of(cell: object, texts: tuple[str, ...], predictor: Predictor) -> str | None:
    """The label that a cell holds, as the model's own column was read; None where it holds none."""
    if predictor.task is None or not predictor.task.traits.classes:
        return str(cell)
    try:
        return predictor.task.read_target(cell, texts)
    except ValueError:
        return None


def sample_rows(rows: Sequence[Readable], settings: Explain, most: int) -> list[Readable]:
    """At most so many rows, drawn by chance, in their order."""
    order = draws.permutation(draws.key(settings.seed, "explain"), 0, len(rows))
    if len(rows) > (settings.rows or most):
        say(message("rows are drawn", rows=settings.rows or most, count=len(rows)))
    return [rows[place] for place in sorted(order[: settings.rows or most].tolist())]

"""The rows of labelled tables while their labels are still cells, as they stand in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundup.data.numbers import decimal_of, number_of
from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.data.sources.tables.missing_column import no_column
from groundup.errors import InputError
from groundup.kinds.cell_fault import CellFault
from groundup.kinds.reader import Reader
from groundup.messages.current import message
from groundup.tasks.rows.label_column import bit_of, is_missing
from groundup.tasks.task import Task


@dataclass(slots=True)
class Cells:
    """A row whose texts are read and whose target is not yet."""

    place: str
    number: int  # of the record
    raw: list[object]
    texts: tuple
    target: object
    group: str | None
    split: str | None
    others: list[object]


def cells_of(
    sources: list[str],
    reader: Reader,
    labels: Sequence[str],
    group: str | None,
    read: ReadSettings,
    rejects: Rejects,
    others: tuple[str, ...],
    task: Task,
    impossible: str | None,
) -> Iterator[Cells]:
    """The rows with something to read, with the cells of the label columns as they are; of a question that the column
    `impossible` says to have no answer, none."""
    columns = reader.columns
    needed, further = [*columns, *labels, *([impossible] if impossible else [])], [*([group] if group else []), *others]
    columns_read, homes = [*labels, *([impossible] if impossible else []), *further], Homes(sources)
    without: Counter[tuple[str, str]] = Counter()
    for row in read_rows(sources, read, rejects, needed, further):
        place = f"{row.file}:{row.line}"
        missing = [*reader.absent(row.values), *(name for name in columns_read if name not in row.values)]
        if missing:
            of_label = "label_column" if len(labels) == 1 else "label.columns"
            known = (
                {group: "split.group_by or --split.time_column"}
                | dict.fromkeys(others, "slice_by")
                | {impossible: "label.impossible"}
                | dict.fromkeys(labels, of_label)
                | {name: reader.setting_of(name) for name in columns}
            )
            raise no_column(row, missing[0], known[missing[0]])
        without.update(reader.without(row.values))
        raw = [row.values.get(name) for name in columns]
        try:
            parts, fault = task.read_inputs(raw, reader, homes[row.file]), None
        except ValueError as error:
            parts, fault = None, error
        if parts is None:
            rejects.fault(place, *row_fault(fault, reader), number=row.number)
            continue
        labels_present = [row.values[name] for name in labels]
        if impossible and is_true(row.values[impossible], place, impossible):
            labels_present = [[]]
        yield Cells(
            place,
            row.number,
            raw,
            parts,
            labels_present[0] if len(labels_present) == 1 else labels_present or None,
            str(row.values[group]) if group and not is_missing(row.values[group]) else None,
            row.split,
            [row.values[name] for name in others],
        )
    for line in lines_without(without):
        rejects.inform(line)


def row_fault(fault: ValueError | None, reader: Reader) -> tuple[str, str]:
    """The code of what is wrong with a row, and what it is, with its column; None where there is nothing to read."""
    if fault is None:
        return reader.missing_code, reader.nothing_to_read()
    what, code = str(fault), fault.code if isinstance(fault, CellFault) else reader.missing_code
    columns = "' or '".join(reader.columns)
    return code, what if what.startswith("column '") else f"column '{columns}' {what}"


def lines_without(counts: Mapping[tuple[str, str], int]) -> list[str]:
    """What to say of rows that were read without a whole kind, by (kind, its columns)."""
    return [
        message("read without kind", columns=names, count=rows, kind=message(f"kind {kind}"))
        for (kind, names), rows in counts.items()
    ]


class Homes(dict):
    """File of a source -> the folder it lies in; None inside archives and for tables in memory."""

    def __init__(self, sources: Sequence[str]):
        super().__init__()
        self.sources = [Path(source) for source in sources]

    def __missing__(self, file: str) -> Path | None:
        paths = (source / file if source.is_dir() else source for source in self.sources)
        self[file] = next((path.parent for path in paths if path.is_file() and path.name == Path(file).name), None)
        return self[file]


def read_numbers(rows: Sequence[Cells], place: str, task: Task, reader: Reader, read: ReadSettings, rejects: Rejects) -> None:
    """Texts of a label column of numbers become numbers; what is none is left to the task."""
    if not task.numeric:
        if read.decimal != "auto" and not reader.numeric:
            what = f"is for labels that are numbers, not for {task.name}"
            raise InputError("BAD_SETTING", "read.decimal", what, "leave it out")
        return
    decimal = decimal_of((row.target for row in rows if isinstance(row.target, str)), place, read.decimal, rejects.inform)
    for row in rows:
        if isinstance(row.target, str):
            number = number_of(row.target, decimal)
            row.target = row.target if number is None else number


def is_true(cell: object, place: str, column: str) -> bool:
    """What a cell of yes or no says; an empty one says no. InputError for what is neither."""
    try:
        return not is_missing(cell) and bit_of(cell) == 1
    except ValueError as error:
        raise InputError(
            "NOT_YES_OR_NO", place, f"{column}: {error}", "name a column of true and false, or leave --label.impossible out"
        ) from None


def refuse_mixed(rows: Sequence[Cells], label: str) -> None:
    """Refuse a label column of texts and numbers: whether 1 and '1' are one label, nobody can know."""
    first: dict[type, Cells] = {}
    for row in rows:
        first.setdefault(type(row.target), row)
    if len(first) > 1:
        kinds = ", ".join(f"{kind.__name__} {str(row.target)[:40]!r} ({row.place})" for kind, row in first.items())
        raise InputError(
            "MIXED_LABELS",
            f"column '{label}'",
            f"holds several types: {kinds}",
            "write all labels alike: 1 and the text '1' may be one label or two",
        )


def refuse_empty(sources: Sequence[str], rejects: Rejects) -> None:
    """Refuse a table of which no row can be used; of one row, as what is wrong with it."""
    if len(rejects.first) == 1:
        only = rejects.first[0]
        raise InputError(only["code"], only["place"], only["what"], only["fix"] or "see the columns and the format")
    places_text = rejects.places(3)
    raise InputError(
        "EMPTY_DATA",
        ", ".join(sources),
        f"holds no usable row{': ' * bool(places_text)}{places_text}",
        "see the columns and the format",
    )

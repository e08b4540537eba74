"""Rows of a file with answers beside them: one output row per input row, always, in their order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from groundup.commands.csv_text import csv_line
from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError
from groundup.folders import make_parents, write_file
from groundup.scope import refuse


class Answers:
    """Rows and their answers as csv, tsv or jsonl. An answer never takes the place of a column of the input. Texts in
    tables are guarded (csv_text); those of jsonl are as they were."""

    def __init__(self, out: str | None, first: list[Row], answer: Sequence[str]):
        self.kind = "csv" if out is None else out.rsplit(".", 1)[1]
        self.lines: list[str] = []
        self.columns = list(dict.fromkeys(name for row in first for name in row.values))
        self.names = {name: own_name(name, self.columns) for name in answer}
        if self.kind != "jsonl":
            self.delimiter = "\t" if self.kind == "tsv" else ","
            self.lines.append(csv_line([*self.columns, *self.names.values()], self.delimiter))

    def add(self, row: Row, answer: dict) -> None:
        new = [name for name in row.values if name not in self.columns]
        merged = row.values | {self.names[name]: value for name, value in answer.items()}
        if self.kind == "jsonl":
            self.lines.append(json.dumps(merged, ensure_ascii=False, default=str) + "\n")
        elif new:
            raise InputError("NEW_COLUMN", f"{row.file}:{row.line}", f"has the column '{new[0]}', which no row before had",
                             "write the answers as jsonl: --out answers.jsonl")  # fmt: skip
        else:
            cells = [plain(merged.get(name)) for name in (*self.columns, *self.names.values())]
            self.lines.append(csv_line(cells, self.delimiter))

    def write(self, out: str | None) -> None:
        """Into a file, complete or not at all, or on standard output."""
        if out is None:
            sys.stdout.write("".join(self.lines))
        else:
            make_parents(Path(out).parent)
            write_file(Path(out), "".join(self.lines))


def own_name(name: str, columns: list[str]) -> str:
    """The name of an answer's column beside those of the input."""
    while name in columns:
        name = f"predicted_{name}"
    return name


def plain(value: object) -> object:
    """What stands in a field of a table."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (dict, list)) else value


def input_rows(
    source: str, settings: ReadSettings, columns: Sequence[str] = (), tell: Callable[[str], None] = lambda line: None
) -> Iterator[Row]:
    """Rows of a file, or lines of standard input (-), the faulty ones too. All columns are given; those that are named are
    judged. What was inferred about the file is told as soon as it is known; settings that it has no use for are refused."""
    if source == "-":
        for number, line in enumerate(sys.stdin, 1):
            yield Row({"text": line.rstrip("\r\n")}, "-", number)
        return
    read = replace(settings, max_rejects=sys.maxsize)  # they are answered, too
    rejects, told = Rejects(deliver_faulty=True), 0
    for row in read_rows([source], read, rejects, columns):
        for note in rejects.inferred[told:]:
            tell(f"    {rejects.placed(note)}")
        told = len(rejects.inferred)
        yield row
    for note in rejects.notes()[told:]:
        tell(f"    {note}")
    refuse(settings, *rejects.cases(), prefix="read.")

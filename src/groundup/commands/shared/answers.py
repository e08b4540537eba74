"""Rows of a file with answers beside them: one output row per input row, always, in their order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from groundup.commands.shared.csv_text import csv_line
from groundup.data.settings import ReadSettings
from groundup.data.sources.files.archives import ARCHIVES
from groundup.data.sources.files.formats import FORMATS
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import RUNNING, Rejects, Row
from groundup.data.sources.texts.class_folders import LABEL, TEXT, suffix_of
from groundup.errors import InputError, printable
from groundup.folders import make_parents, write_file
from groundup.messages.current import message
from groundup.scope import refuse
from groundup.terminal.log import output, result

FILE = "file"  # the column that says in which file of a folder a row of text stood


def check_answer_file(out: str | None, source: str | None) -> None:
    """InputError where answers would take the place of a folder, or of the file that they are answers to."""
    if out is None or not Path(out).exists():
        return
    if Path(out).is_dir():
        raise InputError("OUTPUT_IS_A_FOLDER", out, "is a folder", "name a file")
    if source not in (None, "-") and Path(source).exists() and Path(out).samefile(source):
        raise InputError("OUTPUT_IS_INPUT", out, "is the file that is read", "name another file")


class Answers:
    """Rows and their answers as csv, tsv or jsonl. An answer never takes the place of a column of the input. Texts in
    tables are guarded (csv_text); those of jsonl are as they were."""

    def __init__(self, out: str | None, first: list[Row], answer: Sequence[str], source: str = ""):
        self.kind = "csv" if out is None else out.rsplit(".", 1)[1]
        self.lines: list[str] = []
        self.places = lies_in_folder(source) and all(is_running(row) for row in first)
        self.columns = [*[FILE] * self.places, *dict.fromkeys(name for row in first for name in row.values)]
        self.names = {name: own_name(name, self.columns) for name in answer}
        if self.kind != "jsonl":
            self.delimiter = "\t" if self.kind == "tsv" else ","
            self.lines.append(csv_line([*self.columns, *self.names.values()], self.delimiter))

    def add(self, row: Row, answer: dict) -> None:
        new = [name for name in row.values if name not in self.columns]
        placed = {FILE: row.file} if self.places else {}
        merged = placed | row.values | {self.names[name]: value for name, value in answer.items()}
        if self.kind == "jsonl":
            self.lines.append(json.dumps(merged, ensure_ascii=False, default=str) + "\n")
        elif new:
            raise InputError(
                "NEW_COLUMN",
                f"{row.file}:{row.line}",
                f"has the column '{new[0]}', which no row before had",
                "write the answers as jsonl: --out answers.jsonl",
            )
        else:
            cells = [plain(merged.get(name)) for name in (*self.columns, *self.names.values())]
            self.lines.append(csv_line(cells, self.delimiter))

    def write(self, out: str | None) -> None:
        """Into a file, complete or not at all, or on standard output."""
        if out is None:
            output("".join(self.lines), end="")
        else:
            make_parents(Path(out).parent)
            write_file(Path(out), "".join(self.lines))


def lies_in_folder(source: str) -> bool:
    """Whether the rows of a source come from the files of a folder or an archive."""
    return Path(source).is_dir() or source.lower().endswith(ARCHIVES)


def is_running(row: Row) -> bool:
    """Whether a row is text of a file without columns, or a whole such file."""
    return FORMATS.get(suffix_of(row.file)) in RUNNING and TEXT in row.values and row.values.keys() <= {TEXT, LABEL}


def tell_written(out: str | None, rows: int) -> None:
    """Where the answers went."""
    if out is not None:
        result(message("wrote", rows=rows, out=printable(out)))


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
    source: str,
    settings: ReadSettings,
    columns: Sequence[str] = (),
    tell: Callable[[str], None] = lambda line: None,
    class_folders: bool = False,
) -> Iterator[Row]:
    """Rows of a file, or lines of standard input (-), the faulty ones too. All columns are given; those that are named are
    judged. What was inferred about the file is reported as soon as it is known; settings that it has no use for are refused."""
    if source == "-":
        for number, line in enumerate(sys.stdin, 1):
            yield Row({"text": line.rstrip("\r\n")}, "-", number)
        return
    read = replace(settings, max_rejects=sys.maxsize)  # they are answered, too
    rejects, num_notes = Rejects(deliver_faulty=True), 0
    for row in read_rows([source], read, rejects, columns, class_folders=class_folders):
        for note in rejects.inferred[num_notes:]:
            tell(f"    {rejects.placed(note)}")
        num_notes = len(rejects.inferred)
        yield row
    for note in rejects.notes()[num_notes:]:
        tell(f"    {note}")
    refuse(settings, *rejects.cases(), prefix="read.")

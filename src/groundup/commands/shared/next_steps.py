"""What somebody types next: commands that are right for the model, the kind of its rows, and where they lie."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from groundup.config import fields_of, make_settings, to_dict
from groundup.data.settings import ReadSettings
from groundup.kinds.store import is_store
from groundup.kinds.text.reader import TextReader
from groundup.manifest import is_ours, read_manifest
from groundup.strict_json import read_json
from groundup.tasks.traits import TRAITS, Traits
from groundup.terminal.closing import Command

ROWS = 100  # of which one is shown
SHORT = 60  # letters of a text on a command line
CELLS = "text/"  # how the columns of a run that keep texts begin
ONNX = ("onnx", "onnxscript", "onnxruntime")  # what is needed to export


class Rows(NamedTuple):
    """Rows that a model can be asked about: texts of one of them, or a file of them and how it is read."""

    texts: tuple[str, ...] = ()
    source: str | None = None
    read: ReadSettings | None = None

    @property
    def row(self) -> list[str] | None:
        """The settings that name one row; None where none is known."""
        if self.texts:
            return [word for text in self.texts for word in ("--text", text)]
        return None if self.source is None else [*self.file, "--row", "1"]

    @property
    def file(self) -> list[str]:
        """The settings that name all rows of the file."""
        return ["--input", str(self.source), *flags(self.read)]


class Trained(NamedTuple):
    """What the model of a run learned, by the manifest of its folder: its task, and whether it reads texts alone."""

    task: Traits | None
    texts: bool


def trained(home: Path, name: str | None = None) -> Trained:
    """Of the run in a folder; `name` is one of its several tasks."""
    extra = read_manifest(home / "model").extra if is_ours(home / "model") else {}
    facts = extra.get("tasks", {}).get(name, {}) if name else extra
    columns = {key for key, value in facts.items() if key.endswith("_columns") and value}
    return Trained(TRAITS.get(facts.get("task", "")), columns == {f"{TextReader.kind}_columns"})


def rows_to_ask(home: Path, name: str | None = None, source: str | None = None, read: ReadSettings | None = None) -> Rows:
    """What the model of a run can be asked about: texts that the run keeps, or the file that its rows came from."""
    if trained(home, name).texts and (texts := short_texts(home / "data" / (name or "") / "records.parquet")):
        return Rows(texts)
    if source is None:
        source, read = rows_of_run(home)
    path = None if source is None else Path(source)
    known = path is not None and path.exists() and not is_store(path)
    return Rows((), source, read) if known else Rows()


def rows_of_run(home: Path) -> tuple[str | None, ReadSettings | None]:
    """The file whose rows a run learned from, by its report, and how it was read; of what compress makes, that of the model it
    began with."""
    report = read_json(home / "report.json") if (home / "report.json").is_file() else {}
    settings = report.get("settings") or {} if isinstance(report, dict) else {}
    source, read, model = (settings.get(name) for name in ("data", "read", "model"))
    if source is None and isinstance(model, str) and Path(model) != home:
        return rows_of_run(Path(model))
    if not isinstance(source, str):
        return None, None
    known = {name: value for name, value in (read or {}).items() if name in fields_of(ReadSettings)}
    return source, make_settings(ReadSettings, known)


def short_texts(records: Path) -> tuple[str, ...]:
    """The texts of a row that fits on a command line, cut where it is long: one of the first that are kept."""
    if not records.is_file():
        return ()
    with pq.ParquetFile(records) as file:
        names = [name for name in file.schema_arrow.names if name.startswith(CELLS)]
        first = next(file.iter_batches(ROWS, columns=names), None)
    rows = [] if first is None else list(zip(*(first.column(name).to_pylist() for name in names), strict=True))
    fitting = [row for row in rows if all(isinstance(cell, str) and is_plain(cell) for cell in row)]
    return () if not fitting else tuple(map(shortened, min(fitting, key=lambda row: abs(sum(map(len, row)) - SHORT // 2))))


def is_plain(text: str) -> bool:
    """Whether a text can stand on a command line as it is."""
    return text.isprintable() and bool(text.strip()) and not text.startswith("-") and " --" not in text


def shortened(text: str) -> str:
    """A text, or its first words."""
    return text if len(text) <= 2 * SHORT else (text[:SHORT].rpartition(" ")[0] or text[:SHORT])


def flags(settings: Any, prefix: str = "read.") -> list[str]:
    """The settings of a group that are not at their default, as words of a command line."""
    if settings is None:
        return []
    usual = to_dict(type(settings)())
    return [word for name, value in to_dict(settings).items() if value != usual[name] for word in words(prefix + name, value)]


def words(name: str, value: Any) -> list[str]:
    """A setting as words of a command line."""
    values = value if isinstance(value, (list, tuple)) else [value]
    return [word for one in values for word in (f"--{name}", str(one).lower() if isinstance(one, bool) else str(one))]


def use(
    model: str, home: Path, name: str | None = None, source: str | None = None, read: ReadSettings | None = None
) -> list[Command]:
    """Predict, explain and export: what one does with a model that answers. `home` is its run, `name` one of several tasks."""
    task, rows, given = trained(home, name).task, rows_to_ask(home, name, source, read), ["--model", model, *named(name)]
    commands: list[Command] = []
    if rows.row is not None:
        answers = rows.row if rows.texts else [*rows.file, "--out", f"{model}-answers.csv"]
        commands.append(["predict", *given, *answers])
        if task is not None and task.explained:
            commands.append(["explain", *given, *rows.row])
    commands.append(ship(model, name, task is not None and task.writes))
    return commands if len(commands) > 2 else [*commands, ["inspect", "--model", model]]


def named(name: str | None) -> list[str]:
    """The words that name one of several tasks."""
    return [] if name is None else ["--task", name]


def ship(model: str, name: str | None, two_stacks: bool) -> Command:
    """The command that writes a model for others: as ONNX where that is possible."""
    form = "onnx" if not two_stacks and all(map(find_spec, ONNX)) else "huggingface"
    return ["export", "--model", model, *named(name), "--format", form, "--out", f"{model}-{form}"]

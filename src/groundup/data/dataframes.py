"""Tables that a Python caller holds in memory, as files that every command can read.

A table is a list of dictionaries, a dictionary of columns, or what speaks Arrow: frames of pandas and polars, tables of
pyarrow, data sets of Hugging Face; single rows and iterators of rows become lists (single_rows.py). A dictionary of tables by
split (`{"train": frame, "test": frame}`) is a folder of files.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePath
from typing import Any, get_origin
from uuid import uuid4

from groundup import disk
from groundup.config import fields_of, groups_of, named_group, options
from groundup.data.single_rows import as_table
from groundup.data.sources.tables.arrow import plain_value, values_of
from groundup.data.sources.tables.class_names import ClassNames, names_in_features, names_in_schema
from groundup.errors import GroundupError, InputError, printable
from groundup.folders import make_parents, write_file
from groundup.strict_json import line

DATA = ("source", "data", "validation", "test", "input", "background", "unlabelled")  # settings that name tables
SPEAKS = (
    "__arrow_c_stream__",
    "__arrow_c_array__",
    "to_arrow",
    "to_table",
    "to_pylist",
    "to_dicts",
    "to_dict",
    "with_format",
    "collect_schema",
)
INDEX = re.compile(r"__index_level_\d+__")  # row numbers of pandas


class Tables:
    """The settings of a command with files in place of the tables in memory. The files are written when they are used: beside
    `out`, where they stay with what is made of them, or in a temporary folder that is gone afterwards."""

    def __init__(self, cls: type, settings: Mapping[str, Any]):
        self.texts: dict[Path, str] = {}  # what is to be written
        self.names: dict[Path, str] = {}  # which setting a file stands for
        self.out = Path(settings["out"]) if isinstance(settings.get("out"), (str, PurePath)) else None
        out = self.out or Path(tempfile.gettempdir()) / f"groundup-{uuid4().hex}"
        self.folder = out.with_name(f"{out.name}.inputs")
        self.settings = replaced(cls, settings, self.keep)

    def keep(self, name: str, value: Any) -> str:
        path, texts = file_texts(value, self.folder, name)
        if self.out is None:  # nothing lasts that would name the file: it is called as the setting is
            path, texts = self.called(name, path, texts)
        self.texts |= texts
        self.names |= {file: f"{name}['{file.stem}']" for file in texts} | {path: name}
        return str(path)

    def called(self, name: str, path: Path, texts: dict[Path, str]) -> tuple[Path, dict[Path, str]]:
        """The same under the name of the setting, with a number behind that of a second one."""
        number = 1 + sum(one == name for one in self.names.values())
        place = path.with_name(f"{name}{f'-{number}' if number > 1 else ''}{path.suffix}")
        return place, {place if file == path else place / file.name: text for file, text in texts.items()}

    @contextmanager
    def written(self) -> Generator[None]:
        """The files are there. They go again where nothing was made of them: without `out`, or where a command was refused
        before it was there. Errors name the setting and the row in place of the file."""
        stood = self.has_output()
        new_folders: list[Path] = []
        try:
            if self.out is None:
                disk.mkdir(self.folder, 0o700)
                new_folders.append(self.folder)
            for file, text in self.texts.items():
                if not file.is_file():
                    new_folders += make_parents(file.parent)
                    write_file(file, text)
                    new_folders.append(file)
            self.texts = {}
            yield
        except BaseException as error:
            if not self.has_output() or (stood and isinstance(error, InputError)):
                remove(new_folders)
            if isinstance(error, GroundupError):
                error.call_places(self.name_files)
            raise
        if self.out is None:
            remove(new_folders)

    def has_output(self) -> bool:
        return self.out is not None and (self.out.is_file() or (self.out.is_dir() and any(self.out.iterdir())))

    def name_files(self, text: str) -> str:
        """A text about the files, told of the settings: `data, row 3` for line 3 of the file."""
        for path in sorted(self.names, key=lambda path: -len(str(path))):
            for called in (str(path), path.name):
                text = re.sub(re.escape(called) + r"(?::(\d+))?", partial(place_of, self.names[path]), text)
        return text

    def lasting(self, outcome: Any) -> Any:
        """What a command returns, without the path of a file that is gone."""
        path = getattr(outcome, "path", None)
        if isinstance(path, PurePath) and self.out is None and any(path == one for one in self.names):
            outcome.path = None
        return outcome


def place_of(name: str, match: re.Match) -> str:
    return f"{name}, row {match[1]}" if match[1] else name


def remove(new_folders: list[Path]) -> None:
    """Remove files and folders that were made, the last first; a folder with other things in it stays."""
    for path in reversed(new_folders):
        if path.is_file():
            disk.unlink(path)
        elif path.is_dir() and not any(path.iterdir()):
            disk.rmdir(path)


def replaced(cls: type, settings: Mapping[str, Any], keep: Callable[[str, Any], str]) -> dict[str, Any]:
    """The settings of a class, groups inside them too, with what `keep` makes of tables in place of these."""
    fields = fields_of(cls)
    return {name: replaced_value(name, fields.get(name), value, keep) for name, value in settings.items()}


def replaced_value(name: str, kind: Any, value: Any, keep: Callable[[str, Any], str]) -> Any:
    if name in DATA:
        several = (
            isinstance(value, (list, tuple))
            and not is_table(as_table(value))
            and any(get_origin(option) is tuple for option in options(kind))
        )
        return [source(name, one, keep) for one in value] if several else source(name, value, keep)
    if kind is None or not isinstance(value, Mapping):
        return value
    if (one := named_group(kind)) is not None:
        return {key: replaced(one, inner, keep) if isinstance(inner, Mapping) else inner for key, inner in value.items()}
    groups = groups_of(kind)
    return replaced(groups[0], value, keep) if len(groups) == 1 else value


def source(name: str, value: Any, keep: Callable[[str, Any], str]) -> Any:
    """A path as it is, a table as `keep` makes it. Raises InputError for texts and other values that are neither."""
    kind, value = type(value).__name__, as_table(value)
    if is_table(value):
        return keep(name, value)
    if value is None or isinstance(value, (str, PurePath, int, float)):
        return value
    many = f" of {len(value)}" if hasattr(value, "__len__") else ""
    raise InputError(
        "NO_TABLE",
        name,
        f"is a {kind}{many}; a path or a table in memory is taken",
        f"name the column: {name}={{'text': texts}}",
    )


def is_table(value: object) -> bool:
    """Whether a value is a table in memory."""
    if isinstance(value, (str, PurePath, type, type(None))) or is_column(value):
        return False
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(row, Mapping) and not holds_tables(row) for row in value)
    return isinstance(value, Mapping) or any(hasattr(value, name) for name in SPEAKS)


def is_column(value: object) -> bool:
    """Whether a value is one column: a Series of pandas or polars, an array of pyarrow."""
    if any(hasattr(type(value), name) for name in ("columns", "column_names", "schema")):  # asked of a type, none is computed
        return False
    return hasattr(value, "to_frame") or type(value).__module__.startswith("pyarrow")


def holds_tables(value: Mapping) -> bool:
    """Whether a dictionary holds tables by the names of splits."""
    return bool(value) and all(not isinstance(one, Mapping) and is_table(one) for one in value.values())


def file_texts(value: Any, folder: Path, name: str = "data") -> tuple[Path, dict[Path, str]]:
    """The path of a table, `<SHA-256>.jsonl` in the folder, so that the same rows are the same file, and the text of each file
    there. Tables by split are a folder of such name with a file each. `name` is what errors call it."""
    parts = value if isinstance(value, Mapping) and holds_tables(value) else {"": value}
    texts = {split: "".join(line(plain(row)) for row in rows_of(part, name)) for split, part in parts.items()}
    if not any(texts.values()):
        raise InputError("NO_ROWS", name, "the table in memory has no rows", "give a table with rows")
    if "" in texts:
        path = folder / f"{hashlib.sha256(texts[''].encode()).hexdigest()}.jsonl"
        return path, {path: texts[""]}
    digest = hashlib.sha256("\0".join(f"{split}\0{text}" for split, text in texts.items()).encode()).hexdigest()
    return folder / digest, {folder / digest / f"{split}.jsonl": text for split, text in texts.items()}


def rows_of(value: Any, place: str = "data") -> Iterable[Mapping]:
    """The rows of a table, numbers of classes as the names that it gives them. `place` is what errors call it."""
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, Mapping):
        return rows_of_columns(value, place)
    check_names(value, place)
    features = getattr(value, "features", None)
    classes = names_in_features(features.to_dict() if hasattr(features, "to_dict") else features)
    table = arrow_of(value)
    if table is not None:
        check_names(table, place)
        return arrow_rows(table, classes | names_in_schema(table.schema), place)
    rows = next((getattr(value, name)() for name in ("to_pylist", "to_dicts") if hasattr(value, name)), None)
    if rows is None:
        rows = value if classes or features is not None else value.to_dict("records")
    return ({name: named(cell, name, classes, place) for name, cell in row.items()} for row in rows)


def rows_of_columns(value: Mapping, place: str) -> Iterator[dict]:
    """The rows of a dictionary of columns."""
    for name, column in value.items():
        if isinstance(column, (str, bytes, Mapping)) or not hasattr(column, "__len__") or not hasattr(column, "__iter__"):
            what = f"has {printable(repr(column), 40)} for the column '{printable(name)}', which is no list of values"
            raise InputError("NO_COLUMN", place, what, "of one row give a list of it: [row]")
    lengths = {name: len(column) for name, column in value.items()}
    if len(set(lengths.values())) > 1:
        raise InputError("RAGGED_COLUMNS", place, f"has columns of different lengths: {lengths}", "give every row a value")
    return (dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True))


def names_of(table: Any) -> list[Any]:
    """The names of a table's columns; none where it does not tell them."""
    names = getattr(table, "column_names", None)
    if names is None and not hasattr(table, "collect"):
        names = getattr(table, "columns", None)
    return [] if names is None else list(names)


def check_names(table: Any, place: str) -> None:
    """Refuse two columns of one name."""
    names = [str(name) for name in names_of(table)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError("BAD_HEADER", place, f"has two columns of one name: '{printable(twice)}'", "rename one")


def named(cell: Any, column: str, classes: Mapping[str, ClassNames], place: str) -> Any:
    return classes[column].name(plain_value(cell), column, place) if column in classes else cell


def arrow_of(value: Any) -> Any:
    """The table as one of pyarrow; None where it does not speak Arrow, or holds what Arrow has no type for."""
    import pyarrow as pa

    if hasattr(value, "collect") and not hasattr(value, "__arrow_c_stream__"):
        value = value.collect()  # a frame of polars that was not computed yet
    try:
        if hasattr(value, "with_format") and hasattr(value, "__len__"):  # a data set of Hugging Face, its order kept
            return value.with_format("arrow")[:]
        if isinstance(value, (pa.Table, pa.RecordBatch)):
            return value
        if hasattr(value, "__arrow_c_stream__"):
            return pa.table(value)
        if hasattr(value, "__arrow_c_array__"):
            return pa.record_batch(value)
        call = next((getattr(value, name) for name in ("to_arrow", "to_table") if hasattr(value, name)), None)
        return call() if call else None
    except (pa.ArrowException, TypeError):
        return None


def arrow_rows(table: Any, classes: Mapping[str, ClassNames], place: str) -> Iterator[dict]:
    """Rows of a table of pyarrow, without the row numbers of pandas."""
    names = [name for name in table.schema.names if not INDEX.fullmatch(name)]
    batches = table.to_batches() if hasattr(table, "to_batches") else [table]
    for batch in batches:
        columns = [values_of(batch.column(name), name, classes.get(name), place) for name in names]
        yield from (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def plain(row: Mapping) -> dict:
    """A row of values that JSON has; numbers of numpy become Python's, a missing value (NaN) becomes null."""
    return {str(name): plain_value(value) for name, value in row.items()}

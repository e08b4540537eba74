"""What settings name is looked at before a story is imported, and torch with it: models and columns that are not there are
refused, and columns that are not named are inferred from the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from groundup.commands.paths import STANDARD_INPUT, check_paths, is_there, named_paths, names_model
from groundup.commands.prepare.settings import Prepare
from groundup.config import Command, fields_of, make_settings
from groundup.data.settings import TableSettings
from groundup.errors import InputError, printable
from groundup.kinds.settings import COLUMNS, KINDS, KindColumns, NewKinds, OtherColumns
from groundup.scope import with_default
from groundup.terminal.log import say, text

RUNNING_TABLES = {"conll", "squad", "tmx", "xml"}  # tables whose texts have a column that is known
FILES = ("data", "input", "validation", "test")  # settings that name a table
NO_FOLDERS = ("systems", "existing")  # settings that name a model, a report or a file
DATA = FILES[0]
OTHER_COLUMNS = ("slice_by", "leave_out")  # settings that name further columns of it
CONTAINMENT = "containment"  # a value of split.group_by that is no column
ALL = "*"


def settled(settings: Command) -> Any:
    """The settings with the columns that were inferred, and said. InputError for what is not there."""
    check_paths(settings)
    check_models(settings)
    settings = infer_columns(settings)
    check_columns(settings)
    return settings


def previewed(settings: Command) -> Any:
    """The same for a dry run, which goes on, and says so, where something is not there yet."""
    absent = [(name, path) for name, path in named_paths(settings) if not is_there(path)]
    for name, path in absent:
        say(text("note of groundup", line=text("absent yet", path=printable(path), name=name)))
    if not any(names_model(name) for name, _ in absent):
        check_models(settings)
    settings = infer_columns(settings)
    check_columns(settings)
    return settings


def check_models(settings: Command) -> None:
    """Refuse folders that hold no model."""
    models = [path for name, path in named_paths(settings) if names_model(name) and name.rpartition(".")[2] not in NO_FOLDERS]
    if models:
        from groundup.evaluate.opening import folder_of

        for path in models:
            folder_of(path)


def infer_columns(settings: Command) -> Any:
    """The settings with the columns that nobody named, of each table that is there, where they can be one thing only."""
    if isinstance(settings, Prepare):
        changes = text_to_prepare(settings)
    elif isinstance(settings, KindColumns):
        changes = changes_of(settings, getattr(settings, "task", "classification"), settings, "")
    else:
        changes = dict[str, object]()
        for name, tables in groups_of_tables(settings):
            new = {key: changes_of(one, one.task, settings, f"{name}.{key}: ") for key, one in tables.items()}
            if any(new.values()):
                changes[name] = {key: remade(one, new[key]) for key, one in tables.items()}
    return remade(settings, changes) if changes else settings


def text_to_prepare(settings: Prepare) -> dict[str, object]:
    """The only text column of the tables to prepare. Running text has none, and of several columns who reads them tells."""
    from groundup.data.sources.files.formats import FORMATS
    from groundup.data.sources.records import TABLES
    from groundup.data.sources.texts.class_folders import suffix_of

    paths = [Path(source) for source in settings.source]
    tables = [path for path in paths if path.is_file() and FORMATS.get(suffix_of(path.name)) in TABLES - RUNNING_TABLES]
    if settings.text_column is not None or settings.document_column is not None or not tables or len(tables) < len(paths):
        return {}
    from groundup.tasks.columns.candidates import candidates, only
    from groundup.tasks.columns.survey import JUDGED, survey

    surveys = [survey(str(path), settings.read, most=JUDGED) for path in tables]
    texts = {tuple(column.name for column in candidates(one, "text", "classes")) for one in surveys}
    if len(texts) != 1 or len(names := next(iter(texts))) != 1 or all(len(one.columns) == 1 for one in surveys):
        return {}
    say(only("text", names))
    return {"text_column": names[0]}


def groups_of_tables(settings: Command) -> Iterator[tuple[str, dict[str, Any]]]:
    """(setting, tables by name) of settings that hold several tables."""
    for name in fields_of(type(settings)):
        value = getattr(settings, name)
        if isinstance(value, dict) and value and all(isinstance(one, KindColumns) for one in value.values()):
            yield name, value


def remade(settings: Any, changes: dict[str, object]) -> Any:
    """The settings with some others in them, checked as a whole."""
    values = {name: getattr(settings, name) for name in fields_of(type(settings))}
    return make_settings(type(settings), values | changes)


def changes_of(table: KindColumns, task: str, settings: Command, place: str) -> dict[str, object]:
    """What is inferred of a table, and said behind its `place`."""
    usual = dict(with_default(table)).get("label_column", True) and not table.label.columns
    if not (table.to_infer or (usual and table.columns_by_kind)) or not is_there(table.data):
        return {}
    if not table.to_infer and has_column(table, table.label_column):
        return {}
    from groundup.tasks.columns.candidates import inferred_columns
    from groundup.tasks.columns.survey import survey

    how = next((one for one in (table, settings) if isinstance(one, NewKinds)), None)
    changes, lines = inferred_columns(table, task, survey(table.data, table.read, how))
    for line in lines:
        say(f"{place}{line}")
    return changes


def has_column(table: TableSettings, name: str) -> bool:
    """Whether the first row of a table has a column. One that cannot be read is refused where it is read."""
    try:
        row = first_row(table.data, table, (*table.named_columns, name))
    except InputError:
        return True
    return row is None or name in row.values


def first_row(path: str, settings: Any, columns: Iterable[str]) -> Any:
    """The first row of a table that can be read, with these columns; None where there is none."""
    from groundup.data.sources.read import read_rows
    from groundup.data.sources.records import Rejects

    needed = tuple(dict.fromkeys(column for column in columns if column != ALL))
    return next(read_rows([path], settings.read, Rejects(), needed, class_folders=True), None)


def check_columns(settings: Any) -> None:
    """Refuse columns that are named and that a table does not have."""
    for table in tables_in(settings):
        named, further = dict(named_in(table)), dict(further_in(table))
        if isinstance(table, KindColumns) and not table.columns_by_kind:
            continue  # a folder of groundup prepare
        for name in FILES if named or further else ():
            if isinstance(path := getattr(table, name, None), str):
                check_columns_of(path, table, named, further if name == DATA else {})


def tables_in(settings: Any) -> Iterator[Any]:
    """The settings, and those of several tables inside them, that say how a table is read."""
    if hasattr(settings, "read"):
        yield settings
    for field in fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, dict):
            yield from (one for one in value.values() if is_dataclass(one) and hasattr(one, "read"))


def named_in(table: Any) -> Iterator[tuple[str, str]]:
    """(column, the setting that names it): what a row must have."""
    for kind in KINDS:
        columns = getattr(table, f"{kind}_column", None) or ()
        for column in (columns,) if isinstance(columns, str) else columns:
            if column != ALL:
                yield of_file(column, table), f"{kind}_column"
    label = getattr(table, "label", None)
    if label is not None and label.columns:
        yield from ((column, "label.columns") for column in label.columns)
    elif getattr(table, "label_column", None):
        yield table.label_column, "label_column"


def further_in(table: Any) -> Iterator[tuple[str, str]]:
    """(column, the setting that names it): what rows of the data must have beside what is read and learned."""
    split = getattr(table, "split", None)
    if split is not None and split.time_column:
        yield split.time_column, "split.time_column"
    if split is not None and split.group_by not in (None, CONTAINMENT):
        yield split.group_by, "split.group_by"
    for name in OTHER_COLUMNS:
        yield from ((column, name) for column in getattr(table, name, ()))
    if getattr(table, "label", None) is not None and table.label.impossible:
        yield table.label.impossible, "label.impossible"


def of_file(column: str, table: Any) -> str:
    """The column of the file in `NAME=COLUMN`, where a setting stands for those of a training."""
    return column.rpartition("=")[2] if isinstance(table, OtherColumns) else column


def check_columns_of(path: str, table: Any, named: dict[str, str], further: dict[str, str]) -> None:
    """Refuse a column that a table does not have. What else may be wrong with the table is told where it is read."""
    if path == STANDARD_INPUT or "://" in path or not Path(path).exists():
        return
    from groundup.data.sources.tables.missing_column import no_column
    from groundup.kinds.store import is_store

    if is_store(Path(path)):
        return  # it has its rows, in its own form
    try:
        row = first_row(path, table, [*named, *further])
    except InputError as error:
        if error.code == "EMPTY_DATA" or not isinstance(table, KindColumns):
            return
        raise
    if row is None:
        return
    absent = [name for name in named if name not in row.values]
    kinds = {setting for setting in named.values() if setting in COLUMNS}
    present = {named[name] for name in named if name in row.values}
    for name in absent:
        whole_kind = named[name] in kinds - present and len(kinds) > 1  # which rows may lack
        if not whole_kind:
            raise no_column(row, name, named[name])
    for name, setting in further.items():
        if name not in row.values:
            raise no_column(row, name, setting)

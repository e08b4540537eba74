"""The story of columns: the file is read once, and what it holds is shown with the commands to type next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from groundup.commands.columns.settings import Columns
from groundup.config import to_dict
from groundup.data.settings import ReadSettings
from groundup.errors import InputError, escape, printable
from groundup.messages.translate import Translator, translator
from groundup.runs import Outcome
from groundup.scope import refuse, settings_given
from groundup.tasks.columns.candidates import by_part
from groundup.tasks.columns.column_kinds import ColumnSurvey
from groundup.tasks.columns.steps import MODEL, next_steps, pair_of_texts, task_and_label
from groundup.tasks.columns.survey import Survey, survey
from groundup.tasks.traits import TRAITS
from groundup.terminal.streams import cells, padded

NOT_UTF8 = ("BAD_ENCODING", "TOO_MANY_REJECTS")
DELIMITERS = {"\t": "tab", " ": "blank", "": "none"}
EXAMPLE, NAME = 36, 24  # columns of a terminal for the examples of a column, and for its name
DESCRIBED = "unclear"  # the kind of a column of which more must be said


@dataclass
class Surveyed(Outcome):
    """What a file holds: printed, it is the table that the command shows. `columns` are its columns, and `steps` says what
    comes next."""

    found: Survey = field(kw_only=True)
    read: dict[str, Any] = field(default_factory=dict)
    language: str = "en"

    @property
    def columns(self) -> dict[str, ColumnSurvey]:
        """Name -> what the column is: `kind`, `missing`, `distinct`, `examples`."""
        return {column.name: column for column in self.found.columns}

    @property
    def rows(self) -> int:
        return self.found.rows

    @property
    def steps(self) -> list[str]:
        """What to type next; of a table in memory, what to call next."""
        steps = next_steps(self.found, self.read)
        return [step.typed() if self.path is not None else step.called() for step in steps]

    @property
    def shown(self) -> str:
        """What the command line prints."""
        return "\n".join(lines_of(self, translator(self.language)))

    def __repr__(self) -> str:
        return self.shown


def columns(settings: Columns) -> Surveyed:
    """Read, recognise, show; nothing is written. A file that is not UTF-8 is read in the encoding that its bytes show."""
    read = settings.read
    try:
        found = survey(settings.data, read)
    except InputError as error:
        if error.code not in NOT_UTF8 or read.encoding is not None:
            raise
        read, found = in_its_encoding(settings, error)
    refuse(settings, *found.cases)
    given = {f"read.{name}": value_of(read, name) for name in settings_given(read)}
    return Surveyed(Path(settings.data), {"columns": facts(found)}, found=found, read=given, language=settings.language)


def in_its_encoding(settings: Columns, error: InputError) -> tuple[ReadSettings, Survey]:
    """The file read in the encoding that its bytes show; the first refusal where they show none."""
    read = replace(settings.read, encoding="auto")
    try:
        return read, survey(settings.data, read)
    except InputError:
        raise error from None


def value_of(read: ReadSettings, name: str) -> object:
    value = getattr(read, name)
    return value if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else value


def facts(found: Survey) -> dict[str, Any]:
    """The columns as plain values."""
    return {one.name: to_dict(one) for one in found.columns}


def lines_of(surveyed: Surveyed, t: Translator) -> Iterator[str]:
    """What is shown, line by line."""
    found = surveyed.found
    name = "data" if surveyed.path is None else printable(found.source)
    details = [
        t("of format", format=" + ".join(found.formats)) if found.formats and surveyed.path is not None else "",
        t("of delimiter", delimiter=" ".join(repr(DELIMITERS.get(one, one)) for one in found.delimiters))
        if found.delimiters
        else "",
        t("of encoding", encoding=", ".join(found.encodings)) if found.encodings and surveyed.path is not None else "",
        t("of splits", splits=", ".join(f"{split} {count:,}" for split, count in found.splits.items())) if found.splits else "",
    ]
    rows = t("file rows", source=name, rows=found.rows)
    yield t("comma").join([rows, *filter(None, details)])
    yield from (f"    {note}" for note in found.notes)
    if found.judged < found.rows:
        yield f"    {t('judged rows', judged=found.judged)}"
    yield ""
    yield from table_of(found, t)
    unclear = [column for column in found.columns if column.kind == DESCRIBED]
    yield from (
        f"    {t('unclear column', name=printable(one.name, 60), reason=printable(one.reason, 200))}" for one in unclear
    )
    yield ""
    if not found.files_are_rows:
        yield from candidate_lines(found, t)
    yield from step_lines(surveyed, t)


def table_of(found: Survey, t: Translator) -> Iterator[str]:
    """A line a column: name, kind, share missing, different values, examples."""
    heads = [t(f"head {name}") for name in ("column", "kind", "missing", "different", "examples")]
    rows = [
        [
            printable(one.name, NAME),
            t(f"kind of {one.kind}"),
            f"{one.missing:.0%}" if one.missing == 0 or one.missing >= 0.01 else "<1%",
            f"{one.distinct:,}",
            example_of(one),
        ]
        for one in found.columns
    ]
    widths = [max(cells(row[place]) for row in [heads, *rows]) for place in range(4)]
    for row in [heads, *rows]:
        parts = [padded(cell, widths[place], place in (2, 3)) for place, cell in enumerate(row[:4])]
        yield "  ".join(["", *parts, row[4]]).rstrip()


def example_of(column: ColumnSurvey) -> str:
    """Values with how often they occur, or the beginnings of some cells."""
    if column.counts:
        text = ", ".join(f"{value} ({count:,})" for value, count in list(column.counts.items())[:5])
        return cut(printable(text, 4 * EXAMPLE), EXAMPLE)
    return cut(printable(" | ".join(column.examples), 4 * EXAMPLE), EXAMPLE)


def cut(text: str, width: int) -> str:
    """The beginning of a text that takes so many columns."""
    if cells(text) <= width:
        return text
    while cells(text) > width - 3:
        text = text[:-1]
    return text + "..."


def candidate_lines(found: Survey, t: Translator) -> Iterator[str]:
    """Which columns can have which part."""
    task, _ = task_and_label(found)
    answer = TRAITS[task or next(iter(TRAITS))].answer
    for part, candidates in by_part(found, answer).items():
        names = t("comma").join(printable(column.name, 40) for column in candidates) or t("no candidate")
        yield f"  {t(f'candidates {part}'):15}  {names}"


def has_label(found: Survey) -> Iterator[bool]:
    """Whether something of the rows can be the label, and which way."""
    yield found.files_are_rows
    yield task_and_label(found)[0] is not None
    yield pair_of_texts(found) is not None


def step_lines(surveyed: Surveyed, t: Translator) -> Iterator[str]:
    """What to type or to call next."""
    steps: Sequence[str] = surveyed.steps
    yield ""
    if not steps:
        yield t("nothing to read")
        return
    if not any(has_label(surveyed.found)):
        yield t("no label")
    yield t("call next" if surveyed.path is None else "type next")
    yield from (f"  {escape(step)}" for step in steps)
    if any(MODEL in step for step in steps):
        yield f"  {t('which model', model=MODEL)}"

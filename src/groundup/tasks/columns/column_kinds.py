"""What each column of a file is. Plain cells are recognised as for training (`kinds/table/recognize.py`); beside these there
are paths of images, lists of words or of labels, tags, spans and answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from groundup.data.sources.annotated.spans import answers_of, in_json, is_marked, is_structured, marks_of
from groundup.data.sources.files.formats import IMAGES
from groundup.errors import InputError
from groundup.kinds.table.recognize import ID_NAME, IDEOGRAPH, Written, read_cell, recognize
from groundup.kinds.table.settings import ColumnKind, ColumnSettings
from groundup.tasks.rows.label_column import is_missing, parse_list

Kind = ColumnKind | Literal["image", "words", "tags", "spans", "answers", "labels", "object", "unclear"]
NEARLY_ALL = 0.95  # share of the cells from which a column is one of paths of images
DIFFERENT = 0.8  # share of the cells that differ, of short texts
FEW_VALUES = 20  # different whole numbers that may be classes
EXAMPLES, COUNTED = 3, 50


@dataclass(frozen=True)
class ColumnSurvey:
    """One column as its cells show it."""

    name: str
    kind: Kind
    reason: str = ""
    missing: float = 0.0
    """Share of the cells that hold nothing."""
    distinct: int = 0
    """Different values among the cells."""
    whole: bool = False
    """Whether its numbers are whole and few, so that they may be classes."""
    words: bool = False
    """Whether its cells are words that hardly ever occur twice, and nothing calls it an id."""
    length: float = 0.0
    """Characters of a cell, on average."""
    examples: tuple[str, ...] = ()
    """Some of its cells."""
    counts: dict[str, int] = field(default_factory=dict)
    """Of a column of few values: how often each stands there, the most frequent first."""


def survey_columns(
    columns: dict[str, list[object]], settings: ColumnSettings, written: Written, home: Path | None
) -> tuple[ColumnSurvey, ...]:
    """What the columns are, by their cells; `home` is the folder from which paths count."""
    surveys = [survey_column(name, cells, settings, written, home) for name, cells in columns.items()]
    tagged = words_with_tags(columns, surveys)
    return tuple(with_kind(one, tagged.get(one.name, one.kind)) for one in surveys)


def survey_column(
    name: str, cells: Sequence[object], settings: ColumnSettings, written: Written, home: Path | None
) -> ColumnSurvey:
    present = [cell for cell in cells if not is_missing(cell) and not (isinstance(cell, str) and not cell.strip())]
    texts = [text_of(cell) for cell in present]
    counts = Counter(texts)
    kind, reason = kind_of(name, cells, present, settings, written, home)
    whole = kind == "number" and len(counts) <= FEW_VALUES and all(is_whole(text) for text in counts)
    return ColumnSurvey(
        name,
        kind,
        reason,
        1 - len(present) / max(1, len(cells)),
        len(counts),
        whole,
        differ_in_words(name, texts, counts),
        sum(map(len, texts)) / max(1, len(texts)),
        tuple(list(counts)[:EXAMPLES]),
        dict(counts.most_common(COUNTED)) if kind == "category" or whole else {},
    )


def differ_in_words(name: str, texts: Sequence[str], counts: Mapping[str, int]) -> bool:
    """Whether cells are words, most of them in blanks or Chinese, that hardly ever occur twice."""
    if len(counts) < 2 or len(counts) < DIFFERENT * len(texts) or ID_NAME.search(name):
        return False
    return sum(" " in text or IDEOGRAPH.search(text) is not None for text in counts) > len(counts) / 2


def kind_of(
    name: str, cells: Sequence[object], present: Sequence[object], settings: ColumnSettings, written: Written, home: Path | None
) -> tuple[Kind, str]:
    """(kind of a column, what in its cells shows it)."""
    if present and all(map(is_listed, present)):
        return kind_of_lists(present)
    names = [cell for cell in present if isinstance(cell, str) and Path(cell).suffix.lower() in IMAGES]
    if present and len(names) >= NEARLY_ALL * len(present):
        missing = sum(home is not None and not (home / one).is_file() for one in names)
        absent = f", of which {missing:,} are not there" if missing else ""
        return "image", f"its cells name image files{absent}"
    own = ColumnSettings(kinds=of_column(settings.kinds, name), missing=of_column(settings.missing, name))
    try:
        read = [(None if is_missing(cell) else read_cell(cell),) for cell in cells]
        (column,) = recognize([name], read, own, datetime.now(UTC).year, written).columns
    except (InputError, ValueError) as error:
        return "unclear", error.what if isinstance(error, InputError) else str(error)
    return column.kind, column.reason


def of_column(pairs: Sequence[str], name: str) -> tuple[str, ...]:
    """The pairs NAME=VALUE of this column."""
    return tuple(pair for pair in pairs if pair.rpartition("=")[0] == name)


def is_listed(cell: object) -> bool:
    """Whether a cell holds a list or an object, or text that is one."""
    return isinstance(cell, (list, tuple, dict)) or (is_structured(cell) and isinstance(listed(cell), (list, dict)))


def listed(cell: object) -> object:
    return parse_list(in_json(cell))


def kind_of_lists(present: Sequence[object]) -> tuple[Kind, str]:
    """The kind of a column of lists and objects."""
    values = [listed(cell) for cell in present]
    if any(answers_of(value) for value in values):
        return "answers", "its cells are answers with their places"
    if any(has_marks(value) for value in values):
        return "spans", "its cells are marked parts of a text"
    if all(isinstance(value, (list, tuple)) for value in values):
        if all(isinstance(one, (str, int, float)) for value in values for one in items_of(value)):
            return "labels", "its cells are lists of names"
        return "object", "its cells are lists"
    return "object", "its cells are objects"


def has_marks(value: object) -> bool:
    try:
        return bool(marks_of(value))
    except ValueError:
        return isinstance(value, list) and any(map(is_marked, value))


def words_with_tags(columns: dict[str, list[object]], surveys: Sequence[ColumnSurvey]) -> dict[str, Kind]:
    """Columns of lists that are as long as each other in every row: one of words, and those that tag them."""
    lists = {one.name: [listed(cell) for cell in columns[one.name]] for one in surveys if one.kind == "labels"}
    lengths = {name: list(map(length_of, values)) for name, values in lists.items()}
    for first, first_lengths in lengths.items():
        others = [name for name, one in lengths.items() if name != first and one == first_lengths]
        if others and max(first_lengths) > 1:
            group = [first, *others]
            words = max(group, key=lambda name: len({str(word) for value in lists[name] for word in items_of(value)}))
            return {name: "words" if name == words else "tags" for name in group}
    return {name: "words" for name, one in lengths.items() if name in ("words", "tokens") and max(one, default=0) > 1}


def items_of(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else ()


def length_of(value: object) -> int:
    return len(items_of(value))


def with_kind(survey: ColumnSurvey, kind: Kind) -> ColumnSurvey:
    """The survey with the kind that other columns show."""
    if kind == survey.kind:
        return survey
    return replace(survey, kind=kind, reason="a word each" if kind == "words" else "a tag for each word")


def text_of(cell: object) -> str:
    """A cell in a line, for people."""
    return " ".join(str(cell).split())


def is_whole(text: str) -> bool:
    try:
        return float(text).is_integer()
    except (ValueError, OverflowError):
        return False

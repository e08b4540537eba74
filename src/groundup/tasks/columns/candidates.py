"""Which columns of a file can have which part in a task: be read as texts, images or cells of a table, or be the label.

One candidate is taken, and that is said; of several a person chooses, who is shown each with an example.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from groundup.data.settings import TableSettings
from groundup.errors import InputError, printable
from groundup.kinds.settings import KINDS, KindColumns
from groundup.messages.current import message
from groundup.tasks.columns.column_kinds import ColumnSurvey, Kind
from groundup.tasks.columns.survey import Survey
from groundup.tasks.rows.label_column import separator_of
from groundup.tasks.traits import TRAITS, Answer

LABELS: dict[Answer, tuple[Kind, ...]] = {
    "classes": ("category", "number"),
    "labels": ("labels", "category"),
    "number": ("number",),
    "tags": ("tags", "spans"),
    "span": ("answers",),
    "text": ("text",),
}
"""Kinds of columns that can be the label, by what an answer is."""
CELLS: tuple[Kind, ...] = ("number", "category", "date")  # of a table
USUAL_LABEL = TableSettings.label_column  # the label column where none is named
BY_LABEL = ("answering", "tagging", "multilabel", "classification", "regression")  # tasks that a label column shows
SEPARATORS = (";", "|")  # of several labels in a cell, that nothing else uses
SQUAD = ("question", "context")  # as files with questions and answers call their texts
DIFFERENT = 0.5  # share of rows with values of their own, above which words are no classes
SHOWN, EXAMPLE = 12, 40  # columns in a message, and characters of an example


def candidates(survey: Survey, kind: str, answer: Answer, taken: Collection[str] = ()) -> list[ColumnSurvey]:
    """The columns that can be read as rows of a kind of input; `taken` have another part."""
    free = [column for column in survey.columns if column.name not in taken]
    match kind:
        case "text":
            return text_candidates(free, answer)
        case "image":
            return [column for column in free if column.kind == "image"]
        case "table":
            return [column for column in free if column.kind in CELLS]
    return []


def text_candidates(columns: Sequence[ColumnSurvey], answer: Answer) -> list[ColumnSurvey]:
    """The columns of texts; where none has long ones, those whose values differ from row to row and are words."""
    names = {column.name for column in columns}
    if answer == "span" and names.issuperset(SQUAD):
        return [column for name in SQUAD for column in columns if column.name == name]
    if answer == "tags" and (words := [column for column in columns if column.kind == "words"]):
        return words
    return [column for column in columns if column.kind == "text"] or [column for column in columns if has_words(column)]


def has_words(column: ColumnSurvey) -> bool:
    """Whether the cells are short texts: words that hardly ever occur twice."""
    return column.kind in ("id", "category") and column.words


def label_candidates(survey: Survey, answer: Answer, taken: Collection[str] = ()) -> list[ColumnSurvey]:
    """The columns that can be the label, where a task answers so."""
    free = [column for column in survey.columns if column.name not in taken]
    return [column for column in free if column.kind in LABELS[answer] and can_be_label(column, survey, answer)]


def can_be_label(column: ColumnSurvey, survey: Survey, answer: Answer) -> bool:
    if answer == "classes":
        few = column.distinct < survey.judged and column.distinct <= max(2, DIFFERENT * survey.judged)
        return column.distinct > 1 and few and (column.kind != "number" or column.whole)
    return True


def inferred_columns(settings: KindColumns, task: str, survey: Survey) -> tuple[dict[str, object], list[str]]:
    """(settings -> columns, what is said of them) for the parts of which nothing is said. InputError where several columns can
    have a part, or none."""
    if survey.files_are_rows:
        raise not_prepared(survey)
    answer = TRAITS[task].answer
    changes, lines = {}, list[str]()
    named = {name for columns in settings.columns_by_kind.values() for name in columns}
    taken = named | {name for name in other_parts(settings) if name}
    label, kind = label_of(settings, survey), ""
    taken |= {label} if label else set()
    if not settings.columns_by_kind:
        kind, columns = columns_to_read(survey, task, taken)
        names = tuple(column.name for column in columns)
        changes[f"{kind}_column"] = names
        lines.append(only(kind, names))
        taken |= set(names)
    if label is None and not settings.label.columns and settings.label_column == USUAL_LABEL:
        label = label_to_learn(survey, task, taken).name
        changes["label_column"] = label
        lines.append(only("label", (label,)))
        taken.add(label)
    return changes, [*lines, *(further(survey, kind, taken, answer) if kind else [])]


def label_to_learn(survey: Survey, task: str, taken: Collection[str]) -> ColumnSurvey:
    """The one column that can be the label of a task."""
    fitting = label_candidates(survey, TRAITS[task].answer, taken)
    if len(fitting) > 1:
        raise which(survey, "label_column", "can be the label", fitting, "")
    if fitting:
        return fitting[0]
    fix = "name it with --label_column"
    others = [f"--task {other} takes '{printable(columns[0].name, 40)}'" for other, columns in fitting_tasks(survey, taken)]
    what = f"has no column 'label', and none that can be the label of {task}: {kinds_of(survey)}"
    raise InputError("NO_LABEL_COLUMN", survey.source, what, "; or ".join([*others, fix]))


def fitting_tasks(survey: Survey, taken: Collection[str] = ()) -> list[tuple[str, list[ColumnSurvey]]]:
    """(task, the columns that can be its label) of the tasks that a file fits, the most particular one first."""
    result = []
    for task in BY_LABEL:
        label_columns = label_candidates(survey, TRAITS[task].answer, taken)
        if task == "multilabel":
            label_columns = [column for column in label_columns if names_several(column)]
        if task == "classification":
            label_columns = [column for column in label_columns if not names_several(column)]
        if label_columns:
            result.append((task, label_columns))
    return result


def names_several(column: ColumnSurvey) -> bool:
    """Whether cells name several labels each."""
    return column.kind == "labels" or separator_of(list(column.counts)) in SEPARATORS


def not_prepared(survey: Survey) -> InputError:
    """The refusal of files that are rows, where a table is read."""
    what, fix = (
        "holds images in folders, and no table",
        f"groundup prepare --source {survey.source} --image.size 32 --out FOLDER",
    )
    return InputError("NOT_PREPARED", survey.source, what, f"{fix}, or name a table's --image_column")


def other_parts(settings: KindColumns) -> list[str | None]:
    """Columns that are named for another part than to be read or to be the label."""
    return [*settings.label.columns, settings.label.impossible, settings.split.group_by, settings.split.time_column]


def label_of(settings: KindColumns, survey: Survey) -> str | None:
    """The label column, where the file has it."""
    return settings.label_column if settings.label_column in survey.names else None


def columns_to_read(survey: Survey, task: str, taken: Collection[str]) -> tuple[str, list[ColumnSurvey]]:
    """(kind of input, its columns): as many texts as the task reads, or else the one image of a row."""
    traits = TRAITS[task]
    texts = candidates(survey, "text", traits.answer, taken)
    if len(texts) == traits.min_columns:
        return "text", texts
    if len(texts) > traits.min_columns:
        twice = " (twice for pairs of texts)" if traits.max_columns > 1 else ""
        raise which(survey, "text_column", f"are texts{', one of them the label' * (traits.answer == 'text')}", texts, twice)
    images = [] if "image" not in traits.kinds else candidates(survey, "image", traits.answer, taken)
    if not texts and len(images) == 1:
        return "image", images
    if len(images) > 1:
        raise which(survey, "image_column", "name images", images, "")
    raise none_to_read(survey, task, texts, taken)


def which(survey: Survey, setting: str, what: str, columns: Sequence[ColumnSurvey], fix: str) -> InputError:
    """The refusal of a choice that only a person can make."""
    options = ", ".join(map(shown, columns[:SHOWN])) + (f" and {len(columns) - SHOWN} more" if len(columns) > SHOWN else "")
    names = "' or '".join(printable(column.name, 40) for column in columns[:SHOWN])
    what = f"{len(columns)} columns {what}: {options}"
    return InputError("WHICH_COLUMN", survey.source, what, f"say which one with --{setting}{fix}: '{names}'")


def none_to_read(survey: Survey, task: str, texts: Sequence[ColumnSurvey], taken: Collection[str]) -> InputError:
    """The refusal of a file without a column that the task can read, with what there is."""
    cells = candidates(survey, "table", TRAITS[task].answer, taken)
    least = TRAITS[task].min_columns
    fix = "name the text with --text_column"
    if cells and "table" in TRAITS[task].kinds:
        fix = f"--table_column '*' reads them as a table (name the label with --label_column), or {fix}"
    others = [other for other, _ in fitting_tasks(survey) if other != task and candidates(survey, "text", TRAITS[other].answer)]
    if not cells and others:
        fix = f"--task {others[0]} reads '{candidates(survey, 'text', TRAITS[others[0]].answer)[0].name}'; or {fix}"
    what = "has no column of texts" if not texts else f"has {len(texts)} column of texts, and {task} reads {least}"
    return InputError("NO_TEXT_COLUMN", survey.source, f"{what}: {kinds_of(survey)}", fix)


def kinds_of(survey: Survey) -> str:
    """The columns with their kinds."""
    listed = ", ".join(f"{printable(column.name, 40)} ({column.kind})" for column in survey.columns[:SHOWN])
    return listed + (f" and {len(survey.columns) - SHOWN} more" if len(survey.columns) > SHOWN else "")


def shown(column: ColumnSurvey) -> str:
    """A column with an example."""
    example = printable(column.examples[0], EXAMPLE) if column.examples else ""
    return f"{printable(column.name, 40)} ('{example}')"


def only(part: str, names: Sequence[str]) -> str:
    """`text column: review (the only text column)`."""
    listed = " + ".join(printable(name, 60) for name in names)
    return message(f"only {part}" + "s" * (len(names) > 1), names=listed)


def further(survey: Survey, kind: str, taken: Collection[str], answer: Answer) -> list[str]:
    """What else of a row could be read, and how."""
    rest = {one: candidates(survey, one, answer, taken) for one in KINDS if one != kind}
    names = [column.name for columns in rest.values() for column in columns]
    if not names:
        return []
    listed = ", ".join(printable(name, 40) for name in names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
    flags = " ".join(flag(one, columns) for one, columns in rest.items() if columns)
    return [message("further columns", names=listed, flags=flags)]


def flag(kind: str, columns: Sequence[ColumnSurvey]) -> str:
    """The flag that reads further columns of a kind."""
    return f"--{kind}_column " + ("'*'" if KINDS[kind].pattern else columns[0].name)


def by_part(survey: Survey, answer: Answer) -> Mapping[str, list[ColumnSurvey]]:
    """The candidates for each part, for people."""
    return {kind: candidates(survey, kind, answer) for kind in KINDS} | {"label": label_candidates(survey, answer)}

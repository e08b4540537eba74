"""The story of an evaluation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from groundup.commands.evaluate.settings import Evaluate
from groundup.commands.shared.csv_text import csv_text
from groundup.commands.shared.next_steps import use
from groundup.commands.shared.quality import quality_facts, remark_lines
from groundup.config import identity_settings, to_dict
from groundup.data.sources.records import Rejects, reasons_of
from groundup.errors import InputError, printable
from groundup.evaluate.decision_lines import slice_lines
from groundup.evaluate.judging import (
    UNSEEN,
    Rows,
    baselines_of,
    close_opening,
    count_locked_opening,
    evaluate_table,
    opener,
)
from groundup.evaluate.limits import RowAnswers, together
from groundup.evaluate.opened import Opened
from groundup.evaluate.opening import folder_of, named_columns, open_model, which_column
from groundup.evaluate.slices import slices_of
from groundup.folders import check_output, new_folder
from groundup.kinds.reader import Reader
from groundup.kinds.store import is_store
from groundup.manifest import is_ours
from groundup.messages.current import message
from groundup.messages.nouns import counted
from groundup.pages.evaluation_page import evaluation_page
from groundup.runs import Outcome
from groundup.scope import refuse
from groundup.strict_json import canonical
from groundup.tasks.class_names import named_classes, refuse_strangers
from groundup.tasks.rows.label_fit import unmet
from groundup.tasks.rows.labelled_rows import LabelledRows, stored_table
from groundup.tasks.rows.reading import read_table
from groundup.tasks.task import Answers, Task
from groundup.tasks.traits import misplaced_labels
from groundup.terminal.closing import Command, close
from groundup.terminal.log import result, say, text


def evaluate(settings: Evaluate) -> Outcome:
    """Open the rows, judge the model and its baselines on them, and write the report folder."""
    out = Path(settings.out)
    check_output(out)
    if out.exists():
        raise InputError("OUTPUT_EXISTS", out, "is already there", "choose a new folder")
    predictor = open_model(settings.model, settings, settings.task)
    for note in predictor.notes:
        say(f"    {note}")
    if predictor.task is None:
        raise InputError("NO_LABELS", settings.model, "was pretrained only; it has no labels to judge", "fine-tune it first")
    refuse(settings, *["rows by name"] * (not predictor.reader.kept_in_runs))
    check_classes(settings, predictor.task)
    home = run_of(settings.model)
    trained = trained_rows(home, predictor)
    rejects = Rejects()
    rows, answered = answer_all(settings, predictor, trained, rejects)
    for note in rejects.notes():
        say(f"    {note}")
    baselines = baselines_of(trained, rows.texts) if settings.baselines and trained else []
    leakage = leak_of(trained, rows) if trained and settings.data else None
    openings = count_locked_opening(home, rows, opener(out)) if home else None
    report, answers = evaluate_table(
        predictor,
        rows,
        baselines,
        answered,
        title="Evaluation",
        settings=to_dict(settings),
        leakage=leakage,
        openings=openings,
        preflight=notes(rejects, home, trained),
        costs=settings.costs,
        positive=settings.positive,
        language=settings.language,
        seed=settings.seed,
    )
    parents = [folder for folder in (folder_of(settings.model),) if is_ours(folder)]
    with new_folder(out, kind="report", settings=identity_settings(settings), parents=parents) as folder:
        folder.write_text("report.json", canonical(report))
        folder.write_text("report.html", evaluation_page(report))
        folder.write_text("predictions.csv", predictions(predictor, rows, answers))
    if home:
        close_opening(home, opener(out))
    times = text("judged so often", count=openings) if openings else ""
    known = [] if settings.data is None or settings.quiet else [UNSEEN]  # the notes of reading say it
    for line in slice_lines(report, settings.slice_by):
        result(f"    {line}")
    for line in remark_lines(report, known):
        result(line)
    facts = [*quality_facts(report, "test", times), ("page", str(out / "report.html"))]
    close(facts, next_commands(settings, predictor, home))
    return Outcome(out, {"report": report})


def next_commands(settings: Evaluate, predictor: Opened, home: Path | None) -> list[Command]:
    """Ask the model about rows, and why it answers so."""
    told = use(settings.model, home or Path(settings.model), predictor.name, settings.data, settings.read)
    return [command for command in told if command[0] in ("predict", "explain")]


def check_classes(settings: Evaluate, task: Task) -> None:
    """Costs and a positive class are of two classes."""
    if not task.traits.classes or len(task.labels) != 2:
        refuse(settings, "no classes")
    if settings.positive is not None and settings.positive not in task.labels:
        what = f"'{printable(settings.positive, 60)}' is no class of the model"
        raise InputError("NO_CLASS", "positive", what, f"one of {', '.join(task.labels)}")


def run_of(model: str) -> Path | None:
    """The run that a model belongs to, if it lies in one."""
    folder = folder_of(model)
    return folder.parent if (folder.parent / "run.json").is_file() else None


def trained_rows(home: Path | None, predictor: Opened) -> LabelledRows | None:
    """The rows that the model's run keeps. Of images in folders it keeps their names alone."""
    data = home and home / "data" / (predictor.name or "")
    if not data or not data.is_dir() or not predictor.reader.kept_in_runs:
        return None
    return stored_table(data, predictor.reader, predictor.task)


def answer_all(
    settings: Evaluate, predictor: Opened, trained: LabelledRows | None, rejects: Rejects
) -> tuple[Rows, RowAnswers]:
    """The labelled rows and the model's answers to them. Of a kind whose rows take much memory a part of them is read, answered
    and forgotten at a time; what people see of them is kept."""
    reader, rows, predictions, start = predictor.reader, Rows([], []), [], time.monotonic()
    for part in parts_of(settings, predictor, trained, rejects):
        predictions.append(predictor.row_answers(part.texts))
        rows.texts += [reader.light(row) for row in part.texts]
        rows.targets += part.targets
        rows.orders |= part.orders
        for name, values in part.columns.items():
            rows.columns.setdefault(name, []).extend(values)
        if reader.at_once:
            count = len(rows.texts)
            rate = f"{count / (time.monotonic() - start):,.0f}"
            say("    " + message("rows a second", rows=counted(reader.kind, count), rate=rate))
    return rows, together(predictions)


def parts_of(settings: Evaluate, predictor: Opened, trained: LabelledRows | None, rejects: Rejects) -> Iterator[Rows]:
    """The rows to judge on: those of a table, those that are files, or the test split of the model's run."""
    reader = predictor.reader
    if settings.data is None:
        if trained is None:
            raise no_rows(settings, reader)
        yield Rows(trained.texts_of("test"), trained.targets_of("test"))
        return
    sources = reader.sources_of(settings.data)
    if sources is None:
        yield labelled_rows(settings, predictor, rejects)
    else:
        yield from class_folders(settings, predictor, sources, rejects)


def no_rows(settings: Evaluate, reader: Reader) -> InputError:
    if not reader.kept_in_runs:
        what, fix = (
            f"reads {reader.kind}s, which are not kept in runs",
            "name class folders, or the prepared folder, with --data",
        )
        return InputError("WHICH_DATA", settings.model, what, fix)
    return InputError("NO_TEST_SPLIT", settings.model, "is not in a run that holds its data", "name a table with --data")


def class_folders(settings: Evaluate, predictor: Opened, sources: list[str], rejects: Rejects) -> Iterator[Rows]:
    """The files of class folders and archives, or of the test split of a prepared folder, a part at a time."""
    task, reader = predictor.trained_task, predictor.reader
    prepared = is_store(Path(sources[0]))
    refuse(settings, "prepared images" if prepared else "files")
    for place, what in misplaced_labels(settings.label, task.name):
        raise InputError("BAD_SETTING", place, what, "leave it out")
    names = named_classes(settings.synsets, task.labels) if settings.synsets else {}
    rows, met = reader.file_rows(sources, settings.read, rejects), []
    while part := list(islice(rows, reader.at_once)):
        whole = [row for row in part if row.cells is not None]
        if whole:
            targets = [names.get(row.label, row.label) for row in whole]
            met += targets
            yield Rows([row.cells for row in whole if row.cells is not None], targets)
    refuse_strangers(settings.data or "", met, task.labels)
    rejects.check(settings.read.max_rejects)


def labelled_rows(settings: Evaluate, predictor: Opened, rejects: Rejects) -> Rows:
    """The rows of a table."""
    refuse(settings, "table")
    columns = named_columns(predictor.reader, settings.columns_by_kind) or tuple(predictor.columns)
    task = predictor.trained_task
    label = (
        settings.label.columns
        or settings.label_column
        or task.facts.get("written", {}).get("columns")
        or (predictor.facts.get("label_column"))
    )
    if not columns or not label:
        raise which_column(settings.model, columns, label)
    reader = predictor.reader.with_columns(columns)
    table = read_table(
        [str(settings.data)], reader, label, None, settings.read, rejects, settings.slice_by, task, settings.label
    )
    refuse(settings, *rejects.cases())
    unmet(task, settings.label, rejects)
    for line in table.reader.complaints(table.texts, table.places):
        rejects.inform(line)
    return Rows(table.texts, table.targets, *slices_of(table.others))


def leak_of(trained: LabelledRows, rows: Rows) -> float | None:
    """Share of the rows that the model was trained on: the same, of texts nearly the same, a part or the whole of one. None
    where that is not measured."""
    return trained.reader.leaks(trained.texts_of("train"), rows.texts).worst


def notes(rejects: Rejects, home: Path | None, trained: LabelledRows | None) -> list[str]:
    """What the reader of the report should know about the rows."""
    lines = reasons_of(rejects.counts)
    if home is None:
        lines.append(message("outside its run"))
    elif trained is None:
        lines.append(message("run keeps no rows"))
    return [*lines, *rejects.notes()]


def predictions(predictor: Opened, rows: Rows, answers: Answers) -> str:
    """One line per row: its cells, the target, and the answer."""
    task = predictor.trained_task
    reader = predictor.reader
    columns = predictor.columns or reader.columns or ["text", "second text"][: len(rows.texts[0])]
    names = list(task.as_columns(answers[0])) if len(answers) else []
    head = [*columns, "label", *("predicted" if name == "label" else name for name in names)]
    return csv_text(
        [
            head,
            *(
                [*reader.display(row), "" if target is None else task.serialize(target), *task.as_columns(answer).values()]
                for row, target, answer in zip(rows.texts, rows.targets, answers, strict=True)
            ),
        ]
    )

"""The story of an evaluation."""

from __future__ import annotations

from pathlib import Path

from groundup.commands.evaluate.settings import Evaluate
from groundup.commands.shared.csv_text import csv_text
from groundup.config import lasting, to_dict
from groundup.data.sources.records import Rejects, reasons_of
from groundup.data.splits.split import find_leakage
from groundup.errors import InputError
from groundup.evaluate.judging import (
    UNSEEN,
    Rows,
    baselines_of,
    close_opening,
    count_locked_opening,
    headline,
    judge,
    opener,
    remarks,
)
from groundup.evaluate.opened import Opened
from groundup.evaluate.opening import folder_of, open_model, which_column
from groundup.folders import check_output, is_ours, new_folder
from groundup.machine import say, tell
from groundup.pages.evaluation_page import evaluation_page
from groundup.runs import Outcome
from groundup.scope import refuse
from groundup.strict_json import canonical
from groundup.tasks.images import ImageClassification
from groundup.tasks.label_fit import unmet
from groundup.tasks.reading import read_table
from groundup.tasks.table import Table, stored_table
from groundup.tasks.task import Answers


def evaluate(settings: Evaluate) -> Outcome:
    """Open the rows, judge the model and its baselines on them, and write the report folder."""
    out = Path(settings.out)
    check_output(out)
    if out.exists():
        raise InputError("OUTPUT_EXISTS", out, "is already there", "choose a new folder")
    predictor = open_model(settings.model, settings, settings.task)
    for note in predictor.notes:
        say(settings, f"    {note}")
    if predictor.task is None:
        raise InputError("NO_LABELS", settings.model, "was pretrained only; it has no labels to judge", "fine-tune it first")
    if isinstance(predictor.task, ImageClassification):
        from groundup.commands.evaluate.images import evaluate_images
        from groundup.evaluate.predictor import Predictor

        assert isinstance(predictor, Predictor)  # images are not exported
        refuse(settings, "images")
        return evaluate_images(settings, predictor, predictor.task)
    refuse(settings, "texts")
    home = run_of(settings.model)
    kept = home and home / "data" / (predictor.name or "")
    trained = stored_table(kept, predictor.task) if kept and kept.is_dir() else None
    rows, rejects = open_rows(settings, predictor, trained)
    for note in rejects.notes():
        say(settings, f"    {note}")
    beside = baselines_of(trained, rows.texts) if settings.baselines and trained else []
    leakage = leak_of(trained, rows) if trained and settings.data else None
    openings = count_locked_opening(home, rows, opener(out)) if home else None
    report, answers = judge(
        predictor,
        rows,
        beside,
        title="Evaluation",
        settings=to_dict(settings),
        leakage=leakage,
        openings=openings,
        preflight=notes(rejects, home),
        language=settings.language,
        seed=settings.seed,
    )
    parents = [folder for folder in (folder_of(settings.model),) if is_ours(folder)]
    with new_folder(out, kind="report", settings=lasting(settings), parents=parents) as folder:
        folder.write_text("report.json", canonical(report))
        folder.write_text("report.html", evaluation_page(report))
        folder.write_text("predictions.csv", predictions(predictor, rows, answers))
    if home:
        close_opening(home, opener(out))
    times = f", judged on them {'once' if openings == 1 else f'{openings} times'} by now" if openings else ""
    tell(f"{headline(report)} on {report['rows']['scored']:,} rows{times}")
    known = [] if settings.data is None or settings.quiet else [UNSEEN]  # the notes of reading say it
    for line in [report["verdict"]["text"], *remarks(report, known)]:
        tell(f"    {line}")
    return Outcome(out, {"report": report})


def run_of(model: str) -> Path | None:
    """The run that a model belongs to, if it lies in one."""
    folder = folder_of(model)
    return folder.parent if (folder.parent / "run.json").is_file() else None


def open_rows(settings: Evaluate, predictor: Opened, trained: Table | None) -> tuple[Rows, Rejects]:
    """The labelled rows to judge on: a table, or the test split of the model's run."""
    rejects = Rejects()
    if settings.data is None:
        if trained is None:
            raise InputError("NO_TEST_SPLIT", settings.model, "is not in a run that holds its data", "name a table with --data")
        return Rows(trained.texts_of("test"), trained.targets_of("test")), rejects
    columns = settings.text_column or tuple(predictor.columns)
    task = predictor.trained_task
    label = (
        settings.label.columns
        or settings.label_column
        or task.facts.get("written", {}).get("columns")
        or (predictor.facts.get("label_column"))
    )
    if not columns or not label:
        raise which_column(settings.model, columns, label)
    table = read_table([settings.data], columns, label, None, settings.read, rejects, settings.slice_by, task, settings.label)
    refuse(settings, *rejects.cases())
    unmet(task, settings.label, rejects)
    return Rows(table.texts, table.targets, table.others), rejects


def leak_of(trained: Table, rows: Rows) -> float:
    """Share of the rows whose text the model was trained on: the same, nearly the same, a part or the whole of one."""
    found = find_leakage(["\n".join(t) for t in trained.texts_of("train")], ["\n".join(t) for t in rows.texts])
    return max(found.exact, found.near, found.contained)


def notes(rejects: Rejects, home: Path | None) -> list[str]:
    """What the reader of the report should know about the rows."""
    found = reasons_of(rejects.counts)
    found += [] if home else ["the model lies outside its run: baselines, leakage and openings are not known"]
    return [*found, *rejects.notes()]


def predictions(predictor: Opened, rows: Rows, answers: Answers) -> str:
    """One line per row: texts, what was wanted, and the answer."""
    task = predictor.trained_task
    columns = predictor.columns or ["text", "second text"][: len(rows.texts[0])]
    names = list(task.as_columns(answers[0])) if len(answers) else []
    head = [*columns, "label", *("predicted" if name == "label" else name for name in names)]
    return csv_text(
        [
            head,
            *(
                [*texts, "" if target is None else task.serialize(target), *task.as_columns(answer).values()]
                for texts, target, answer in zip(rows.texts, rows.targets, answers, strict=True)
            ),
        ]
    )

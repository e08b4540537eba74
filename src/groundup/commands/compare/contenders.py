"""The systems that are compared: models, and answers that files hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from groundup.commands.compare.settings import Compare
from groundup.commands.evaluate.story import run_of
from groundup.commands.shared.csv_text import unguarded
from groundup.errors import InputError
from groundup.evaluate.judging import Rows
from groundup.evaluate.opened import Opened
from groundup.evaluate.opening import folder_of, open_model
from groundup.evaluate.report import CLASS_REPORT
from groundup.kinds.text.tfidf import TFIDF
from groundup.manifest import is_ours, read_manifest, read_verified
from groundup.strict_json import fields, parse_json
from groundup.tasks.baselines.baseline import MAJORITY
from groundup.tasks.rows.labelled_rows import LabelledRows, stored_table

ANSWERS = "predictions.csv"  # what `groundup evaluate` keeps of its answers
LONGEST_FIELD = 2**30


@dataclass
class Contender:
    """A system to compare, opened: a model that will answer, or the answers that a report holds."""

    name: str
    path: str
    labels: list[str]
    texts_per_row: int | None  # one, or two for pairs; None where the folder does not say
    predictor: Opened | None = None
    rows: Rows | None = None  # of a report
    answers: list[str] = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    trained: LabelledRows | None = None  # the data of its run, where it still has them


def short_names(paths: Sequence[str]) -> list[str]:
    """The last part of each path where that tells them apart; else the paths."""
    last = [Path(path).resolve().name for path in paths]
    last = [Path(path).resolve().parent.name if name == "model" else name for path, name in zip(paths, last, strict=True)]
    return last if len(set(last)) == len(last) and not {MAJORITY, TFIDF} & set(last) else [str(path) for path in paths]


def open_contender(path: str, name: str, settings: Compare) -> Contender:
    """A report's answers, or a model, of several tasks for the one named. Raises InputError for what labels no text."""
    if (Path(path) / ANSWERS).is_file() and is_ours(Path(path)):
        return open_report(Path(path), name)
    folder = folder_of(path)
    predictor = open_model(path, settings, settings.task if of_several(folder) else None)
    if not predictor.trained_task.traits.classes:
        raise InputError("NO_CLASSES", path, f"is a model for {predictor.trained_task.name}", "compare models that label texts")
    home = run_of(path)
    facts = {
        "parameters": predictor.parameters,
        "bytes": sum(file.stat().st_size for file in folder.iterdir() if file.is_file()),
    }
    data = home and home / "data" / (predictor.name or "")
    trained = stored_table(data, predictor.reader, predictor.task) if data and data.is_dir() else None
    labels, columns = predictor.trained_task.labels, len(predictor.columns) or None
    return Contender(name, path, labels, columns, predictor, facts=facts, trained=trained)


def of_several(folder: Path) -> bool:
    """Whether a model folder is one of several tasks."""
    return is_ours(folder) and "tasks" in read_manifest(folder).extra


def open_report(folder: Path, name: str) -> Contender:
    """What `groundup evaluate` found, so that nothing is run again."""
    report = fields(parse_json(read_verified(folder, "report.json"), folder / "report.json"), folder / "report.json")
    if report.get("kind") != CLASS_REPORT:
        raise InputError("NOT_A_REPORT", folder, "holds no report on labels", "name a model or a folder of groundup evaluate")
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(read_verified(folder, ANSWERS).decode("utf-8"), newline=""))
    head, *lines = [list(map(unguarded, line)) for line in reader]
    texts = [tuple(line[:-3]) for line in lines]  # then label, predicted, probability
    rows = Rows(texts, [line[-3] or None for line in lines])
    facts = {key: report["facts"][key] for key in ("parameters",) if key in report["facts"]}
    facts |= {"leakage": report["leakage"], "openings": report["test_openings"]}
    answers = [line[-2] for line in lines]
    return Contender(name, str(folder), report["labels"], len(head) - 3, rows=rows, answers=answers, facts=facts)


def refuse_strangers(contenders: Sequence[Contender]) -> None:
    """Systems of different tasks or labels cannot be compared: say which differs from the first, and how."""
    first = contenders[0]
    for other in contenders[1:]:
        if None not in (first.texts_per_row, other.texts_per_row) and first.texts_per_row != other.texts_per_row:
            what = f"labels {texts(other.texts_per_row)}, but {first.path} labels {texts(first.texts_per_row)}"
            raise InputError("TASKS_DIFFER", other.path, what, "compare models of one task")
        ours, theirs = set(first.labels), set(other.labels)
        if ours != theirs:
            lacks = f"lacks {sorted(ours - theirs)[:5]}" if ours - theirs else ""
            adds = f"has {sorted(theirs - ours)[:5]} besides" if theirs - ours else ""
            what = f"{' and '.join(filter(None, (lacks, adds)))} among its labels, compared with {first.path}"
            raise InputError("LABELS_DIFFER", other.path, what, "compare models that were trained for the same labels")


def texts(count: int | None) -> str:
    return "pairs of texts" if count == 2 else "single texts"

"""The story of GLUE: every task fine-tuned, evaluated and kept in turn, then one table and the submission."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import finetune
from groundup.commands.glue.settings import Glue
from groundup.config import command_of, identity_settings
from groundup.data.sources.records import Rejects, Row, reasons_of
from groundup.data.sources.tables.glue import TASKS, Task, glue_rows, is_whole, present, told_count
from groundup.errors import InputError
from groundup.evaluate.bootstrap import resample, resample_difference
from groundup.evaluate.judging import baselines_of
from groundup.evaluate.predictor import Predictor, load, model_folder
from groundup.evaluate.submission import OUTPUTS, check_submission, submission_text, unzip_files, zip_files
from groundup.folders import make_parents, new_folder, write_file
from groundup.machine import prepare_machine
from groundup.manifest import fingerprint_files, identity, read_manifest
from groundup.messages.current import message
from groundup.metrics.glue import glue_scores
from groundup.pages.glue_page import glue_page, glue_text, summary
from groundup.runs import Outcome, RunFolder, resolved_in
from groundup.scope import at_default
from groundup.strict_json import canonical, fields, items, line, read_json
from groundup.tasks.rows.labelled_rows import stored_table
from groundup.terminal.log import result, say

TABLE, TABLE_TEXT, TABLES, SUBMISSION = "table.json", "table.txt", "data-in", "submission"
FREE = ("tasks", "evaluate_only", "data", "language")  # what may change from one call to the next; files are compared
OURS = "model"

Answers = list[str] | list[float]
Splits = dict[str, list[Path]]


@dataclass
class Part:
    """Labelled rows with one figure: a development file, or a part split off."""

    name: str
    texts: list[tuple[str, ...]]
    targets: Answers


def glue(settings: Glue) -> Outcome:
    """Bring every task to its row of the table, then write table, page and submission."""
    prepare_machine(settings)
    task_files = present(settings.data)
    names = list(settings.tasks) or list(TASKS)
    absent = [name for name in settings.tasks if name not in task_files]
    if absent:
        raise InputError(
            "NO_TASK_FILES",
            settings.data,
            f"holds no files of {', '.join(absent)}, but of {', '.join(task_files)}",
            "add them, or leave the task out of --tasks",
        )
    out = Path(settings.out)
    fixed = {k: v for k, v in identity_settings(settings).items() if k not in FREE} | {
        "model": identity(model_folder(settings.model))
    }
    with RunFolder.open(out, fixed, at_default(settings), command_of(settings)) as run:
        before = fields(read_json(out / TABLE), out / TABLE, rows=dict)["rows"] if (out / TABLE).is_file() else {}
        items(before, f"{out / TABLE}: rows", dict)
        rows = {name: before[name] for name in TASKS if name in before}
        for name in names:
            if name in task_files:
                rows[name] = bring(settings, TASKS[name], task_files[name], rows.get(name))
                keep(out, rows, settings)
        submit(out, rows, task_files, settings)
        text = glue_text(rows, settings.language)
        write_file(out / TABLE_TEXT, text)
        for line in text.rstrip("\n").split("\n"):
            result(line)
        if not any("parts" in row for row in rows.values()):
            raise InputError("NO_TASK_DONE", out, f"no task could be judged: {reasons(rows)}", "add the files that are missing")
        run.reservations += [
            message("skipped", name=name, why=row["skipped"]) for name, row in rows.items() if "skipped" in row
        ]
        return run.outcome(rows=rows, summary=summary(rows))


def reasons(rows: dict[str, dict]) -> str:
    return "; ".join(f"{name}: {row['skipped']}" for name, row in rows.items() if "skipped" in row)


def keep(out: Path, rows: dict[str, dict], settings: Glue) -> None:
    """The table as far as it is known, for people and programs."""
    write_file(out / TABLE, canonical({"rows": rows, "summary": summary(rows)}))
    write_file(out / "report.html", glue_page(rows, settings.language))


def bring(settings: Glue, task: Task, splits: Splits, before: dict | None) -> dict:
    """The row of a task: as it was when it is finished, else made; or why it is skipped."""
    home = Path(settings.out) / task.name
    why = skipped(settings, task, splits, home)
    if why:
        say(message("skipped", name=task.name, why=why))
        return {"skipped": why}
    kept_tables, notes = keep_tables(settings, task, splits)
    if before and "parts" in before and not settings.evaluate_only:
        say(message("done already", title=task.name))
        return before
    start = time.monotonic()
    if not settings.evaluate_only:
        say(message("note of files", file=task.name, note=told_data(splits)))
        finetune(
            finetune_settings(settings, task, kept_tables, home),
            compared_in=f"{settings.out}/{TABLE_TEXT}" * settings.baselines,
        )
    trained = time.monotonic() - start
    row = evaluate_task(settings, task, splits, home)
    row |= {"notes": [*notes, *row["limits"]], "resolved": resolved_in(home)}
    old = (before or {}).get("minutes")
    row["minutes"] = old if settings.evaluate_only and old is not None else round(trained / 60, 2)
    return row


def skipped(settings: Glue, task: Task, splits: Splits, home: Path) -> str | None:
    """Why a task that is there cannot be run."""
    if not {"train", "dev"} & splits.keys():
        return message("no labelled file", files=message("and").join(splits))
    if settings.evaluate_only and not (home / "model").is_dir():
        return message("no finished run", folder=home)
    return None


def told_data(splits: Splits) -> str:
    """Which labelled files are used for what."""
    if {"train", "dev"} <= splits.keys():
        return message("official files")
    return message("no development file" if "train" in splits else "no training file")


def keep_tables(settings: Glue, task: Task, splits: Splits) -> tuple[Path, list[str]]:
    """train.jsonl and test.jsonl in data-in/<task>, made once of the official files; and what a reader must know of them."""
    folder = Path(settings.out) / TABLES / task.name
    used = [split for split in ("train", "dev") if split in splits]
    sources = fingerprint_files([path for split in used for path in splits[split]])
    if folder.is_dir():
        known = read_manifest(folder).extra
        if known["sources"] != sources:
            raise InputError(
                "DATA_DIFFERS",
                f"{settings.data}/{task.name}",
                f"is not what {folder} was made of",
                "use the same files to go on, or another --out",
            )
        return folder, known["notes"]
    notes: list[str] = []
    make_parents(folder.parent)
    names = ("train", "test") if len(used) == 2 else ("train",)
    texts = {name: lines_of(settings, task, split, notes) for name, split in zip(names, used, strict=True)}
    if len(used) < 2:
        notes.append(told_data(splits))
    if settings.train_rows:
        notes.append(message("trained on at most", rows=settings.train_rows))
    with new_folder(folder, kind="data", extra={"sources": sources, "notes": notes}) as new:
        for name, text in texts.items():
            new.write_text(f"{name}.jsonl", text)
    return folder, notes


def lines_of(settings: Glue, task: Task, split: str, notes: list[str]) -> str:
    """The rows of a split as lines of JSON; faults and a wrong number of rows are noted."""
    rejects = Rejects()
    rows = glue_rows(settings.data, task.name, split, rejects)
    if rejects.counts:
        notes.append(message("note of files", file=split, note=message("semicolon").join(reasons_of(rejects.counts))))
    if not is_whole(task.name, split, len(rows)):
        notes.append(f"{split}: {told_count(task.name, split, len(rows))}")
    return "".join(line({name: row.values[name] for name in (*task.texts, "label")}) for row in rows)


def finetune_settings(settings: Glue, task: Task, tables: Path, home: Path) -> Finetune:
    """The fine-tuning run of a task. Its baselines stand in our table, by the official metric."""
    test = tables / "test.jsonl"
    kind: dict[str, Any] = {"task": "regression"} if task.regression else {}
    return Finetune(
        model=settings.model,
        data=str(tables / "train.jsonl"),
        test=str(test) if test.is_file() else None,
        out=str(home),
        text_column=task.texts,
        label_column="label",
        train_rows=settings.train_rows,
        epochs=settings.epochs,
        steps=settings.steps,
        batch_size=settings.batch_size,
        max_length=settings.max_length,
        from_scratch=settings.from_scratch,
        optimizer=settings.optimizer,
        precision=settings.precision,
        baselines=False,
        language=settings.language,
        seed=settings.seed,
        threads=settings.threads,
        device=settings.device,
        **kind,
    )


def evaluate_task(settings: Glue, task: Task, splits: Splits, home: Path) -> dict:
    """The figures of model and baselines on every labelled file, and the number of rows behind them."""
    predictor = load(home)
    table = stored_table(home / "data", predictor.reader)
    parts = judged_parts(settings, task, splits, table.texts_of("test"), table.targets_of("test"))
    texts = [text for part in parts for text in part.texts]
    systems = {OURS: answers(predictor, task, texts)}
    for baseline in baselines_of(table, texts) if settings.baselines else ():
        numbers = np.asarray(baseline.answers)
        systems[baseline.name] = list(numbers) if task.regression else [table.labels[k] for k in numbers.argmax(axis=1)]
    rows, first = [], 0
    for part in parts:
        own = {name: outputs[first : first + len(part.texts)] for name, outputs in systems.items()}
        rows.append(glue_report(settings, task, part, own))
        first += len(part.texts)
    counts = {split: table.count(split) for split in ("train", "validation", "test")}
    official = {"train", "dev"} <= splits.keys()
    judged_on = "official dev" if official else f"a part of {'train' if 'train' in splits else 'dev'}"
    limits = predictor.limit_warnings(int(predictor.long(texts).sum()), len(texts))
    return {"judged_on": judged_on, "rows": counts, "parts": rows, "limits": limits}


def judged_parts(settings: Glue, task: Task, splits: Splits, texts: list, targets: list) -> list[Part]:
    """The test split of the run, and MNLI's mismatched development file."""
    parts = [Part(task.output("test") or task.name, texts, targets)]
    if "dev_mismatched" in splits:
        rows = glue_rows(settings.data, task.name, "dev_mismatched", Rejects())
        parts.append(Part("MNLI-mm", texts_of(task, rows), [str(row.values["label"]) for row in rows]))
    return parts


def texts_of(task: Task, rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The texts of rows as a model reads them: without blanks at their ends."""
    return [tuple(str(row.values[name]).strip() for name in task.texts) for row in rows]


def answers(predictor: Predictor, task: Task, texts: list[tuple[str, ...]]) -> Answers:
    """The label by its official name, or the number, of each row."""
    if task.regression:
        return [float(answer["number"]) for answer in predictor.predictions(texts)]
    names = predictor.labels or []
    return [names[k] for k in predictor.probabilities(texts).argmax(axis=1)]


def glue_report(settings: Glue, task: Task, part: Part, systems: dict[str, Answers]) -> dict:
    """Figures with intervals of every system on the same rows, and how far the model is ahead of each baseline."""
    targets = numbers(task, part.targets)
    scores = {name: glue_scores(task.name, targets, numbers(task, outputs)) for name, outputs in systems.items()}
    figures = {
        name: {metric: interval.as_dict() for metric, interval in resample(one, settings.seed).items()}
        for name, one in scores.items()
    }
    ahead = {
        name: resample_difference(scores[OURS], one, settings.seed)["score"].as_dict()
        for name, one in scores.items()
        if name != OURS
    }
    return {"name": part.name, "count": len(targets), "systems": figures, "ahead_of": ahead}


def numbers(task: Task, names: Answers) -> np.ndarray:
    """Class numbers in the official order, or the numbers themselves."""
    if task.regression:
        return np.array(names, dtype=np.float64)
    places = {name: k for k, name in enumerate(task.labels)}
    return np.array([places[str(name)] for name in names], dtype=np.int64)


def submit(out: Path, rows: dict[str, dict], task_files: dict[str, Splits], settings: Glue) -> None:
    """submission.zip of the answers to all unlabelled test files, read back and checked; a README tells what is missing."""
    files, tests = {}, {}
    for name in rows:
        task = TASKS[name]
        outputs = {split: task.output(split) for split in task_files.get(name, {}) if "parts" in rows[name]}
        for split, output in outputs.items():
            test = glue_rows(settings.data, name, split) if output else []
            if output and all(row.values["label"] is None for row in test):
                files[output] = write_answers(out, task, test, output, fingerprint_files(task_files[name][split]), rows[name])
                tests[output] = task, test
    if not files:
        return
    write_file(out / SUBMISSION / "README.md", readme(list(files)))
    write_file(out / "submission.zip", zip_files(files))
    for output, text in unzip_files((out / "submission.zip").read_bytes()).items():
        check_submission(text, *tests[output], place=f"submission.zip/{output}.tsv")
    keep(out, rows, settings)
    say(message("note of files", file="submission.zip", note=", ".join(files)))


def write_answers(out: Path, task: Task, test: list[Row], output: str, source: str, row: dict) -> str:
    """The answers to a test file, kept beside the fingerprint of the file they answer."""
    path, known = out / SUBMISSION / f"{output}.tsv", row.setdefault("submission", {})
    if known.get(output) == source and path.is_file():
        return path.read_text("utf-8")
    text = submission_text(task, test, answers(load(out / task.name), task, texts_of(task, test)))
    make_parents(path.parent)
    write_file(path, text)
    known[output] = source
    return text


def readme(there: Sequence[str]) -> str:
    """What the submission holds and what it lacks."""
    missing = [name for name in OUTPUTS if name not in there]
    lacks = f"Missing, as there was no test file or no model: {', '.join(missing)}. Nothing was filled in for them.\n"
    return f"# GLUE submission\n\nHolds: {', '.join(there)}.\n\n" + (lacks if missing else "Nothing is missing.\n")

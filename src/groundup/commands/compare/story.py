"""The story of a comparison."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from groundup.commands.compare.contenders import Contender, open_contender, refuse_strangers, short_names
from groundup.commands.compare.settings import Compare
from groundup.commands.evaluate.story import leak_of, run_of
from groundup.commands.shared.csv_text import csv_text
from groundup.config import identity_settings, to_dict
from groundup.data.sources.records import Rejects, reasons_of
from groundup.errors import InputError
from groundup.evaluate.comparison import System, comparison_report, table_lines
from groundup.evaluate.judging import Rows, baselines_of, close_opening, count_locked_opening, opener
from groundup.evaluate.opening import folder_of, which_column
from groundup.evaluate.report import LEAKAGE
from groundup.evaluate.slices import slices_of
from groundup.evaluate.speed import Texts, measure
from groundup.folders import check_output, new_folder
from groundup.kinds.text.reader import TextReader
from groundup.manifest import is_ours
from groundup.messages.current import message
from groundup.pages.comparison_page import comparison_page
from groundup.runs import Outcome
from groundup.scope import refuse
from groundup.strict_json import canonical
from groundup.tasks.classification import Classification
from groundup.tasks.rows.reading import read_table
from groundup.terminal.log import output, say


def compare(settings: Compare) -> Outcome:
    """Open all systems, let them answer the same rows, and write the report folder."""
    out = Path(settings.out)
    check_output(out)
    if out.exists():
        raise InputError("OUTPUT_EXISTS", out, "is already there", "choose a new folder")
    names = short_names(settings.systems)
    contenders = [open_contender(path, name, settings) for path, name in zip(settings.systems, names, strict=True)]
    if settings.task is not None and not any(c.predictor and c.predictor.name for c in contenders):
        raise InputError(
            "NO_SUCH_TASK",
            "task",
            f"no system has tasks by name, so none called '{settings.task}'",
            "leave the name out, or name a model of several tasks",
        )
    refuse_strangers(contenders)
    rejects = Rejects()
    rows = labelled(open_rows(settings, contenders, rejects))
    for note in rejects.notes():
        say(f"    {note}")
    systems = [predict_rows(contender, rows) for contender in contenders]
    for contender, system in zip(contenders, systems, strict=True):
        system.facts |= history_of(contender, rows, opener(out))
    systems += baseline_systems(contenders, rows) if settings.baselines else []
    measure_speed(settings, contenders, systems, rows.texts)
    alarms = alarms_of(systems, rejects)
    report = comparison_report(
        systems,
        rows.texts,
        [name for name in rows.targets if name is not None],
        rows.columns,
        language=settings.language,
        seed=settings.seed,
        alarms=alarms,
        settings=to_dict(settings),
        timing={"threads": settings.threads, "rows": settings.timed_rows, "rounds": settings.rounds},
    )
    parents = [folder_of(c.path) if c.predictor else Path(c.path) for c in contenders]
    with new_folder(
        out, kind="report", settings=identity_settings(settings), parents=[p for p in parents if is_ours(p)]
    ) as folder:
        folder.write_text("report.json", canonical(report))
        folder.write_text("report.html", comparison_page(report))
        folder.write_text("answers.csv", answers_table(rows, systems))
    for home in {run_of(contender.path) for contender in contenders if contender.predictor}:
        if home is not None:
            close_opening(home, opener(out))
    output("\n".join(table_lines(report)))
    output(report["verdict"])
    return Outcome(out, {"report": report}, alarms)


def open_rows(settings: Compare, contenders: Sequence[Contender], rejects: Rejects) -> Rows:
    """The rows that all systems answer: a table, those of the reports, or the test split that the runs share."""
    reports = [c for c in contenders if c.rows is not None]
    if settings.data is not None:
        rows = read_rows(settings, contenders, rejects)
    elif reports:
        assert reports[0].rows is not None
        rows = reports[0].rows
    else:
        rows = shared_test(contenders)
    for contender in reports:
        refuse_other_rows(rows, contender)
    return rows


def read_rows(settings: Compare, contenders: Sequence[Contender], rejects: Rejects) -> Rows:
    models = [c.predictor for c in contenders if c.predictor is not None and c.predictor.columns]
    columns = settings.text_column or (tuple(models[0].columns) if models else ())
    label = settings.label_column or (models[0].facts.get("label_column") if models else None)
    if not columns or not label:
        raise which_column(settings.systems[0], columns, label)
    assert settings.data is not None
    reader = models[0].reader if models else TextReader()
    known = models[0].trained_task.label_format() if models else {}
    table = read_table(
        [settings.data],
        reader.with_columns(columns),
        label,
        None,
        settings.read,
        rejects,
        settings.slice_by,
        Classification({"labels": contenders[0].labels, **known}),
        settings.label,
    )
    refuse(settings, *rejects.cases())
    return Rows(table.texts, table.targets, *slices_of(table.others))


def shared_test(contenders: Sequence[Contender]) -> Rows:
    """The test split of the first run, which must be that of all the others."""
    rows_of_all: Rows | None = None
    for contender in contenders:
        if contender.trained is None:
            raise InputError("NO_TEST_SPLIT", contender.path, "is not in a run that holds its data", "name a table with --data")
        rows = Rows(contender.trained.texts_of("test"), contender.trained.targets_of("test"))
        if rows_of_all is not None and rows.fingerprint != rows_of_all.fingerprint:
            raise InputError(
                "ROWS_DIFFER",
                contender.path,
                f"was tested on other rows than {contenders[0].path}",
                "name a table that neither was trained on with --data",
            )
        rows_of_all = rows
    assert rows_of_all is not None
    return rows_of_all


def refuse_other_rows(rows: Rows, contender: Contender) -> None:
    """A report must be on the same rows in the same order."""
    theirs = contender.rows
    assert theirs is not None
    if len(rows.texts) != len(theirs.texts):
        raise InputError(
            "ROWS_DIFFER",
            contender.path,
            f"answers {len(theirs.texts)} rows, not {len(rows.texts)}",
            "compare reports on the same table",
        )
    pairs = enumerate(zip(rows.texts, rows.targets, theirs.texts, theirs.targets, strict=True), 1)
    other = next((n for n, (text, name, their_text, their_name) in pairs if (text, name) != (their_text, their_name)), None)
    if other is not None:
        raise InputError(
            "ROWS_DIFFER",
            contender.path,
            f"answers another text or label in row {other}",
            "compare reports on the same table, in the same order",
        )


def labelled(rows: Rows) -> Rows:
    """Rows without a label cannot be evaluated; a table that holds nothing else is refused."""
    missing = next((number for number, name in enumerate(rows.targets, 1) if name is None), None)
    if missing is not None:
        raise InputError("NO_LABEL", f"row {missing}", "has no label to judge the answers by", "give labelled rows")
    if not rows.texts:
        raise InputError("EMPTY_DATA", "rows", "hold no usable row", "give labelled rows")
    return rows


def predict_rows(contender: Contender, rows: Rows) -> System:
    """The answers of a system to all rows."""
    if contender.predictor is None:
        return System(contender.name, contender.answers, "report", dict(contender.facts) | {"path": contender.path})
    start = time.perf_counter()
    predictions = contender.predictor.answers_with_limits(rows.texts)
    probabilities, seconds = np.asarray(predictions.answers), time.perf_counter() - start
    answers = [contender.labels[k] for k in probabilities.argmax(axis=1)]
    limits = contender.predictor.limit_warnings(int(predictions.long.sum()), len(rows.texts))
    facts = dict(contender.facts) | {"path": contender.path, "seconds": seconds, "limits": limits}
    return System(contender.name, answers, "model", facts | calibrated(contender, rows, probabilities))


def calibrated(contender: Contender, rows: Rows, probabilities: np.ndarray) -> dict:
    """Expected calibration error of a model that told probabilities."""
    from groundup.metrics.calibration import UNKNOWN, Calibration

    numbers = {label: k for k, label in enumerate(contender.labels)}
    calibration = Calibration()
    calibration.add(probabilities, np.array([numbers.get(str(name), UNKNOWN) for name in rows.targets]))
    return {"ece": calibration.value()["ece"]}


def history_of(contender: Contender, rows: Rows, by: str) -> dict:
    """Whether a model was trained on these rows, and how often it was evaluated on them. The opening is noted in its run."""
    home = run_of(contender.path) if contender.predictor else None
    if home is None:
        return {}
    leakage = leak_of(contender.trained, rows) if contender.trained else None
    return {"leakage": leakage, "openings": count_locked_opening(home, rows, by)}


def baseline_systems(contenders: Sequence[Contender], rows: Rows) -> list[System]:
    """The majority class and TF-IDF, learned from the rows that the first model with a run was trained on."""
    contender = next((c for c in contenders if c.trained is not None), None)
    if contender is None or contender.trained is None:
        return []
    baselines = baselines_of(contender.trained, rows.texts)
    labels = contender.trained.labels
    return [
        System(
            one.name,
            [labels[k] for k in np.asarray(one.answers).argmax(axis=1)],
            "baseline",
            {"fit_seconds": one.seconds, "learned_from": contender.name},
        )
        for one in baselines
    ]


def measure_speed(settings: Compare, contenders: Sequence[Contender], systems: Sequence[System], rows: Texts) -> None:
    """Add the speed of every model to its facts, all measured in turns."""
    models = {c.name: c.predictor.probabilities for c in contenders if c.predictor is not None}
    if not models or not settings.timed_rows:
        return
    say(message("measuring models by rows", count=len(models), rows=min(settings.timed_rows, len(rows))))
    speeds = measure(models, rows, settings.timed_rows, settings.rounds, settings.seed)
    for system in systems:
        if system.name in speeds:
            system.facts["speed"] = speeds[system.name].as_dict()


def alarms_of(systems: Sequence[System], rejects: Rejects) -> list[str]:
    """What a reader must know before believing a figure."""
    warnings = reasons_of(rejects.counts)
    warnings += [note.removeprefix("warning: ") for note in rejects.notes() if note.startswith("warning: ")]
    for system in systems:
        lines = [line.removeprefix("warning: ") for line in system.facts.get("limits", ())]
        warnings += [message("note of files", file=system.name, note=line) for line in lines]
        leakage = system.facts.get("leakage")
        if leakage is not None and leakage > LEAKAGE:
            warnings.append(message("trained on these", name=system.name, share=leakage))
    return warnings


def answers_table(rows: Rows, systems: Sequence[System]) -> str:
    """One line per row: texts, label, and the answer of every system."""
    width = len(rows.texts[0])
    head = [*["text", "second text"][:width], "label", *[system.name for system in systems]]
    return csv_text(
        [
            head,
            *(
                [*text, name, *answers]
                for text, name, *answers in zip(rows.texts, rows.targets, *[system.answers for system in systems], strict=True)
            ),
        ]
    )

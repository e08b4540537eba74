"""The story of compression: a method makes a smaller model, the gate measures it, and publishes it or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from groundup import disk
from groundup.commands.compress.settings import Compress
from groundup.commands.compress.start import LoadedModel, find_student, make_work, open_model, open_table
from groundup.commands.evaluate.story import run_of
from groundup.commands.finetune.job import Job
from groundup.commands.finetune.story import publish, too_long, tune
from groundup.commands.shared.next_steps import use, words
from groundup.compress.distill import distill
from groundup.compress.prune import prune
from groundup.compress.quality_gate import Limits, compare_models
from groundup.compress.quantize import quantize
from groundup.compress.theseus import theseus
from groundup.compress.work import Work
from groundup.config import command_of, identity_settings, to_dict
from groundup.errors import GateError, InputError
from groundup.evaluate.judging import Rows, close_opening, count_locked_opening, count_opening, opener
from groundup.evaluate.predictor import model_folder
from groundup.evaluate.report import LEAKAGE
from groundup.events import read_events
from groundup.families.own import Storage
from groundup.folders import write_file
from groundup.former.reports import current_report
from groundup.machine import prepare_machine
from groundup.manifest import fingerprint_files, identity
from groundup.messages.current import message
from groundup.nn.model import Model
from groundup.pages.compression_page import compression_page, compression_verdict
from groundup.runs import Outcome, RunFolder, resolved_in
from groundup.scope import at_default
from groundup.strict_json import canonical, fields, read_json, understood
from groundup.tasks.rows.labelled_rows import LabelledRows, keep, stored_table
from groundup.tasks.rows.preflight import preflight_lines
from groundup.terminal.closing import close
from groundup.terminal.log import say, text

REPORT, MODEL, CANDIDATE = "report.json", "model", "candidate"
LIMITS = ("max_loss", "min_speedup")


def compress(settings: Compress) -> Outcome:
    """Make the smaller model in a run folder, weigh it, and publish it as `model` or raise GateError.

    The limits are no part of what makes the run: a refused model is checked against new ones by what was measured.
    """
    prepare_machine(settings)
    start, out = model_folder(settings.model), Path(settings.out)
    limits = Limits(settings.max_loss, settings.min_speedup)
    fixed = {name: value for name, value in identity_settings(settings).items() if name not in LIMITS} | inputs_of(
        settings, start
    )
    report = read_report(out)
    opened = open_model(settings, start) if report is None else None
    table = None if opened is None else find_table(settings, opened, out / "data")
    with RunFolder.open(out, fixed, at_default(settings), command_of(settings)) as run:
        report = report or read_report(out)
        if report is not None and (out / MODEL).is_dir():
            with understood(out / REPORT):
                refuse_other_limits(report, settings)
            say(text("finished already", out=out))
            tell(settings, report)
            return run.outcome(report=report)
        with understood(out / REPORT):
            refused = bool(limits.violations(report["comparison"])) if report else False
        if not refused and not (out / CANDIDATE).is_dir():
            opened = opened or open_model(settings, start)
            make_candidate(settings, run, opened, table or stored_table(out / "data", opened.predictor.reader), start)
        if report is None:
            assert table is not None
            report = evaluation_report(settings, run, table, start)
        return decide(settings, run, report, limits)


def tell(settings: Compress, report: dict) -> None:
    """Where the smaller model is, what it lost and gained, and what to type next."""
    out = Path(settings.out)
    verdict = compression_verdict(report, settings.language)
    compare = ["compare", *words("systems", (settings.model, settings.out)), "--out", f"{out}-compared"]
    facts = [("model", str(out / MODEL)), ("verdict", verdict), ("page", str(out / "report.html"))]
    close(facts, [*use(settings.out, out, None, settings.data, settings.read)[:2], compare])


def find_table(settings: Compress, opened: LoadedModel, folder: Path) -> LabelledRows:
    """The rows as this run keeps them, or will."""
    table = stored_table(folder, opened.predictor.reader) if folder.is_dir() else open_table(settings, opened)
    for line in preflight_lines(table.preflight) if settings.data else ():
        say(f"    {line}")
    return table


def inputs_of(settings: Compress, start: Path) -> dict:
    """What the run is made from, by content."""
    files = {
        name: path and fingerprint_files([Path(path)])
        for name in ("data", "validation", "test", "unlabelled")
        for path in (getattr(settings, name),)
    }
    student = None if settings.distill.student is None else identity(model_folder(settings.distill.student))
    home = run_of(settings.model)
    own = identity(home / "data") if settings.data is None and home and (home / "data").is_dir() else None
    return {"model": identity(start), **files, "student": student, "rows": own}


def read_report(out: Path) -> dict | None:
    if not (out / REPORT).is_file():
        return None
    return fields(current_report(fields(read_json(out / REPORT), out / REPORT)), out / REPORT, comparison=dict)


def refuse_other_limits(report: dict, settings: Compress) -> None:
    """A published model stays published: other limits are for another run."""
    limits = {name: getattr(settings, name) for name in LIMITS}
    if Limits(**limits).violations(report["comparison"]):
        raise InputError(
            "LIMITS_DIFFER",
            settings.out,
            f"was published under other limits: {report['limits']}, not {limits}",
            "name another --out, or the limits it was published under",
        )


def make_candidate(settings: Compress, run: RunFolder, opened: LoadedModel, table: LabelledRows, start: Path) -> None:
    """The smaller model as a folder that nobody takes for the result yet."""
    keep(table, run.path / "data")
    work, job = make_work(settings, run, opened, table)
    for line in filter(None, [too_long(job)]):
        say(f"    {line}")
    model, family = METHODS[settings.method](settings, work, job)
    if settings.method != "quantize":  # whose numbers are settled before they are rounded
        tune(replace(job, model=model, family=family))
        table.task.fold_scale(model)
    identity = {name: value for name, value in identity_settings(settings).items() if name not in LIMITS}
    storage: Storage = "int8" if settings.method == "quantize" else "float32"
    publish(run, replace(job, model=model.eval(), family=family), start, CANDIDATE, identity, storage)


def by_distilling(settings: Compress, work: Work, job: Job) -> tuple[Model, str]:
    """A student of blocks of the model, or the one named."""
    student = None if settings.distill.student is None else find_student(settings, work, job)
    student_model = distill(work, settings.distill, None if student is None else student.model)
    return student_model, work.family if student is None else student.family


def by_theseus(settings: Compress, work: Work, job: Job) -> tuple[Model, str]:
    return theseus(work, settings.theseus), work.family


def by_pruning(settings: Compress, work: Work, job: Job) -> tuple[Model, str]:
    return prune(work, settings.prune), work.family


def by_quantizing(settings: Compress, work: Work, job: Job) -> tuple[Model, str]:
    work.task.fold_scale(work.model)
    return quantize(work, settings.quantize), work.family


METHODS: dict[str, Callable[[Compress, Work, Job], tuple[Model, str]]] = {
    "distill": by_distilling,
    "theseus": by_theseus,
    "prune": by_pruning,
    "quantize": by_quantizing,
}


def evaluation_report(settings: Compress, run: RunFolder, table: LabelledRows, start: Path) -> dict:
    """Both models on the test split, which is opened once more; the opening is noted here and where the model comes from."""
    rows = Rows(table.texts_of("test"), table.targets_of("test"))
    home = run_of(settings.model)
    openings = count_opening(run.path, rows)
    earlier = 0 if home is None else count_locked_opening(home, rows, opener(run.path))
    say(message("measuring both", count=len(rows.texts)))
    comparison = compare_models(
        start,
        run.path / CANDIDATE,
        rows.texts,
        rows.targets,
        timed_rows=settings.timed_rows,
        rounds=settings.rounds,
        seed=settings.seed,
        memory=settings.memory,
        threads=settings.threads,
        explained_rows=settings.explained_rows,
    )
    leakage = table.preflight.get("leakage_of_model")
    alarms = list(comparison["limits"])
    if leakage is not None and leakage > LEAKAGE:
        alarms.append(message("model knew these rows", share=leakage))
    histories = {path.parent.name: list(read_events(path)) for path in sorted(run.path.glob("*/events.jsonl"))}
    return {
        "kind": "compression",
        "language": settings.language,
        "method": settings.method,
        "comparison": comparison,
        "trainings": histories,
        "alarms": alarms,
        "facts": {
            "model": settings.model,
            "method": settings.method,
            "task": table.task.name,
            "test rows": len(rows.texts),
            "openings of the test split": max(openings, earlier),
        }
        | facts_of_method(settings),
        "settings": to_dict(settings),
        "resolved": {name: resolved_in(run.path / name) for name in histories},
    }


def facts_of_method(settings: Compress) -> dict[str, object]:
    """What the settings of a method come to, where a recipe decides some of them."""
    if settings.method != "distill":
        return {}
    weights = ", ".join(f"{term} {weight:g}" for term, weight in settings.distill.weights.items() if weight)
    return {"weights of the losses": weights, "temperature": settings.distill.temperature}


def decide(settings: Compress, run: RunFolder, report: dict, limits: Limits) -> Outcome:
    """Write the report, then publish the candidate or remove it. Killed in between, the same command comes here again."""
    out, refusals = run.path, limits.violations(report["comparison"])
    report |= {"limits": {name: getattr(settings, name) for name in LIMITS}, "refusals": refusals, "published": not refusals}
    write_file(out / "report.html", compression_page(report))
    write_file(out / REPORT, canonical(report))
    if home := run_of(settings.model):
        close_opening(home, opener(out))
    verdict = compression_verdict(report, "en")
    if refusals:
        if (out / CANDIDATE).is_dir():
            disk.remove_tree(out / CANDIDATE)
        names = ", ".join(f"{one['limit']} {one['allowed']:g}" for one in refusals)
        fix = f"see {out / 'report.html'}; keep more of the model, or state other limits"
        raise GateError("GATE", out, verdict.rstrip("."), fix, limit=names)
    disk.rename(out / CANDIDATE, out / MODEL)
    disk.fsync_folder(out)
    tell(settings, report)
    run.reservations += report["alarms"]
    return run.outcome(report=report)

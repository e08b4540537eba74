"""The story of a ladder: rung after rung, and the page after each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from groundup.commands.compress.settings import Compress
from groundup.commands.compress.story import compress, inputs_of
from groundup.commands.ladder.settings import Ladder
from groundup.compress.explanation_agreement import explanation_agreement
from groundup.compress.quality_gate import LARGE_BATCH, answer_agreement
from groundup.compress.settings import DistillSettings, TheseusSettings
from groundup.config import command_of, identity_settings, to_dict
from groundup.data.settings import LabelSettings
from groundup.errors import InputError
from groundup.evaluate.bootstrap import resample_difference
from groundup.evaluate.paired import holm
from groundup.evaluate.predictor import load, model_folder
from groundup.evaluate.speed import measure
from groundup.families.checkpoint import load as load_model
from groundup.folders import write_file
from groundup.kinds.store import is_store
from groundup.machine import prepare_machine
from groundup.messages.current import message
from groundup.pages.ladder_page import ORIGINAL, drawings, ladder_lines, ladder_page, ladder_verdict
from groundup.runs import Outcome, RunFolder
from groundup.scope import at_default
from groundup.strict_json import canonical, fields, read_json, understood
from groundup.tasks.rows.labelled_rows import stored_table
from groundup.tasks.rows.store import open_store
from groundup.terminal.log import output, say

LADDER = "ladder.json"
IMPOSSIBLE = (
    "TWO_STACKS",
    "CANNOT_DISTILL",
    "LAYERS_DO_NOT_DIVIDE",
    "FIRST_LAYER",
    "SAME_AS_HALF",
    "NEEDS_RUNG",
    "CANNOT_PRUNE",
    "SHARED_KEYS",
    "INT8_MODEL",
)  # for such a model
PAIRS = (
    ("theseus-half", "control-theseus"),
    ("distill-half", "control-half"),
    ("theseus-half", "distill-half"),
    ("distill-third", "control-third"),
)


class Step(NamedTuple):
    """How a rung is made: by a method, from the model or from another rung."""

    method: str
    changes: dict[str, Any]
    begins_with: str | None = None


def ladder(settings: Ladder) -> Outcome:
    """All rungs, the page written after each; then all models in turns, and each method beside its control."""
    prepare_machine(settings)
    out, start = Path(settings.out), model_folder(settings.model)
    blocks = load_model(start).model.config.num_layers
    first = compress_settings(settings, "theseus-half", steps_of(settings, blocks))
    with RunFolder.open(
        out, identity_settings(settings) | inputs_of(first, start), at_default(settings), command_of(settings)
    ) as run:
        if (out / LADDER).is_file():
            report = fields(read_json(out / LADDER), out / LADDER, finished=bool)
            if report["finished"]:
                say(message("finished already", out=out))
                with understood(out / LADDER):
                    output("\n".join([*ladder_lines(report, settings.language), ladder_verdict(report, settings.language)]))
                return run.outcome(report=report)
        report = empty(settings)
        for number, name in enumerate(settings.rungs, 1):
            say(message("rung of rungs", number=number, count=len(settings.rungs), name=name))
            climb(settings, report, name, blocks)
            write(out, report)
        if not report["rungs"]:
            why = "; ".join(report["not_run"].values())
            raise InputError("NO_RUNG", settings.model, f"cannot be compressed by any of the rungs ({why})", "choose others")
        finish(settings, report)
        report["finished"] = True
        write(out, report)
        output("\n".join([*ladder_lines(report, settings.language), ladder_verdict(report, settings.language)]))
        return run.outcome(report=report)


def empty(settings: Ladder) -> dict[str, Any]:
    return {
        "kind": "ladder",
        "language": settings.language,
        "model": settings.model,
        "keep": settings.keep,
        "metric": None,
        "original": None,
        "rungs": [],
        "not_run": {},
        "pairs": [],
        "best": None,
        "at_once": None,
        "limits": [],
        "finished": False,
        "planned": len(settings.rungs),
        "settings": to_dict(settings),
    }


def steps_of(settings: Ladder, blocks: int) -> dict[str, Step]:
    """How each rung is made of a model of so many blocks. A control is the student without any teacher."""
    half, third = max(1, blocks // 2), max(1, blocks // 3)

    def taught(layers: int) -> Step:
        return Step("distill", {"distill": DistillSettings(recipe=settings.recipe, layers=layers)})

    def alone(layers: int) -> Step:
        return Step("distill", {"distill": DistillSettings(recipe="logits", layers=layers, soft=0.0, hard=1.0)})

    return {
        "theseus-half": Step("theseus", {"theseus": TheseusSettings(layers=half)}),
        "control-theseus": Step("theseus", {"theseus": TheseusSettings(layers=half, start=1.0)}),
        "distill-half": taught(half),
        "control-half": alone(half),
        "distill-third": taught(third),
        "control-third": alone(third),
        "prune": Step("prune", {}),
        "int8": Step("quantize", {}),
        "distill-half-int8": Step("quantize", {}, "distill-half"),
    }


def compress_settings(settings: Ladder, name: str, steps: Mapping[str, Step]) -> Compress:
    """The settings of `groundup compress` that make a rung."""
    step, rungs = steps[name], Path(settings.out) / "rungs"
    shared = {
        field: getattr(settings, field)
        for field in (
            "text_column",
            "label_column",
            "validation",
            "test",
            "read",
            "label",
            "split",
            "epochs",
            "steps",
            "batch_size",
            "optimizer",
            "precision",
            "num_evaluations",
            "timed_rows",
            "rounds",
            "memory",
            "explained_rows",
            "language",
            "seed",
            "threads",
            "data",
        )
    }
    taught = step.method == "distill" and step.changes["distill"].weights["soft"]
    model: Any = settings.model if step.begins_with is None else str(rungs / step.begins_with)
    method: Any = step.method
    if step.begins_with is not None:  # it is in a run with the same rows
        kept = ("label_column", "validation", "test", *(() if is_prepared(settings) else ("data",)))
        shared |= dict.fromkeys(kept) | {"text_column": (), "label": LabelSettings()}
    return Compress(
        device=settings.device,
        model=model,
        method=method,
        out=str(rungs / name),
        unlabelled=settings.unlabelled if taught else None,
        **shared,
        **step.changes,
    )


def is_prepared(settings: Ladder) -> bool:
    """Whether the rows lie in a folder of `groundup prepare`, of which runs keep the names alone."""
    return settings.data is not None and is_store(Path(settings.data))


def climb(settings: Ladder, report: dict, name: str, blocks: int) -> None:
    """Make a rung, or note why it cannot be."""
    steps, done = steps_of(settings, blocks), {rung["name"] for rung in report["rungs"]}
    try:
        if name.endswith("third") and max(1, blocks // 3) == max(1, blocks // 2):
            raise InputError("SAME_AS_HALF", name, f"a third of {blocks} blocks is as many as half of them")
        if (first := steps[name].begins_with) is not None and first not in done:
            raise InputError("NEEDS_RUNG", name, f"begins with {first}, which was not made")
        compression = compress(compress_settings(settings, name, steps)).facts["report"]
    except InputError as error:
        if error.code not in IMPOSSIBLE:
            raise
        report["not_run"][name] = error.what
        return
    results = compression["comparison"]
    report |= {name: results[name] for name in ("metric", "at_once", "reads", "unit")}
    if report["original"] is None:
        report["original"] = rung_of(ORIGINAL, "none", results["before"], results["before"], results)
    rung = rung_of(name, name.split("-")[0], results["after"], report["original"], results)
    parent = next((one for one in report["rungs"] if one["name"] == first), None)
    rung["speedup"] = results["speedup"] * (1.0 if parent is None else parent["speedup"])  # each as measured in turns
    rung["agreement"] = results["agreement"] if parent is None else None
    rung["resolved"] = compression.get("resolved", {})
    report["rungs"].append(rung)
    report["best"] = best(report)


def rung_of(name: str, method: str, side: Mapping, original: Mapping, results: Mapping) -> dict:
    """What is reported of one model, beside the original."""
    metric = results["metric"]
    value, whole = side["figures"][metric]["value"], original["figures"][metric]["value"]
    return {
        "name": name,
        "method": method,
        "figures": side["figures"],
        **{key: side[key] for key in ("bytes", "folder_bytes", "parameters", "blocks", "operations", "speed", "memory")},
        "kept": value / whole if value is not None and whole else None,
        "lost": None if value is None or whole is None else (whole - value) * results["points"],
        "smaller": original["bytes"] / side["bytes"],
        "speedup": 1.0,
        "agreement": 1.0,
        "explanations": None,
    }


def best(report: Mapping) -> str | None:
    """The fastest rung that keeps enough of the main figure and is faster than the original at all; no control, which is there
    to compare with."""
    good = [
        rung
        for rung in report["rungs"]
        if (rung["kept"] or 0.0) >= report["keep"] and (rung["speedup"] or 0.0) > 1 and rung["method"] != "control"
    ]
    return max(good, key=lambda rung: rung["speedup"])["name"] if good else None


def finish(settings: Ladder, report: dict) -> None:
    """Speed of all models in turns, which stands for what each rung told, and the paired differences from the controls."""
    homes = {rung["name"]: Path(settings.out) / "rungs" / rung["name"] for rung in report["rungs"]}
    original = load(settings.model)
    if is_prepared(settings):
        open_store(Path(str(settings.data)), original.reader)
    table = stored_table(next(iter(homes.values())) / "data", original.reader)
    texts, targets = table.texts_of("test"), table.targets_of("test")
    models = {ORIGINAL: original} | {name: load(home) for name, home in homes.items()}
    say(message("measuring models", count=len(models)))
    speeds = measure(
        {name: model.answers for name, model in models.items()},
        texts,
        settings.timed_rows,
        settings.rounds,
        settings.seed,
        largest=LARGE_BATCH,
    )
    for rung in (report["original"], *report["rungs"]):
        rung["speed"] = speeds[rung["name"]].as_dict()
        rung["speedup"] = speeds[ORIGINAL].p50_ms / speeds[rung["name"]].p50_ms
    report["timing"] = {"rows": min(settings.timed_rows, len(texts)), "rounds": settings.rounds}
    report["best"] = best(report)
    predictions = {name: model.answers_with_limits(texts) for name, model in models.items()}
    answers = {name: one.answers for name, one in predictions.items()}
    report["limits"] = models[ORIGINAL].limit_warnings(
        int(predictions[ORIGINAL].long.sum()), len(texts), int(predictions[ORIGINAL].unfinished.sum())
    )
    for line in report["limits"]:
        say(line)
    for rung in report["rungs"]:
        rung["agreement"] = answer_agreement(table.task, answers[ORIGINAL], answers[rung["name"]])
        rung["explanations"] = explanation_agreement(models[ORIGINAL], models[rung["name"]], texts, settings.explained_rows)
    scores = {name: model.trained_task.scores(answers[name], targets, texts) for name, model in models.items()}
    pairs = [(one, other) for one, other in PAIRS if one in homes and other in homes]
    differences = [resample_difference(scores[one], scores[other], settings.seed)[report["metric"]] for one, other in pairs]
    corrected = holm([difference.p for difference in differences])
    report["pairs"] = [
        {"ours": one, "theirs": other, **difference.as_dict(), "corrected": p}
        for (one, other), difference, p in zip(pairs, differences, corrected, strict=True)
    ]


def write(out: Path, report: dict) -> None:
    """ladder.json, the page and the drawings of what there is."""
    for name, drawing in drawings(report).items():
        write_file(out / name, drawing)
    write_file(out / "report.html", ladder_page(report))
    write_file(out / LADDER, canonical(report))

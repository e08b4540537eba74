"""The story of a learning curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from groundup.commands.compare.contenders import short_names
from groundup.commands.curve.settings import Curve
from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import finetune
from groundup.config import command_of, identity_settings
from groundup.evaluate.predictor import model_folder
from groundup.evaluate.seeds import SeedComparison, compare_seeds
from groundup.folders import write_file
from groundup.kinds.settings import NewKinds
from groundup.manifest import fingerprint_files, identity
from groundup.messages.current import current_translator, message
from groundup.messages.translate import translate_name, translator
from groundup.pages.curve_page import Cells, curve_lines, curve_page, rival_of, values_of
from groundup.runs import Outcome, RunFolder
from groundup.scope import at_default
from groundup.strict_json import canonical
from groundup.terminal.log import output, say, silence

NEW_MODEL = "new model"


def curve(settings: Curve) -> Outcome:
    """All cells, smallest first, with the table written after each; then one sentence."""
    out = Path(settings.out)
    names = short_names(settings.model) or [NEW_MODEL]
    fixed = identity_settings(settings) | {
        "model": [identity(model_folder(path)) for path in settings.model],
        "data": fingerprint_files([Path(settings.data)]),
    }
    with RunFolder.open(out, fixed, at_default(settings), command_of(settings)) as run:
        cells: Cells = []
        for rows in sorted(settings.rows):
            for seed in settings.seeds:
                with silence():
                    found = cell(settings, names, rows, seed)
                cells.append({"rows": rows, "seed": seed} | found)
                write(out, settings, names, cells)
                t = current_translator()
                values = cells[-1]["accuracy"].items()
                accuracies = t("comma").join(f"{translate_name(name, t)} {value:.3f}" for name, value in values)
                say(t("cell of curve", rows=rows, seed=str(seed), accuracies=accuracies))
                for line in cells[-1]["limits"]:
                    say(f"    {line}")
        short = [one["rows"] for one in cells if one["training_rows"] < one["rows"]]
        if short:
            run.reservations.append(message("fewer rows than sizes", rows=min(short)))
        report = write(out, settings, names, cells)
        output("\n".join([*curve_lines(cells, names, current_translator()), *report["sentences"]]))
        return run.outcome(report=report)


def cell(settings: Curve, names: Sequence[str], rows: int, seed: int) -> dict:
    """Test accuracy of every system on the same rows: each model fine-tuned once, the baselines beside the first."""
    accuracy: dict[str, float] = {}
    resolved: dict[str, dict] = {}
    limits: list[str] = []
    training_rows = rows
    of_kinds: dict[str, Any] = {field.name: getattr(settings, field.name) for field in fields(NewKinds)}
    of_kinds |= {f"{kind}_column": named for kind, named in settings.columns_by_kind.items()}
    for number, (name, model) in enumerate(zip(names, settings.model or [None], strict=True)):
        report = finetune(
            Finetune(
                model=model,
                data=settings.data,
                preset=settings.preset,
                validation=settings.validation,
                test=settings.test,
                read=settings.read,
                label_column=settings.label_column,
                label=settings.label,
                split=settings.split,
                train_rows=rows,
                max_length=settings.max_length,
                steps=settings.steps,
                batch_size=settings.batch_size,
                optimizer=settings.optimizer,
                precision=settings.precision,
                seed=seed,
                baselines=number == 0,
                threads=settings.threads,
                device=settings.device,
                language=settings.language,
                out=str(Path(settings.out) / "runs" / f"{rows}-{seed}-{number}"),
                **of_kinds,
            ),
            compared_in=f"{settings.out}/curve.md",
        ).facts["report"]
        accuracy[name] = report["accuracy"]["value"]
        resolved[name] = report.get("resolved", {})
        limits += [f"{name}: {line}" for line in report.get("limits", ())]
        accuracy |= {entry["name"]: entry["accuracy"]["value"] for entry in report["baselines"]}
        training_rows = report["facts"]["training rows"]
    return {"accuracy": accuracy, "training_rows": training_rows, "resolved": resolved, "limits": limits}


def write(out: Path, settings: Curve, names: Sequence[str], cells: Cells) -> dict:
    """curve.json, curve.md and report.html of the cells there are."""
    sizes = list(dict.fromkeys(one["rows"] for one in cells))
    rival = rival_of(cells, names)
    compared = {
        name: [compare_seeds(rows, values_of(cells, rows, name), values_of(cells, rows, rival)) for rows in sizes]
        for name in names
    }
    report = {
        "kind": "curve",
        "cells": cells,
        "rival": rival,
        "compared": {name: [one.as_dict() for one in comparisons] for name, comparisons in compared.items()},
        "sentences": [sentence(name, comparisons, rival, settings.language) for name, comparisons in compared.items()],
    }
    table = curve_lines(cells, names, translator(settings.language))
    write_file(out / "curve.md", "\n".join([*table, "", *report["sentences"]]) + "\n")
    write_file(out / "report.html", curve_page(report, names, settings.data, settings.language))
    write_file(out / "curve.json", canonical(report))
    return report


def sentence(name: str, compared: Sequence[SeedComparison], rival: str, language: str) -> str:
    """From how many rows on a model beats its rival at every size that was tried, or that it does not within these."""
    t = translator(language)
    lasting_from = None
    for one in reversed(compared):
        if not one.wins:
            break
        lasting_from = one
    baseline = translate_name(rival, t)
    low, high = f"{compared[0].rows:,}", f"{compared[-1].rows:,}"
    if lasting_from is None:
        return t("curve never", name=name, baseline=baseline, low=low, high=high, seeds=compared[-1].seeds)
    values = {"rows": f"{lasting_from.rows:,}", "difference": f"{lasting_from.difference:+.3f}", "p": f"{lasting_from.p:.3f}"}
    return t("curve from", name=name, baseline=baseline, seeds=lasting_from.seeds, **values)

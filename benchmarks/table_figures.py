"""What the fits of `table_folds.py` come to: means over folds, their standard errors, and differences on the same rows.

    python benchmarks/table_figures.py --work runs/folds --name tables

It writes benchmarks/results/NAME.json and NAME.md. The standard error is that of the figures of folds as if they were
independent; they share training rows, so the true one is somewhat larger.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from machine import facts
from rounds import RESULTS
from table_folds import read_lines

from groundup.metrics.decisions import auc
from groundup.tasks.calibrate import log_loss

FIGURES = ("auc", "log_loss")
AGAINST = ("logistic regression", "small boosting")
Folds = dict[str, dict[str, float]]  # fold -> figure -> value


def figures_of(answers: Any, targets: Any) -> dict[str, float]:
    """Log loss and AUC; of more classes the mean of the AUCs of each against all others."""
    shares, wanted = np.asarray(answers, np.float64), np.asarray(targets)
    shares = shares / shares.sum(axis=1, keepdims=True)
    classes = range(1 if shares.shape[1] == 2 else 0, shares.shape[1])
    ranked = [auc(shares[:, one], wanted == one) for one in classes]
    return {"auc": float(np.mean([one for one in ranked if one is not None])), "log_loss": log_loss(shares, wanted)}


def systems_of(fits: Sequence[Mapping]) -> dict[str, Folds]:
    """The figures of each system of a table, fold by fold."""
    systems: dict[str, Folds] = defaultdict(dict)
    ours: dict[tuple[str, str], list[Mapping]] = defaultdict(list)
    for one in fits:
        if one["model"] == "simple":
            for name, answers in one["answers"].items():
                systems[name][one["fold"]] = figures_of(answers, one["targets"])
        else:
            ours[one["variant"], one["fold"]].append(one)
    for (variant, fold), models in ours.items():
        for way, suffix in (("calibrated", ""), ("plain", ", not calibrated")):
            each = [figures_of(one["answers"][way], one["targets"]) for one in models]
            title = f"Transformer ({variant}{suffix})"
            systems[f"{title}, one seed"][fold] = {name: float(np.mean([one[name] for one in each])) for name in FIGURES}
            if len(models) > 1:
                mean = np.mean([one["answers"][way] for one in models], axis=0)
                systems[f"{title}, mean of {len(models)} seeds"][fold] = figures_of(mean, models[0]["targets"])
    return systems


def mean_and_error(values: Sequence[float]) -> list[float]:
    """The mean, and its standard error as if the values were independent."""
    error = float(np.std(values, ddof=1) / len(values) ** 0.5) if len(values) > 1 else float("nan")
    return [round(float(np.mean(values)), 5), round(error, 5)]


def summarize(systems: Mapping[str, Folds]) -> list[dict[str, Any]]:
    """A row for each system: its figures, and their differences from those of simple models on the same folds."""
    rows = []
    for name, folds in systems.items():
        row: dict[str, Any] = {"system": name, "folds": len(folds)}
        for figure in FIGURES:
            row[figure] = mean_and_error([folds[fold][figure] for fold in sorted(folds)])
            for other in AGAINST:
                both = sorted(set(folds) & set(systems.get(other, {})))
                if other != name and both:
                    apart = [folds[fold][figure] - systems[other][fold][figure] for fold in both]
                    row[f"{figure} - {other}"] = mean_and_error(apart)
        rows.append(row)
    return rows


def page(tables: Mapping[str, list[dict]], command: str) -> str:
    """The tables as Markdown."""
    lines = ["## Tables: means over folds, with their standard errors", ""]
    for table, rows in tables.items():
        folds = max(row["folds"] for row in rows)
        lines += [f"### {table}, {folds} folds", ""]
        apart = "AUC minus logistic regression | log loss minus it | AUC minus small boosting | log loss minus it"
        lines += [f"| system | AUC | log loss | {apart} |"]
        lines += ["|---" * 7 + "|"]
        for row in rows:
            columns = [*FIGURES, *(f"{figure} - {other}" for other in AGAINST for figure in FIGURES)]
            few = f" ({row['folds']} folds)" if row["folds"] < folds else ""
            lines.append(f"| {row['system']}{few} | " + " | ".join(cell(row.get(column), column) for column in columns) + " |")
        lines.append("")
    return "\n".join([*lines, f"`{command}`", ""])


def cell(value: Sequence[float] | None, column: str) -> str:
    if value is None:
        return ""
    sign = "+" if " - " in column else ""
    return f"{value[0]:{sign}.4f} ± {value[1]:.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, nargs="+", required=True, help="folders of fits.jsonl")
    parser.add_argument("--name", help="of the results; without it they are printed alone")
    parser.add_argument("--command", default="", help="that made the fits")
    given = parser.parse_args()
    by_table: dict[str, list[dict]] = defaultdict(list)
    for one in (line for work in given.work for line in read_lines(work / "fits.jsonl")):
        by_table[one["table"]].append(one)
    tables = {table: summarize(systems_of(fits)) for table, fits in by_table.items()}
    text = page(tables, given.command)
    print(text)
    if given.name:
        seconds = {
            table: round(float(np.median([one["seconds"] for one in fits if "seconds" in one])), 1)
            for table, fits in by_table.items()
        }
        about = {"date": datetime.now(UTC).date().isoformat(), "machine": facts(), "command": given.command}
        kept = about | {"seconds_of_a_fit": seconds, "tables": tables}
        (RESULTS / f"{given.name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        (RESULTS / f"{given.name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

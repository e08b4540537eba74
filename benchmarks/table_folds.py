"""Tables: the new Transformer of `groundup finetune` beside simple models, fold by fold, on the same rows.

    python benchmarks/table_folds.py --data FOLDER --work runs/folds --tables german heart pima

FOLDER holds, in any folders below it, the files that the recipes of `examples` name. A fold keeps a fifth of the rows for its
test; 15 % of the rest, drawn once for each fold, choose the checkpoint and calibrate. Simple models learn from all the rest.
Each fit is a line of WORK/fits.jsonl and is not done again; `table_figures.py` says what they come to.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import yaml
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit

import groundup
from groundup.evaluate.predictor import load
from groundup.kinds.table.reader import TableReader
from groundup.tasks.baselines.tabular import classify, tables_of
from groundup.tasks.rows.labelled_rows import stored_table

EXAMPLES = Path(__file__).parent.parent / "examples"
FOLDS, VALIDATION = 5, 0.15


class Source(NamedTuple):
    """A table, and the stage of a recipe that says how it is read."""

    recipe: str
    stage: str
    header: int  # lines above the rows
    label: int  # place of the label in a line
    delimiter: str | None = ","  # None: blanks
    more: Mapping[str, Any] = MappingProxyType({})  # settings beyond those of the recipe


GOOD_WINE = [f"{grade}={'good' if grade > 6 else 'usual'}" for grade in range(3, 9)]
SOURCES = {
    "german": Source("credit/german.yaml", "credit", 0, -1),
    "heart": Source("diagnosis/heart_disease.yaml", "heart", 3, -1, "\t"),
    "pima": Source("diagnosis/pima.yaml", "whole", 0, -1),
    "credit_data": Source("credit/credit_data.yaml", "credit", 1, 1),
    "taiwan": Source("credit/taiwan.yaml", "default", 2, -1),
    "lending_club": Source("credit/lending_club.yaml", "with_the_lenders_opinion", 1, -1),
    "horse": Source("diagnosis/horse_colic.yaml", "outcome", 0, 22, None),
    "recurrence": Source("diagnosis/tumours.yaml", "recurrence", 0, -1),
    "haberman": Source("diagnosis/haberman.yaml", "survival", 0, -1),
    "wine": Source("tables/uci.yaml", "wine", 0, -1, ",", {"task": "classification", "label": {"rename": GOOD_WINE}}),
}


class Fold(NamedTuple):
    """Line numbers of each part."""

    name: str
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


class Lines:
    """The lines of a file and what its recipe says of them; each line is a row."""

    def __init__(self, table: str, data: Path):
        self.table, self.source = table, SOURCES[table]
        recipe = yaml.safe_load((EXAMPLES / self.source.recipe).read_text())
        self.settings = recipe["stages"][self.source.stage]["finetune"] | self.source.more
        name = Path(self.settings.pop("data")).name
        place = next(iter(sorted(data.rglob(name))), None)
        if place is None:
            raise SystemExit(f"{data}: holds no {name}")
        read = gzip.open if place.suffix == ".gz" else open
        with read(place, "rt", encoding="utf-8") as file:
            lines = [line for line in file.read().splitlines() if line.strip()]
        self.header, rows = lines[: self.source.header], lines[self.source.header :]
        self.rows = [row for row in rows if row.split(self.source.delimiter)[self.source.label] != "?"]
        self.suffix = Path(name.removesuffix(".gz")).suffix
        self.labels = np.array([row.split(self.source.delimiter)[self.source.label] for row in self.rows])
        self.settings.pop("split", None)

    def folds(self, seed: int, held_out: float = VALIDATION) -> Iterator[Fold]:
        parted = StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(self.labels, self.labels)
        for number, (rest, test) in enumerate(parted):
            train, validation = np.arange(len(rest)), np.arange(0)
            if held_out:
                draw = StratifiedShuffleSplit(1, test_size=held_out, random_state=10 * seed + number)
                train, validation = next(draw.split(rest, self.labels[rest]))
            yield Fold(f"{seed}.{number}", rest[train], rest[validation], test)

    def write(self, folder: Path, fold: Fold) -> dict[str, Any]:
        """The files of a fold, as settings."""
        folder.mkdir(parents=True, exist_ok=True)
        places: dict[str, Any] = {} if len(fold.validation) else {"split": {"validation": 0}}
        for setting, rows in (("data", fold.train), ("validation", fold.validation), ("test", fold.test)):
            if not len(rows):
                continue
            place = folder / f"{setting}{self.suffix}"
            place.write_text("\n".join([*self.header, *(self.rows[row] for row in rows)]) + "\n", encoding="utf-8")
            places[setting] = str(place)
        return places


def fit(lines: Lines, fold: Fold, seed: int, work: Path, settings: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """Probabilities of the test rows by one model, calibrated and as they were, and what it was trained on."""
    files = lines.write(work / "files", fold)
    run, started = work / "run", time.process_time()
    shutil.rmtree(run, ignore_errors=True)
    given = lines.settings | {"baselines": False, "seed": seed, "quiet": True} | files | settings
    groundup.finetune(**given, out=str(run))
    predictor = load(run)
    table = stored_table(run / "data", predictor.reader)
    task, rows = predictor.trained_task, table.texts_of("test")
    answered = predictor.row_answers(rows)
    answers = {"calibrated": answered.answers, "plain": answered.raw}
    told = {
        "targets": task.numbers(table.targets_of("test")).tolist(),
        "answers": {name: np.round(shares, 5).tolist() for name, shares in answers.items()},
        "calibration": task.facts.get("calibration", {}).get("method", "none"),
        "seconds": round(time.process_time() - started, 1),
    }
    return told, table


def simple(table: Any) -> dict[str, Any]:
    """Probabilities of the test rows by the simple models, from training and validation rows together."""
    rows = table.texts_of("train") + table.texts_of("validation")
    targets = table.task.numbers(table.targets_of("train") + table.targets_of("validation"))
    reader = TableReader(table.columns, table.reader.settings, table.reader.table)
    features = reader.features(rows)
    train, test = tables_of(features, rows, table.texts_of("test"))
    found = classify(train, targets, test, len(table.labels), features.strengths)
    return {one.name: np.round(one.answers, 5).tolist() for one in found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the files of the recipes")
    parser.add_argument("--work", type=Path, required=True, help="folder of fits.jsonl; a second call goes on")
    parser.add_argument("--tables", nargs="+", default=["german", "heart", "pima"], choices=SOURCES)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1], help="of the folds")
    parser.add_argument("--folds", type=int, default=FOLDS, help="do only the first so many of five")
    parser.add_argument("--models", type=int, nargs="+", default=[0, 1, 2], help="seeds of the models")
    parser.add_argument("--held_out", type=float, default=VALIDATION, help="share of a training part that validates")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="further settings of finetune")
    parser.add_argument("--variant", default="default", help="what these settings are called")
    given = parser.parse_args()
    settings = dotted(given.set)
    kept = given.work / "fits.jsonl"
    given.work.mkdir(parents=True, exist_ok=True)
    done = {key(one) for one in read_lines(kept)}
    plan = [(table, fold_seed, model) for table in given.tables for fold_seed in given.seeds for model in given.models]
    for table, fold_seed, model in plan:
        lines = Lines(table, given.data)
        for fold in islice(lines.folds(fold_seed, given.held_out), given.folds):
            about = {"table": table, "fold": fold.name, "model": model, "variant": given.variant}
            if key(about) in done:
                continue
            told, rows = fit(lines, fold, model, given.work / f"at-{os.getpid()}", settings)
            entries = [about | told]
            if key(about | {"model": "simple", "variant": "simple"}) not in done:
                entries.append(
                    {"table": table, "fold": fold.name, "model": "simple", "variant": "simple"}
                    | {"targets": told["targets"], "answers": simple(rows)}
                )
                done.add(key(entries[-1]))
            with kept.open("a") as file:
                file.writelines(json.dumps(entry) + "\n" for entry in entries)
            print(table, fold.name, model, f"{told['seconds']} s", flush=True)
    shutil.rmtree(given.work / f"at-{os.getpid()}", ignore_errors=True)


def dotted(pairs: Sequence[str]) -> dict[str, Any]:
    """`table.bins=16` as {"table": {"bins": 16}}."""
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        at = settings
        *outer, last = name.split(".")
        for part in outer:
            at = at.setdefault(part, {})
        at[last] = yaml.safe_load(value)
    return settings


def key(entry: dict[str, Any]) -> tuple:
    return entry["table"], entry["fold"], entry["model"], entry["variant"]


def read_lines(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_text().splitlines()] if place.is_file() else []


if __name__ == "__main__":
    main()

"""What pretraining on hidden cells gains where few rows of a table are labelled: on the card clients of Taiwan.

    python benchmarks/table_pretraining.py --data FOLDER --work runs/cells

A model learns the hidden cells of all rows but the test rows, without labels. Then so many labelled rows are drawn, of which
15 % choose the checkpoint: `new` starts from nothing, `pretrained` from that model, each with the defaults of finetune;
`pretrained, as texts` has the plan of pretrained models of texts. Each fit is a line of WORK/fits.jsonl and is not done again;
`table_figures.py` says what they come to.
"""

from __future__ import annotations

import argparse
import json
import shutil
from copy import copy
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedShuffleSplit
from table_folds import VALIDATION, Fold, Lines, fit, key, read_lines, simple

import groundup

TABLE, TEST_ROWS = "taiwan", 1500
LABEL = "default payment next month"
FORMER = {
    "steps": 600,
    "ema_decay": 0,
    "layer_decay": 0.9,
    "best_metric": "macro_f1",
    "optimizer": {"learning_rate": 5e-4},
}  # what pretrained models of texts do


def few_labels(lines: Lines, rows: np.ndarray, test: np.ndarray, labelled: int, draw: int) -> Fold:
    """So many of the rows, by classes, parted into training and validation."""
    chosen, _ = next(StratifiedShuffleSplit(1, train_size=labelled, random_state=draw).split(rows, lines.labels[rows]))
    own = rows[chosen]
    train, validation = next(StratifiedShuffleSplit(1, test_size=VALIDATION, random_state=draw).split(own, lines.labels[own]))
    return Fold(f"{labelled} labelled rows, draw {draw}", own[train], own[validation], test)


def pretrained(lines: Lines, rows: np.ndarray, work: Path, steps: int) -> str:
    """The run that learned hidden cells of these rows."""
    out, about = work / "cells", lines.settings
    if not (out / "model").is_dir():
        data = lines.write(work / "unlabelled", Fold("all", rows, rows[:0], rows[:0]))["data"]
        shared = {name: about[name] for name in ("read", "table_column", "table") if name in about}
        more = {"objective": "cells", "preset": "micro", "leave_out": [LABEL], "steps": steps}
        groundup.pretrain(data=data, out=str(out), **shared, **more)
    return str(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the file of the recipe")
    parser.add_argument("--work", type=Path, required=True, help="folder of fits.jsonl; a second call goes on")
    parser.add_argument("--labelled", type=int, nargs="+", default=[200, 800])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3000, help="updates of pretraining")
    given = parser.parse_args()
    lines, kept = Lines(TABLE, given.data), given.work / "fits.jsonl"
    first = next(lines.folds(0))
    rows, test = np.sort(np.concatenate([first.train, first.validation])), first.test[:TEST_ROWS]
    model = pretrained(lines, rows, given.work, given.steps)
    known = copy(lines)  # columns are learned once, with the model
    known.settings = {name: value for name, value in lines.settings.items() if name != "table"}
    arms = {"new": {}, "pretrained": {"model": model}, "pretrained, as texts": {"model": model} | FORMER}
    done = {key(one) for one in read_lines(kept)}
    for draw, labelled in [(draw, labelled) for draw in range(given.draws) for labelled in given.labelled]:
        fold = few_labels(lines, rows, test, labelled, draw)
        for arm, settings in arms.items():
            about = {"table": f"{TABLE}, {labelled} labelled", "fold": fold.name, "model": 0, "variant": arm}
            if key(about) in done:
                continue
            told, table = fit(known if "model" in settings else lines, fold, 0, given.work / "at", settings)
            entries = [about | told]
            if arm == "new":
                entries.append(
                    about | {"model": "simple", "variant": "simple"} | {"targets": told["targets"], "answers": simple(table)}
                )
            with kept.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(entry) + "\n" for entry in entries)
            print(fold.name, arm, f"{told['seconds']} s", flush=True)
    shutil.rmtree(given.work / "at", ignore_errors=True)


if __name__ == "__main__":
    main()

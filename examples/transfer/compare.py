"""What a way of fine-tuning brings against plain fine-tuning: one table over numbers of labels, several draws of them each.

    python examples/transfer/compare.py --model runs/english/lm --train train.csv --validation validation.csv --test test.csv \
        --ways plain replay own --pretraining runs/english/reviews --rows 100 500 2000 --seeds 0 1 2 3 4 --out runs/replay

Each cell is one run of `groundup.finetune`; what is done is not done again, and table.md is written after every run.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.stats import t as student

import groundup

SMALL = {"batch_size": 16, "every": 2}  # costs a quarter more than plain fine-tuning
WAYS: dict[str, dict] = {
    "plain": {},
    "replay": {"replay": {"weight": "auto", **SMALL}},  # L_task + lambda L_pre on the data folder
    "own": {"replay": {"weight": "auto", "data": None, **SMALL}},  # the same on the training texts of the task
    "l2_sp": {"regularize": {"method": "l2_sp"}},
    "rec_adam": {"regularize": {"method": "rec_adam"}},
    "ewc": {"regularize": {"method": "ewc"}},
    "aeda": {"augment": {"method": "aeda"}},
    "eda": {"augment": {"method": "eda", "operations": ["swap", "delete"]}},
    "synonyms": {"augment": {"method": "eda"}},
    "substitute": {"augment": {"method": "substitute", "copies": 2}},
    "back_translation": {"augment": {"method": "back_translation"}},  # translated and back by the models of --translators
    "mixup": {"mixup": 0.4},
    "r_drop": {"r_drop": 1.0},
    "average": {"ema_decay": 0.99},
}


def settings_of(way: str, pretraining: str | None, translators: list[str]) -> dict:
    """The settings of a way; with a data folder, what is forgotten of it is told beside."""
    settings = json.loads(json.dumps(WAYS[way]))
    if way == "back_translation":
        settings["augment"] |= dict(zip(("forth", "back"), translators, strict=True))
    if pretraining is not None:
        replay = settings.setdefault("replay", {})
        replay.setdefault("data", pretraining)
        if "weight" not in replay:
            replay["log_only"] = True
    return settings


def cell(chosen: argparse.Namespace, way: str, rows: int, seed: int) -> dict:
    out = chosen.out / f"{way}-{rows}-{seed}"
    done = groundup.finetune(
        model=str(chosen.model),
        data=str(chosen.train),
        validation=str(chosen.validation),
        test=str(chosen.test),
        out=str(out),
        text_column=["text"],
        label_column="label",
        train_rows=rows,
        seed=seed,
        max_length=chosen.max_length,
        threads=1,
        baselines=way == "plain",
        num_evaluations=3,
        steps=chosen.steps,
        quiet=True,
        **settings_of(way, chosen.pretraining, chosen.translators),
    )
    report = done.facts["report"]
    forgotten = report["pretraining_loss"]
    found = {
        "way": way,
        "rows": rows,
        "seed": seed,
        "accuracy": report["accuracy"]["value"],
        "forgotten": None if forgotten is None else forgotten[1] - forgotten[0],
    }
    if way == "plain":
        found["tfidf"] = report["baselines"][-1]["accuracy"]["value"]
    return found


def told(values: list[float], sign: str = "") -> str:
    """Mean and half of the 95 % interval by Student's t."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return f"{mean:{sign}.3f}"
    half = float(student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5)
    return f"{mean:{sign}.3f} ± {half:.3f}"


def table(cells: list[dict], ways: list[str]) -> str:
    lines = ["| labels | way | accuracy | minus plain, by draw | pretraining loss | draws |", "|---|---|---|---|---|---|"]
    for rows in sorted({cell["rows"] for cell in cells}):
        plain = {cell["seed"]: cell for cell in cells if cell["rows"] == rows and cell["way"] == "plain"}
        if plain:
            theirs = {seed: one["tfidf"] for seed, one in plain.items()}
            ahead = told([theirs[seed] - one["accuracy"] for seed, one in plain.items()], "+")
            lines.append(f"| {rows:,} | TF-IDF | {told(list(theirs.values()))} | {ahead} | | {len(plain)} |")
        for way in ways:
            own = [cell for cell in cells if cell["rows"] == rows and cell["way"] == way]
            if own:
                pairs = [one["accuracy"] - plain[one["seed"]]["accuracy"] for one in own if one["seed"] in plain]
                forgotten = [one["forgotten"] for one in own if one["forgotten"] is not None]
                lines.append(
                    f"| {rows:,} | {way} | {told([one['accuracy'] for one in own])} | "
                    f"{told(pairs, '+') if way != 'plain' and pairs else ''} | "
                    f"{told(forgotten, '+') if forgotten else ''} | {len(own)} |"
                )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("model", "train", "validation", "test", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--pretraining")
    parser.add_argument("--translators", nargs=2, default=[], help="for back: two runs that translate, forth and back")
    parser.add_argument("--ways", nargs="+", default=["plain", "replay", "own"], choices=list(WAYS))
    parser.add_argument("--rows", type=int, nargs="+", default=[100, 500, 2000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--max_length", type=int, default=64)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    cells = []
    for seed in chosen.seeds:
        for rows in chosen.rows:
            for way in chosen.ways:
                cells.append(cell(chosen, way, rows, seed))
                (chosen.out / "cells.json").write_text(json.dumps(cells, indent=1))
                (chosen.out / "table.md").write_text(table(cells, chosen.ways))
                print(json.dumps(cells[-1]), flush=True)
    print(table(cells, chosen.ways))


if __name__ == "__main__":
    main()

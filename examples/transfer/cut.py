"""Labelled reviews as three files with the columns text and label: a pool to draw labels from, validation and test rows.

python examples/transfer/cut.py SST-2/train.tsv.gz sentence data/english --containment
python examples/transfer/cut.py chnsenticorp/train.tsv.gz text_a data/chinese --test chnsenticorp/dev.tsv
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from groundup.data.settings import ReadSettings, SplitSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.data.splits.split import cluster, split_rows


def rows_of(path: str, column: str) -> list[tuple[str, str]]:
    return [(str(row.values[column]).strip(), str(row.values["label"])) for row in read_rows([path], ReadSettings(), Rejects())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("column")
    parser.add_argument("out", type=Path)
    parser.add_argument("--test")
    parser.add_argument("--containment", action="store_true", help="texts that are part of another stay in its split")
    parser.add_argument("--validation_rows", type=int, default=400)
    chosen = parser.parse_args()
    rows = rows_of(chosen.data, chosen.column)
    settings = SplitSettings(
        validation=0.1, test=0.0 if chosen.test else 0.2, group_by="containment" if chosen.containment else None
    )
    numbers = split_rows(cluster([text for text, _ in rows]), [label for _, label in rows], settings, 0)
    chosen.out.mkdir(parents=True, exist_ok=True)
    parts = {name: [rows[i] for i in np.flatnonzero(numbers == k)] for k, name in enumerate(("train", "validation", "test"))}
    parts["validation"] = parts["validation"][: chosen.validation_rows]
    if chosen.test:
        parts["test"] = rows_of(chosen.test, chosen.column)
    for name, part in parts.items():
        with (chosen.out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("text", "label"), *part])
        print(f"{name}: {len(part):,} rows")


if __name__ == "__main__":
    main()

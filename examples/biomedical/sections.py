"""PubMedQA's abstracts as text to go on with, and as labelled paragraphs: which section of an abstract is this?

    python examples/biomedical/sections.py ori_pqal_train.json.gz examples/biomedical/data

Writes `text/` (one file per abstract), `sections-train.csv` and `sections-test.csv` (text, section, abstract). Every fifth
abstract is for judging, and not part of the text.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from pathlib import Path

SECTIONS = {
    "BACKGROUND": ("BACKGROUND", "INTRODUCTION", "CONTEXT"),
    "OBJECTIVE": ("OBJECTIVE", "OBJECTIVES", "PURPOSE", "AIM", "AIMS"),
    "METHODS": ("METHODS", "MATERIALS AND METHODS", "PATIENTS AND METHODS", "DESIGN", "STUDY DESIGN", "SETTING", "METHOD"),
    "RESULTS": ("RESULTS", "FINDINGS"),
}
NAMES = {name: section for section, names in SECTIONS.items() for name in names}


def main(source: str, folder: str) -> None:
    out = Path(folder)
    (out / "text").mkdir(parents=True, exist_ok=True)
    with gzip.open(source, "rt", encoding="utf-8") as file:
        abstracts = json.load(file)
    rows = {"train": [], "test": []}
    for number, (key, abstract) in enumerate(sorted(abstracts.items())):
        split = "test" if number % 5 == 0 else "train"
        for label, text in zip(abstract["LABELS"], abstract["CONTEXTS"], strict=True):
            if label in NAMES:
                rows[split].append((text, NAMES[label], key))
        if split == "train":
            paragraphs = [abstract["QUESTION"], *abstract["CONTEXTS"], abstract["LONG_ANSWER"]]
            (out / "text" / f"{key}.txt").write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")
    for split, found in rows.items():
        with (out / f"sections-{split}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("text", "section", "abstract"), *found])


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The demo with a table: scikit-learn's breast tumours, a new model, and what it is worth."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from groundup.commands.compress.settings import Compress
from groundup.commands.compress.story import compress
from groundup.commands.demo.settings import Demo
from groundup.commands.demo.stages import Demonstration, confidence_line, lines_of_answers, scores_of
from groundup.commands.evaluate.settings import Evaluate
from groundup.commands.evaluate.story import evaluate
from groundup.commands.explain.settings import Explain
from groundup.commands.explain.story import explain
from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import finetune
from groundup.commands.predict.settings import Predict
from groundup.commands.predict.story import predict
from groundup.commands.shared.csv_text import csv_text
from groundup.evaluate.predictor import load
from groundup.folders import new_folder
from groundup.pages.demo_page import lines_section
from groundup.strict_json import read_json, strict
from groundup.terminal.log import text

LABEL, APART = "diagnosis", 100  # of so many rows one is kept apart
COST = "fp=1,fn=5"  # a tumour that is missed costs more than a false alarm
TELLING = 3  # columns that are named


def table_life(settings: Demo) -> dict[str, Any]:
    """A table, training beside simple methods, costs, an explanation, a smaller model, predictions."""
    demo = Demonstration(settings, 6)
    out, (raw, truths) = demo.out, collect(demo)
    demo.step("demo train table")
    table = str(raw / "tumours.csv")
    demo.perform(Finetune, finetune, data=table, table_column=("*",), label_column=LABEL, out=str(out / "model"))
    demo.step("demo evaluate")
    demo.perform_once(Evaluate, evaluate, out / "evaluation", model=str(out / "model"), cost=COST)
    demo.step("demo explain")
    new = str(raw / "new.csv")
    demo.perform_once(Explain, explain, out / "explanation", model=str(out / "model"), input=new, row=1)
    telling = [text("demo speaks", columns=", ".join(most_telling(out / "explanation")))]
    demo.tell(telling)
    demo.step("demo compress")
    demo.perform(Compress, compress, model=str(out / "model"), method="quantize", out=str(out / "small"))
    demo.step("demo predict")
    demo.perform_once(Predict, predict, out / "predictions.csv", model=str(out / "small"), input=new)
    return end(demo, telling, load(out / "small").predictions(rows_of(raw / "new.csv")), truths)


def end(demo: Demonstration, telling: list[str], answers: list[dict], truths: list[str]) -> dict[str, Any]:
    """The answers to rows that were kept apart, and the page."""
    report = read_json(demo.out / "model" / "report.json")
    names = [text("demo row", number=number) for number in range(1, len(truths) + 1)]
    lines = [confidence_line(report), *telling, *lines_of_answers(names, answers, truths)]
    demo.tell([lines[0], *lines[1 + len(telling) :]])
    verdicts = [report["verdict"]["text"], report["calibrated"]["text"]]
    pages = [f"{name}/report.html" for name in ("model", "evaluation", "small")] + ["explanation/page.html"]
    scores = scores_of("new model", report)
    return demo.finish("demo from table", scores, verdicts, [lines_section("demo answers", lines, demo.t)], pages)


def collect(demo: Demonstration) -> tuple[Path, list[str]]:
    """`tumours.csv` with the rows to learn from, and `new.csv` with every hundredth row without its label; and these labels."""
    from sklearn.datasets import load_breast_cancer

    folder, data = demo.out / "data", load_breast_cancer()
    names, labels = [*map(str, data.feature_names)], [str(data.target_names[number]) for number in data.target]
    apart = range(0, len(labels), APART)
    demo.step("demo make table", rows=len(labels), apart=len(apart))
    if not folder.is_dir():
        rows = [[f"{number:g}" for number in row] for row in data.data.tolist()]
        learned = [[*row, label] for place, (row, label) in enumerate(zip(rows, labels, strict=True)) if place not in apart]
        with new_folder(folder, kind="text") as new:
            new.write_text("tumours.csv", csv_text([[*names, LABEL], *learned]))
            new.write_text("new.csv", csv_text([names, *(rows[place] for place in apart)]))
    return folder, [labels[place] for place in apart]


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table of ours: mappings from the names of their columns to cells."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def most_telling(folder: Path) -> list[str]:
    """The cells that decide most about the answer that was explained."""
    first = strict((folder / "explanations.jsonl").read_text(encoding="utf-8").partition("\n")[0])
    ranked = sorted(first["parts"], key=lambda part: -abs(part["score"]))
    return [f"{part['name']} ({part['score']:+.2f})" for part in ranked[:TELLING]]

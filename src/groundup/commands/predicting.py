"""The story of a prediction: one output row per input row, always, in their order."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from groundup.commands.machine import prepare_machine
from groundup.commands.predict import Predict
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError
from groundup.evaluate.predictor import MASK, Predictor, load
from groundup.folders import write_file
from groundup.runs import Outcome
from groundup.tasks.classification import show

ROWS = 4096  # read, answered and written at a time
ANSWER = ("label", "probability", "error")


def predict(settings: Predict) -> Outcome:
    prepare_machine(settings)
    predictor = load(settings.model)
    if settings.input is None:
        return answer_texts(settings, predictor)
    return answer_file(settings, predictor)


def answer_texts(settings: Predict, predictor: Predictor) -> Outcome:
    """Answers for texts of the command line, on standard output."""
    answers: list = []
    if settings.next is not None:
        probability = predictor.follows(settings.text[0], settings.next)
        verdict = "follows" if probability >= 0.5 else "does not follow"
        print(f"{verdict}  (probability that it follows: {probability:.3f})")
        answers.append(probability)
    elif "label" in predictor.heads:
        pairs = len(predictor.columns) == 2
        if pairs and len(settings.text) != 2:
            raise InputError(
                "TWO_TEXTS", "text", f"the model reads pairs ({' and '.join(predictor.columns)})", "give --text twice"
            )
        texts = [settings.text] if pairs else list(settings.text)
        for answer in predictor.predict(texts):
            print(show(answer))
            answers.append(answer)
    else:
        for text in settings.text:
            if MASK not in text:
                raise InputError("NO_MASK", "text", "this model was pretrained only: it fills masks",
                                 f"write {MASK} in the text, or give --next")  # fmt: skip
            for words in predictor.fill(text, settings.top):
                print("  ".join(f"{word} {probability:.3f}" for word, probability in words))
                answers.append(words)
    return Outcome(Path(settings.model), {"answers": answers})


def answer_file(settings: Predict, predictor: Predictor) -> Outcome:
    """Every row of a file with its label, or with what was wrong with it."""
    columns = list(settings.text_column) or predictor.columns
    kind = "csv" if settings.out is None else settings.out.rsplit(".", 1)[1]
    sink, faults, total = io.StringIO(newline=""), 0, 0
    writer = None
    rows = input_rows(settings)
    while batch := list(islice(rows, ROWS)):
        answers = answer_rows(batch, columns, predictor)
        faults += sum("error" in a for a in answers)
        total += len(batch)
        for row, answer in zip(batch, answers, strict=True):
            merged = {**row.values, **{name: answer.get(name, "") for name in ANSWER}}
            if kind == "jsonl":
                sink.write(json.dumps({k: v for k, v in merged.items() if v != ""}, ensure_ascii=False) + "\n")
                continue
            if writer is None:
                delimiter = "\t" if kind == "tsv" else ","
                writer = csv.DictWriter(sink, list(merged), delimiter=delimiter, lineterminator="\n", extrasaction="ignore")
                writer.writeheader()
            writer.writerow(merged)
    if total == 0:
        raise InputError("EMPTY_DATA", settings.input, "holds no row", "give one text a line, or a table")
    if settings.out is None:
        sys.stdout.write(sink.getvalue())
    else:
        write_file(Path(settings.out), sink.getvalue())
    notes = [f"{faults} of {total} rows could not be read; see the error column"] if faults else []
    return Outcome(Path(settings.out or "-"), {"rows": total, "faults": faults}, notes)


def input_rows(settings: Predict) -> Iterator[Row]:
    """Rows of the input, the faulty ones too."""
    if settings.input == "-":
        for number, line in enumerate(sys.stdin, 1):
            yield Row({"text": line.rstrip("\r\n")}, "-", number)
        return
    rejects = Rejects()
    yield from read_rows([str(settings.input)], settings.read, rejects)


def answer_rows(batch: list[Row], columns: list[str], predictor: Predictor) -> list[dict]:
    """One answer per row."""
    answers: list[dict] = []
    texts, places = [], []
    for place, row in enumerate(batch):
        names = (
            columns if all(name in row.values for name in columns) else ["text"] if list(row.values) == ["text"] else columns
        )
        missing = [name for name in names if name not in row.values]
        if missing:
            raise InputError("NO_COLUMN", f"{row.file}:{row.line}", f"has no column '{missing[0]}'",
                             f"--text_column is one of {', '.join(row.values)}")  # fmt: skip
        parts = tuple(row.values[name] for name in names)
        if all(isinstance(part, str) and part.strip() for part in parts):
            texts.append(parts)
            places.append(place)
        answers.append({"error": "the text is empty or not text"})
    for place, answer in zip(places, predictor.predict(texts) if texts else [], strict=True):
        answers[place] = {"label": answer["label"], "probability": round(answer["probability"], 6)}
    return answers

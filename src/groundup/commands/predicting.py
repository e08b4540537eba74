"""The story of a prediction: one output row per input row, always, in their order."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from groundup.commands.machine import prepare_machine
from groundup.commands.predict import Predict
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError
from groundup.evaluate.predictor import MASK, Predictor, load
from groundup.folders import make_parents, write_file
from groundup.runs import Outcome
from groundup.tasks.classification import show

ROWS = 4096  # read, answered and written at a time
ANSWER = ("label", "probability", "error")


def predict(settings: Predict) -> Outcome:
    prepare_machine(settings)
    if settings.out is not None and Path(settings.out).is_dir():
        raise InputError("OUTPUT_IS_A_FOLDER", settings.out, "is a folder", "name a file")
    predictor = load(settings.model)
    if settings.input is None:
        return answer_texts(settings, predictor)
    return answer_file(settings, predictor)


def answer_texts(settings: Predict, predictor: Predictor) -> Outcome:
    """Answers for texts of the command line, on standard output."""
    answers: list = []
    if not all(text.strip() for text in settings.text):
        raise InputError("NO_TEXT", "text", "is empty", "give some words")
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
        if any(MASK in text for text in settings.text):
            raise InputError("NO_MASKED_LM", "text", f"holds {MASK}, and this model gives labels",
                             "fill masks with the pretrained model")  # fmt: skip
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
    if "label" not in predictor.heads:
        raise InputError("NO_LABELS", settings.model, "was pretrained only; it has no labels to predict",
                         f"fine-tune it first, or fill masks with a --text that contains {MASK}")  # fmt: skip
    answers = None
    rows = input_rows(settings)
    faults = total = 0
    while batch := list(islice(rows, ROWS)):
        found = answer_rows(batch, settings, predictor)
        answers = answers or Answers(settings.out, batch)
        for row, answer in zip(batch, found, strict=True):
            answers.add(row, answer)
        faults += sum("error" in answer for answer in found)
        total += len(batch)
    if answers is None:
        raise InputError("EMPTY_DATA", settings.input, "holds no row", "give one text a line, or a table")
    if settings.out is None:
        sys.stdout.write(answers.sink.getvalue())
    else:
        make_parents(Path(settings.out).parent)
        write_file(Path(settings.out), answers.sink.getvalue())
    notes = [f"{faults} of {total} rows could not be read; see the column '{answers.names['error']}'"] if faults else []
    return Outcome(Path(settings.out or "-"), {"rows": total, "faults": faults}, notes)


class Answers:
    """Rows and their answers as csv, tsv or jsonl. An answer never takes the place of a column of the input."""

    def __init__(self, out: str | None, first: list[Row]):
        self.kind = "csv" if out is None else out.rsplit(".", 1)[1]
        self.sink = io.StringIO(newline="")
        self.columns = list(dict.fromkeys(name for row in first for name in row.values))
        self.names = {name: own_name(name, self.columns) for name in ANSWER}
        if self.kind != "jsonl":
            delimiter = "\t" if self.kind == "tsv" else ","
            names = [*self.columns, *self.names.values()]
            self.writer = csv.DictWriter(self.sink, names, delimiter=delimiter, lineterminator="\n")
            self.writer.writeheader()

    def add(self, row: Row, answer: dict) -> None:
        new = [name for name in row.values if name not in self.columns]
        merged = row.values | {self.names[name]: value for name, value in answer.items()}
        if self.kind == "jsonl":
            self.sink.write(json.dumps(merged, ensure_ascii=False, default=str) + "\n")
        elif new:
            raise InputError("NEW_COLUMN", f"{row.file}:{row.line}", f"has the column '{new[0]}', which no row before had",
                             "write the answers as jsonl: --out answers.jsonl")  # fmt: skip
        else:
            self.writer.writerow({name: plain(value) for name, value in merged.items()})


def own_name(name: str, columns: list[str]) -> str:
    """The name of an answer's column beside those of the input."""
    while name in columns:
        name = f"predicted_{name}"
    return name


def plain(value: object) -> object:
    """What stands in a field of a table."""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (dict, list)) else value


def input_rows(settings: Predict) -> Iterator[Row]:
    """Rows of the input, the faulty ones too."""
    if settings.input == "-":
        for number, line in enumerate(sys.stdin, 1):
            yield Row({"text": line.rstrip("\r\n")}, "-", number)
        return
    read = replace(settings.read, max_rejects=sys.maxsize)  # they are answered, too
    yield from read_rows([str(settings.input)], read, Rejects(deliver_faulty=True))


def answer_rows(batch: list[Row], settings: Predict, predictor: Predictor) -> list[dict]:
    """One answer per row."""
    answers: list[dict] = []
    texts, places = [], []
    for place, row in enumerate(batch):
        if row.fault is not None:
            answers.append({"error": row.fault})
            continue
        parts = tuple(row.values[name] for name in columns_of(row, settings, predictor))
        if all(isinstance(part, str) and part.strip() for part in parts):
            texts.append(parts)
            places.append(place)
        answers.append({"error": "the text is empty or not text"})
    refused = predictor.refused(texts)
    fitting = [text for text, long in zip(texts, refused, strict=True) if not long]
    found = iter(predictor.predict(fitting) if fitting else [])
    for place, long in zip(places, refused, strict=True):
        if long:
            answers[place] = {"error": f"the text is longer than {predictor.length} tokens, which this model refuses"}
        else:
            answer = next(found)
            answers[place] = {"label": answer["label"], "probability": round(answer["probability"], 6)}
    return answers


def columns_of(row: Row, settings: Predict, predictor: Predictor) -> list[str]:
    """The columns with the texts: those named, else those of the training, else the only one there is."""
    trained, named = predictor.columns, list(settings.text_column)
    if named and trained and len(named) != len(trained):
        raise InputError("WHICH_COLUMN", "text_column", f"names {len(named)} columns, the model reads {' and '.join(trained)}",
                         "name as many as the model was trained on")  # fmt: skip
    if not named and len(trained) < 2 and (list(row.values) == ["text"] or (not trained and len(row.values) == 1)):
        return list(row.values)
    missing = [name for name in named or trained if name not in row.values]
    if missing or not (named or trained):
        what = f"has no column '{missing[0]}'" if missing else "has several columns, and the model names none"
        raise InputError("NO_COLUMN", f"{row.file}:{row.line}", what,
                         f"--text_column is one of {', '.join(row.values)}")  # fmt: skip
    return named or trained

"""Calibration: expected calibration error and log loss of test rows before and after it, over kinds of rows and seeds.

    python benchmarks/calibration.py --data FOLDER --work runs/calibration --seeds 0 1 2

FOLDER holds, in any folders below it, the files that SETS names. Texts start from an encoder and images from a ViT that are
pretrained here for 300 updates each, tables from nothing; all have 2 layers of 64 numbers. Each fit is a line of
WORK/fits.jsonl and is not done again.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import groundup
from groundup.kinds.image.png import png

QUIET = {"quiet": True, "baselines": False}
PRETRAINING = {"preset": "micro", "steps": 300, "batch_size": 32, "num_evaluations": 1}


class Source(NamedTuple):
    """A set: its kind, its file, how its rows are read, and settings of fine-tuning beside the defaults."""

    kind: str
    file: str
    rows: Callable[[Path], Iterator[tuple[Any, str]]] | None  # (text or pixels, label); None: a table that is read as it is
    settings: dict[str, Any]


def tabs(columns: tuple[int, int], skip: int = 0) -> Callable[[Path], Iterator[tuple[str, str]]]:
    """Rows of a packed table with tabs: places of the text and the label."""

    def read(path: Path) -> Iterator[tuple[str, str]]:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                cells = line.rstrip("\n").split("\t")
                if number >= skip and len(cells) > max(columns):
                    yield cells[columns[0]], cells[columns[1]]

    return read


def questions(path: Path) -> Iterator[tuple[str, str]]:
    """Questions with the coarse kind of their answer."""
    with zipfile.ZipFile(path) as archive:
        for name in ("qc/train.txt", "qc/test.txt"):
            for line in archive.read(name).decode("latin-1").splitlines():
                kind, _, text = line.partition(" ")
                yield text, kind.partition(":")[0]


def opinions(path: Path) -> Iterator[tuple[str, str]]:
    """Sentences of film reviews."""
    with zipfile.ZipFile(path) as archive:
        for label in ("neg", "pos"):
            for line in archive.read(f"sentence_polarity/rt-polarity.{label}").decode("latin-1").splitlines():
                yield line.strip(), label


def garments(path: Path) -> Iterator[tuple[np.ndarray, str]]:
    """Gray pixels [1, S, S] of the first 6,000 images of an idx file; the labels lie beside it."""
    pixels = np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=16).reshape(-1, 1, 28, 28)
    labels = gzip.decompress(path.with_name(path.name.replace("images-idx3", "labels-idx1")).read_bytes())[8:]
    yield from ((one, f"class {label}") for one, label in zip(pixels[:6000], labels[:6000], strict=True))


TEXTS = {"text_column": ["text"], "split": {"validation": 0.15, "test": 0.25}, "max_length": 64, "epochs": 15}
TABLES = {"table_column": ["*"]}
GERMAN = {"read": {"header": False}, "label_column": "20", "split": {"validation": 0.15, "test": 0.25}}
TAIWAN = {"read": {"skip_lines": 1}, "label_column": "default payment next month", "split": {"validation": 0.1, "test": 0.2}}
PIMA = {"label_column": "type", "split": {"validation": 0.2, "test": 0.3}}
WINE = {
    "read": {"header": False},
    "label_column": "11",
    "label": {"rename": [f"{grade}={'good' if grade > 6 else 'usual'}" for grade in range(3, 9)]},
    "split": {"validation": 0.15, "test": 0.25},
}
SETS = {
    "film reviews (2 classes)": Source("text", "sentence_polarity.zip", opinions, TEXTS | {"train_rows": 2000}),
    "questions (6)": Source("text", "qc.zip", questions, TEXTS | {"train_rows": 1500}),
    "news (4)": Source("text", "dev.tsv.gz", tabs((0, 1)), TEXTS | {"train_rows": 1500}),
    "Chinese hotel reviews (2)": Source("text", "train.tsv.gz", tabs((1, 0), 1), TEXTS | {"train_rows": 1500}),
    "german credit (2)": Source("table", "german.csv", None, TABLES | GERMAN),
    "pima (2)": Source("table", "pima_tr.csv", None, TABLES | PIMA),
    "wine (2)": Source("table", "winequality-red.csv", None, TABLES | WINE),
    "taiwan credit (2)": Source("table", "default_of_credit_card_clients.csv.gz", None, TABLES | TAIWAN | {"train_rows": 2000}),
    "garments (10)": Source("image", "t10k-images-idx3-ubyte.gz", garments, {"train_rows": 1500, "epochs": 15}),
    "CIFAR-10 (10)": Source("image", "cifar10_train_6k.zip", None, {"train_rows": 1500, "epochs": 15}),
}
FOLDERS = {"news (4)": "ag_news", "Chinese hotel reviews (2)": "chnsenticorp", "garments (10)": "fashion_mnist"}


def path_of(data: Path, name: str) -> Path:
    """The file of a set, wherever it lies below the folder."""
    source, folder = SETS[name], FOLDERS.get(name, "")
    found = [path for path in sorted(data.rglob(source.file)) if folder in path.parent.name]
    if len(found) != 1:
        raise SystemExit(f"{name}: {len(found)} files {source.file} in a folder {folder or 'of any name'} below {data}")
    return found[0]


def inputs_of(name: str, data: Path, work: Path) -> dict[str, Any]:
    """Settings that say what fine-tuning reads and starts from; what it needs is made first."""
    source, place = SETS[name], work / name.partition(" (")[0].replace(" ", "-")
    path = path_of(data, name)
    if source.kind == "table":
        return {"data": str(path)}
    if source.kind == "text":
        table, corpus = place / "rows.csv", place / "corpus.txt"
        rows = list(source.rows(path)) if source.rows else []
        write_rows(table, rows, corpus)
        prepared = made(groundup.prepare, place / "prepared", source=[str(corpus)], tokenizer={"vocab_size": 4096})
        lm = made(groundup.pretrain, place / "lm", data=str(prepared), length=64, **PRETRAINING)
        return {"data": str(table), "label_column": "label", "model": str(lm)}
    images = path if source.rows is None else write_images(place / "images", source.rows(path))
    split = {"validation": 0.2, "test": 0.3, "stratify": False}
    prepared = made(groundup.prepare, place / "prepared", source=[str(images)], image={"size": 32}, split=split)
    vit = made(groundup.pretrain, place / "vit", data=str(prepared), objective="patches", **PRETRAINING)
    return {"data": str(prepared), "model": str(vit), "pooling": "mean"}


def made(command: Callable[..., Any], out: Path, **settings: Any) -> Path:
    command(**settings, out=str(out), quiet=True)
    return out


def write_rows(table: Path, rows: Sequence[tuple[str, str]], corpus: Path) -> None:
    table.parent.mkdir(parents=True, exist_ok=True)
    file = io.StringIO()
    csv.writer(file).writerows([("text", "label"), *rows])
    table.write_text(file.getvalue(), encoding="utf-8")
    corpus.write_text("\n\n".join(text for text, _ in rows), encoding="utf-8")


def write_images(folder: Path, rows: Iterator[tuple[np.ndarray, str]]) -> Path:
    for number, (pixels, label) in enumerate(rows):
        (folder / label).mkdir(parents=True, exist_ok=True)
        (folder / label / f"{number:05d}.png").write_bytes(png(pixels))
    return folder


def fit(name: str, seed: int, data: Path, work: Path) -> dict[str, Any]:
    """What the report of one run says of its calibration."""
    out = work / "runs" / f"{list(SETS).index(name)}-{seed}"
    settings = SETS[name].settings | inputs_of(name, data, work)
    groundup.finetune(**settings, **QUIET, seed=seed, out=str(out))
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    calibrated, own = report["calibrated"], {key: report["calibration"][key] for key in ("ece", "log_loss")}
    return {
        "set": name,
        "kind": SETS[name].kind,
        "seed": seed,
        "rows": calibrated["rows"],
        "test rows": report["rows"]["scored"],
        "method": calibrated["method"],
        "losses": calibrated["log_loss"],
        "accuracy": report["accuracy"]["value"],
        "confidence": report["calibration"]["confidence"],
        "before": calibrated.get("before", own),
        "after": calibrated.get("after", own),
    }


def lines_of(fits: Sequence[dict[str, Any]]) -> list[str]:
    """A table: means over the seeds of each set."""
    heads = (
        "set",
        "kind",
        "validation rows",
        "test rows",
        "seeds: kept",
        "accuracy",
        "ECE before",
        "after",
        "log loss before",
        "after",
    )
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for name in dict.fromkeys(one["set"] for one in fits):
        runs = [one for one in fits if one["set"] == name]
        kept = {method: sum(one["method"] == method for one in runs) for method in ("temperature", "isotonic", "none")}
        figures = [
            f"{np.mean([one[side][key] for one in runs]):.3f}" for key in ("ece", "log_loss") for side in ("before", "after")
        ]
        first = runs[0]
        cells = [name, first["kind"], f"{first['rows']:,}", f"{first['test rows']:,}"]
        cells += [", ".join(f"{count} {method}" for method, count in kept.items() if count)]
        lines.append("| " + " | ".join([*cells, f"{np.mean([one['accuracy'] for one in runs]):.3f}", *figures]) + " |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "calibration.md")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    log = given.work / "fits.jsonl"
    fits = [json.loads(line) for line in log.read_text().splitlines()] if log.is_file() else []
    known = {(one["set"], one["seed"]) for one in fits}
    for seed in given.seeds:
        for name in given.sets:
            if (name, seed) not in known:
                fits.append(fit(name, seed, given.data, given.work))
                with log.open("a") as file:
                    file.write(json.dumps(fits[-1]) + "\n")
    text = "\n".join(["## Calibration: test rows before and after, means over seeds", "", *lines_of(fits), ""])
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

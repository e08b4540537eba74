"""Small trainings of every sort, as lines of the command, and the fingerprint of the weights that they end with.

The command line is what versions share, so the same lines run on another checkout.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

NOUNS = "lamp boat letter garden clock bridge mirror basket window river".split()
VERBS = "finds loses sells paints carries forgets admires repairs hides washes".split()
KINDS = "old red small quiet broken heavy bright cold wooden strange".split()
COMMON = ("--batch_size", "8", "--quiet")
RATE = ("--optimizer.learning_rate", "0.001")
TUNED = (*COMMON, *RATE, "--layer_decay", "0.9", "--baselines", "false", "--patience", "100", "--max_length", "48")


class SmallTraining(NamedTuple):
    """A line of the command without `--steps`, `--seed`, `--threads` and `--out`; `{home}` is the folder of inputs."""

    name: str
    line: tuple[str, ...]
    start: str = ""
    """The training whose model it begins with (`{start}`)."""


PREPARED = (
    ("prepare", "--source", "{home}/texts", "--out", "{home}/data", "--tokenizer.vocab_size", "400", "--quiet"),
    (
        "prepare",
        "--source",
        "{home}/images",
        "--out",
        "{home}/album",
        "--image.size",
        "16",
        "--split.validation",
        "0.2",
        "--split.test",
        "0.2",
        "--quiet",
    ),
)
MODEL = ("finetune", "--model", "{start}")
TRAININGS = (
    SmallTraining("masked", ("pretrain", "--data", "{home}/data", "--preset", "tiny", "--length", "32", *COMMON, *RATE)),
    SmallTraining(
        "masked, paper",
        ("pretrain", "--data", "{home}/data", "--preset", "tiny", "--length", "32", "--regime", "paper", *COMMON, *RATE),
    ),
    SmallTraining(
        "causal",
        ("pretrain", "--data", "{home}/data", "--objective", "causal", "--preset", "tiny", "--length", "32", *COMMON, *RATE),
    ),
    SmallTraining(
        "spans",
        ("pretrain", "--data", "{home}/data", "--objective", "spans", "--preset", "tiny", "--length", "32", *COMMON, *RATE),
    ),
    SmallTraining(
        "patches",
        (
            "pretrain",
            "--data",
            "{home}/album",
            "--objective",
            "patches",
            "--preset",
            "tiny",
            "--patch_size",
            "4",
            *COMMON,
            *RATE,
        ),
    ),
    SmallTraining("classification", (*MODEL, "--data", "{home}/labels.csv", "--text_column", "text", *TUNED), "masked"),
    SmallTraining(
        "classification, paper", (*MODEL, "--data", "{home}/labels.csv", "--text_column", "text", *TUNED), "masked, paper"
    ),
    SmallTraining(
        "pairs",
        (
            *MODEL,
            "--data",
            "{home}/pairs.csv",
            "--text_column",
            "first",
            "--text_column",
            "second",
            "--task",
            "regression",
            *TUNED,
        ),
        "masked, paper",
    ),
    SmallTraining(
        "tagging", (*MODEL, "--data", "{home}/tags.jsonl", "--text_column", "text", "--task", "tagging", *TUNED), "masked"
    ),
    SmallTraining(
        "several labels",
        (*MODEL, "--data", "{home}/several.csv", "--text_column", "text", "--task", "multilabel", *TUNED),
        "masked",
    ),
    SmallTraining("decoder", (*MODEL, "--data", "{home}/labels.csv", "--text_column", "text", *TUNED), "causal"),
    SmallTraining("images", (*MODEL, "--data", "{home}/album", "--task", "images", *TUNED[:-2]), "patches"),
)
NEW = (
    SmallTraining(
        "cells",
        (
            "pretrain",
            "--data",
            "{home}/table.csv",
            "--objective",
            "cells",
            "--table_column",
            "*",
            "--leave_out",
            "label",
            "--preset",
            "micro",
            *COMMON,
            *RATE,
        ),
    ),
    SmallTraining(
        "table",
        (
            "finetune",
            "--data",
            "{home}/table.csv",
            "--table_column",
            "*",
            "--baselines",
            "false",
            "--patience",
            "100",
            *COMMON,
            *RATE,
        ),
    ),
    SmallTraining(
        "text, image and table",
        (
            "finetune",
            "--data",
            "{home}/mixed.csv",
            "--text_column",
            "text",
            "--image_column",
            "image",
            "--table_column",
            "size",
            "--image.size",
            "16",
            "--baselines",
            "false",
            "--patience",
            "100",
            *COMMON,
            *RATE,
        ),
    ),
)
"""Trainings that older versions do not have."""


def write_inputs(home: Path, rows: int = 96) -> None:
    """Texts, tables and images in a new folder, drawn from a seed."""
    from PIL import Image

    draw = random.Random(7)
    for folder in ("texts", "images/dark", "images/light"):
        (home / folder).mkdir(parents=True)
    for number in range(40):
        text = " ".join(sentence(draw) for _ in range(draw.randint(4, 12)))
        (home / "texts" / f"{number:02d}.txt").write_text(text + "\n", "utf-8")
    for number in range(rows):
        low = 20 if number % 2 else 140
        pixels = bytes(draw.randint(low, low + 90) for _ in range(16 * 16 * 3))
        name = f"images/{'dark' if number % 2 else 'light'}/{number:03d}.png"
        Image.frombytes("RGB", (16, 16), pixels).save(home / name)
    texts = [sentence(draw) for _ in range(rows)]
    kinds = [number % 2 for number in range(rows)]
    marked = [f"{text} A {'dreadful' if kind else 'lovely'} thing." for text, kind in zip(texts, kinds, strict=True)]
    table(
        home / "labels.csv",
        ("text", "label"),
        [(text, "no yes".split()[kind]) for text, kind in zip(marked, kinds, strict=True)],
    )
    table(
        home / "pairs.csv",
        ("first", "second", "label"),
        [(text, text if kind else sentence(draw), kind + draw.random()) for text, kind in zip(texts, kinds, strict=True)],
    )
    table(
        home / "several.csv",
        ("text", "label"),
        [(text, "a b".split()[kind] + ";c") for text, kind in zip(marked, kinds, strict=True)],
    )
    spans = [
        {"text": text, "label": [[text.index(text.split()[2]), text.index(text.split()[2]) + len(text.split()[2]), "WHO"]]}
        for text in texts
    ]
    (home / "tags.jsonl").write_text("".join(json.dumps(one) + "\n" for one in spans), "utf-8")
    cells = [
        (f"{draw.gauss(kind, 1):.3f}", draw.choice(KINDS[:3]), f"2020-{draw.randint(1, 12):02d}-11", "no yes".split()[kind])
        for kind in kinds
    ]
    table(home / "table.csv", ("size", "colour", "day", "label"), cells)
    mixed = [
        (text, f"images/{'dark' if n % 2 else 'light'}/{n:03d}.png", cells[n][0], cells[n][3]) for n, text in enumerate(marked)
    ]
    table(home / "mixed.csv", ("text", "image", "size", "label"), mixed)


def sentence(draw: random.Random) -> str:
    return f"The {draw.choice(KINDS)} {draw.choice(NOUNS)} {draw.choice(VERBS)} the {draw.choice(KINDS)} {draw.choice(NOUNS)}."


def table(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def line_of(
    one: SmallTraining, home: Path, runs: Path, steps: int, name: str = "", threads: int = 1, seed: int = 0
) -> list[str]:
    """The arguments of a training whose run is a folder of `runs`, beside that of the training it begins with."""
    filled = [word.format(home=home, start=runs / slug(one.start)) for word in one.line]
    return [
        *filled,
        "--steps",
        str(steps),
        "--seed",
        str(seed),
        "--threads",
        str(threads),
        "--out",
        str(runs / (name or slug(one.name))),
    ]


def slug(name: str) -> str:
    return name.replace(", ", "-").replace(" ", "-")


def fingerprints(model: Path) -> dict[str, str]:
    """Tensor -> SHA-256 of its bytes, of all safetensors files of a model folder."""
    return {name: digest for path in sorted(model.glob("*.safetensors")) for name, digest in tensors_of(path)}


def tensors_of(path: Path) -> Iterator[tuple[str, str]]:
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    head = json.loads(data[8 : 8 + size])
    for name, told in head.items():
        if name != "__metadata__":
            start, end = told["data_offsets"]
            yield name, hashlib.sha256(data[8 + size + start : 8 + size + end]).hexdigest()


def same_weights(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether two models hold the same bytes, whatever their tensors are called."""
    return bool(one) and sorted(one.values()) == sorted(other.values())

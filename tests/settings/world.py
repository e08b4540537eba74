"""Small inputs of every kind and small models of every kind, made once; nobody changes them."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from groundup.commands.table import command_class, perform
from groundup.config import make_settings
from tests.commands.hollow_wheels import write_hollow_wheels
from tests.commands.life import PEOPLE, labelled, sentence, write_documents, write_rte

TRAINING = {"steps": 1, "batch_size": 8, "max_length": 32, "num_evaluations": 1}


def run(command: str, **values: Any) -> Any:
    return perform(make_settings(command_class(command), {"quiet": True, "threads": 1} | values))


def write_csv(path: Path, header: tuple[str, ...], rows: list[tuple]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def write_tables(home: Path) -> None:
    """One text a row, with what each task wants of it."""
    rows = labelled(60, seed=4)
    texts = [text for text, _ in rows]
    named = [(f"{text} says {who}", who) for text, who in zip(texts, PEOPLE * 6, strict=True)]
    write_csv(
        home / "rows.csv",
        ("text", "label", "group", "date", "number", "topics"),
        [
            (text, label, f"g{n % 20}", f"2026-01-{1 + n % 28:02d}", n % 9, "; ".join(sorted({PEOPLE[n % 5], "any"})))
            for n, (text, label) in enumerate(rows)
        ],
    )
    write_csv(
        home / "held.csv",
        ("text", "label", "group", "number"),
        [(*row, f"g{n % 3}", n % 9) for n, row in enumerate(labelled(16, seed=5))],
    )
    write_csv(
        home / "messy.csv",
        ("text", "label", "group", "date"),
        [*((*row, f"g{n % 9}", n) for n, row in enumerate(rows)), ("", "", "", 99)],
    )
    write_odd_tables(home, rows)
    write_csv(home / "more.csv", ("text",), [(text,) for text, _ in labelled(16, seed=6)])
    write_csv(home / "pairs.csv", ("one", "two", "label"), [(text, text[n % 9 :], "yn"[n % 2]) for n, text in enumerate(texts)])
    write_csv(
        home / "news.csv",
        ("text", "summary"),
        [(f"{text} {other}", text) for text, other in zip(texts, texts[1:] + texts[:1], strict=True)],
    )
    spans = [{"text": text, "label": [[len(text) - len(who), len(text), "WHO"]]} for text, who in named]
    (home / "names.jsonl").write_text("".join(json.dumps(row) + "\n" for row in spans), "utf-8")
    asked = [
        {
            "context": text,
            "qas": [{"question": "Who?", "id": str(n), "answers": [{"text": who, "answer_start": text.index(who)}]}],
        }
        for n, (text, who) in enumerate(named)
    ]
    (home / "questions.json").write_text(json.dumps({"data": [{"title": "all", "paragraphs": asked}]}), "utf-8")
    (home / "corpus").mkdir()
    for language in ("en", "de"):
        (home / f"corpus/all.{language}").write_text("".join(f"{text} {language}\n" for text in texts), "utf-8")
    write_rte(home / "glue/RTE")
    (home / "recipe.yaml").write_text(
        "stages:\n  data: {prepare: {source: [documents], tokenizer: {vocab_size: 200}}}\n", "utf-8"
    )


def write_columns(home: Path) -> None:
    """A table of numbers, categories and dates, with a missing cell here and there."""
    rows = [
        (
            "" if n % 9 == 0 else 20 + n * 7 % 50,
            ("red", "green", "blue", "teal" if n == 7 else "red")[n % 4],
            f"2020-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
            0 if n % 8 == 0 else 100 + n * 3 % 60,
            "good" if n % 3 else "bad",
        )
        for n in range(120)
    ]
    write_csv(home / "loans.csv", ("age", "colour", "day", "glucose", "label"), rows)


def write_odd_tables(home: Path, rows: list[tuple[str, str]]) -> None:
    """Tables that settings are for: of another encoding, with faults, cut, with odd characters, numbers, uneven classes."""
    text = (home / "rows.csv").read_text("utf-8")
    (home / "rows.gb.csv").write_bytes(text.encode("gb18030"))
    (home / "rows.unknown").write_text(text, "utf-8")
    (home / "ragged.csv").write_text(text + "a,b,c,d,e,f,g,h\n" * 3, "utf-8")
    (home / "faulty.csv").write_text(text + ",,,,,\n" * 3, "utf-8")
    lines = "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows)
    (home / "cut.jsonl").write_text(lines + '{"text": "the lamp is wond', "utf-8")
    write_csv(home / "small.csv", ("text",), [("the lamp and the river",), ("the old lamp",)])
    write_csv(
        home / "parts.csv",
        ("text", "label", "group", "date"),
        [
            *((text, label, n % 20, n) for n, (text, label) in enumerate(rows)),
            *(
                (text[: len(text) // 2 + 1].rpartition(" ")[0] or text[:9], label, n % 20, n)
                for n, (text, label) in enumerate(rows)
            ),
        ],
    )
    odd = [
        f"Caf\u00c3\u00a9 {n} is   open, n\u0303o\u200b more than {n} people came; write to me{n}@example.org."
        for n in range(60)
    ]
    near = (
        [f"{one} Indeed." for one in odd[:5]]
        + odd[:5]
        + [f"{n} 12 34 56 78 90 -- 11 22 33" for n in range(5)]
        + [f"short {n}" for n in range(5)]
    )
    write_csv(home / "odd.csv", ("text", "other"), [(one, n) for n, one in enumerate(odd + near)])
    blocks = [f"{text}\n{rows[0][0]} {rows[2][0]}" for text, _ in rows] * 2
    (home / "lines.txt").write_text("\n\n".join(blocks) + "\n", "utf-8")
    names = json.dumps({"info": {"features": {"label": {"names": ["good", "bad"], "_type": "ClassLabel"}}}})
    numbers = pa.table({"text": [text for text, _ in rows], "label": [n % 2 for n in range(len(rows))]})
    pq.write_table(numbers.replace_schema_metadata({"huggingface": names}), home / "named.parquet")
    (home / "large.txt").write_text("".join(f"The {n} lamps of {n * 7} rivers.\n\n" for n in range(40_000)), "utf-8")
    (home / "synsets.txt").write_text("dark bright\nbright dark\n", "utf-8")
    write_csv(
        home / "uneven.csv", ("text", "label"), [(text, label) for n, (text, label) in enumerate(rows) if n % 2 or not n % 3]
    )
    write_csv(home / "columns.csv", ("text", "yes", "no"), [(text, n % 2, n % 3 // 2) for n, (text, _) in enumerate(rows)])
    write_csv(home / "numbers.csv", ("text", "label"), [(text, n % 2) for n, (text, _) in enumerate(rows)])
    write_csv(
        home / "thousands.csv", ("text", "number"), [(text, f"{n % 9 + 1},{n % 9}00") for n, (text, _) in enumerate(rows)]
    )
    write_annotated(home, rows)


def write_annotated(home: Path, rows: list[tuple[str, str]]) -> None:
    """Tagged words in two columns, and spans whose places count otherwise."""
    sentences = [
        [(word, "B-A" if n % 3 == 0 else "O", "B-B" if n % 4 == 0 else "O") for n, word in enumerate(text.split())]
        for text, _ in rows
    ]
    (home / "tokens.conll").write_text(
        "".join("".join(" ".join(one) + "\n" for one in sentence) + "\n" for sentence in sentences), "utf-8"
    )

    def spans(start: int, end: int, before: str = "") -> str:
        found = [
            {"text": f"{before}{who} sings {n}", "label": [[len(before) + start, len(before) + len(who) + end, "WHO"]]}
            for n, who in enumerate(PEOPLE * 6)
        ]
        return "".join(json.dumps(row) + "\n" for row in found)

    (home / "utf16.jsonl").write_text(spans(1, 1, "\U0001f600 "), "utf-8")
    (home / "shifted.jsonl").write_text(spans(1, 1), "utf-8")
    (home / "inclusive.jsonl").write_text(spans(0, -1), "utf-8")


def write_documents_and_images(home: Path) -> None:
    from PIL import Image

    write_documents(home / "documents", 54, seed=0)
    rng = np.random.default_rng(0)
    rows = [(f"{sentence(rng, False)} {sentence(rng, False)} {n}.", n // 2, f"g{n // 2 % 25}", n) for n in range(120)]
    parts = [(text.split(".")[0] + ".", 900 + n, f"g{n}", n) for n, (text, *_) in enumerate(rows[:40])]
    write_csv(home / "documents.csv", ("text", "part", "group", "date"), rows + parts)
    for name, low in (("dark", 0), ("bright", 128)):
        (home / "photos" / name).mkdir(parents=True)
        for number in range(20):
            pixels = rng.integers(low, low + 128, (8, 8, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(home / "photos" / name / f"{number}.png")
    shop = [
        (
            rows[n][0],
            f"photos/{('dark', 'bright')[n % 2]}/{n // 2}.png",
            20 + n * 7 % 9,
            ("red", "blue", "teal")[n % 3],
            "ab"[n % 2],
        )
        for n in range(40)
    ]
    write_csv(home / "shop.csv", ("note", "picture", "age", "colour", "label"), shop)


def make_models(home: Path) -> None:
    """A pretrained model of each kind, and fine-tuned ones."""
    run("prepare", source=[str(home / "documents")], out=str(home / "data"), tokenizer={"vocab_size": 240})
    run(
        "prepare",
        source=[str(home / "documents")],
        out=str(home / "verbatim"),
        tokenizer={"vocab_size": 280, "kind": "byte_bpe"},
    )
    run(
        "prepare",
        source=[str(home / "photos")],
        out=str(home / "images"),
        image={"size": 8},
        split={"validation": 0.2, "test": 0.2},
        threads=None,
    )
    small = {"preset": "tiny", "steps": 1, "batch_size": 4, "num_evaluations": 1, "evaluation_examples": 4}
    for name, objective, data in (("lm", "masked", "data"), ("gpt", "causal", "verbatim"), ("t5", "spans", "verbatim")):
        run("pretrain", data=str(home / data), out=str(home / name), objective=objective, length=32, **small)
    shutil.copytree(home / "gpt/model", home / "configured")
    (home / "configured/manifest.json").unlink()
    (home / "configured/generation_config.json").write_text('{"repetition_penalty": 50.0, "max_new_tokens": 6}')
    run("pretrain", data=str(home / "images"), out=str(home / "vit"), objective="patches", **small)
    table = {"data": str(home / "rows.csv"), "text_column": ["text"]} | TRAINING
    run("finetune", model=str(home / "lm"), out=str(home / "classifier"), **table)
    run("finetune", model=str(home / "lm"), out=str(home / "second"), **table | {"optimizer": {"learning_rate": 0.01}})
    run(
        "finetune",
        model=str(home / "t5"),
        out=str(home / "translator"),
        task="translation",
        data=str(home / "corpus"),
        text_column=["en"],
        label_column="de",
        baselines=False,
        **TRAINING,
    )
    run(
        "compress",
        model=str(home / "classifier"),
        method="quantize",
        out=str(home / "rounded"),
        timed_rows=1,
        rounds=1,
        memory=False,
        explained_rows=0,
    )
    run(
        "finetune",
        model=str(home / "lm"),
        out=str(home / "tagger"),
        task="tagging",
        **table | {"data": str(home / "names.jsonl")},
    )
    run(
        "finetune",
        model=str(home / "vit"),
        out=str(home / "seer"),
        data=str(home / "images"),
        steps=1,
        batch_size=8,
        num_evaluations=1,
    )


def make_world(home: Path) -> Path:
    write_tables(home)
    write_columns(home)
    write_hollow_wheels(home / "wheels")
    write_documents_and_images(home)
    make_models(home)
    return home

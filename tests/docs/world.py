"""Files and models under the names that the pages use, made small: what a reader who types the pages has."""

from __future__ import annotations

import csv
import random
import shutil
import zipfile
from pathlib import Path

from tests.commands.hollow_wheels import write_hollow_wheels
from tests.commands.life import groundup, labelled, write_documents, write_rte, write_table
from tests.commands.test_contract import PAIRS, RECIPE, write_images, write_tasks
from tests.docs.blocks import Block, blocks, lines, words
from tests.docs.shorter import shorter

TABLE = ("age", "income", "job", "default", "left", "duration")
SHOP = ("title", "picture", "colour", "year", "brand", "season")


def write_world(home: Path) -> None:
    """Inputs, then everything that the page of commands makes of them."""
    write_texts(home)
    write_tasks(home)
    write_images(home / "photos", 40, seed=1)
    write_images(home / "val", 3, seed=2)
    write_tables(home)
    write_hollow_wheels(home / "wheels")
    (home / "recipe.yaml").write_text(RECIPE)
    (home / "pairs.yaml").write_text(PAIRS)
    for line in lines(blocks("docs/commands.md")[0]):
        if words(line)[1] not in ("ladder", "curve", "glue", "run", "demo"):
            if "--data runs/more" in line:
                groundup(*"prepare --source books --out runs/more --tokenizer.existing runs/lm --seed 5 --quiet".split())
            groundup(*shorter(words(line.replace("FILE|-", "FILE")))[1:], "--quiet")
    shutil.copytree(home / "runs/lm/model", home / "MiniLM")
    shutil.copytree(home / "runs/sentiment", home / "runs/large")


def write_texts(home: Path) -> None:
    for number, name in enumerate(("books", "plays", "poems")):
        write_documents(home / name, 52, seed=number + 1)
    with zipfile.ZipFile(home / "books.zip", "w") as archive:
        for path in sorted((home / "books").iterdir()):
            archive.write(path, f"books/{path.name}")
    write_table(home / "reviews.csv", labelled(100, seed=1))
    for name in ("test.csv", "other.csv"):
        write_table(home / name, labelled(15, seed=2))
    write_rte(home / "glue/RTE")
    shutil.copytree(home / "glue/RTE", home / "RTE")
    texts = [text for text, _ in labelled(60, seed=4)]
    (home / "corpus").mkdir()
    for language in ("en", "de", "zh"):
        (home / f"corpus/train.{language}").write_text("".join(f"{text} {language}\n" for text in texts), "utf-8")
    write_table(home / "news.csv", [(text, text.split(".")[0]) for text in texts], ("article", "summary"))
    pairs = ["\t".join((text, text[n % 9 :], str(n % 9))) for n, text in enumerate(texts)]
    (home / "sts.tsv").write_text("sentence1\tsentence2\tscore\n" + "\n".join(pairs) + "\n", "utf-8")


def write_tables(home: Path) -> None:
    """loans.csv and clients.csv, shop.csv with photos, and new.csv, which has the columns of all."""
    draw = random.Random(3)
    photos = sorted(path.relative_to(home).as_posix() for path in (home / "photos").rglob("*.png"))
    rows = []
    for number, (text, label) in enumerate(labelled(80, seed=9)):
        age, picture = draw.randrange(20, 70), photos[number % len(photos)]
        loan = (age, draw.randrange(900, 9000), draw.choice(["clerk", "cook", "driver"]))
        loan += ("yes" if age < 40 else "no", draw.choice(["yes", "no"]), draw.randrange(6, 60))
        shop = (text, picture, draw.choice(["red", "blue"]), draw.randrange(2009, 2014), f"brand {number % 20}")
        rows.append(dict(zip(("sentence", "label", *TABLE, *SHOP), (text, label, *loan, *shop, f"s{number % 2}"), strict=True)))
    loans = ("age", "income", "job", "default", "duration")
    for name in ("loans", "all", "labelled"):
        write_rows(home / f"{name}.csv", rows, loans)
    write_rows(home / "clients.csv", rows, ("age", "income", "job", "left"))
    for name in ("shop", "more"):
        write_rows(home / f"{name}.csv", rows, SHOP)
    write_rows(home / "new.csv", rows[:12], ("sentence", *TABLE, *SHOP))


def write_rows(path: Path, rows: list[dict], columns: tuple[str, ...]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def names_in_python(home: Path) -> dict:
    """What the examples in Python take for granted."""
    import pandas

    import groundup as library

    frame = pandas.read_csv(home / "loans.csv")
    rows = labelled(80, seed=7)
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    both = pandas.read_csv(home / "shop.csv")
    return {
        "groundup": library,
        "frame": frame.join(both),
        "others": frame[["age", "income", "job"]][:9],
        "their_labels": frame["default"][:9],
        "texts": texts,
        "labels": labels,
        "rows": [(text,) for text in texts],
        "validation": [("one more",)],
        "test": [("and another",)],
        "held_out": [("one more",)],
    }


def yaml_file(block: Block) -> str:
    """The name of the file that a block of YAML is: that of its first line, or a recipe."""
    first = block.text.splitlines()[0]
    return first.removeprefix("# ").strip() if first.startswith("# ") else "page.yaml"

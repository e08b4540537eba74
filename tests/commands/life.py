"""Made-up text in English and Chinese, labelled rows, and a command line in this process."""

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groundup.cli import main

PEOPLE = "teacher doctor farmer sailor painter singer baker child stranger neighbour".split()
DEEDS = "finds loses sells paints carries forgets admires repairs hides washes".split()
THINGS = "lamp boat letter garden clock bridge mirror basket window river".split()
KINDS = "old red small quiet broken heavy bright cold wooden strange".split()
WHO = "老师 医生 农民 画家 歌手 孩子 邻居 工人".split()
WHERE = "公园 学校 河边 市场 山上 图书馆 车站 花园".split()
WHAT = "看书 唱歌 散步 画画 买菜 休息 跑步 说话".split()
PRAISE, BLAME = "好评", "bad, really"
GOOD, BAD = ("wonderful", "精彩"), ("dreadful", "糟糕")


def sentence(rng, chinese):
    """One sentence of a small world."""
    if chinese:
        return f"{rng.choice(WHO)}和{rng.choice(WHO)}在{rng.choice(WHERE)}{rng.choice(WHAT)}。"
    return (
        f"The {rng.choice(KINDS)} {rng.choice(PEOPLE)} {rng.choice(DEEDS)} the {rng.choice(KINDS)} {rng.choice(THINGS)} "
        f"near the {rng.choice(THINGS)}."
    )


def write_documents(folder, count, seed):
    """Every third document is Chinese; each has 4 to 12 sentences."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for number in range(count):
        sentences = [sentence(rng, number % 3 == 2) for _ in range(rng.integers(4, 13))]
        (folder / f"{number:03d}.txt").write_text(("" if number % 3 == 2 else " ").join(sentences) + "\n", "utf-8")


def labelled(count, seed=0, names=(PRAISE, BLAME)):
    """Rows (text, label) whose label one word tells."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        chinese, good = number % 5 == 4, number % 2 == 0
        word = (GOOD if good else BAD)[chinese]
        text = f"{sentence(rng, chinese)}{'真' if chinese else ' A '}{word}{'！' if chinese else ' thing!'}"
        rows.append((text, names[not good]))
    return rows


def write_table(path, rows, header=("sentence", "label")):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return path


def pairs(count, seed, labels):
    """Rows of two sentences and a label; the second repeats the first where the label is the last."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        first, label = sentence(rng, False), labels[number % len(labels)]
        rows.append((first, first if label == labels[-1] else sentence(rng, False), label))
    return rows


def write_tabs(path, header, rows):
    """An unquoted table of tabs, packed where its name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(f"{line}\n" for line in [header, *("\t".join(map(str, row)) for row in rows)]).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.name.endswith(".gz") else data)


def write_rte(folder):
    """GLUE's RTE in its official form, small."""
    labels, header = ("not_entailment", "entailment"), "index\tsentence1\tsentence2"
    for split, count in (("train", 60), ("dev", 17)):
        rows = [(i, *row) for i, row in enumerate(pairs(count, count, labels))]
        write_tabs(folder / f"{split}.tsv", f"{header}\tlabel", rows)
    write_tabs(folder / "test.tsv.gz", header, [(i, a, b) for i, (a, b, _) in enumerate(pairs(9, 3, labels))])


def read_table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def groundup(*words):
    """Exit code of a command line."""
    return main([str(word) for word in words])


def tree(folder):
    """Name -> (bytes, time of the last change) of every file but locks."""
    return {
        p.relative_to(folder).as_posix(): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in sorted(Path(folder).rglob("*"))
        if p.is_file() and p.name != "lock"
    }


def report(folder):
    return json.loads((Path(folder) / "report.json").read_text("utf-8"))


@dataclass
class Life:
    """One small life, shared by the tests; nobody changes it."""

    root: Path
    documents: Path
    table: Path
    data: Path
    lm: Path
    classifier: Path

    def finetune(self, out, *words, data=None, steps=6):
        """A short fine-tuning run of the shared model."""
        fixed = ("--data", data or self.table, "--text_column", "sentence", "--steps", steps, "--quiet")
        return groundup("finetune", "--model", self.lm, "--out", out, *fixed, *words)

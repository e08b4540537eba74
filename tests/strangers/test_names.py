"""Names that people give never meet names of ours: the figures of a run are those of the same run with plain names."""

import csv
import json

import numpy as np
import pytest

from tests.strangers.conftest import names_of

pytestmark = pytest.mark.slow

FILL = "the old boat lies near a small grey house and waits for rain".split()
FIGURES = ("accuracy", "macro_f1", "confusion", "verdict", "calibration")


def texts(count=40):
    rng = np.random.default_rng(3)
    return [" ".join([*rng.choice(FILL, 5), ("ball", "song")[number % 2], str(number)]) for number in range(count)]


def write_csv(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def figures(out):
    report = json.loads((out / "report.json").read_text("utf-8"))
    return {name: report[name] for name in FIGURES}


COLUMNS = [
    ("text", "label"),
    ("label", "split"),
    ("split", "text"),
    ("text/x", "a.b"),
    ("place", "label/label"),
    ("__index_level_0__", "None"),
    ("文 本", "标签:甲"),
]


@pytest.mark.parametrize(("text", "label"), COLUMNS[1:])
def test_columns_may_be_called_anything(train, run, tmp_path, text, label):
    found = []
    for name, columns in (("plain", ("t", "l")), ("nasty", (text, label))):
        data = write_csv(tmp_path / f"{name}.csv", columns, [(one, "ab"[number % 2]) for number, one in enumerate(texts())])
        told, out = train("classification", data, text=columns[0], label=columns[1], name=name)
        assert told.code == 0, told.out
        told = run("evaluate", "--model", out, "--data", data, "--out", tmp_path / f"{name}-judged", "--slice_by", columns[1])
        assert told.code == 0, told.out
        found.append([figures(out), figures(tmp_path / f"{name}-judged")])
        assert run("predict", "--model", out, "--input", data, "--out", tmp_path / f"{name}-said.csv").code == 0
        found[-1].append(
            [
                row["label" if "label" not in columns else "predicted_label"]
                for row in csv.DictReader((tmp_path / f"{name}-said.csv").open(encoding="utf-8"))
            ]
        )
    assert found[0] == found[1]


LABELS = [
    ("O", "left out"),
    ("none", "other"),
    ("-", "macro_f1"),
    ("train", "test"),
    ("a:b", "a/b"),
    ("line\nend", "tab\there"),
    ("0", "LABEL_0"),
    ("__proto__", "<b>x</b>"),
    ("accuracy", "classes"),
    (" ", "  x"),
    ("CON", "con.txt"),
    ("=1+1", "@x"),
]


@pytest.mark.parametrize("pair", LABELS)
def test_labels_may_be_called_anything(train, run, tmp_path, pair):
    """Splits are drawn by label, so the splits are given: rows are the same, and so are all figures."""
    first, second = sorted(pair)
    found = []
    for name, (one, other) in (("plain", ("a", "b")), ("nasty", (first, second))):
        rows = [(text, (one, other)[number % 2]) for number, text in enumerate(texts(48))]
        parts = [
            write_csv(tmp_path / f"{name}-{k}.csv", ("text", "label"), rows[start:end])
            for k, (start, end) in enumerate([(0, 32), (32, 40), (40, 48)])
        ]
        told, out = train("classification", parts[0], "--validation", parts[1], "--test", parts[2], name=name)
        assert told.code == 0, told.out
        assert names_of(out) == [one, other]
        told = run("evaluate", "--model", out, "--data", parts[2], "--out", tmp_path / f"{name}-judged")
        assert told.code == 0, told.out
        found.append(
            [
                {key: value for key, value in figures(folder).items() if key != "verdict"}
                for folder in (out, tmp_path / f"{name}-judged")
            ]
        )
    assert found[0] == found[1]


@pytest.mark.parametrize("pair", LABELS)
def test_types_of_spans_and_several_labels_may_be_called_anything(train, tmp_path, pair):
    first, second = sorted(pair)
    found = {}
    for name, (one, other) in (("plain", ("a", "b")), ("nasty", (first, second))):
        for task in ("tagging", "multilabel"):
            rows = []
            for number, text in enumerate(texts(48)):
                word = ("ball", "song")[number % 2]
                start, kind = text.index(word), (one, other)[number % 2]
                cell = [[start, start + len(word), kind]] if task == "tagging" else [kind, *([other] if number % 3 else [])]
                rows.append({"text": text, "label": cell})
            parts = []
            for k, (begin, end) in enumerate([(0, 32), (32, 40), (40, 48)]):
                parts.append(tmp_path / f"{name}-{task}-{k}.jsonl")
                parts[-1].write_text("".join(json.dumps(row) + "\n" for row in rows[begin:end]), "utf-8")
            told, out = train(task, parts[0], "--validation", parts[1], "--test", parts[2], name=f"{name}-{task}")
            assert told.code == 0, told.out
            report = json.loads((out / "report.json").read_text("utf-8"))
            found[name, task] = [list(value.values()) for value in report["figures"].values()]
    for task in ("tagging", "multilabel"):
        assert found["plain", task] == found["nasty", task]

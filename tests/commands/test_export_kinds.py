"""Every kind of input, with every task that it allows, exported to ONNX: the folder answers raw cells as the model in torch
does, whatever is missing. The models are random: what is compared is the export.

Tolerance: float32 sums in another order differ by about 1e-6 of the numbers' size; 1e-5 is ten times that.
"""

import csv
import re

import pytest

from groundup.cli import main
from groundup.families import checkpoint
from groundup.folders import new_folder
from groundup.kinds.several.reader import SeveralReader
from groundup.manifest import read_manifest
from groundup.nn.config import PooledHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.tasks.known import TASKS, make_task
from groundup.tasks.traits import TRAITS
from tests.commands.life import groundup
from tests.commands.test_export import without_torch
from tests.kinds import test_every_kind as kinds

pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")
pytest.importorskip("PIL")
LENGTH, ROWS = 24, 12
TARGETS = {
    "classes": ["good", "bad", "fair"],
    "labels": [["new"], ["new", "cheap"], []],
    "number": [3.5, -1.0, 40.0],
    "tags": [[(0, 3, "A")], [(2, 5, "B")], []],
}
SEVERAL = ("text", "image", "table")


def several(folder):
    """All kinds in a row: the columns of each, and raw cells some of which are missing, in every subset of the kinds."""
    made = [kinds.KINDS[kind](folder) for kind in SEVERAL]
    raw = []
    for number in range(ROWS):
        missing = number % 2 ** len(made)  # that of the last number has nothing at all
        row = [one.raw[number % len(one.raw)] for one in made]
        raw.append([cell for bit, cells in enumerate(row) for cell in ([""] * len(cells) if missing >> bit & 1 else cells)])
    return kinds.Kind(SeveralReader([one.reader for one in made]), raw, [])


MAKE = kinds.KINDS | {"several": several}


def allows(task, kind):
    """Whether a task is asked of a kind; of those of places in a text tagging stands for all, and those that write are refused."""
    return TRAITS[task].answer in TARGETS and {*(SEVERAL if kind == "several" else [kind])} <= {*TRAITS[task].kinds}


CASES = [(kind, task) for kind in MAKE for task, cls in TASKS.items() if task == cls.name and allows(task, kind)]
FAST = [("table", "regression"), ("several", "classification")]  # each takes seconds to trace


def model_folder(folder, kind, task_name):
    """A model folder with random weights, and a table of raw cells."""
    made = MAKE[kind](folder)
    reader = made.reader
    task = make_task(task_name)
    targets = (TARGETS[TRAITS[task_name].answer] * ROWS)[:ROWS]
    rows = [reader.read_cells(cells) for cells in made.raw]
    task.learn((rows * ROWS)[:ROWS], targets, reader)
    usual = {"num_segments": 2, "vocab_size": reader.vocab_size, "inputs": reader.inputs}
    pixels = {"norm_place": "before", "embedding_norm": False, "final_norm": True, "vocab_size": 0, "inputs": reader.inputs}
    more, family = (pixels, "vit") if kind == "image" else (usual, "bert")
    shape = TransformerConfig(hidden_size=16, num_layers=1, num_heads=2, intermediate_size=24, **more)
    head = task.make_head(PooledHeadConfig(classes=len(task.outputs) or 1, pooling="first"), shape)
    model = Model(shape, {task.head: head}, seed=3)
    for parameter in model.parameters():
        parameter.data *= 6  # or all answers would be nearly the same
    facts = {f"{one.kind}_columns": list(one.columns) for one in reader.readers}
    facts |= {"max_length": LENGTH, "too_long": "truncate", "task": task.name, "facts": task.facts, "labels": task.labels}
    with new_folder(folder / "model", kind="model", extra=facts) as new:
        checkpoint.save(new, model, family, labels=task.outputs or None, specials=reader.specials, problem=task.name)
        reader.save(new, LENGTH)
    with (folder / "new.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([reader.columns, *made.raw])
    return folder / "model", folder / "new.csv"


def answers_of(model, data):
    out = data.with_suffix(".out.csv")
    out.unlink(missing_ok=True)
    code = main(["predict", "--model", str(model), "--input", str(data), "--out", str(out), "--quiet"])
    with out.open(newline="", encoding="utf-8") as file:
        return code, list(csv.DictReader(file))


def answers_without_torch(model, data):
    out = data.with_suffix(".exported.csv")
    _, told, torch = without_torch("predict", "--model", model, "--input", data, "--out", out, "--quiet")
    assert not torch, told
    with out.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("kind", "task"), [pytest.param(*case, marks=() if case in FAST else pytest.mark.slow) for case in CASES]
)
def test_an_export_answers_raw_cells_as_the_model_in_torch_does(kind, task, tmp_path):
    model, data = model_folder(tmp_path, kind, task)
    assert groundup("export", "--model", model, "--out", tmp_path / "onnx", "--data", data, "--quiet") == 0
    about = read_manifest(tmp_path / "onnx").extra["onnx"]
    assert about["parity"]["share"] < 1e-5
    assert about["agreement"] == pytest.approx(1)
    (code, ours), theirs = answers_of(model, data), answers_without_torch(tmp_path / "onnx", data)
    assert code == (3 if kind == "several" else 0)  # a row with nothing in it is a fault of its own
    assert about["rows"] == sum(not row["error"] for row in ours) > 3
    assert len({tuple(row.items()) for row in theirs}) > 3
    for one, other in zip(theirs, ours, strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            assert value == other[name] or float(value) == pytest.approx(float(other[name]), rel=2e-5, abs=2e-5), name


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    home = tmp_path_factory.mktemp("rows")
    (home / "file").write_text("a,b\n1,2\n")
    (home / "other.csv").write_text("a,b\n1,2\n")
    (home / "there").mkdir()
    (home / "table").mkdir()
    model_folder(home / "table", "table", "classification")
    (home / "several").mkdir()
    model_folder(home / "several", "several", "classification")
    return home


WRONG = {
    "no such folder": (["--model", "nowhere"], "NO_MODEL .*nowhere: does not exist"),
    "a table for a model": (["--model", "file"], "NO_MODEL .*file: is neither a model folder nor a finished run"),
    "a folder that holds no model": (["--model", "there"], "NO_MODEL .*there: is neither a model folder nor a finished run"),
    "a place that is taken": (["--out", "there"], "OUTPUT_EXISTS .*there: is already there"),
    "a place inside a file": (["--out", "file/onnx"], "NOT_A_FOLDER .*file: is not a folder"),
    "a place inside a model": (["--out", "table/model/onnx"], "OUTPUT_INSIDE .*: lies inside .*table/model"),
    "columns without Hugging Face's class": (["--format", "huggingface"], "NOT_EXPORTABLE .*reads rows of the kind table"),
    "kinds without Hugging Face's class": (
        ["--model", "several/model", "--format", "huggingface"],
        "reads rows of the kind text and image and table",
    ),
    "words of a model of columns": (["--output", "words"], "NO_HEAD output: the model has no head for words"),
    "a task of a model of one": (["--task", "mood"], "NO_SUCH_TASK .*has no tasks by name"),
    "no such table": (["--data", "nowhere.csv"], "NO_FILE .*nowhere.csv: does not exist"),
    "a table without the columns": (["--data", "other.csv"], "NO_COLUMN other.csv:2: has no column 'age'"),
    "columns of another kind": (
        ["--data", "table/new.csv", "--text_column", "age"],
        "BAD_SETTING text_column: is for models that read texts",
    ),
    "columns of no table": (["--table_column", "age=years"], "BAD_SETTING table_column: goes with --data"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_exported_is_refused_in_a_line_and_nothing_appears(case, rows, monkeypatch, capsys):
    monkeypatch.chdir(rows)
    words, message = WRONG[case]
    before = sorted(rows.rglob("*"))
    line = ["export", *([] if "--model" in words else ["--model", "table/model"])]
    assert main([*line, *([] if "--out" in words else ["--out", "onnx"]), *words]) == 2
    told = capsys.readouterr().err
    assert re.search(message, told)
    assert [line for line in told.splitlines() if not line.startswith("    ")] == told.splitlines()[
        -1:
    ]  # else only what went before
    assert sorted(rows.rglob("*")) == before

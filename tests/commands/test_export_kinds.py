"""Every kind of input, with every task that it allows, exported to ONNX: the folder answers raw cells as the model in torch
does, whatever is missing. The models are random: what is compared is the export.

Tolerance: float32 sums in another order differ by about 1e-6 of the numbers' size; 1e-5 is ten times that.
"""

import csv

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
from tests.kinds import test_every_kind as kinds

pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")
pytest.importorskip("PIL")
LENGTH, ROWS = 24, 12
TARGETS = {"classes": ["good", "bad", "fair"], "labels": [["new"], ["new", "cheap"], []], "number": [3.5, -1.0, 40.0]}
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
    """Whether a task is asked of a kind, and answers once for a row."""
    return TRAITS[task].pooled and {*(SEVERAL if kind == "several" else [kind])} <= {*TRAITS[task].kinds}


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


@pytest.mark.parametrize(
    ("kind", "task"), [pytest.param(*case, marks=() if case in FAST else pytest.mark.slow) for case in CASES]
)
def test_an_export_answers_raw_cells_as_the_model_in_torch_does(kind, task, tmp_path):
    model, data = model_folder(tmp_path, kind, task)
    assert groundup("export", "--model", model, "--out", tmp_path / "onnx", "--data", data, "--quiet") == 0
    about = read_manifest(tmp_path / "onnx").extra["onnx"]
    assert about["parity"]["share"] < 1e-5
    assert about["agreement"] == pytest.approx(1)
    (code, ours), (_, theirs) = answers_of(model, data), answers_of(tmp_path / "onnx", data)
    assert code == (3 if kind == "several" else 0)  # a row with nothing in it is a fault of its own
    assert about["rows"] == sum(not row["error"] for row in ours) > 3
    assert len({tuple(row.items()) for row in theirs}) > 3
    for one, other in zip(theirs, ours, strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            assert value == other[name] or float(value) == pytest.approx(float(other[name]), rel=2e-5, abs=2e-5), name

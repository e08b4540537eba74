"""Models of tables and of several kinds are made smaller and compared as models of texts are."""

import csv
import json

import numpy as np
import pytest

import groundup as library
from tests.commands.test_several import columns, groundup, shop
from tests.commands.test_tables import loans

SHORT = ("--memory", "false", "--rounds", 1, "--timed_rows", 4, "--explained_rows", 2, "--quiet")
METHODS = ("distill", "theseus", "prune", "quantize")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A model of a table and one of rows of texts, images and columns: (run, its data, its columns)."""
    home = tmp_path_factory.mktemp("smaller")
    made = {
        "table": (loans(home / "loans.csv"), ["--table_column", "*", "--label_column", "default"]),
        "several": (shop(home, rows=80), [*columns("text", "image", "table"), "--label_column", "season", "--image.size", 16]),
    }
    for name, (data, words) in made.items():
        assert groundup("finetune", "--data", data, *words, "--steps", 40, "--out", home / name, "--quiet") in (0, 3)
    return {name: (home / name, data) for name, (data, _) in made.items()}


def smaller(models, kind, method, out):
    run, data = models[kind]
    words = () if method == "quantize" else ("--steps", 6)
    assert groundup("compress", "--model", run, "--method", method, *words, "--out", out, *SHORT) == 0
    return run, data, json.loads((out / "report.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        pytest.param(
            kind, method, marks=[] if (kind, method) in (("table", "distill"), ("several", "prune")) else pytest.mark.slow
        )
        for kind in ("table", "several")
        for method in METHODS
    ],
)
def test_a_smaller_model_answers_the_rows_of_its_teacher(models, kind, method, tmp_path):
    run, data, report = smaller(models, kind, method, tmp_path / "small")
    assert report["published"]
    teacher, student = library.load(run), library.load(tmp_path / "small")
    assert student.columns == teacher.columns
    assert [one.kind for one in student.reader.readers] == [one.kind for one in teacher.reader.readers]
    out = tmp_path / "answers.csv"
    library.predict(model=str(tmp_path / "small"), input=data, out=str(out), quiet=True)
    with out.open(newline="", encoding="utf-8") as file:
        answers = list(csv.DictReader(file))
    assert {row["label"] for row in answers} <= set(teacher.labels or ())
    sizes = [
        sum(path.stat().st_size for path in folder.glob("*.safetensors"))
        for folder in (run / "model", tmp_path / "small/model")
    ]
    assert sizes[1] < sizes[0]


def test_int8_answers_a_table_nearly_as_the_model_does(models, tmp_path):
    run, _, _ = smaller(models, "table", "quantize", tmp_path / "small")
    rows = [{"age": age, "job": "nurse", "opened": "2020-03-04", "income": 2500 + 40 * age} for age in range(20, 40)]
    both = [library.load(folder).probabilities(rows) for folder in (run, tmp_path / "small")]
    assert np.abs(both[0] - both[1]).max() < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["table", "several"])
def test_rungs_of_a_ladder_stand_beside_the_model(models, kind, tmp_path):
    words = ("--rungs", "distill-half", "--rungs", "int8", "--steps", 4)
    assert groundup("ladder", "--model", models[kind][0], *words, "--out", tmp_path / "ladder", *SHORT) in (0, 3)
    found = json.loads((tmp_path / "ladder/ladder.json").read_text("utf-8"))
    assert len(found["rungs"]) == 2


@pytest.mark.parametrize("kind", ["table", pytest.param("several", marks=pytest.mark.slow)])
def test_models_of_a_kind_are_compared_on_a_table(models, kind, tmp_path):
    run, data = models[kind]
    code = groundup("compare", run, run / "model", "--data", data, "--out", tmp_path / "compared", "--timed_rows", 0, "--quiet")
    report = json.loads((tmp_path / "compared/report.json").read_text("utf-8"))
    assert code == 3  # most of these rows train
    accuracies = [one["accuracy"]["value"] for one in report["systems"][:2]]
    assert accuracies[0] == accuracies[1] > 0.6

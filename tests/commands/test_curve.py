"""A learning curve as a user types it: every cell once, a table after each, and a sentence that the numbers bear out."""

import json

import pytest

from groundup.evaluate.seeds import compare_seeds
from tests.commands.life import groundup, tree
from tests.commands.test_check import HEAD, columns_of


def curve(life, out, *words):
    fixed = ("--data", life.table, "--text_column", "sentence", "--rows", 20, "--rows", 40, "--seeds", 0, "--seeds", 1)
    return groundup("curve", "--model", life.lm, "--out", out, *fixed, "--steps", 3, "--max_length", 24, "--quiet", *words)


@pytest.fixture(scope="module")
def drawn(life, tmp_path_factory):
    out = tmp_path_factory.mktemp("curve") / "curve"
    return out, curve(life, out), json.loads((out / "curve.json").read_text("utf-8"))


def test_every_cell_has_every_system_on_as_many_rows(drawn):
    out, code, found = drawn
    assert code == 0
    assert [(c["rows"], c["seed"], c["training_rows"]) for c in found["cells"]] == [
        (20, 0, 20),
        (20, 1, 20),
        (40, 0, 40),
        (40, 1, 40),
    ]
    for cell in found["cells"]:
        assert set(cell["accuracy"]) == {"lm", "tfidf", "majority"}
        run = json.loads((out / "runs" / f"{cell['rows']}-{cell['seed']}-0" / "report.json").read_text("utf-8"))
        assert cell["accuracy"]["lm"] == run["accuracy"]["value"]


def test_the_test_is_paired_over_seeds(drawn):
    _, _, found = drawn
    ours, theirs = ([c["accuracy"][name] for c in found["cells"] if c["rows"] == 40] for name in ("lm", "tfidf"))
    assert found["compared"]["lm"][1] == compare_seeds(40, ours, theirs).as_dict()


def test_the_sentence_and_the_table_are_everywhere(drawn):
    out, _, found = drawn
    assert found["sentences"][0].startswith(
        "lm does not clearly beat TF-IDF + logistic regression within these sizes (20 to 40 rows, 2 seeds)"
    )
    assert found["sentences"][0] in (out / "curve.md").read_text("utf-8")
    assert found["sentences"][0] in (out / "report.html").read_text("utf-8")
    assert (
        (out / "curve.md")
        .read_text("utf-8")
        .startswith("| rows | seeds | lm | TF-IDF + logistic regression | the majority class |")
    )


def test_typed_again_nothing_is_trained_again(life, drawn):
    out, _, _ = drawn
    before = {name: time for name, (_, time) in tree(out / "runs").items()}
    assert curve(life, out) == 0
    assert {name: time for name, (_, time) in tree(out / "runs").items()} == before


def test_other_settings_are_refused(life, drawn, capsys):
    out, _, _ = drawn
    assert curve(life, out, "--batch_size", 8) == 2
    assert "batch_size: 32 -> 8" in capsys.readouterr().err


def test_more_rows_than_there_are_leave_a_reservation(life, tmp_path, capsys):
    words = ("--data", life.table, "--text_column", "sentence", "--rows", 5000, "--seeds", 0, "--steps", 2, "--quiet")
    assert groundup("curve", "--model", life.lm, "--out", tmp_path / "c", *words) == 3
    assert "fewer than 5,000 training rows" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--rows", 9, "--rows", 9], "rows: is empty or names one twice"), (["--rows", 0], "rows: '0' is not in")],
)
def test_impossible_sizes_are_refused(words, told, tmp_path, capsys):
    assert groundup("curve", "--model", "m", "--data", "d", "--text_column", "t", "--out", tmp_path / "o", *words) == 2
    assert told in capsys.readouterr().err


def test_a_curve_of_a_table_needs_no_model_and_stands_beside_the_best_simple_method(tmp_path):
    path = tmp_path / "rows.csv"
    lines = [",".join(map(str, row)) for row in columns_of(90)]
    path.write_text("\n".join([",".join(HEAD), *lines]), "utf-8")
    words = ("--table_column", "*", "--rows", 20, "--rows", 40, "--seeds", 0, "--seeds", 1, "--steps", 3, "--quiet")
    assert groundup("curve", "--data", path, "--out", tmp_path / "curve", *words) == 0
    found = json.loads((tmp_path / "curve/curve.json").read_text("utf-8"))
    simple = {
        "logistic regression",
        "small boosting",
        "random forest",
        "kernel naive Bayes",
        "mean of these",
    }
    means = {name: sum(cell["accuracy"][name] for cell in found["cells"]) for name in simple}
    assert set(found["cells"][0]["accuracy"]) == simple | {"majority", "new model"}
    assert means[found["rival"]] == max(means.values())
    assert len(found["compared"]["new model"]) == 2
    assert f"new model does not clearly beat {found['rival']} within these sizes" in found["sentences"][0]


def test_a_curve_of_texts_needs_a_model(life, tmp_path, capsys):
    words = ("--data", life.table, "--text_column", "sentence", "--out", tmp_path / "curve")
    assert groundup("curve", *words) == 2
    assert "model: is required: rows of the kind text are read by a model" in capsys.readouterr().err

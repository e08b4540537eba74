"""Tables and flags that are wrong: one line with the place, the value and a way out that exists."""

from pathlib import Path

import pytest

from groundup import finetune, pretrain
from groundup.cli import main
from tests.commands.test_tables import HEAD, answers_of, loans, write

QUICK = {"steps": 4, "baselines": False}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("refused")
    finetune(
        data=loans(home / "loans.csv"), table_column=["*"], label_column="default", out=str(home / "run"), quiet=True, **QUICK
    )
    return home


def refused(capsys, *arguments: object) -> str:
    assert main([*map(str, arguments)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    return line


@pytest.fixture
def training(home: Path, tmp_path: Path, capsys):
    def say(*arguments: object) -> str:
        table = ("--table_column", "*") if "--table_column" not in arguments else ()
        return refused(
            capsys,
            "finetune",
            "--data",
            home / "loans.csv",
            "--label_column",
            "default",
            "--out",
            tmp_path / "run",
            *table,
            *arguments,
        )

    return say


def test_settings_of_texts_are_refused_for_tables_by_what_is_not_named(training):
    assert training("--max_length", 10).endswith("max_length: is of text_column, and none is named.")


def test_a_column_that_is_named_twice_is_refused(training):
    assert "table_column: names 'age' twice" in training("--table_column", "age", "--table_column", "age")


def test_a_value_that_means_nothing_is_asked_for_like_one(training):
    assert "table.missing: 'age' is not NAME=VALUE. Fix: write age=-1, say" in training("--table.missing", "age")


def test_a_text_is_refused_by_a_model_of_tables_with_the_setting_for_files(home: Path, capsys):
    said = refused(capsys, "predict", "--model", home / "run", "--text", "hello")
    assert "FOR_TEXTS text: is for models of texts; this one reads table. Fix: name a file with --input" in said


@pytest.mark.parametrize(
    ("command", "flag", "hint"),
    [
        ("predict", "label_column", "groundup evaluate compares them"),
        ("predict", "data", "It is called 'input' here."),
        ("evaluate", "input", "Did you mean 'data'?"),
        ("explain", "table_column", "A model knows its columns by name: leave it out."),
        ("explain", "data", "It is called 'input' here."),
    ],
)
def test_settings_of_other_commands_are_refused_with_what_to_do_instead(command, flag, hint, home: Path, capsys):
    assert main([command, "--model", str(home / "run"), f"--{flag}", "x"]) == 2
    assert f"{flag}: no such setting of {command}. " in (said := capsys.readouterr().err)
    assert hint in said


def test_an_absent_column_names_no_setting_that_predict_lacks(home: Path, tmp_path: Path, capsys):
    path = write(tmp_path / "c.csv", ["job", "opened", "income"], ["nurse", "2020-05-05", "1"])
    said = refused(capsys, "predict", "--model", home / "run", "--input", path)
    assert (
        "has no column 'age'. Fix: call the columns as in training, or add an empty one if nothing is known of it; there are job ('nurse'), opened"
        in said
    )


def test_an_absent_column_of_slices_names_the_setting_that_asks_for_it(home: Path, capsys, tmp_path: Path):
    said = refused(
        capsys, "evaluate", "--model", home / "run", "--data", home / "loans.csv", "--out", tmp_path / "e", "--slice_by", "town"
    )
    assert "has no column 'town'. Fix: --slice_by is one of" in said


def test_rows_that_also_train_are_called_rows_and_the_way_out_exists_for_tables(home: Path, tmp_path: Path):
    data, out = home / "loans.csv", tmp_path / "run"
    finetune(data=str(data), test=str(data), table_column=["*"], label_column="default", out=str(out), quiet=True, **QUICK)
    report = (out / "report.json").read_text("utf-8")
    assert "of the test rows repeat training rows" in report
    assert "containment" not in report


def test_a_key_that_an_object_leaves_out_is_a_missing_cell(home: Path, tmp_path: Path):
    (tmp_path / "rows.jsonl").write_text(
        '{"age": 33, "opened": "2020-05-05", "income": 2500}\n{"age": 33, "job": "nurse", "opened": "2020-05-05", "income": 2500}\n'
    )
    first, second = answers_of(home / "run", str(tmp_path / "rows.jsonl"))
    row = ["K1", "33", "", "2020-05-05", "2500", "FR"]
    assert first["probability"] == answers_of(home / "run", write(tmp_path / "a.csv", HEAD[:-1], row))[0]["probability"]
    row[2] = "nurse"
    assert second["probability"] == answers_of(home / "run", write(tmp_path / "b.csv", HEAD[:-1], row))[0]["probability"]


def test_a_key_that_no_object_has_is_no_column(home: Path, tmp_path: Path, capsys):
    (tmp_path / "rows.jsonl").write_text('{"age": 33, "job": "nurse", "opened": "2020-05-05"}\n' * 3)
    said = refused(capsys, "predict", "--model", home / "run", "--input", tmp_path / "rows.jsonl")
    assert "rows.jsonl:1: has no column 'income'" in said


@pytest.fixture
def pretraining(home: Path, tmp_path: Path, capsys):
    def say(*arguments: object) -> str:
        line = (
            "--data",
            home / "loans.csv",
            "--objective",
            "cells",
            "--preset",
            "micro",
            "--steps",
            2,
            "--out",
            tmp_path / "lm",
        )
        return refused(capsys, "pretrain", *line, *arguments)

    return say


def test_a_column_to_leave_out_that_is_none_is_refused(pretraining):
    said = pretraining("--table_column", "*", "--leave_out", "defualt")
    assert "NO_COLUMN loans.csv:2: has no column 'defualt'. Did you mean 'default'?" in said
    assert "--leave_out is one of customer_id ('K0000'), age" in said


def test_hidden_cells_ask_for_columns(pretraining):
    assert "table_column: is required: the objective cells is learned from the columns of a table" in pretraining()
    assert "table_column: names 'age' twice" in pretraining("--table_column", "age", "--table_column", "age")


def test_prepare_says_that_a_table_is_not_prepared(home: Path, tmp_path: Path, capsys):
    line = ("--source", home / "loans.csv", "--out", tmp_path / "data", "--table_column", "*")
    assert "groundup finetune read it as it is" in refused(capsys, "prepare", *line)


def test_a_model_of_hidden_cells_has_no_answers_to_predict_or_explain(home: Path, tmp_path: Path, capsys):
    data, out = str(home / "loans.csv"), str(tmp_path / "lm")
    pretrain(
        data=data, objective="cells", table_column=["*"], leave_out=["default"], preset="micro", steps=2, out=out, quiet=True
    )
    capsys.readouterr()
    assert "was pretrained only; it has no labels to predict. Fix: fine-tune it" in refused(
        capsys, "predict", "--model", out, "--input", data
    )
    assert "was pretrained only; it gives no answers to explain" in refused(
        capsys, "explain", "--model", out, "--input", data, "--row", 1
    )

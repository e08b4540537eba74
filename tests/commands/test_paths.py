"""Files and folders that are not there are told before anything heavy is imported, by the setting that names them."""

import subprocess
import sys

import pytest

from groundup.cli import main
from groundup.commands.paths import DATA, MODELS, named_paths
from groundup.commands.table import COMMANDS, command_class
from groundup.config import fields_of, make_settings
from tests.test_cli import NEEDED


def told(capsys, *words):
    capsys.readouterr()
    assert main([*map(str, words)]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("models", "demo", "size", "keywords")])
def test_what_is_not_there_is_told_before_torch_is_imported(name, tmp_path):
    code = (
        "import sys; from groundup.cli import main; "
        f"print(main({[name, *NEEDED[name]]!r}), sorted({{'torch', 'numpy', 'pyarrow'}} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert found.stdout.strip() == "2 []"
    assert "does not exist" in found.stderr
    assert name == "run" or "; --" in found.stderr  # a recipe has no other name
    assert list(tmp_path.iterdir()) == []


def test_all_that_is_not_there_is_told_at_once_with_its_setting(capsys, tmp_path):
    err = told(
        capsys,
        "finetune",
        "--model",
        tmp_path,
        "--data",
        "no.csv",
        "--test",
        "nor.csv",
        "--text_column",
        "t",
        "--out",
        tmp_path / "out",
        "--replay.data",
        "books",
        "--replay.log_only",
    )
    assert err == (
        "groundup: error NO_FILE no.csv: does not exist; --data names it.\n"
        "groundup: error NO_FILE nor.csv: does not exist; --test names it.\n"
        "groundup: error NO_FILE books: does not exist; --replay.data names it.\n"
    )


def test_a_model_that_is_not_there_is_told_as_one(capsys, tmp_path):
    (tmp_path / "t.csv").write_text("text\na\n")
    err = told(capsys, "predict", "--model", "nowhere", "--input", tmp_path / "t.csv")
    assert err.startswith(
        "groundup: error NO_MODEL nowhere: does not exist, and nothing is downloaded; --model names it. Fix: name the folder"
    )


def test_settings_that_name_files_are_found_inside_groups_and_names_of_the_user():
    one = {"data": "a.csv", "text_column": ["t"], "test": "b.csv"}
    settings = make_settings(command_class("multitask"), {"model": "m", "out": "o", "tasks": {"first": one}})
    assert list(named_paths(settings)) == [("model", "m"), ("tasks.first.data", "a.csv"), ("tasks.first.test", "b.csv")]
    student = make_settings(
        command_class("compress"), {"model": "m", "out": "o", "method": "distill", "distill": {"student": "s"}}
    )
    assert list(named_paths(student)) == [("model", "m"), ("distill.student", "s")]  # and no recipe of distilling


def test_every_name_of_the_table_is_a_setting_of_some_command():
    def names(cls):
        from groundup.config import groups_of, named_group

        for name, kind in fields_of(cls).items():
            yield name
            for inner in [*groups_of(kind), *([named_group(kind)] if named_group(kind) else [])]:
                yield from names(inner)

    known = {name for command in COMMANDS for name in names(command_class(command))}
    assert {*DATA, *MODELS} <= known


@pytest.mark.parametrize("name", ["finetune", "prepare", "predict"])
def test_a_file_of_data_without_its_name_is_told_the_setting(name, capsys, tmp_path):
    table = tmp_path / "reviews.csv"
    table.write_text("text,label\na: b: c,x\n")
    setting = {"finetune": "data", "prepare": "source", "predict": "input"}[name]
    err = told(capsys, name, table, "--out", tmp_path / "out")
    assert err == f"groundup: error NOT_SETTINGS {table}: is no YAML file of settings. Fix: give it with --{setting} {table}\n"
    assert f"give it with --{setting} {tmp_path}" in told(capsys, name, tmp_path, "--out", tmp_path / "out")
    assert "does not exist, and would be read as a YAML file" in told(capsys, name, "nowhere.csv")


def test_a_model_folder_without_its_name_is_told_the_setting(capsys, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert f"Fix: give it with --model {tmp_path}" in told(capsys, "predict", tmp_path, "--text", "a")


def test_what_is_wrong_with_a_yaml_file_is_told_as_before(capsys, tmp_path):
    path = tmp_path / "settings.yaml"
    path.write_text("model: a: b\n")
    assert f"BAD_YAML {path}:1" in told(capsys, "finetune", path)
    assert "NO_FILE other.yaml: does not exist" in told(capsys, "finetune", "other.yaml")


@pytest.mark.parametrize("name", ["check", "compare", "inspect", "verify"])
def test_commands_that_take_a_word_without_a_name_take_a_yaml_file_of_settings_too(name, capsys, tmp_path):
    settings = {
        "check": "data: t.csv\ntext_column: words\n",
        "compare": "systems: [a, b]\nout: o\n",
        "inspect": "model: a\n",
        "verify": "folder: [a]\n",
    }
    (tmp_path / "c.yaml").write_text(settings[name])
    capsys.readouterr()
    assert main([name, str(tmp_path / "c.yaml"), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert settings[name].split(":", 1)[0] + ":" in out
    assert "seed: 0" in out
    assert "does not exist" in told(capsys, name, tmp_path / "c.yaml")

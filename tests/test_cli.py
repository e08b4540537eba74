"""The command line as a user types it."""

import os
import subprocess
import sys

import pytest
import yaml

import groundup
from groundup.cli import main
from groundup.commands.table import COMMANDS, command_class
from groundup.config import identity_settings, to_dict
from groundup.errors import InputError
from groundup.flags import from_command_line
from groundup.train.settings import TrainingCommand

NEEDED = {
    "columns": ["d.csv"],
    "prepare": ["--source", "a.txt", "--out", "o"],
    "pretrain": ["--data", "d", "--out", "o", "--steps", "3"],
    "finetune": ["--model", "m", "--data", "d.csv", "--text_column", "t", "--out", "o"],
    "evaluate": ["--model", "m", "--out", "o"],
    "multitask": ["--model", "m", "--tasks.one.data", "d.csv", "--tasks.one.text_column", "t", "--out", "o"],
    "glue": ["--model", "m", "--data", "d", "--out", "o"],
    "check": ["d.csv", "--text_column", "t"],
    "compare": ["a", "b", "--out", "o"],
    "compress": ["--model", "m", "--method", "theseus", "--out", "o"],
    "ladder": ["--model", "m", "--out", "o"],
    "curve": ["--model", "m", "--data", "d.csv", "--text_column", "t", "--out", "o"],
    "inspect": ["m"],
    "models": [],
    "generate": ["--model", "m", "--text", "x"],
    "export": ["--model", "m", "--out", "o"],
    "predict": ["--model", "m", "--text", "x"],
    "explain": ["--model", "m", "--text", "x"],
    "keywords": ["--text", "x"],
    "size": [],
    "run": ["recipe.yaml", "--out", "o"],
    "verify": ["folder"],
    "bundle": ["--out", "o.tar", "--model", "m"],
    "demo": [],
}
HEAVY = "torch numpy yaml pydantic pyarrow tokenizers sklearn".split()


def child(code: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_imports_little_and_nothing_heavy(arguments):
    """What makes help instant, counted: its time is the machine's, and stands in benchmarks/bench_help.py."""
    found = child(
        f"import sys; bare = set(sys.modules); from groundup.cli import main; main({arguments}); print(*sorted(set(sys.modules) - bare))"
    )
    imported = found.stdout.splitlines()[-1].split()
    assert "groundup.cli" in imported
    assert not {name.partition(".")[0] for name in imported} & set(HEAVY)
    assert len(imported) < 100


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wrong_name_is_refused_before_anything_heavy_is_imported(name):
    arguments = [name, *NEEDED[name], "--no_such_setting", "1"]
    found = child(
        f"import sys; from groundup.cli import main; code = main({arguments}); print(code, sorted(set(sys.modules) & set({HEAVY})))"
    )
    assert found.stdout.strip() == "2 []"
    assert "no_such_setting: no such setting" in found.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_dry_run_prints_is_a_file_of_the_same_settings(name, capsys, tmp_path):
    assert main([name, *NEEDED[name], "--dry-run", "--quiet"]) == 0
    told = capsys.readouterr().out
    command = command_class(name)
    again = from_command_line(command, None, [*NEEDED[name], "--quiet"])  # the file runs: it holds no dry_run
    assert yaml.safe_load(told) | {"dry_run": False} == to_dict(again)
    path = tmp_path / "settings.yaml"
    path.write_text(told, "utf-8")
    assert from_command_line(command, str(path), []) == again


@pytest.mark.parametrize(
    "column", ["1e-3", "1.5e3", "~", "no", "007", "true", "a: b", " x", "天气", "a\nb", "${env:HOME}", "{{x}}", "!x", "-", "'"]
)
def test_a_dry_run_keeps_texts_that_look_like_something_else(column, capsys, tmp_path):
    arguments = [*NEEDED["finetune"], f"--label_column={column}"]
    assert main(["finetune", *arguments, "--dry-run"]) == 0
    path = tmp_path / "settings.yaml"
    path.write_text(capsys.readouterr().out, "utf-8")
    assert from_command_line(command_class("finetune"), str(path), []).label_column == column


def test_an_unknown_command_gets_the_nearest_one(capsys):
    assert main(["pretrian"]) == 2
    assert "'pretrian' is no command. Did you mean 'pretrain'?" in capsys.readouterr().err


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("groundup 0.")


def test_each_mistake_is_one_line_on_stderr(capsys):
    assert main(["pretrain", "--data", "d", "--out", "o", "--preset", "huge", "--dropout", "1.0"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "groundup: error BAD_SETTING preset: 'huge' is not one of micro, tiny, nano, mini, small, medium, base.",
        "groundup: error BAD_SETTING dropout: '1.0' is not in [0, 1).",
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_refuses_devices_and_precisions_it_does_not_compute_with(name, capsys):
    assert main([name, *NEEDED[name], "--device", "gpu", "--precision", "int8"]) == 2
    known = "float32, bfloat16, auto" if issubclass(command_class(name), TrainingCommand) else "float32"
    assert capsys.readouterr().err.splitlines() == [
        "groundup: error BAD_SETTING device: 'gpu' is not one of auto, cpu, cuda, mps. Did you mean 'cuda'?",
        f"groundup: error BAD_SETTING precision: 'int8' is not one of {known}.",
    ]


@pytest.mark.parametrize(
    ("name", "flags", "told"),
    [
        ("pretrain", "--lerning_rate 1", "lerning_rate: no such setting of pretrain. Did you mean 'optimizer.learning_rate'?"),
        ("pretrain", "--lr 1", "lr: no such setting of pretrain. It is called 'optimizer.learning_rate' here."),
        ("pretrain", "--seed -1", "seed: '-1' is not in [0, 9223372036854775807]"),
        ("pretrain", f"--seed {2**64}", f"seed: '{2**64}' is not in"),
        ("pretrain", "--batch_size 1000000000000", "is not in [1, 100000000]"),
        ("pretrain", "--batch_size 1.5", "'1.5' is not a whole number"),
        ("pretrain", "--batch_size 0", "'0' is not in"),
        ("finetune", "--epochs 1000000000", "is not in"),
        ("pretrain", "--mask_rate 0", "masks nothing"),
        ("pretrain", "--mask_rate 1.1", "is not in [0, 1]"),
        ("pretrain", "--dropout -0.1", "is not in [0, 1)"),
        ("pretrain", "--gamma nan", "'nan' is not a number"),
        ("pretrain", "--optimizer.learning_rate inf", "'inf' is not a number"),
        ("pretrain", "--optimizer.learning_rate -1", "is not above 0"),
        ("demo", "--budget soon", "'soon' is not a time"),
        ("size", "--budget 0.9s", "less than a second"),
        ("size", "--budget 9e9d", "is not a time"),
        ("size", f"--budget {'9' * 400}d", "more than a year"),
        ("prepare", "--split.test 0.95", "leave nothing to train on"),
        ("size", "--threads 0", "is not in [1, 1024]"),
    ],
)
def test_impossible_values_are_refused_with_what_is_legal(name, flags, told, capsys):
    assert main([name, *NEEDED[name], *flags.split()]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert told in lines[0]


def test_settings_are_refused_before_data_is_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # opening it would wait for ever
    for arguments in (
        ["pretrain", "--data", str(pipe), "--out", "o", "--steps", "0"],
        ["prepare", "--source", str(pipe), "--out", "o", "--quite"],
        ["finetune", "--model", "m", "--data", str(pipe), "--text_column", "t", "--out", "o", "--epochs", "1.5"],
        ["pretrain", str(pipe), "--steps", "1"],
    ):
        found = subprocess.run(
            [sys.executable, "-m", "groundup", *arguments],
            capture_output=True,
            text=True,
            timeout=20,
            cwd=tmp_path,
            check=False,
        )
        assert found.returncode == 2, arguments
        assert [line.startswith("groundup: error ") for line in found.stderr.splitlines()] == [True]
    assert list(tmp_path.iterdir()) == [pipe]


def test_python_calls_are_refused_like_the_command_line():
    with pytest.raises(InputError) as error:
        groundup.pretrain(data="d", out="o", steps=3, presets="tiny", optimizer={"lr": 1}, dropout="0.1")
    assert error.value.problems == (
        "presets: no such setting of pretrain. Did you mean 'preset'?",
        "optimizer.lr: no such setting. It is called 'optimizer.learning_rate' here.",
        "dropout: '0.1' is not a number",
    )


def test_a_refusal_in_python_imports_nothing_heavy():
    found = child(
        f"import sys, groundup\ntry: groundup.finetune(modle='m')\nexcept Exception as e: print(type(e).__name__, sorted(set(sys.modules) & set({HEAVY})))"
    )
    assert found.stdout.strip() == "InputError []"


def test_names_from_outside_cannot_steer_the_terminal(capsys):
    assert main(["predict", "--model", "evil\x1b[31m\u202e", "--text", "x"]) == 2
    told = capsys.readouterr().err
    assert "\x1b" not in told
    assert "evil\\x1b[31m\\u202e" in told


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OSError(28, "No space left on device", "o/x"), 74, "STORAGE o/x: No space left on device."),
        (OSError(24, "Too many open files", "a"), 71, "TOO_MANY_FILES a:"),
        (MemoryError(), 71, "OUT_OF_MEMORY"),
        (PermissionError(13, "Permission denied", "a\x1b"), 2, "NO_ACCESS a\\x1b: Permission denied."),
        (FileNotFoundError(2, "No such file", "a"), 1, "INTERNAL FileNotFoundError"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
)
def test_the_exit_code_says_whose_fault_it_was(error, code, told, monkeypatch, capsys):
    from groundup.commands.size import story

    def fail(settings):
        raise error

    monkeypatch.setattr(story, "size", fail)
    assert main(["size"]) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert told in lines[0]


def test_a_fault_of_ours_shows_its_trace_only_when_asked(monkeypatch, capsys):
    from groundup.commands.size import story

    monkeypatch.setattr(story, "size", lambda settings: 1 / 0)
    assert main(["size"]) == 1
    told = capsys.readouterr().err
    assert "INTERNAL ZeroDivisionError" in told
    assert "Traceback" not in told
    with pytest.raises(ZeroDivisionError):
        main(["size", "--debug"])


def test_what_a_result_depends_on_leaves_out_where_and_how_loud():
    command = command_class("pretrain")
    one = from_command_line(command, None, NEEDED["pretrain"])
    other = from_command_line(
        command, None, [*NEEDED["pretrain"][:2], "--out", "p", "--steps", "3", "--quiet", "--threads", "1"]
    )
    assert identity_settings(one) == identity_settings(other)


@pytest.mark.parametrize(
    ("name", "module"), [("evaluate", "report"), ("compress", "work"), ("explain", "target"), ("keywords", "phrases")]
)
def test_a_package_of_the_name_of_a_command_is_called_like_it(name, module):
    found = child(
        f"import groundup, groundup.{name}.{module}\ntry: groundup.{name}(modle='m')\nexcept Exception as e: print(type(e).__name__, e.problems[0])"
    )
    assert found.stdout.startswith("InputError modle: no such setting of")


SETTINGS = {
    **{name: {} for name in COMMANDS},
    "columns": {"data": "d.csv"},
    "run": {"recipe": "recipe.yaml", "out": "o"},
    "verify": {"folder": ["folder"]},
    "inspect": {"model": "m"},
    "compare": {"systems": ["a", "b"], "out": "o"},
    "check": {"data": "d.csv", "text_column": ["t"]},
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_a_file_of_settings_by_name_and_flags_come_on_top(name, capsys, tmp_path):
    path = tmp_path / "some.settings"
    path.write_text(yaml.safe_dump(SETTINGS[name] | {"quiet": True}), "utf-8")
    needed = [] if SETTINGS[name] else NEEDED[name]
    for words in (["--settings", str(path)], [f"--settings={path}"]):
        assert main([name, *words, *needed, "--dry-run", "--debug"]) == 0
        told = yaml.safe_load(capsys.readouterr().out)
        assert (told["quiet"], told["debug"]) == (True, True)
    assert main([name, "--settings", str(path), *needed, "--quiet", "false", "--dry-run"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["quiet"] is False


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a.yaml", "--settings", "b.yaml"], "settings: two files of settings: a.yaml and b.yaml"),
        (["--settings"], "settings: has no value"),
        (["--settings", "--quiet"], "settings: has no value"),
        (["--settings", "no.yaml"], "no.yaml: does not exist"),
        (["--config", "a.yaml"], "config: no such setting of finetune. Give the file of settings with --settings FILE"),
    ],
)
def test_a_file_of_settings_that_cannot_be_meant_is_refused(words, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["finetune", *words]) == 2
    assert told in capsys.readouterr().err

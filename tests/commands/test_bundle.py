"""One archive for a machine without a network: whole or absent, the same bytes twice, and installed there by its own script."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from groundup.commands.bundle import wheels as fetching
from groundup.manifest import verify_folder
from groundup.version import VERSION
from tests.commands.hollow_wheels import write_hollow_wheels
from tests.commands.life import groundup


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with packages, a model in a run, and data, from where all is typed."""
    write_hollow_wheels(tmp_path / "wheels")
    (tmp_path / "run/model").mkdir(parents=True)
    (tmp_path / "run/model/config.json").write_text("{}")
    (tmp_path / "run/events.jsonl").write_text("")
    (tmp_path / "数据/inner").mkdir(parents=True)
    (tmp_path / "数据/inner/a.csv").write_text("text,label\ngood,yes\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def unpacked(home, name="b"):
    with tarfile.open(home / f"{name}.tar") as archive:
        archive.extractall(home / "there", filter="data")
    return home / "there" / name


def script(folder, *arguments, **changes):
    environment = {"PATH": os.environ["PATH"], "PIP_INDEX_URL": "file:///nowhere", "PIP_CONFIG_FILE": os.devnull, **changes}
    return subprocess.run(
        [sys.executable, "install.py", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def left(home):
    """What a try that failed left behind."""
    return sorted(path.name for path in home.iterdir() if path.name.startswith(".") or path.suffix == ".tar")


def test_the_archive_holds_what_was_named_and_its_script_finds_what_differs(home):
    assert groundup("bundle", "--out", "b.tar", "--model", "run", "--data", "数据", "--wheels", "wheels", "--quiet") == 0
    folder = unpacked(home)
    assert verify_folder(folder) == []
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"README.txt", "install.py", "models/run/config.json", "data/数据/inner/a.csv"} < names
    assert f"wheels/groundup-{VERSION}-py3-none-any.whl" in names
    assert not any("events" in name for name in names)
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["settings"] == {"requirement": "groundup"}
    assert script(folder, "--check").returncode == 0
    (folder / "models/run/config.json").write_text("{ }")
    changed = script(folder)
    assert (changed.returncode, changed.stdout.splitlines()[0]) == (1, "models/run/config.json: differs")
    assert left(home) == ["b.tar"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("--out b.zip", 2, "does not end in .tar"),
        ("--out run/model/b.tar --wheels wheels", 2, "OUTPUT"),
        ("--out b.tar --wheels nowhere", 2, "NO_FILE nowhere"),
        ("--out b.tar --wheels 数据", 2, "NOT_FETCHED"),
        ("--out b.tar --wheels wheels --model 数据", 2, "NO_MODEL"),
        ("--out b.tar --wheels wheels --data 数据 --data ./数据/", 2, "SAME_NAME"),
        ("--out b.tar --wheels wheels --platform other_1_0", 2, "OTHER_SYSTEM"),
        ("--out b.tar --wheels wheels --index elsewhere", 2, "--wheels names those that are here"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(home, capsys, words, code, says):
    (home / "run/model/model.safetensors").write_bytes(b"")
    assert groundup("bundle", *words.split()) == code
    assert says in capsys.readouterr().err
    assert left(home) == []


def test_links_to_folders_and_pipes_are_refused(home, capsys):
    (home / "数据/loop").symlink_to(home / "数据")
    assert groundup("bundle", "--out", "b.tar", "--data", "数据", "--wheels", "wheels") == 2
    assert "is a link to a folder or no regular file" in capsys.readouterr().err
    (home / "数据/loop").unlink()
    os.mkfifo(home / "数据/pipe")
    assert groundup("bundle", "--out", "b.tar", "--data", "数据", "--wheels", "wheels") == 2
    assert left(home) == []


def test_what_was_cut_off_is_cleared_away_and_the_same_parts_are_the_same_bytes(home):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (home / f".tmp-b.tar-{gone.pid}-0123abcd/wheels").mkdir(parents=True)
    for name in ("b", "other/b"):
        assert groundup("bundle", "--out", f"{name}.tar", "--data", "数据", "--wheels", "wheels", "--quiet") == 0
    assert left(home) == ["b.tar"]
    assert (home / "b.tar").read_bytes() == (home / "other/b.tar").read_bytes()


def test_an_archive_that_is_there_stays(home):
    (home / "b.tar").write_text("mine")
    assert groundup("bundle", "--out", "b.tar", "--wheels", "wheels") == 2
    assert (home / "b.tar").read_text() == "mine"


def test_without_pip_or_a_network_it_says_so(home, capsys, monkeypatch):
    monkeypatch.setattr(fetching, "find_spec", lambda name: None)
    assert groundup("bundle", "--out", "b.tar", "--wheels", "wheels") == 2
    assert "NO_PIP" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.chdir(home)
    for name, value in {"CONFIG_FILE": os.devnull, "INDEX_URL": "http://127.0.0.1:9", "RETRIES": "0"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    assert groundup("bundle", "--out", "b.tar") == 2
    assert "try again where there is a network" in capsys.readouterr().err
    assert left(home) == []


@pytest.mark.slow
def test_the_bundle_is_installed_without_a_network_and_its_model_answers_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{n},{n % 7},{'yes' if n % 7 > 3 else 'no'}\n" for n in range(200))
    Path("table.csv").write_text(f"a,b,label\n{rows}")
    assert (
        groundup(*"finetune --data table.csv --table_column b --label_column label --out run --epochs 1 --quiet".split()) == 0
    )
    code = groundup("bundle", "--out", "b.tar", "--model", "run", "--data", "table.csv")
    if code != 0:
        pytest.skip("pip reaches no index of packages here")
    folder = unpacked(tmp_path)
    installed = script(folder, "--venv", "own", HOME=str(tmp_path))
    assert installed.returncode == 0, installed.stderr[-2000:]
    line = ["own/bin/groundup", "predict", "--model", "models/run", "--input", "data/table.csv", "--out", "answers.csv"]
    answered = subprocess.run(line, cwd=folder, env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert answered.returncode == 0, answered.stderr[-2000:]
    assert len((folder / "answers.csv").read_text("utf-8").splitlines()) == 201

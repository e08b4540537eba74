"""Every setting of every command is read in a run, or refused by name, for each kind of input, task, objective and method."""

import re
from pathlib import Path

import pytest

import groundup
from groundup.commands.table import COMMANDS, command_class
from groundup.config import build
from tests.settings.cases import CASES
from tests.settings.running import placed, refused, values_of, watched
from tests.settings.values import kind_of, other

# What is not read and yet does what it says.
KEPT = {
    "quiet": "asked by terminal/log.py, through which alone anything is said (below)",
    "verbose": "asked by terminal/log.py",
    "device": "auto and cpu are one where only the processor is used; another is refused (effects)",
    "precision": "of commands that do not train: float32 alone",
    "debug": "read by the command line",
    "dry_run": "read by the command line",
    "read.allow_truncated_tail": "of jsonl: asked where a last line is cut",
}
FAST = [case for case in CASES if not case.slow]
SLOW = [case for case in CASES if case.slow]
HOW = """{case}: neither read nor refused: {names}.
Each changes nothing there. Use it where the command runs; or refuse it where it means nothing, by an `Unfit` in the `unfit` of its
group or command (src/groundup/scope.py says how): one that the settings can tell is refused when they are made, one that hangs on
the files by `refuse(settings, "case")` once they are open (for formats of files: READ_BY in data/sources/records.py)."""


def value_of(settings, name):
    for part in name.split("."):
        settings = settings[part] if isinstance(settings, dict) else getattr(settings, part)
    return settings


def ignored(case, home):
    """Settings that a run of the case neither reads nor refuses."""
    names, read = watched(case, home)
    left = {name for name in names - read if not any(name == kept or name.endswith(f".{kept}") for kept in KEPT)}
    cls = command_class(case.command)
    made = build(cls, values_of(case, home), "", [])
    return sorted(left - refused(case, home, {name: other(kind_of(cls, name), value_of(made, name)) for name in left}))


@pytest.mark.parametrize("case", FAST, ids=lambda case: case.name)
def test_every_setting_is_read_or_refused(case, world):
    names = ignored(case, world)
    assert not names, HOW.format(case=case.name, names=", ".join(names))


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW, ids=lambda case: case.name)
def test_every_setting_of_a_longer_run_is_read_or_refused(case, world):
    names = ignored(case, world)
    assert not names, HOW.format(case=case.name, names=", ".join(names))


def test_everything_said_to_people_goes_through_one_room():
    """(limits.py silences a library; peak_memory.py is a process of its own that answers its parent; install.py runs where groundup is
    not installed yet; stub.py is a contributor's tool.)"""
    root = Path(groundup.__file__).parent
    printing = re.compile(r"sys\.stderr|sys\.stdout\.write|(?<![\w.])print\(")
    found = {path.relative_to(root).as_posix() for path in root.rglob("*.py") if printing.search(path.read_text("utf-8"))}
    assert {name for name in found if not name.startswith("terminal/")} == {
        "commands/bundle/install.py",
        "compress/peak_memory.py",
        "data/tokenizers/limits.py",
        "usage/stub.py",
    }


def test_every_command_has_a_case():
    assert {case.command for case in CASES} == set(COMMANDS)


def test_paths_of_cases_are_filled_in(tmp_path):
    assert placed({"a": ["HOME/x", 3, "OUT.csv"]}, tmp_path, tmp_path / "o") == {
        "a": [f"{tmp_path}/x", 3, f"{tmp_path / 'o'}.csv"]
    }

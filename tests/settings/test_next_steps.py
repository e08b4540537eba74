"""The commands that a command ends with are right: each of them runs, for every kind, task, objective and method."""

import re
import shlex

import pytest

from groundup.cli import main
from groundup.commands.table import command_class, perform
from groundup.config import build
from groundup.terminal.log import printing
from tests.settings.cases import CASES
from tests.settings.running import values_of

ENDING = ("prepare", "pretrain", "finetune", "multitask", "evaluate", "compress", "export", "explain")
QUICK = ("prepare running text", "finetune classification", "finetune table", "evaluate table")
ALL = [case for case in CASES if case.command in ENDING]


def next_commands(case, world, capsys):
    """What a run of the case tells to type next."""
    mistakes = []
    settings = build(command_class(case.command), values_of(case, world), "", mistakes)
    assert not mistakes
    capsys.readouterr()
    with printing():
        perform(settings)
    lines = capsys.readouterr().err.splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("  groundup ")]


def shortened(words):
    """The same command, which does not train for ten minutes."""
    line = shlex.join(words).replace("--budget 10m", "--steps 1 --num_evaluations 1 --evaluation_examples 4")
    return shlex.split(re.sub(r"--preset \w+", "--preset tiny", line))


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.name, marks=() if case.name in QUICK else pytest.mark.slow) for case in ALL],
)
def test_the_commands_that_a_run_ends_with_run(case, world, capsys, monkeypatch):
    monkeypatch.chdir(world)
    commands = next_commands(case, world, capsys)
    if case.command in ("prepare", "pretrain", "finetune", "multitask", "compress"):
        assert commands, "a run that makes something says what to do with it"
    for words in commands:
        code = main(shortened(words))
        assert code in (0, 3), f"{shlex.join(words)}\n{capsys.readouterr().err[-600:]}"

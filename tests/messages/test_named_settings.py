"""Messages that name a setting which the command lacks are found."""

import sys

import pytest

from groundup.commands.table import command_class
from groundup.errors import InputError
from tests.messages.named_settings import missing_settings, perform_watched


@pytest.mark.parametrize(
    ("command", "text", "missing"),
    [
        ("explain", "has no column 'cat'. Fix: --table_column is one of num, day", ["table_column"]),
        ("finetune", "has no column 'cat'. Fix: --table_column is one of num, day", []),
        ("evaluate", "--split.group_by is one of a, b", ["split.group_by"]),
        ("evaluate", "was never prepared. Fix: groundup prepare --source x --out FOLDER", []),
        ("evaluate", "groundup prepare --source x makes it, or name it with --input", ["input"]),
        ("finetune", "--no-baselines leaves them out; --optimizer.learning_rate sets it", []),
    ],
)
def test_settings_that_a_command_lacks_are_found_in_its_messages(command, text, missing):
    assert missing_settings(text, command_class(command)) == missing


def test_a_command_that_says_such_a_message_fails_its_test(capsys):
    settings = command_class("explain")(model="m", text=("a",))

    def refuse(settings):
        raise InputError("NO_COLUMN", "x.csv", "has no column 'cat'", "--table_column names it")

    with pytest.raises(AssertionError, match="Explain names a setting that it lacks"):
        perform_watched(refuse, settings)
    with pytest.raises(AssertionError, match="--leave_out"):
        perform_watched(lambda settings: print("see --leave_out", file=sys.stderr), settings)
    assert perform_watched(lambda settings: print("see --model", file=sys.stderr), settings) is None
    assert "see --model" in capsys.readouterr().err

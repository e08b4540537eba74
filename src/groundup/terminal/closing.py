"""The last lines of a command: where the result is, how good it is and against what, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from groundup.terminal.log import is_outermost, result, say, text
from groundup.terminal.show import COMMAND, LABEL
from groundup.terminal.streams import cells

Facts = Sequence[tuple[str, str]]  # the key of a label in messages/terminal.py, and what is to say
Command = Sequence[str]  # the words behind `groundup`


def close(facts: Facts, commands: Sequence[Command] = ()) -> None:
    """Say facts, which --quiet keeps, and commands, where somebody gave the command that ends on a command line."""
    labels = [text(f"closing {key}") for key, _ in facts]
    width = max(map(cells, labels), default=0) + 2
    say("")
    for label, (_, value) in zip(labels, facts, strict=True):
        result(f"{label}{' ' * (width - cells(label))}{value}", style=LABEL, hang=width)
    if commands and is_outermost():
        say("")
        say(text("closing next"), style="head")
        for words in commands:
            say(f"  {shlex.join(['groundup', *words])}", style=COMMAND)

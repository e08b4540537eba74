"""Settings that a message names, and whether the command that says it has them."""

import io
import re
import sys
from collections.abc import Callable
from typing import Any

from groundup.commands.table import COMMANDS, command_class
from groundup.config import Command, fields_of
from groundup.errors import GroundupError
from groundup.flags import kind_of

COMMAND = re.compile(r"groundup ([a-z]+)")
FLAG = re.compile(r"(?<![\w-])--([a-z][a-z0-9_-]*(?:\.[a-z0-9_]+)*)")
OF_ALL = {"help", "version"}


def missing_settings(text: str, settings: type) -> list[str]:
    """The settings named in a text that the settings of a command lack; behind `groundup NAME` those of that command count."""
    missing, owner, end = [], settings, 0
    found = sorted([*FLAG.finditer(text), *COMMAND.finditer(text)], key=lambda one: one.start())
    for one in found:
        if one.re is COMMAND:
            owner, end = (command_class(one[1]), one.end()) if one[1] in COMMANDS else (owner, end)
            continue
        if re.search(r"[;.,] ", text[end : one.start()]):
            owner = settings  # another sentence
        if one[1] not in OF_ALL and not has(owner, one[1].rstrip("-").replace("-", "_")):
            missing.append(one[1])
    return missing


def has(settings: type, name: str) -> bool:
    path = name.split(".")
    return kind_of(settings, path) is not None or (path[0].startswith("no_") and path[0][3:] in fields_of(settings))


class Overheard(io.TextIOBase):
    """A stream that keeps what passes."""

    def __init__(self, stream: Any):
        self.stream, self.text = stream, ""

    def write(self, text: str) -> int:
        self.text += text
        return self.stream.write(text)

    def flush(self) -> None:
        self.stream.flush()


def perform_watched(perform: Callable[[Command], Any], settings: Command) -> Any:
    """Perform a command; AssertionError where it tells people of a setting that it lacks."""
    before, heard = sys.stderr, Overheard(sys.stderr)
    sys.stderr = heard
    try:
        return perform(settings)
    except GroundupError as error:
        heard.text += str(error)
        raise
    finally:
        sys.stderr = before
        wrong = [line for line in heard.text.splitlines() if missing_settings(line, type(settings))]
        assert not wrong, f"{type(settings).__name__} names a setting that it lacks: {wrong[0]}"

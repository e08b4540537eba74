"""Scripts that let a shell complete commands and settings: `groundup --completion bash`, zsh, fish, tcsh or powershell.

The scripts are written by shtab from a parser that has the same commands and settings. It parses nothing.
"""

from __future__ import annotations

import argparse
from dataclasses import fields

from groundup.commands.table import VERBS, Verb
from groundup.config import Command
from groundup.errors import InputError
from groundup.usage.help import SettingLine, setting_lines


def script(shell: str) -> str:
    """The script for a shell. InputError for one that shtab does not know."""
    import shtab

    if shell not in shtab.SUPPORTED_SHELLS:
        what = f"'{shell}' is not one of {', '.join(shtab.SUPPORTED_SHELLS)}"
        raise InputError("NO_SUCH_SHELL", "--completion", what, "groundup --completion bash")
    return shtab.complete(make_parser(), shell)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="groundup", add_help=False)
    parser.add_argument("--help", action="store_true", help="what the commands are")
    parser.add_argument("--version", action="store_true", help="the version")
    commands = parser.add_subparsers()
    for verb in VERBS:
        add_command(commands.add_parser(verb.name, help=plain(verb.text), add_help=False), verb)
    return parser


def add_command(parser: argparse.ArgumentParser, verb: Verb) -> None:
    """The settings of a command; those that every command has come last."""
    import shtab

    common = {field.name for field in fields(Command)}
    settings = sorted(setting_lines(verb.settings()), key=lambda setting: setting.name in common)
    parser.add_argument("file", nargs="?").complete = shtab.FILE  # ty: ignore[missing-attribute]
    for setting in settings:
        if "NAME" not in setting.name:
            argument = parser.add_argument(f"--{setting.name}", help=plain(setting.text), choices=choices(setting))
            if argument.choices is None:
                argument.complete = shtab.FILE  # ty: ignore[missing-attribute]
    parser.add_argument("--settings", help="a YAML file of settings").complete = shtab.FILE  # ty: ignore[missing-attribute]
    parser.add_argument("--help", help="the settings that matter, those of a group, or all")


def choices(setting: SettingLine) -> list[str] | None:
    """The values of a setting that has few."""
    values = setting.kind.split(" | ")
    return values if len(values) > 1 and not any(" " in value for value in values) and "text" not in values else None


def plain(text: str) -> str:
    """The first sentence of a text, without marks that shells read."""
    return text.split(". ")[0].translate(str.maketrans("", "", "`'\"%$[]:;\\"))

"""The signature and the docstring of a command's Python function, from its settings; `help()` and notebooks show them."""

from __future__ import annotations

import shlex
import textwrap
from inspect import Parameter as Argument
from inspect import Signature

from groundup.commands.table import Verb
from groundup.config import Command
from groundup.scalars import DECIMAL, INTEGER
from groundup.usage.parameters import Parameter, inner_lines, parameters

WIDTH = 96
OUTCOME = "An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader must know."
RAISES = "InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names place and way out."


class Written(str):
    """Source text that a signature shows as it stands."""

    __repr__ = str.__str__


def signature_of(command: type[Command]) -> Signature:
    """The signature of a command's function."""
    arguments = []
    for one in parameters(command):
        kind = Argument.POSITIONAL_OR_KEYWORD if one.name == command.positional else Argument.KEYWORD_ONLY
        default = Argument.empty if one.default is None else Written(one.default)
        arguments.append(Argument(one.name, kind, default=default, annotation=Written(one.type)))
    return Signature(arguments, return_annotation=Written("Outcome"))


def docstring_of(verb: Verb) -> str:
    """What a command does, its parameters, what it returns, an example: in the form that numpydoc reads."""
    command = verb.settings()
    paragraphs = [" ".join(part.split()) for part in (command.__doc__ or verb.text).split("\n\n")]
    lines = [line for part in paragraphs for line in [*textwrap.wrap(part, WIDTH), ""]]
    lines += [f"`groundup {verb.name}` on the command line.", "", *title("Parameters")]
    for one in parameters(command):
        lines += parameter_lines(command, one)
    lines += ["", *title("Returns"), *textwrap.wrap(OUTCOME, WIDTH), "", *title("Raises"), *textwrap.wrap(RAISES, WIDTH)]
    if command.example:
        lines += ["", *title("Examples"), f">>> {python_example(command.example)}"]
    return "\n".join(lines)


def title(name: str) -> list[str]:
    return [name, "-" * len(name)]


def parameter_lines(command: type[Command], one: Parameter) -> list[str]:
    """A parameter as numpydoc writes it, the settings of a group under it."""
    default = (
        "by default that of this machine"
        if one.varies
        else "required"
        if one.default is None
        else "optional"
        if one.default == "None"
        else f"default {one.default}"
    )
    lines = textwrap.wrap(f"{one.name} : {one.type}, {default}", WIDTH, subsequent_indent=" " * 8, break_long_words=False)
    lines += textwrap.wrap(one.text, WIDTH, initial_indent="    ", subsequent_indent="    ")
    if one.group is not None:
        for line in inner_lines(command, one.name):
            lines += textwrap.wrap(line, WIDTH, initial_indent="    - ", subsequent_indent="      ", break_long_words=False)
    return lines


def python_example(line: str) -> str:
    """`groundup size --model runs/lm` as Python: `groundup.size(model='runs/lm')`."""
    _, name, *words = shlex.split(line)
    settings: dict = {}
    positional: list[str] = []
    last: list | None = None
    for word in words:
        if word.startswith("--"):
            *outer, inner = word[2:].split(".")
            place = settings
            for part in outer:
                place = place.setdefault(part, {})
            last = place.setdefault(inner, [])
        elif last is None:
            positional.append(repr(word))
        else:
            last.append(value_of(word))
    arguments = [*positional, *(f"{key}={source_of(value)}" for key, value in settings.items())]
    return f"groundup.{name}({', '.join(arguments)})"


def value_of(word: str) -> object:
    """A word of a command line as a Python value."""
    if word in ("true", "false"):
        return word == "true"
    return int(word) if INTEGER.fullmatch(word) else float(word) if DECIMAL.fullmatch(word) else word


def source_of(value: object) -> str:
    """A value as source: one word, several, none (a switch), or a group."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {source_of(inner)}" for key, inner in value.items()) + "}"
    assert isinstance(value, list)
    return repr(value[0] if len(value) == 1 else value or True)

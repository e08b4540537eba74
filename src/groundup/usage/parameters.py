"""What a Python caller can give a command, from its settings: names, types as they are written in source, defaults, texts."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from dataclasses import MISSING, dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from groundup.commands.paths import is_path
from groundup.config import Command, OneOf, command_name, fields_of, groups_of, named_group, required
from groundup.scope import default_of
from groundup.train.settings import TrainingCommand
from groundup.usage.help import COMMON_SETTINGS, field_docs, setting_lines

TABLES = ("source", "data", "validation", "test", "input", "background", "unlabelled")  # may be tables in memory
CALLBACK = "A function that is called with a TrainingStep after each update; it may end the training (stop) or pause it."


@dataclass(frozen=True)
class Parameter:
    """One setting as a parameter of a Python function."""

    name: str
    type: str  # as it is written in source
    default: str | None  # as it is written in source; None: it is required
    text: str
    group: type | None = None  # the class of settings that a dictionary stands for
    varies: bool = False  # whether the default is decided on each machine (the language)


def parameters(command: type[Command]) -> list[Parameter]:
    """The parameters of a command's function: those that its short help shows first, those of all commands last."""
    main = [name.partition(".")[0] for name in command.main_settings]
    ranks = {name: rank for rank, name in enumerate([*required(command), *main]) if name in fields_of(command)}
    ordered = sorted(
        members(command), key=lambda one: (one.name in COMMON_SETTINGS, ranks.get(one.name, len(ranks)))
    )  # sorting keeps the order of the fields elsewhere
    positional = [one for one in ordered if one.name == command.positional]
    rest = [one for one in ordered if one.name != command.positional]
    if issubclass(command, TrainingCommand):
        place = next((n for n, one in enumerate(rest) if one.name in COMMON_SETTINGS), len(rest))
        rest.insert(place, Parameter("callback", "Callable[[TrainingStep], object] | None", "None", CALLBACK))
    return [*positional, *rest]


def members(cls: type) -> Iterator[Parameter]:
    """The fields of a class of settings as parameters."""
    texts, kinds = field_docs(cls), fields_of(cls)
    for field in dataclasses.fields(cls):  # ty: ignore[invalid-argument-type]
        kind, default = kinds[field.name], default_of(field)
        group = one_group(kind)
        text = texts.get(field.name) or (" ".join((group.__doc__ or "").split("\n\n")[0].split()) if group else "")
        optional = field.name == "out" and issubclass(cls, Command) and default is MISSING
        shown = "None" if optional else None if default is MISSING else default_text(default)
        written = source_type(kind, field.name) + (" | None" if optional else "")
        if optional:
            text += f" Default, in Python: `runs/{command_name(cls)}-N`, with the first free number N."
        varies = field.default_factory is not MISSING and not dataclasses.is_dataclass(default)
        yield Parameter(field.name, written, shown, text, group, varies)


def one_group(kind: Any) -> type | None:
    """The class of settings that a field holds, or of which it holds several by name."""
    groups = groups_of(kind)
    return named_group(kind) or (groups[0] if len(groups) == 1 else None)


def default_text(value: Any) -> str:
    """A default as source."""
    if dataclasses.is_dataclass(value):
        return "{}"  # the group's own defaults
    return repr(value)


def source_type(kind: Any, name: str = "") -> str:
    """A type as source; `name` is the field's, which tells what else than text is taken for it."""
    if (named := named_group(kind)) is not None:
        return f"Mapping[str, {named.__name__} | {options_name(named)}]"
    if get_origin(kind) is Annotated:
        inner, *marks = get_args(kind)
        names = next((mark.names for mark in marks if isinstance(mark, OneOf)), None)
        return f"Literal[{', '.join(map(repr, names))}]" if names else source_type(inner, name)
    if get_origin(kind) is Literal:
        return f"Literal[{', '.join(map(repr, get_args(kind)))}]"
    if get_origin(kind) is tuple:
        inner = source_type(get_args(kind)[0], name)
        return f"{inner} | Sequence[{inner}]"
    if get_origin(kind) in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(source_type(member, name) for member in options_in_order(kind)))
    if dataclasses.is_dataclass(kind):
        return f"{kind.__name__} | {options_name(kind)}"
    if kind is str:
        return "Data" if name in TABLES else "Path" if name == "out" or is_path(name) else "str"
    return {type(None): "None", int: "int", float: "float", bool: "bool"}[kind]


def options_in_order(kind: Any) -> list[Any]:
    """The members of a union, None last."""
    members = list(get_args(kind))
    return sorted(members, key=lambda one: one is type(None))


def options_name(group: type) -> str:
    """The name of the dictionary that stands for a class of settings: OptimizerSettings -> OptimizerOptions."""
    return f"{group.__name__.removesuffix('Settings')}Options"


def all_groups(command: type[Command]) -> list[type]:
    """The classes of settings in a command, those inside others too."""
    found: list[type] = []
    waiting: list[type] = [command]
    while waiting:
        for kind in fields_of(waiting.pop(0)).values():
            for group in [*groups_of(kind), *filter(None, [named_group(kind)])]:
                if group not in found:
                    found.append(group)
                    waiting.append(group)
    return found


def inner_lines(command: type[Command], name: str) -> list[str]:
    """The settings inside a group, a line each: `learning_rate (number above 0): the peak`."""
    lines = [one for one in setting_lines(command) if one.name.startswith(f"{name}.")]
    return [
        f"{one.name.removeprefix(f'{name}.')} ({one.kind}{f'; {one.default}' if one.default else ''})"
        f"{f': {one.text}' if one.text else ''}"
        for one in lines
    ]

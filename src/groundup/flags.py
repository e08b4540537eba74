"""The command line as nested values of settings: `--name value`, `--name=value`, `--a.b value`, `--flag`, `--no-flag`."""

from __future__ import annotations

import os
from typing import Any, get_origin

from groundup.config import Variant, build, fields_of, groups_of, named_group, options, refusal
from groundup.errors import printable
from groundup.former.names import Inform, current, current_name
from groundup.scalars import CommandLineText

LARGEST_YAML = 2**20
DEEPEST_YAML = 16


def from_command_line(
    cls: type, file: str | os.PathLike | None, arguments: list[str], inform: Inform = lambda line: None
) -> Any:
    """Settings of a YAML file, if there is one, with the arguments on top; one InputError that lists all mistakes.
    `inform` is given a line for each setting under a former name."""
    mistakes: list[str] = []
    below = current(cls, read_yaml(file), mistakes, inform) if file is not None else {}
    above = current(cls, parse_arguments(cls, arguments, mistakes), mistakes, inform)
    blamed = [mistake.partition(":")[0] for mistake in mistakes]
    wrong: list[str] = []
    settings = build(cls, merge(below, above), "", wrong)
    mistakes += [mistake for mistake in wrong if mistake.removesuffix(": is required") not in blamed]
    if mistakes:
        raise refusal(mistakes)
    return settings


def read_yaml(path: str | os.PathLike) -> dict[str, Any]:
    """A YAML file as nested values. Duplicate keys, anchors, tags and deep nesting are refused; 1e-3 is a number."""
    from groundup.strict_yaml import read

    return read(path, LARGEST_YAML, DEEPEST_YAML)


def parse_arguments(cls: type, arguments: list[str], mistakes: list[str]) -> dict[str, Any]:
    """Nested values of the arguments; what cannot be read is added to the mistakes.

    Values stay text (a value of `build(...)`); a repeated flag makes a list where the field takes one.
    """
    values: dict[str, Any] = {}
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        positional = getattr(cls, "positional", "")
        if argument.startswith("--") and argument != "--":
            parse_flag(cls, argument[2:], rest, values, mistakes)
        elif positional and (argument == "-" or not argument.startswith("-")):
            set_value(cls, values, [positional], CommandLineText(argument), mistakes)
        else:
            mistakes.append(f"{printable(argument)}: is not a setting; write --name value")
    return values


def parse_flag(cls: type, flag: str, rest: list[str], values: dict[str, Any], mistakes: list[str]) -> None:
    """One flag; its value may be the first of the rest, and is then taken from there."""
    name, equals, value = flag.partition("=")
    path = name.replace("-", "_").split(".")
    kind = kind_of(cls, path)
    if not equals:
        negated = [*path[:-1], path[-1].removeprefix("no_")]
        if kind is None and path[-1].startswith("no_") and kind_of(cls, negated) is bool:
            path, value = negated, "false"
        elif kind is bool and not (rest and (rest[0].lower() in ("true", "false") or is_stray_value(cls, rest[0]))):
            value = "true"
        elif rest and not rest[0].startswith("--"):
            value = rest.pop(0)
        elif kind is not None:
            mistakes.append(f"{'.'.join(path)}: has no value")
            return
    set_value(cls, values, path, CommandLineText(value), mistakes)


def is_stray_value(cls: type, word: str) -> bool:
    """Whether a word behind a flag of yes or no can only be its value, and then a wrong one."""
    return not getattr(cls, "positional", "") and not word.startswith("-")


def set_value(cls: type, values: dict[str, Any], path: list[str], value: CommandLineText, mistakes: list[str]) -> None:
    """Set a dotted name; a second value of a list field is added, of another field is a mistake."""
    kind, inner = kind_of(cls, path), values
    for depth in range(1, len(path)):
        several = len(groups_of(kind_of(cls, path[:depth]))) > 1
        group = inner.setdefault(path[depth - 1], Variant(None, {}) if several else {})
        inner = group.settings if isinstance(group, Variant) else group
        if not isinstance(inner, dict):
            mistakes.append(f"{'.'.join(path[:depth])}: given as a whole and in parts")
            return
    name, before = path[-1], inner.get(path[-1])
    if len(groups_of(kind)) > 1 and (before is None or (isinstance(before, Variant) and before.name is None)):
        inner[name] = Variant(value, before.settings if before else {})
    elif before is None:
        inner[name] = value
    elif any(get_origin(option) is tuple for option in options(kind)):
        inner[name] = [*(before if isinstance(before, list) else [before]), value]
    else:
        mistakes.append(f"{'.'.join(path)}: given twice")


def kind_of(cls: type, path: list[str]) -> Any:
    """The type of a dotted name, or None when there is no such setting."""
    known = fields_of(cls)
    kind = known.get(current_name(path[0], known))
    if len(path) == 1 or kind is None:
        return kind
    named_kind = named_group(kind)
    if named_kind is not None:  # path[1] is a name of the user's own
        return named_kind if len(path) == 2 else kind_of(named_kind, path[2:])
    return next((nested_kind for group in groups_of(kind) if (nested_kind := kind_of(group, path[1:])) is not None), None)


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Nested values, the second on top of the first; names may be written with hyphens below."""
    written = {str(key).replace("-", "_"): key for key in below}
    result = dict(below)
    for name, value in above.items():
        key = written.get(name, name)
        under = result.get(key)
        if isinstance(value, Variant):
            result[key] = merge_choice(under, value)
        else:
            result[key] = merge(under, value) if isinstance(value, dict) and isinstance(under, dict) else value
    return result


def merge_choice(below: Any, above: Variant) -> Variant:
    """The settings below count when they are of the same group."""
    if isinstance(below, str):
        below = Variant(below, {})
    elif isinstance(below, dict) and len(below) == 1:
        name, settings = next(iter(below.items()))
        below = Variant(name, settings or {})
    if isinstance(below, Variant) and above.name in (None, below.name) and isinstance(below.settings, dict):
        return Variant(below.name, merge(below.settings, above.settings))
    return above

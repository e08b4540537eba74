"""The help of a command, from its settings: names, types and defaults from the fields, texts from the source under them."""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
import textwrap
import types
from collections.abc import Iterator
from dataclasses import MISSING
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from groundup.config import LARGEST, Bounds, Command, OneOf, fields_of, groups_of, named_group, nearest, options, snake
from groundup.errors import InputError
from groundup.scope import default_of

WIDTH = 80
COMMON = "common"  # the group of the settings that every command takes
ALL = "all"
OTHERS = "others"  # the settings of a command that are of no group
COMMON_SETTINGS = {field.name for field in dataclasses.fields(Command)}
DEFAULT_RANGES = ((1, LARGEST), (0, 2**63 - 1))  # ranges that go without saying


@cache
def field_docs(cls: type) -> dict[str, str]:
    """The text under each field, from the source of the class and of those it inherits from."""
    docs: dict[str, str] = {}
    for owner in reversed(cls.__mro__):
        module = sys.modules.get(owner.__module__)
        if not dataclasses.is_dataclass(owner) or module is None or not getattr(module, "__file__", None):
            continue
        with open(str(module.__file__), encoding="utf-8") as file:
            source = file.read()
        found_class = re.search(rf"^class {owner.__name__}\b.*?(?=^\S|\Z)", source, re.MULTILINE | re.DOTALL)
        body = ast.parse(found_class[0]).body[0].body if found_class else []  # ty: ignore[missing-attribute]
        for node, below in zip(body, body[1:], strict=False):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(below, ast.Expr):
                value = below.value
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    docs[node.target.id] = " ".join(value.value.split())
    return docs


class SettingLine(NamedTuple):
    """One setting as the help shows it."""

    name: str
    kind: str
    default: str
    text: str


def setting_lines(cls: type, prefix: str = "", usual: Any = None) -> Iterator[SettingLine]:
    """The settings of a class, nested ones dotted. `usual` is what the field that holds the group has where nothing is given,
    which may differ from what the class itself has."""
    texts, known = field_docs(cls), fields_of(cls)
    for field in dataclasses.fields(cls):  # ty: ignore[invalid-argument-type]
        kind = known[field.name]
        inner = groups_of(kind)
        name = prefix + field.name
        named_kind = named_group(kind)
        if named_kind is not None:
            yield from setting_lines(named_kind, f"{name}.NAME.")
            continue
        if inner and len(options(kind)) == 1:
            yield from setting_lines(inner[0], f"{name}.", getattr(usual, field.name, default_of(field)))
            continue
        default = getattr(usual, field.name, default_of(field))
        required = default is MISSING
        default_note = (
            "required" if required else "" if default is None or default == () else f"default {default_text(default)}"
        )
        yield SettingLine(name, kind_text(kind), default_note, texts.get(field.name, ""))
        if inner and options(kind) == [inner[0], type(None)]:  # a group that may be left out
            yield from setting_lines(inner[0], f"{name}.")


def default_text(value: Any) -> str:
    if dataclasses.is_dataclass(value):
        return snake(type(value).__name__)
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def kind_text(kind: Any) -> str:
    """A type in words."""
    if get_origin(kind) is Annotated:
        inner, *marks = get_args(kind)
        for mark in marks:
            if isinstance(mark, OneOf):
                return " | ".join(mark.names)
        wide = [m for m in marks if isinstance(m, Bounds) and (m.minimum, m.maximum) not in DEFAULT_RANGES]
        return kind_text(inner) + "".join(f" {m.text()}" for m in wide)
    if get_origin(kind) is Literal:
        return " | ".join(map(str, get_args(kind)))
    if get_origin(kind) is tuple:
        return f"{kind_text(get_args(kind)[0])} ..."
    if get_origin(kind) in (Union, types.UnionType):
        members = [k for k in get_args(kind) if k is not type(None)]
        return " | ".join(snake(k.__name__) if dataclasses.is_dataclass(k) else kind_text(k) for k in members)
    return {int: "whole number", float: "number", bool: "true | false", str: "text"}.get(kind, str(kind))


def help_text(cls: type, name: str, topic: str = "") -> str:
    """The help of a command, at most 80 characters wide: what it does, an example, the settings that matter most, and where the
    others are. `topic` is "all", a group of settings, or a setting. InputError where it is none of these."""
    settings = list(setting_lines(cls))
    if topic:
        chosen = about(settings, topic.removeprefix("--").replace("-", "_"))
        if not chosen:
            topics = {part for s in settings for part in (s.name, s.name.split(".")[0], s.name.rpartition(".")[2])}
            raise InputError(
                "NO_SUCH_HELP", f"--help {topic}", f"{name} has no such setting.{nearest(topic, topics)}", "--help all"
            )
        if topic == ALL:
            return "\n".join([*usage(cls, name), *all_by_group(chosen)])
        return "\n".join([*usage(cls, name), "", *(line for setting in chosen for line in setting_text(setting))])
    main = getattr(cls, "main_settings", ())
    needed = [s for s in settings if s.default == "required" and s.name.split(".")[0] in main]
    others = [s for word in main for s in settings if s.name == word and s not in needed]
    out = [*usage(cls, name), ""]
    for title, chosen in (("required", needed), ("used most", others)):
        out += [f"{title}:", *(line for setting in chosen for line in setting_text(setting)), ""] if chosen else []
    return "\n".join([*out, *further(name, settings, {s.name for s in [*needed, *others]})])


def usage(cls: type, name: str) -> list[str]:
    """The first lines of a help: usage, what the command does, an example."""
    positional = getattr(cls, "positional", "")
    argument = positional.upper() if positional else "[settings.yaml]"
    paragraphs = [" ".join(part.split()) for part in (cls.__doc__ or "").split("\n\n")]
    text = [line for part in paragraphs for line in ["", *textwrap.wrap(part, WIDTH)]]
    example = textwrap.wrap(getattr(cls, "example", ""), WIDTH - 6, break_long_words=False, break_on_hyphens=False)
    example_lines = [f"  {line}" + " \\" * (number < len(example)) for number, line in enumerate(example, 1)]
    return [
        f"usage: groundup {name} {argument} [--setting value ...]",
        *text,
        *(["", "example:", *example_lines] if example_lines else []),
    ]


def all_by_group(settings: list[SettingLine]) -> Iterator[str]:
    """All settings, those of each group under its name."""
    groups: dict[str, list[SettingLine]] = {OTHERS: []}
    for setting in settings:
        groups.setdefault(OTHERS if is_other(setting) else group_of(setting), []).append(setting)
    for group, members in groups.items():
        if members:
            title = "settings of their own" if group == OTHERS else group
            yield from ("", f"{title}:", *(line for setting in members for line in setting_text(setting)))


def group_of(setting: SettingLine) -> str:
    return COMMON if setting.name in COMMON_SETTINGS else setting.name.partition(".")[0]


def about(settings: list[SettingLine], topic: str) -> list[SettingLine]:
    """The settings of a topic: all of them, a group's, those that everybody has, or those of that name."""
    if topic == ALL:
        return settings
    if topic == OTHERS:
        return [s for s in settings if is_other(s)]
    if topic == COMMON:
        return [s for s in settings if s.name in COMMON_SETTINGS]
    group = [s for s in settings if s.name.startswith(f"{topic}.")]
    return group or [s for s in settings if topic in (s.name, s.name.rpartition(".")[2])]


def is_other(setting: SettingLine) -> bool:
    return "." not in setting.name and setting.name not in COMMON_SETTINGS


def further(name: str, settings: list[SettingLine], listed: set[str]) -> list[str]:
    """The settings that the short help leaves out, by their groups."""
    groups: dict[str, list[str]] = {}
    for setting in settings:
        group, _, last = setting.name.partition(".")
        if setting.name not in listed:
            groups.setdefault(COMMON if group in COMMON_SETTINGS else group if last else "", []).append(last or group)
    single = groups.pop("", [])
    out = [f"more: groundup {name} --help GROUP, --help SETTING, or --help all (all {len(settings)})"]
    out += ["  --settings FILE  YAML file of settings, as --dry-run prints it; flags win"]
    for group, names in groups.items():
        out += textwrap.wrap(
            f"{group:<10} {', '.join(names)}", WIDTH, initial_indent="  ", subsequent_indent=" " * 13, max_lines=2
        )
    return [*out, *textwrap.wrap(", ".join(single), WIDTH, initial_indent=f"  {OTHERS}     ", subsequent_indent=" " * 13)]


def setting_text(setting: SettingLine) -> list[str]:
    """A setting as its help shows it."""
    default = f"  ({setting.default})" if setting.default else ""
    head = textwrap.wrap(
        f"--{setting.name} <{setting.kind}>{default}",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="      ",
        break_on_hyphens=False,
    )
    return [*head, *textwrap.wrap(setting.text, WIDTH, initial_indent="      ", subsequent_indent="      ")]

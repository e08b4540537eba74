"""The help of a command, from its settings: names, types and defaults from the fields, texts from the source under them."""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
import types
from collections.abc import Iterator
from dataclasses import MISSING
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from groundup.config import LARGEST, Bounds, Command, OneOf, fields_of, groups_of, named_group, options, snake
from groundup.scope import default_of

DEFAULT_RANGES = ((1, LARGEST), (0, 2**63 - 1))  # ranges that go without saying


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
        named = named_group(kind)
        if named is not None:
            yield from setting_lines(named, f"{name}.NAME.")
            continue
        if inner and len(options(kind)) == 1:
            yield from setting_lines(inner[0], f"{name}.", getattr(usual, field.name, default_of(field)))
            continue
        default = getattr(usual, field.name, default_of(field))
        required = default is MISSING
        shown = "required" if required else "" if default is None or default == () else f"default {default_text(default)}"
        yield SettingLine(name, kind_text(kind), shown, texts.get(field.name, ""))


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


def help_text(cls: type, name: str) -> str:
    """Usage, what the command does, and every setting with its type, default and text."""
    import textwrap

    common = {f.name for f in dataclasses.fields(Command)} if issubclass(cls, Command) else set()
    settings = list(setting_lines(cls))
    positional = getattr(cls, "positional", "")
    given = positional.upper() if positional else "[file.yaml]"
    out = [f"usage: groundup {name} {given} [--name value ...]", "", (cls.__doc__ or "").strip(), ""]
    for title, chosen in (
        ("settings", [s for s in settings if s.name.split(".")[0] not in common]),
        ("settings of every command", [s for s in settings if s.name.split(".")[0] in common]),
    ):
        out.append(f"{title}:")
        for setting in chosen:
            out.append(f"  --{setting.name}  <{setting.kind}>  {setting.default}".rstrip())
            out += textwrap.wrap(setting.text, 108, initial_indent="      ", subsequent_indent="      ")
        out.append("")
    return "\n".join(
        re.sub(r"^    ", "", line) if line.startswith("    ") and not line.startswith("      ") else line for line in out
    )

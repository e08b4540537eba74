"""Settings: frozen dataclasses <-> YAML <-> command line. One walker over the fields serves all three and the help.

Every mistake is told at once, with its place and the nearest name. Only the cheap part of the standard library is imported
here: help must be instant.
"""

from __future__ import annotations

import ast
import dataclasses
import math
import os
import re
import sys
import types
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from groundup.errors import InputError, printable

LARGEST_YAML = 2**20
DEEPEST_YAML = 16


class Bounds(NamedTuple):
    """Legal range of a number; `open_*` ends are excluded."""

    minimum: float = -math.inf
    maximum: float = math.inf
    open_minimum: bool = False
    open_maximum: bool = False

    def holds(self, value: float) -> bool:
        low = value > self.minimum if self.open_minimum else value >= self.minimum
        return low and (value < self.maximum if self.open_maximum else value <= self.maximum)

    def text(self) -> str:
        if self.maximum == math.inf:
            return f"{'above' if self.open_minimum else 'at least'} {self.minimum:g}"
        left, right = "(" if self.open_minimum else "[", ")" if self.open_maximum else "]"
        return f"in {left}{self.minimum:g}, {self.maximum:g}{right}"


Positive = Annotated[int, Bounds(1, 10**12)]
NonNegative = Annotated[int, Bounds(0, 2**63 - 1)]
Fraction = Annotated[float, Bounds(0, 1)]
Rate = Annotated[float, Bounds(0, 1, open_maximum=True)]
PositiveFloat = Annotated[float, Bounds(0, open_minimum=True)]
NonNegativeFloat = Annotated[float, Bounds(0)]


@dataclass(frozen=True, kw_only=True)
class Command:
    """Settings that every command takes."""

    positional: ClassVar[str] = ""  # the field that is given without a name, if there is one

    quiet: bool = False
    """Print results and errors only."""
    debug: bool = False
    """Show the trace of a fault."""
    dry_run: bool = False
    """Check and print the settings, and do nothing."""
    seed: NonNegative = 0
    """Every draw of chance hangs on it."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Number format of the computation."""
    threads: Positive | None = None
    """Threads of the computation. Default: all cores."""

    def run(self) -> Any:
        """Do it; what comes back has a `path`, `facts` and `reservations` (runs.Outcome)."""
        raise NotImplementedError


class Given(str):
    """Text from the command line, which may stand for a number. YAML's texts may not."""


class Wrong(ValueError):
    """What is wrong with one value, in words."""


def fields_of(cls: type) -> dict[str, Any]:
    """Field name -> type, annotations resolved, Annotated kept."""
    hints = get_type_hints(cls, include_extras=True)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls)}  # ty: ignore[invalid-argument-type]


def make(cls: type, values: dict[str, Any], where: str = "") -> Any:
    """The settings of `values` (nested dictionaries), or one InputError that lists all mistakes."""
    mistakes: list[str] = []
    made = build(cls, values, where, mistakes)
    if mistakes:
        raise refusal(mistakes)
    return made


def refusal(mistakes: list[str]) -> InputError:
    place, _, what = mistakes[0].partition(": ")
    return InputError("BAD_SETTING", place, what, problems=tuple(mistakes))


def build(cls: type, values: Any, where: str, mistakes: list[str]) -> Any:
    """One dataclass of nested values; mistakes are added to the list, and then the result means nothing."""
    if dataclasses.is_dataclass(values) and isinstance(values, cls):
        return values
    if values is None:
        values = {}
    if not isinstance(values, dict):
        mistakes.append(f"{where or cls.__name__}: {show(values)} is not a group of settings")
        return None
    found, before = {}, len(mistakes)
    known = fields_of(cls)
    for key, value in values.items():
        name = str(key).replace("-", "_")
        place = f"{where}.{name}" if where else name
        if name not in known:
            mistakes.append(f"{place}: no such setting of {cls.__name__}.{nearest_setting(name, cls)}")
        elif name in found:
            mistakes.append(f"{place}: given twice")
        else:
            found[name] = convert(known[name], value, place, mistakes)
    for field in dataclasses.fields(cls):  # ty: ignore[invalid-argument-type]
        if field.name not in found and field.default is MISSING and field.default_factory is MISSING:
            mistakes.append(f"{where + '.' if where else ''}{field.name}: is required")
    if len(mistakes) > before:
        return None
    try:
        made = cls(**found)
    except InputError as error:
        mistakes.extend(error.problems or [f"{where}: {error.what}"])
        return None
    if hasattr(made, "check"):
        mistakes += [f"{where + '.' if where else ''}{place}: {what}" for place, what in made.check()]
    return made


def convert(kind: Any, value: Any, place: str, mistakes: list[str]) -> Any:
    """A value as its field's type."""
    choices = [k for k in options(kind) if dataclasses.is_dataclass(k)]
    if len(choices) == 1 and len(options(kind)) == 1:
        return build(choices[0], value, place, mistakes)
    if choices and value is not None and not (isinstance(value, str) and value == "none"):
        return choose(choices, value, place, mistakes)
    try:
        return plain(kind, value)
    except Wrong as error:
        mistakes.append(f"{place}: {error}")
        return None


def choose(choices: list[type], value: Any, place: str, mistakes: list[str]) -> Any:
    """One of several dataclasses: `rotary`, or `{rotary: {base: 10000}}`."""
    named = {snake(c.__name__): c for c in choices}
    if any(isinstance(value, c) for c in choices):
        return value
    if isinstance(value, str):
        value = {value: {}}
    if not isinstance(value, dict) or len(value) != 1:
        mistakes.append(f"{place}: {show(value)} is not one of {', '.join(named)}")
        return None
    name, inner = next(iter(value.items()))
    if name not in named:
        mistakes.append(f"{place}: '{printable(name)}' is not one of {', '.join(named)}.{nearest(str(name), named)}")
        return None
    return build(named[name], inner, f"{place}.{name}", mistakes)


def options(kind: Any) -> list[Any]:
    """The members of a union, or the type alone; Annotated is looked through."""
    if get_origin(kind) in (Union, types.UnionType):
        return [option for member in get_args(kind) for option in options(member)]
    return [kind]


def plain(kind: Any, value: Any) -> Any:
    """A value of a simple type. Raises Wrong."""
    if get_origin(kind) in (Union, types.UnionType):
        members = [k for k in get_args(kind) if k is not type(None)]
        if type(None) in get_args(kind) and (value is None or (isinstance(value, Given) and value == "none")):
            return None
        errors = []
        for member in members:
            try:
                return plain(member, value)
            except Wrong as error:
                errors.append(str(error))
        raise Wrong(errors[0])
    if get_origin(kind) is Annotated:
        inner, *marks = get_args(kind)
        made = plain(inner, value)
        for mark in marks:
            if isinstance(mark, Bounds) and not mark.holds(made):
                raise Wrong(f"{show(value)} is not {mark.text()}")
        return made
    if get_origin(kind) is Literal:
        legal = get_args(kind)
        for choice in legal:
            if (value == choice and type(value) is type(choice)) or (isinstance(value, Given) and value == str(choice)):
                return choice
        raise Wrong(f"{show(value)} is not one of {', '.join(map(str, legal))}.{nearest(str(value), map(str, legal))}")
    if get_origin(kind) is tuple:
        items = value if isinstance(value, (list, tuple)) else [value]
        return tuple(plain(get_args(kind)[0], item) for item in items)
    return SIMPLE[kind](value)


def whole(value: Any) -> int:
    if isinstance(value, Given) and re.fullmatch(r"[+-]?\d{1,30}", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Wrong(f"{show(value)} is not a whole number")


def real(value: Any) -> float:
    if isinstance(value, Given):
        try:
            value = float(value)
        except ValueError:
            raise Wrong(f"{show(value)} is not a number") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Wrong(f"{show(value)} is not a finite number" if isinstance(value, float) else f"{show(value)} is not a number")
    return float(value)


def truth(value: Any) -> bool:
    if isinstance(value, Given) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, bool):
        return value
    raise Wrong(f"{show(value)} is not true or false")


def text(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise Wrong(f"{show(value)} is not text")


def anything(value: Any) -> Any:
    return value


SIMPLE = {int: whole, float: real, bool: truth, str: text, dict: anything, Any: anything, object: anything}


def show(value: Any) -> str:
    return printable(repr(value), 60)


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def nearest(name: str, known: Iterable[str], full: dict[str, str] | None = None) -> str:
    """` Did you mean 'x'?` or nothing; `full` gives the names by which the known ones are called."""
    import difflib

    known = list(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if not close:
        close = [k for k in known if name and (k.startswith(name) or name in k.split("_"))][:1]
    return f" Did you mean '{(full or {}).get(close[0], close[0])}'?" if close else ""


def nearest_setting(name: str, cls: type) -> str:
    """The nearest setting of a class, or of the groups inside it."""
    return nearest(name, fields_of(cls)) or nearest(name, dict(nested(cls)), dict(nested(cls)))


def nested(cls: type, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(last name, dotted name) of the settings inside groups."""
    for field, kind in fields_of(cls).items():
        for inner in options(kind):
            if dataclasses.is_dataclass(inner) and isinstance(inner, type):
                dotted = f"{prefix}{field}."
                yield from ((name, dotted + name) for name in fields_of(inner))
                yield from nested(inner, dotted)


def to_dict(value: Any) -> Any:
    """Settings as plain JSON-able values; `make` takes them back."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        result = {}
        for name, kind in fields_of(type(value)).items():
            inner = getattr(value, name)
            several = len([k for k in options(kind) if dataclasses.is_dataclass(k)]) > 1
            if several and dataclasses.is_dataclass(inner):
                result[name] = {snake(type(inner).__name__): to_dict(inner)}
            else:
                result[name] = to_dict(inner)
        return result
    if isinstance(value, (list, tuple)):
        return [to_dict(v) for v in value]
    return value


PASSING = ("out", "quiet", "debug", "dry_run", "threads", "track")  # settings that the result does not depend on


def lasting(settings: Command) -> dict[str, Any]:
    """The settings that a result depends on, as plain values."""
    return {name: value for name, value in to_dict(settings).items() if name not in PASSING}


def parse_arguments(cls: type, arguments: list[str]) -> dict[str, Any]:
    """Nested values from `--name value`, `--name=value`, `--a.b value`, `--flag`, `--no-flag` and a positional.

    Values stay text (a value of `build(...)`); a repeated flag makes a list where the field takes one.
    """
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if not argument.startswith("--") or argument == "--":
            positional = getattr(cls, "positional", "")
            if positional:
                put(values, [positional], Given(argument), fields_of(cls)[positional], mistakes)
            else:
                mistakes.append(f"{printable(argument)}: is not a setting; write --name value")
            continue
        name, equals, value = argument[2:].partition("=")
        path = name.replace("-", "_").split(".")
        kind = kind_of(cls, path)
        if not equals:
            negated = [*path[:-1], path[-1].removeprefix("no_")]
            if kind is None and path[-1].startswith("no_") and kind_of(cls, negated) is bool:
                path, kind, value = negated, bool, "false"
            elif kind is bool and not (rest and rest[0].lower() in ("true", "false")):
                value = "true"
            elif rest and (not rest[0].startswith("--") or rest[0] == "--"):
                value = rest.pop(0)
            elif kind is not None:
                mistakes.append(f"{'.'.join(path)}: has no value")
                continue
        put(values, path, Given(value), kind, mistakes)
    if mistakes:
        raise refusal(mistakes)
    return values


def put(values: dict[str, Any], path: list[str], value: str, kind: Any, mistakes: list[str]) -> None:
    """Set a dotted name; a second value of a list field is added, of another field is a mistake."""
    inner = values
    for i, name in enumerate(path[:-1]):
        if isinstance(inner.get(name), str):  # --positions rotary --positions.base 1000
            inner[name] = {inner[name]: {}}
        inner = inner.setdefault(name, {})
        if len(inner) == 1 and i == len(path) - 2 and isinstance(next(iter(inner.values())), dict):
            inner = next(iter(inner.values()))
    name = path[-1]
    if name not in inner:
        inner[name] = value
    elif any(get_origin(k) is tuple for k in options(kind)):
        inner[name] = [*(inner[name] if isinstance(inner[name], list) else [inner[name]]), value]
    else:
        mistakes.append(f"{'.'.join(path)}: given twice")


def kind_of(cls: type, path: list[str]) -> Any:
    """The type of a dotted name, or None when there is no such setting."""
    known = fields_of(cls)
    if path[0] not in known:
        return None
    kind = known[path[0]]
    if len(path) == 1:
        return kind
    inner = [k for k in options(kind) if dataclasses.is_dataclass(k)]
    return next((found for k in inner if (found := kind_of(k, path[1:])) is not None), None)


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Nested dictionaries, the second on top of the first."""
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merge(result[key], value) if both else value
    return result


def from_command_line(cls: type, file: str | None, arguments: list[str]) -> Any:
    """Settings of a YAML file, if there is one, with the arguments on top."""
    mistakes: list[str] = []
    below = read_yaml(file) if file is not None else {}
    above = parse_arguments(cls, arguments)
    made = build(cls, merge(below, above), "", mistakes)
    if mistakes:
        raise refusal(mistakes)
    return made


def read_yaml(path: str | os.PathLike) -> dict[str, Any]:
    """A YAML file as nested values. Duplicate keys, anchors, tags and deep nesting are refused; 1e-3 is a number."""
    from groundup.strict_yaml import read

    return read(path, LARGEST_YAML, DEEPEST_YAML)


def texts_of(cls: type) -> dict[str, str]:
    """The text under each field, from the source of the class and of those it inherits from."""
    found: dict[str, str] = {}
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
                    found[node.target.id] = " ".join(value.value.split())
    return found


class Line(NamedTuple):
    """One setting as the help shows it."""

    name: str
    kind: str
    default: str
    text: str


def lines_of(cls: type, prefix: str = "") -> Iterator[Line]:
    """The settings of a class, nested ones dotted."""
    texts, known = texts_of(cls), fields_of(cls)
    for field in dataclasses.fields(cls):  # ty: ignore[invalid-argument-type]
        kind = known[field.name]
        inner = [k for k in options(kind) if dataclasses.is_dataclass(k)]
        name = prefix + field.name
        if inner and len(options(kind)) == 1:
            yield from lines_of(inner[0], f"{name}.")
            continue
        default = field.default if field.default is not MISSING else None
        if field.default is MISSING and field.default_factory is not MISSING:
            default = field.default_factory()
        required = field.default is MISSING and field.default_factory is MISSING
        shown = "required" if required else "" if default is None or default == () else f"default {default_text(default)}"
        yield Line(name, kind_text(kind), shown, texts.get(field.name, ""))


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
        wide = [m for m in marks if isinstance(m, Bounds) and (m.minimum, m.maximum) not in ((1, 10**12), (0, 2**63 - 1))]
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
    settings = list(lines_of(cls))
    positional = getattr(cls, "positional", "")
    given = f" {positional.upper()}" if positional else ""
    out = [f"usage: groundup {name}{given} [file.yaml] [--name value ...]", "", (cls.__doc__ or "").strip(), ""]
    for title, chosen in (
        ("settings", [s for s in settings if s.name.split(".")[0] not in common]),
        ("settings of every command", [s for s in settings if s.name.split(".")[0] in common]),
    ):
        out.append(f"{title}:")
        for setting in chosen:
            out.append(f"  --{setting.name}  <{setting.kind}>  {setting.default}".rstrip())
            out += textwrap.wrap(setting.text, 108, initial_indent="      ", subsequent_indent="      ")
        out.append("")
    return "\n".join(re.sub(r"^    ", "", line) if line.startswith("    ") and not line.startswith("      ") else line
                     for line in out)  # fmt: skip

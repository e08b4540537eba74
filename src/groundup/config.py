"""Settings: frozen dataclasses <-> nested values, which come from YAML, the command line (flags.py) or Python.

Every mistake is reported at once, with its place and the nearest name. Only the cheap part of the standard library is imported
here: help must be instant.
"""

from __future__ import annotations

import dataclasses
import math
import re
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, dataclass, field
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from groundup.errors import InputError, printable
from groundup.language import language_by_default
from groundup.other_names import NO_SETTINGS, name_here, nearest_of, value_here
from groundup.scalars import PARSERS, BadValue, CommandLineText, quote
from groundup.scope import Unfit, misfits

LARGEST = 10**8  # of a count; what is larger is a slip, and nothing may be made in its size


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
        low, high = (str(end) if isinstance(end, int) else f"{end:g}" for end in (self.minimum, self.maximum))
        if self.maximum == math.inf:
            return f"{'above' if self.open_minimum else 'at least'} {low}"
        return f"in {'(' if self.open_minimum else '['}{low}, {high}{')' if self.open_maximum else ']'}"


class OneOf(NamedTuple):
    """The legal names of a setting, where a table holds them. (A Literal spells them out.)"""

    names: tuple[str, ...]


Positive = Annotated[int, Bounds(1, LARGEST)]
NonNegative = Annotated[int, Bounds(0, 2**63 - 1)]
Fraction = Annotated[float, Bounds(0, 1)]
Rate = Annotated[float, Bounds(0, 1, open_maximum=True)]
PositiveFloat = Annotated[float, Bounds(0, open_minimum=True)]
NonNegativeFloat = Annotated[float, Bounds(0)]


@dataclass(frozen=True, kw_only=True)
class Command:
    """Settings that every command takes."""

    example: ClassVar[str] = ""  # a command line that shows the command at work
    main_settings: ClassVar[tuple[str, ...]] = ()  # the settings that the short help shows
    positional: ClassVar[str] = ""  # the field that is given without a name, if there is one
    unfit: ClassVar[tuple[Unfit, ...]] = ()  # which settings mean nothing when
    elsewhere: ClassVar[dict[str, str]] = {}  # settings of other commands that people try here -> what to do instead

    quiet: bool = False
    """Print results and errors only."""
    verbose: bool = False
    """Print more: versions, all figures of each step, seconds and memory."""
    language: Literal["en", "zh"] = field(default_factory=language_by_default)
    """Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default."""
    debug: bool = False
    """Show the trace of a fault."""
    dry_run: bool = False
    """Check and print the settings, and do nothing."""
    seed: NonNegative = 0
    """Every random draw depends on it."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where to compute. auto: on the GPU where CUDA finds one, else on the processor."""
    precision: Literal["float32"] = "float32"
    """Number format of the computation."""
    threads: Annotated[int, Bounds(1, 1024)] | None = None
    """Threads of the computation. Default: all cores."""


class Variant(NamedTuple):
    """One of several groups as flags tell it: `--positions rotary --positions.base 1000`. Without a name, the one below."""

    name: str | None
    settings: dict[str, Any]


@cache
def fields_of(cls: type) -> dict[str, Any]:
    """Field name -> type, annotations resolved, Annotated kept."""
    hints = get_type_hints(cls, include_extras=True)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls)}  # ty: ignore[invalid-argument-type]


def make_settings(cls: type, values: dict[str, Any], where: str = "") -> Any:
    """The settings of `values` (nested dictionaries), or one InputError that lists all mistakes."""
    mistakes: list[str] = []
    settings = build(cls, values, where, mistakes)
    if mistakes:
        raise refusal(mistakes)
    return settings


def refusal(mistakes: list[str]) -> InputError:
    place, _, what = mistakes[0].partition(": ")
    return InputError("BAD_SETTING", place, what, problems=tuple(mistakes))


def build(cls: type, values: Any, where: str, mistakes: list[str]) -> Any:
    """One dataclass of nested values; mistakes are added to the list, and then the result means nothing."""
    if isinstance(values, cls):  # made in Python, where nothing was checked
        values = {name: getattr(values, name) for name in fields_of(cls)}
    if values is None:
        values = {}
    if not isinstance(values, dict):
        mistakes.append(f"{where or cls.__name__}: {quote(values)} is not a group of settings")
        return None
    settings, before, prefix = {}, len(mistakes), f"{where}." if where else ""
    known = fields_of(cls)
    for key, value in values.items():
        name = str(key).replace("-", "_")
        place = prefix + printable(name)
        if name not in known:
            instead = getattr(cls, "elsewhere", {}).get(name)
            hint = f" {instead}" if instead else nearest_setting(name, cls, prefix)
            mistakes.append(f"{place}: no such setting{owner_text(cls, where)}.{hint}")
        elif name in settings:
            mistakes.append(f"{place}: given twice")
        elif instead := setting_for_group(cls, name, value):
            mistakes.append(f"{place}: {quote(value)} is not a group of settings. Did you mean '{prefix}{instead}'?")
        else:
            settings[name] = convert(known[name], with_defaults(cls, name, value), place, mistakes)
    mistakes += [f"{prefix}{name}: is required" for name in required(cls) if name not in settings or settings[name] in ((), {})]
    if len(mistakes) > before:
        return None
    try:
        result = cls(**settings)
    except InputError as error:
        mistakes.extend(prefix + problem for problem in error.problems or [error.what])
        return None
    if hasattr(result, "check"):
        mistakes += [f"{prefix}{place}: {what}" for place, what in result.check()]
    mistakes += [f"{prefix}{place}: {what}" for place, what in misfits(result)]
    return result


def setting_for_group(cls: type, name: str, value: Any) -> str | None:
    """What is meant where a plain value is given to a group that shares its name with a setting of another tool."""
    kind = fields_of(cls)[name]
    plain = isinstance(value, str) and len(groups_of(kind)) == 1 and not (type(None) in options(kind) and is_none(value))
    return name_here(name, {field: field for field in fields_of(cls)}) if plain else None


def with_defaults(cls: type, name: str, value: Any) -> Any:
    """A group in which some settings are given, with those of the field's own default for the others."""
    field = next(f for f in dataclasses.fields(cls) if f.name == name)  # ty: ignore[invalid-argument-type]
    if not isinstance(value, dict) or field.default_factory is MISSING or len(groups_of(fields_of(cls)[name])) != 1:
        return value
    default = field.default_factory()
    names_set = {str(key).replace("-", "_") for key in value}
    return {other: getattr(default, other) for other in fields_of(type(default)) if other not in names_set} | value


def required(cls: type) -> list[str]:
    """The fields without a default."""
    fields = dataclasses.fields(cls)  # ty: ignore[invalid-argument-type]
    return [f.name for f in fields if f.default is MISSING and f.default_factory is MISSING]


def convert(kind: Any, value: Any, place: str, mistakes: list[str]) -> Any:
    """A value as its field's type."""
    groups, named_kind = groups_of(kind), named_group(kind)
    try:
        if named_kind is not None:
            return build_named(named_kind, value, place, mistakes)
        if groups and type(None) in options(kind) and is_none(value):
            return None
        if len(groups) > 1:
            return build_variant(groups, value, place, mistakes)
        return build(groups[0], value, place, mistakes) if groups else parse_scalar(kind, value)
    except BadValue as error:
        mistakes.append(f"{place}: {error}")
        return None


def build_named(cls: type, value: Any, place: str, mistakes: list[str]) -> dict[str, Any]:
    """Groups of one kind by names of the user's own. Raises Wrong."""
    if not isinstance(value, dict):
        raise BadValue(f"{quote(value)} is not a list of names with their settings")
    return {str(name): build(cls, inner, f"{place}.{printable(str(name))}", mistakes) for name, inner in value.items()}


def is_none(value: Any) -> bool:
    """Whether a value clears an optional group."""
    return value is None or (isinstance(value, (str, Variant)) and value in ("none", ("none", {})))


def build_variant(groups: list[type], value: Any, place: str, mistakes: list[str]) -> Any:
    """One of several dataclasses: `rotary`, or `{rotary: {base: 10000}}`. Raises Wrong."""
    by_name = {snake(group.__name__): group for group in groups}
    if type(value) in groups:
        value = Variant(snake(type(value).__name__), value)
    elif isinstance(value, str):
        value = Variant(value, {})
    elif isinstance(value, dict) and len(value) == 1:
        value = Variant(*next(iter(value.items())))
    if not isinstance(value, Variant):
        raise BadValue(f"{quote(value)} is not one of {', '.join(by_name)}")
    if value.name is None:
        raise BadValue(f"say first which of {', '.join(by_name)} is meant")
    name = str(value.name).replace("-", "_")
    if name not in by_name:
        raise BadValue(f"'{printable(name)}' is not one of {', '.join(by_name)}.{nearest(name, by_name)}")
    return build(by_name[name], value.settings, f"{place}.{name}", mistakes)


def groups_of(kind: Any) -> list[type]:
    """The dataclasses that a field may hold."""
    return [option for option in options(kind) if dataclasses.is_dataclass(option) and isinstance(option, type)]


def named_group(kind: Any) -> type | None:
    """The dataclass of a field that holds several by name: dict[str, it]."""
    return get_args(kind)[1] if get_origin(kind) is dict else None


def options(kind: Any) -> list[Any]:
    """The members of a union, or the type alone; Annotated is looked through."""
    if get_origin(kind) in (Union, types.UnionType):
        return [option for member in get_args(kind) for option in options(member)]
    return [kind]


def parse_scalar(kind: Any, value: Any) -> Any:
    """A value of a simple type. Raises Wrong."""
    if get_origin(kind) in (Union, types.UnionType):
        members = [k for k in get_args(kind) if k is not type(None)]
        if type(None) in get_args(kind) and (value is None or (isinstance(value, CommandLineText) and value == "none")):
            return None
        errors = []
        for member in members:
            try:
                return parse_scalar(member, value)
            except BadValue as error:
                errors.append(str(error))
        raise BadValue(errors[0])
    if get_origin(kind) is Annotated:
        inner, *marks = get_args(kind)
        parsed = parse_scalar(inner, value)
        for mark in marks:
            if isinstance(mark, Bounds) and not mark.holds(parsed):
                raise BadValue(f"{quote(value)} is not {mark.text()}")
            if isinstance(mark, OneOf) and parsed not in mark.names:
                raise BadValue(not_one_of(value, mark.names))
        return parsed
    if get_origin(kind) is Literal:
        legal = get_args(kind)
        for choice in legal:
            written = isinstance(value, CommandLineText) and value == str(choice)
            if written or (type(value) is type(choice) and value == choice):
                return choice
        raise BadValue(not_one_of(value, list(map(str, legal))))
    if get_origin(kind) is tuple:
        items = value if isinstance(value, (list, tuple)) else [value]
        return tuple(parse_scalar(get_args(kind)[0], item) for item in items)
    return PARSERS[kind](value)


def not_one_of(value: Any, names: Sequence[str]) -> str:
    return f"{quote(value)} is not one of {', '.join(names)}.{nearest(str(value), names)}"


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?` or nothing."""
    suggestion = value_here(name, list(known))
    return f" Did you mean '{suggestion}'?" if suggestion else ""


def owner_text(cls: type, where: str) -> str:
    """Whose settings are meant, where their place does not say it: those of a command."""
    return "" if where else f" of {command_name(cls) if issubclass(cls, Command) else cls.__name__}"


def command_name(cls: type) -> str:
    """What a command is called on the command line."""
    return cls.__name__.lower()


def command_of(settings: Command) -> str:
    """The name of the command whose settings these are."""
    return command_name(type(settings))


def nearest_setting(name: str, cls: type, prefix: str = "") -> str:
    """The nearest setting of a class, or of the groups inside it, with its place: lr -> optimizer.learning_rate."""
    dotted = {field: field for field in fields_of(cls)}
    for last, whole_name in nested_settings(cls):
        dotted.setdefault(last, whole_name)
    if name in NO_SETTINGS:
        return f" {NO_SETTINGS[name]}"
    if here := name_here(name, dotted):
        return f" It is called '{prefix}{here}' here."
    suggestion = nearest_of(name, list(dotted))
    return f" Did you mean '{prefix}{dotted[suggestion]}'?" if suggestion else ""


def nested_settings(cls: type, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(last name, dotted name) of the settings inside groups."""
    for group, kind in fields_of(cls).items():
        for inner in groups_of(kind):
            dotted = f"{prefix}{group}."
            yield from ((name, dotted + name) for name in fields_of(inner))
            yield from nested_settings(inner, dotted)


def to_dict(value: Any) -> Any:
    """Settings as plain JSON-able values; `make_settings` takes them back."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        result = {}
        for name, kind in fields_of(type(value)).items():
            inner = getattr(value, name)
            several = len(groups_of(kind)) > 1 and inner is not None
            result[name] = {snake(type(inner).__name__): to_dict(inner)} if several else to_dict(inner)
        return result
    if isinstance(value, (list, tuple)):
        return [to_dict(v) for v in value]
    if isinstance(value, dict):
        return {name: to_dict(v) for name, v in value.items()}
    return value


VOLATILE_SETTINGS = ("out", "quiet", "verbose", "debug", "dry_run", "threads", "track")  # no result depends on them


def identity_settings(settings: Command) -> dict[str, Any]:
    """The settings that a result depends on, as plain values."""
    return {name: value for name, value in to_dict(settings).items() if name not in VOLATILE_SETTINGS}

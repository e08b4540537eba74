"""YAML as we read and write it: plain nested mappings, lists and scalars. Nothing is guessed, nothing refers to anything."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import yaml

from groundup.errors import InputError, printable

NULLS = {"", "~", "null", "Null", "NULL"}
TRUE, FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}
WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?\.(inf|Inf)|\.(nan|NaN)")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, where PyYAML was built with it, is 20 times as fast


def read(path: str | os.PathLike, largest: int, deepest: int) -> dict[str, Any]:
    """The mapping in a YAML file of at most `largest` bytes, nested at most `deepest` deep."""
    return parse(decode(read_regular(path, largest), path), path, deepest)


def parse(text: str, path: str | os.PathLike, deepest: int) -> dict[str, Any]:
    """The mapping that a text of YAML is; `path` is where it stands."""
    try:
        value = only_document(yaml.parse(text, Loader=LOADER), path, deepest)
    except yaml.MarkedYAMLError as error:
        raise refuse(path, error.problem_mark or error.context_mark, error.problem or "is not YAML") from None
    except yaml.YAMLError as error:
        raise InputError("BAD_YAML", path, str(error).split("\n")[0]) from None
    if not isinstance(value, dict):
        raise InputError("BAD_YAML", path, "is not a mapping of settings", "write `name: value` lines")
    return value


def read_regular(path: str | os.PathLike, largest: int) -> bytes:
    """The bytes of a regular file. Anything else (a pipe, a device, a folder) is refused before it is opened."""
    if os.path.isdir(path):
        raise InputError("NOT_A_FILE", path, "is a folder, not a YAML file")
    if not os.path.exists(path):
        raise InputError("NO_FILE", path, "does not exist")
    if not os.path.isfile(path):
        raise InputError("NOT_A_FILE", path, "is a pipe or device, not a YAML file")
    try:
        with open(path, "rb") as file:
            data = file.read(largest + 1)
    except PermissionError:
        raise InputError("NO_ACCESS", path, "may not be read") from None
    if len(data) > largest:
        raise InputError("FILE_TOO_LARGE", path, f"has {os.path.getsize(path):,} bytes", limit=f"{largest:,}")
    return data


def decode(data: bytes, path: str | os.PathLike) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("BAD_YAML", path, f"is not UTF-8 at byte {error.start}") from None


def refuse(path: str | os.PathLike, mark: yaml.Mark | None, what: str) -> InputError:
    return InputError("BAD_YAML", f"{os.fspath(path)}:{mark.line + 1}" if mark else path, what)


def only_document(events: Iterator[yaml.Event], path: str | os.PathLike, deepest: int) -> Any:
    """The value of a stream with one document; {} when it is empty."""
    documents = []
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if documents:
                raise refuse(path, event.start_mark, "a second document begins here")
            documents.append(value_of(next(events), events, path, deepest))
    return documents[0] if documents and documents[0] is not None else {}


def value_of(event: yaml.Event, events: Iterator[yaml.Event], path: str | os.PathLike, depth: int) -> Any:
    """The plain value that begins with an event; what belongs to it is taken from the stream."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
        raise refuse(path, event.start_mark, "anchors, aliases and tags are not read")
    if isinstance(event, yaml.ScalarEvent):
        return scalar(event.value) if event.implicit[0] else event.value
    if depth == 0:
        raise refuse(path, event.start_mark, "is nested too deep")
    if isinstance(event, yaml.SequenceStartEvent):
        return [value_of(item, events, path, depth - 1) for item in until(events, yaml.SequenceEndEvent)]
    values: dict[str, Any] = {}
    for key in until(events, yaml.MappingEndEvent):
        if not isinstance(key, yaml.ScalarEvent) or key.anchor or key.tag:
            raise refuse(path, key.start_mark, "a name must be plain text")
        if key.value in values:
            raise refuse(path, key.start_mark, f"'{printable(key.value)}' stands twice")
        values[key.value] = value_of(next(events), events, path, depth - 1)
    return values


def until(events: Iterator[yaml.Event], end: type) -> Iterator[yaml.Event]:
    while not isinstance(event := next(events), end):
        yield event


def scalar(text: str) -> Any:
    """An unquoted scalar: null, true, false, a number, or text. `no`, `on` and dates are text."""
    if text in NULLS:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    if WHOLE.fullmatch(text):
        return int(text)
    if REAL.fullmatch(text):
        return float(re.sub(r"\.(?=inf|nan)", "", text, flags=re.IGNORECASE))
    return text


class Writer(yaml.SafeDumper):
    """Quotes every text that `scalar` would take for something else, or whose line ends a reader would fold."""

    def represent_text(self, text: str) -> yaml.Node:
        plain = scalar(text) is text and text.isprintable()
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


Writer.add_representer(str, Writer.represent_text)


def write(settings: dict[str, Any]) -> str:
    """Plain values as YAML that `read` gives back."""
    return yaml.dump(settings, Dumper=Writer, sort_keys=False, allow_unicode=True, width=2**20)

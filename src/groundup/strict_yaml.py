"""YAML as we read it: plain nested mappings, lists and scalars. Nothing is guessed, nothing refers to anything."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import yaml

from groundup.errors import InputError

NULLS = {"", "~", "null", "Null", "NULL"}
TRUE, FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}
WHOLE = re.compile(r"[+-]?\d{1,30}")
REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?\.(inf|Inf)|\.(nan|NaN)")


def read(path: str | os.PathLike, largest: int, deepest: int) -> dict[str, Any]:
    """The mapping in a YAML file."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError("NO_FILE", path, "does not exist") from None
    except IsADirectoryError:
        raise InputError("NOT_A_FILE", path, "is a folder, not a YAML file") from None
    if len(data) > largest:
        raise InputError("FILE_TOO_LARGE", path, f"has {len(data):,} bytes", limit=f"{largest:,}")
    try:
        text = data.decode("utf-8-sig")
        for token in yaml.scan(text):
            if isinstance(token, (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken)):
                raise refuse(path, token.start_mark.line, "anchors, aliases and tags are not read")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        raise InputError("BAD_YAML", path, "is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise refuse(path, mark.line if mark else 0, error.problem or "is not YAML") from None
    except yaml.YAMLError as error:
        raise InputError("BAD_YAML", path, str(error).split("\n")[0]) from None
    value = {} if node is None else plain(node, path, deepest)
    if not isinstance(value, dict):
        raise InputError("BAD_YAML", path, "is not a mapping of settings", "write `name: value` lines")
    return value


def refuse(path: Path, line: int, what: str) -> InputError:
    return InputError("BAD_YAML", f"{path}:{line + 1}", what)


def plain(node: yaml.Node, path: Path, depth: int) -> Any:
    """A node as plain values."""
    if depth == 0:
        raise refuse(path, node.start_mark.line, "is nested too deep")
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise refuse(path, key.start_mark.line, "a name must be plain text")
            if key.value in found:
                raise refuse(path, key.start_mark.line, f"'{key.value}' stands twice")
            found[key.value] = plain(value, path, depth - 1)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [plain(item, path, depth - 1) for item in node.value]
    return scalar(node.value) if getattr(node, "style", None) is None else node.value


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

"""Numbers, truth values and texts of settings, as people type them or as files hold them."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from groundup.errors import printable

INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class CommandLineText(str):
    """Text from the command line, which may stand for a number. YAML's texts may not."""


class BadValue(ValueError):
    """What is wrong with one value, in words."""


def parse_int(value: Any) -> int:
    if isinstance(value, CommandLineText) and INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadValue(f"{quote(value)} is not a whole number")


def parse_float(value: Any) -> float:
    if isinstance(value, CommandLineText) and DECIMAL.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadValue(f"{quote(value)} is not a number")
    if not abs(value) <= sys.float_info.max:  # infinite, not a number, or a whole number beyond all floats
        raise BadValue(f"{quote(value)} is not a finite number")
    return float(value)


def parse_bool(value: Any) -> bool:
    if isinstance(value, CommandLineText) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, bool):
        return value
    raise BadValue(f"{quote(value)} is not true or false")


def parse_text(value: Any) -> str:
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str):
        raise BadValue(f"{quote(value)} is not text{'; quote it' if isinstance(value, (int, float)) else ''}")
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
        raise BadValue(f"{quote(value)} holds a zero byte or is not UTF-8")
    return str(value)


PARSERS = {int: parse_int, float: parse_float, bool: parse_bool, str: parse_text}


def quote(value: Any) -> str:
    return printable(repr(value), 60)

"""JSON as we read it everywhere: strict, bounded, and the last of two never wins."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from groundup.errors import InputError, printable

DEPTH = 64
RESTORE = "restore it, or run the command that makes it again"
LARGEST = 2**63
MOST_DIGITS = 4300  # of an integer, as Python reads it
WHOLE_TYPES = (int, float, bool, type(None))  # of values that nothing can be wrong with
HALF = re.compile("[\ud800-\udfff]")


class Refused(ValueError):
    """What is wrong with a JSON text, in words."""

    code = "BAD_JSON"


class TooDeep(Refused):
    """Nested deeper than we follow."""

    code = "JSON_DEPTH"


def parse_json(data: bytes | str, place: object, depth: int = DEPTH, any_integer: bool = False):
    """The value of a JSON text; InputError BAD_JSON with the reason otherwise. `any_integer` takes whole numbers past 64 bits,
    which other people's files have."""
    try:
        return strict(data, depth, any_integer)
    except Refused as error:
        raise InputError("BAD_JSON", place, str(error), "write strict JSON") from None


def strict(data: bytes | str, depth: int = DEPTH, any_integer: bool = False):
    """The value of a JSON text. Raises Refused on duplicate keys, NaN, huge numbers, deep nesting, lone surrogates."""
    text = bounded_text(data, depth)
    try:
        value = json.loads(
            text,
            object_pairs_hook=unique,
            parse_constant=refuse_constant,
            parse_int=exact if any_integer else bounded,
            parse_float=finite,
        )
    except json.JSONDecodeError as error:
        raise Refused(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    if "\\ud" in text.lower():
        check_surrogates(value)
    return value


def bounded_text(data: bytes | str, depth: int) -> str:
    """The text of JSON that is UTF-8 and nested at most `depth` deep. Raises Refused."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise Refused(f"not UTF-8 at byte {error.start}") from None
    if nesting(text, depth) > depth:
        raise TooDeep(f"nested deeper than {depth}")
    return text


class Doubled(dict):
    """An object in which keys stand twice: it holds the last of each, and `twice` names them."""

    twice: tuple[str, ...] = ()


def foreign(data: bytes | str, depth: int = DEPTH):
    """The value of JSON that other programs wrote. Integers are exact at any size; NaN, Infinity and numbers beyond all floats
    are None, for nothing is known of them. Faults of parts (`faults_in`) are left to who asks for the part. Raises Refused."""
    text = bounded_text(data, depth)
    try:
        return TOLERANT.decode(text)
    except json.JSONDecodeError as error:
        raise Refused(f"{error.msg} at line {error.lineno}, column {error.colno}") from None


def faults_in(value: object, is_read: Callable[[str], bool] | None = None) -> str:
    """What is wrong inside a value of `foreign`, in words: keys that stand twice, halves of characters. Of an object only the
    keys that are read (`is_read`) are looked at; the others are mended so that they can be written."""
    if isinstance(value, str):
        return "half a character (a lone surrogate)" if not value.isascii() and HALF.search(value) else ""
    if isinstance(value, list):
        return next(filter(None, map(faults_in, value)), "")
    if not isinstance(value, dict):
        return ""
    twice = [key for key in getattr(value, "twice", ()) if is_read is None or is_read(key)]
    if twice:
        return f"the key '{printable(twice[0])}' stands twice"
    for key, inner in list(value.items()):
        if key.isascii() and (type(inner) in WHOLE_TYPES or (type(inner) is str and inner.isascii())):
            continue
        what = faults_in(inner) or faults_in(key)
        if what and (is_read is None or is_read(key)):
            return what
        if what:
            value[str(mended(key))] = mended(value.pop(key))
    return ""


def mended(value: object) -> object:
    """A value without halves of characters: they are shown as codes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list):
        return [mended(inner) for inner in value]
    return {mended(key): mended(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def tolerant(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) == len(pairs):
        return values
    doubled = Doubled(values)
    doubled.twice = tuple(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
    return doubled


def exact(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise Refused(f"the integer {text[:20]}... has {len(text):,} digits")
    return int(text)


def finite_or_none(text: str) -> float | None:
    return value if math.isfinite(value := float(text)) else None


TOLERANT = json.JSONDecoder(
    object_pairs_hook=tolerant, parse_constant=lambda name: None, parse_int=exact, parse_float=finite_or_none
)  # made once: making one costs as much as a short line


def nesting(text: str, depth: int = DEPTH) -> int:
    """The deepest nesting of brackets outside strings, without recursion; 0 where `depth` cannot be passed."""
    if text.count("[") + text.count("{") <= depth:
        return 0
    deepest = level = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
        elif character == '"':
            quoted = True
        elif character in "[{":
            level += 1
            deepest = max(deepest, level)
        elif character in "]}":
            level -= 1
    return deepest


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise Refused(f"the key '{printable(twice)}' stands twice")
    return values


def bounded(text: str) -> int:
    if len(text) > 20 or not -LARGEST <= int(text) < LARGEST:
        raise Refused(f"the integer {text[:20]} does not fit in 64 bits")
    return int(text)


def finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise Refused(f"the number {text[:20]} is not finite")
    return value


def refuse_constant(text: str):
    raise Refused(f"{text} is not a number")


def check_surrogates(value: object) -> None:
    """Half a character (a lone surrogate) cannot be written back as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise Refused("half a character (a lone surrogate)") from None


NAMES: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "nothing",
}


def fields(value: object, place: object, **kinds: type | tuple[type, ...]) -> dict[str, Any]:
    """An object of JSON whose fields of these names are of these kinds; None among them allows that a field is missing.

    Raises InputError DAMAGED with the place of the first that is not. True is no number, and a whole number is one.
    """
    if not isinstance(value, dict):
        raise InputError("DAMAGED", place, f"is {name_of(type(value))}, not an object", RESTORE)
    for name, kind in kinds.items():
        types = kind if isinstance(kind, tuple) else (kind,)
        item = value.get(name)
        if type(item) not in types and not (type(item) is int and float in types):
            what = f"is {name_of(type(item))}, not {' or '.join(map(name_of, types))}" if name in value else "is not there"
            raise InputError("DAMAGED", f"{place}: {name}", what, RESTORE)
    return value


def items(value: object, place: object, kind: type) -> Any:
    """A list or an object of JSON whose values are all of a kind; InputError DAMAGED with the place of one that is not."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        raise InputError("DAMAGED", place, f"is {name_of(type(value))}, not a list or an object", RESTORE)
    for name, one in pairs:
        if type(one) is not kind:
            at = f"{place}: {printable(str(name))}"
            raise InputError("DAMAGED", at, f"is {name_of(type(one))}, not {name_of(kind)}", RESTORE)
    return value


@contextmanager
def understood(place: object) -> Generator[None]:
    """Around the few lines that take apart what a file of ours holds: where that fails, it is the file that is refused."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        what = f"does not hold what it should ({type(error).__name__}: {printable(str(error), 60)})"
        raise InputError("DAMAGED", place, what, RESTORE) from error


def name_of(kind: type) -> str:
    return NAMES.get(kind, "something else")


def read_json(path: Path, limit: int = 16 * 2**20):
    """The value in a JSON file of at most `limit` bytes."""
    if not path.exists():
        raise InputError("NO_FILE", path, "does not exist")
    if not path.is_file():
        raise InputError("NOT_A_FILE", path, "is not a regular file")
    if (size := path.stat().st_size) > limit:
        raise InputError("FILE_TOO_LARGE", path, f"has {size:,} bytes", limit=f"{limit:,}")
    return parse_json(path.read_bytes(), path)


def canonical(value: object) -> str:
    """The one way we write a value where its bytes are hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def line(value: object) -> str:
    """One line of an event log; keys keep their order."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"

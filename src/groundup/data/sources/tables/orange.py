"""Tables of Orange: three lines of header, which are the names, the types and the roles of the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from groundup.data.sources.records import Declared

ORANGE_LINES = 3
Kind = Literal["number", "category", "text", "date"]
TYPES: dict[str, Kind] = {
    "c": "number",
    "continuous": "number",
    "numeric": "number",
    "n": "number",
    "d": "category",
    "discrete": "category",
    "categorical": "category",
    "s": "text",
    "string": "text",
    "text": "text",
    "t": "date",
    "time": "date",
}
ROLES = re.compile(r"(?:(?:class|c|meta|m|ignore|i|weight|w|multiclass|basket|[\w.-]+=\S+)(?:\s+|$))*", re.IGNORECASE)
VALUE = re.compile(r"(?:\\.|[^\s\\])+")


def declared_by_orange(records: Sequence[Sequence[str]]) -> list[Declared | None] | None:
    """[columns] what the second line says of each column; None where the first three lines are none of Orange's.

    A type is a word or a letter, or the values of a category, parted by blanks (a blank in a value stands behind a backslash).
    """
    if len(records) < ORANGE_LINES or len({len(record) for record in records[:ORANGE_LINES]}) != 1:
        return None
    types, roles = ([cell.strip() for cell in record] for record in records[1:ORANGE_LINES])
    if not all(ROLES.fullmatch(role) for role in roles) or sum(one.lower() in TYPES for one in types) * 2 < len(types):
        return None
    declared = [declared_type(one) for one in types]
    return declared if all(one is not None or not text for one, text in zip(declared, types, strict=True)) else None


def declared_type(text: str) -> Declared | None:
    """What a type says; None for one that is no type of Orange."""
    if text.lower() in TYPES:
        return Declared(TYPES[text.lower()])
    values = [re.sub(r"\\(.)", r"\1", value) for value in VALUE.findall(text)]
    return Declared("category", tuple(values)) if len(values) > 1 else None

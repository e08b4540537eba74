"""Marked parts of a text in the shapes that people and their tools write, as one: start, end, type, and their text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from groundup.strict_json import Refused, strict

STARTS = ("start", "start_offset", "startOffset", "begin", "offset")
ENDS = ("end", "end_offset", "endOffset", "stop")
KINDS = ("type", "label", "labels", "entity_group", "category", "tag", "class", "entity_type", "entity")
TEXTS = ("text", "mention", "surface", "word", "value")
MAY_OPEN = frozenset("[{ \t\r\n")  # first characters of a cell that may be JSON of a list or an object


class Mark(NamedTuple):
    """A part of a text as a file tells it: `end` is None where its text says how long it is (answers)."""

    start: int
    end: int | None
    kind: str = ""
    text: str | None = None


def first_of(value: Mapping, names: Sequence[str]) -> object:
    return next((value[name] for name in names if name in value), None)


def whole(value: object) -> int | None:
    """A whole number, also where a float holds one (columns with gaps do)."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def mark_of(one: object) -> Mark:
    """A span: [start, end, type], or an object with start and end under one of their usual names; ValueError else."""
    if isinstance(one, Mark):
        return one
    if isinstance(one, Mapping):
        if isinstance(points := one.get("points"), list) and len(points) == 1 and isinstance(points[0], Mapping):
            one = {**one, **points[0]}  # DataTurks: the last character is given, not the one after it
        kind, text = first_of(one, KINDS), first_of(one, TEXTS)
        start, end, length = whole(first_of(one, STARTS)), whole(first_of(one, ENDS)), whole(one.get("length"))
        end = start + length if end is None and start is not None and length is not None else end
    elif isinstance(one, (list, tuple)) and len(one) == 3:
        (start, end), kind, text = map(whole, one[:2]), one[2], None
    else:
        start = end = kind = text = None
    if isinstance(kind, list) and len(kind) > 1:
        raise ValueError(f"{excerpt(one)} has {len(kind)} types, and a span has one")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if start is None or end is None or not isinstance(kind, str) or not kind:
        raise ValueError(f"{excerpt(one)} is no [start, end, type]")
    return Mark(start, end, kind, text if isinstance(text, str) else None)


def excerpt(one: object) -> str:
    """The beginning of a value, for messages."""
    return json.dumps(one, ensure_ascii=False, default=str)[:60]


def is_marked(one: object) -> bool:
    """Whether a value is meant as a span."""
    if isinstance(one, Mapping):
        return first_of(one, STARTS) is not None or isinstance(one.get("points"), list)
    return isinstance(one, (list, tuple)) and len(one) == 3 and whole(one[0]) is not None and whole(one[1]) is not None


def is_structured(value: object) -> bool:
    """Whether a cell holds a list or an object, or text that begins like JSON of one."""
    if isinstance(value, str):
        return value[:1] in MAY_OPEN and value.lstrip()[:1] in ("[", "{")
    return isinstance(value, (list, Mapping))


def in_json(value: object) -> object:
    """The value, read where it is JSON in a cell of a table."""
    if isinstance(value, str) and is_structured(value):
        try:
            return strict(value)
        except Refused:
            return value
    return value


def marks_of(value: object) -> list[Mark] | None:
    """The spans of a cell; None where it holds something else. ValueError, in words, when one of them is none."""
    value = in_json(value)
    if isinstance(value, Mapping) and value and all(isinstance(one, Mapping) for one in value.values()):
        return mentioned(value)
    if isinstance(value, list) and value and any(map(is_marked, value)):
        return [mark_of(one) for one in value]
    return None


def mentioned(value: Mapping) -> list[Mark] | None:
    """Spans of {type: {mention: [[first, last], ...]}}, as CLUENER has them; the last character is given."""
    try:
        return [
            Mark(first, last + 1, kind, mention)
            for kind, mentions in value.items()
            for mention, places in mentions.items()
            for first, last in places
        ]
    except (AttributeError, TypeError, ValueError):
        return None


def answers_of(value: object) -> list[Mark] | None:
    """Answers with the place where they stand: SQuAD's, or as Hugging Face keeps its columns. None where no place is given."""
    value = in_json(value)
    if isinstance(value, Mapping) and isinstance(value.get("text"), list) and isinstance(value.get("answer_start"), list):
        if len(value["text"]) != len(value["answer_start"]):
            return None
        value = [{"text": text, "answer_start": at} for text, at in zip(value["text"], value["answer_start"], strict=True)]
    value = [value] if isinstance(value, Mapping) else value
    if not isinstance(value, list) or not value or not all(isinstance(one, Mapping) for one in value):
        return None
    marks = [
        Mark(at, None, "", text)
        for at, text in ((whole(one.get("answer_start")), one.get("text")) for one in value)
        if at is not None and isinstance(text, str) and text.strip()
    ]
    return marks if len(marks) == len(value) else None

"""JSON files that are one object with the records inside: SQuAD's articles, and lists of annotated texts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace

from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.squad import is_squad, rows_of_articles
from groundup.data.sources.files.open import Input
from groundup.data.sources.files.text import read_bytes, read_text
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.strict_json import Refused, strict

HEAD = 4096
SIMPLE = rb'"[^"]{0,200}"\s*:\s*(?:"[^"]{0,500}"|[\d.]{1,20}|null|true|false)\s*,\s*'
BEGINS = re.compile(rb"\s*\{\s*(?:" + SIMPLE + rb')*"(?:data|annotations|classes|examples)"\s*:\s*\[', re.DOTALL)


def holds_records(head: bytes) -> bool:
    """Whether a file begins like an object with a list of records in it."""
    return BEGINS.match(head[:HEAD].removeprefix(b"\xef\xbb\xbf")) is not None


def object_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row] | Input:
    """The rows of such an object; the input again, to be read line by line, where a file holds something else."""
    data = read_bytes(opened.stream, opened.name)
    again = replace(opened, stream=io.BufferedReader(io.BytesIO(data)))
    try:
        whole = strict(read_text(io.BytesIO(data), settings.encoding, opened.name))
    except (Refused, InputError):
        return again
    if is_squad(whole):
        rejects.inform(message("SQuAD columns"), opened.name)
        return rows_of_articles(whole, opened.name, rejects)
    entries = whole.get("annotations") if isinstance(whole, dict) else None
    if isinstance(entries, list) and any(isinstance(entry, list) for entry in entries):
        return pair_rows(entries, opened.name, rejects)
    return again


def as_object(value: object) -> object:
    """[text, {"entities": [[start, end, type], ...]}], as spaCy's tutorials write rows, as an object."""
    match value:
        case [str(text), {"entities": list(entities)}]:
            return {"text": text, "entities": entities}
        case [str(text), {"cats": dict(cats)}]:
            return {"text": text, "cats": cats}
    return value


def pair_rows(entries: list, name: str, rejects: Rejects) -> Iterator[Row]:
    """Rows of texts with their entities; an entry of nothing stands for a text that nobody annotated."""
    for number, entry in enumerate(entries, 1):
        rejects.read += 1
        value = as_object(entry)
        if isinstance(value, dict):
            yield Row(value, name, number)
        elif value is None:
            rejects.drop(f"{name}:{number}", "NOT_ANNOTATED", "has no annotation")
        else:
            rejects.fault(f"{name}:{number}", "NOT_AN_OBJECT", f"is a {type(value).__name__}, not [text, {{'entities': ...}}]")

"""The format of a file whose name tells none, by its first bytes: only what leaves no doubt."""

from __future__ import annotations

import codecs

from groundup.data.sources.annotated.conll_layout import looks_like_conll
from groundup.data.sources.files.formats import content_of
from groundup.strict_json import Refused, foreign

LINES = 20  # that are looked at
FEWEST = 3
DELIMITERS = {"\t": "tsv", ",": "csv", ";": "csv", "|": "csv"}
OWN_MARK = ("parquet", "arrow")  # formats that begin with a mark of their own


def format_by_content(head: bytes, whole: bool) -> str | None:
    """The format that the first bytes show, which are all of the file where `whole`; None where they leave a doubt."""
    if (mark := content_of(head)) in OWN_MARK:
        return mark
    text = text_of(head)
    if mark or text is None:
        return None
    lines = [line for line in text.replace("\r\n", "\n").split("\n")[: None if whole else -1] if line.strip()][:LINES]
    if text.lstrip()[:1] in ("{", "["):
        return "jsonl" if lines and is_object(lines[0]) else "json"
    if looks_like_conll(text):
        return "conll"
    for delimiter, name in DELIMITERS.items():
        counts = {line.count(delimiter) for line in lines}
        if len(lines) >= FEWEST and len(counts) == 1 and min(counts) > 0:
            return name
    return None


def text_of(head: bytes) -> str | None:
    """The text of bytes in UTF-8, or in UTF-16 with a mark, but for a character that is cut; None of others."""
    name = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def is_object(line: str) -> bool:
    try:
        return isinstance(foreign(line), dict)
    except Refused:
        return False

"""Lists that stand as text in the cells of a table: ['EU', 'rejects'], ["EU", "rejects"], ['EU' 'rejects'], [3 0 7]."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

from groundup.data.sources.records import Rejects, Row

LONGEST = 2**20  # characters of such a cell
ITEM = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d{1,18}))\s*""", re.DOTALL)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
NAMED = {"n": "\n", "t": "\t", "r": "\r"}
SAMPLED = 100  # rows by which a column is judged


def list_of(cell: object) -> list[str | int] | None:
    """The items of a list of texts or whole numbers in a cell, as Python, JSON or numpy write it; None where it is none."""
    if not isinstance(cell, str) or len(cell) > LONGEST:
        return None
    text = cell.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return None
    found: list[str | int] = []
    at, end = 1, len(text) - 1
    while at < end:
        item = ITEM.match(text, at, end)
        if item is None or item.end() == at:
            return None if text[at:end].strip() else found
        single, double, number = item.groups()
        found.append(int(number) if number is not None else unescaped(single if single is not None else double))
        at = item.end()
        if at < end and text[at] == ",":
            at += 1
    return found


def unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else NAMED.get(m[3], m[3]), text)


def words_in_cells(rows: Iterator[Row], text_column: str, label_column: str, file: str, rejects: Rejects) -> Iterator[Row]:
    """Rows whose words and tags stand as lists in cells get these lists; decided by the first rows of a file."""
    first = list(islice(rows, SAMPLED))
    whole = [row.values for row in first if row.fault is None]
    cells = [(list_of(values.get(text_column)), list_of(values.get(label_column))) for values in whole]
    if not cells or not all(words and tags and len(words) == len(tags) and isinstance(words[0], str) for words, tags in cells):
        yield from chain(first, rows)
        return
    rejects.inform(f"the cells of '{text_column}' and '{label_column}' hold lists, read as words and their tags", file)
    for row in chain(first, rows):
        for column in (text_column, label_column):
            found = list_of(row.values.get(column))
            if found is not None:
                row.values[column] = found
        yield row

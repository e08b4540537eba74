"""Rows of ARFF, the format of Weka: a header with name, type and values of each column, then rows, dense or sparse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.open import Input
from groundup.data.sources.files.text import Lines
from groundup.data.sources.records import Columns, Declared, Rejects, Row, faulty, shown
from groundup.data.sources.tables.header import checked_names, distinct
from groundup.errors import InputError, printable
from groundup.messages.translate import plural

TEXT = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
NAME = re.compile(rf"\s*(?P<name>{TEXT}|[^\s'\"][^\s]*)\s+(?P<type>.+)", re.DOTALL)
FIELD = re.compile(rf"\s*(?P<text>{TEXT}|[^,'\"{{}}]*)\s*(?:,|$)")
CELL = re.compile(rf"\s*(?P<column>[0-9]+)\s+(?P<text>{TEXT}|[^,'\"{{}}]*)\s*(?:,|$)")
WEIGHT = re.compile(r",\s*\{\s*[0-9.eE+-]+\s*\}\s*$")
NUMBERS = ("numeric", "real", "integer")
ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
FIX = "see the description of ARFF, or save the table as csv"


class Malformed(ValueError):
    """What is wrong with a line, in words."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column: what the header says of it."""

    name: str
    declared: Declared

    @property
    def usual(self) -> str | None:
        """The value of a row that leaves the column out."""
        if self.declared.kind == "number":
            return "0"
        return self.declared.values[0] if self.declared.values else None


def arff_rows(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Iterator[Row]:
    """Rows of an ARFF file: ? is missing, '?' a text, what a sparse row leaves out 0 or the first value that is declared. A row
    with a value that is not declared is rejected."""
    lines = Lines(opened.stream, settings.encoding, opened.name)
    stream = iter(lines)
    attributes = header_of(stream, lines, columns)
    rejects.declare({one.name: one.declared for one in attributes})
    for line in stream:
        text = line.strip()
        if not text or text.startswith("%"):
            continue
        rejects.read += 1
        row = Row({}, opened.name, lines.number)
        try:
            if lines.fault:
                raise Malformed(lines.fault)
            row.values = values_of(WEIGHT.sub("", text), attributes)
        except Malformed as error:
            row.values = {"row": shown(text)}
            code = "BAD_ENCODING" if lines.fault else "BAD_ROW"
            yield from faulty(row, code, str(error), rejects, lines.offset(), lines.way_out if lines.fault else "")
            continue
        yield row


def header_of(stream: Iterator[str], lines: Lines, columns: Columns) -> list[Attribute]:
    """The columns that the header declares, to its line @data. InputError where it is none."""
    attributes: list[Attribute] = []
    for line in stream:
        word, _, rest = line.strip().partition(" ") if " " in line.strip() else line.strip().partition("\t")
        if lines.fault:
            raise InputError("BAD_ENCODING", lines.where(), lines.fault, lines.way_out)
        if word.lower() == "@attribute":
            try:
                attributes.append(attribute_of(rest))
            except Malformed as error:
                raise InputError("BAD_HEADER", lines.where(), str(error), FIX) from None
        elif word.lower() == "@data" and attributes:
            names = distinct([one.name for one in attributes], lines.where(), columns, [])
            checked_names(names, lines.where())
            return [Attribute(name, one.declared) for name, one in zip(names, attributes, strict=True)]
        elif word and not word.startswith("%") and word.lower() != "@relation":
            what = f"'{printable(word, 30)}' stands in the header of an ARFF file"
            raise InputError("BAD_HEADER", lines.where(), what, FIX)
    raise InputError("BAD_HEADER", lines.place, "has no line @data below lines @attribute", FIX)


def attribute_of(text: str) -> Attribute:
    """What a line @attribute says, behind this word."""
    match = NAME.fullmatch(text.strip())
    if match is None:
        raise Malformed(f"'{printable(text.strip(), 40)}' is no name and type of a column")
    name, kind = unquoted(match["name"]).strip(), match["type"].strip()
    if kind.startswith("{") and kind.endswith("}"):
        return Attribute(name, Declared("category", tuple(value or "" for value in fields_of(kind[1:-1]))))
    word = kind.split()[0].lower()
    if word in NUMBERS:
        return Attribute(name, Declared("number"))
    if word in ("string", "date"):
        return Attribute(name, Declared("text" if word == "string" else "date"))
    raise Malformed(f"'{printable(name, 30)}' has the type '{printable(kind, 30)}', which is not read")


def values_of(text: str, attributes: list[Attribute]) -> dict[str, object]:
    """Column -> value of a row. Malformed for another number of fields, and for what is not declared."""
    if text.startswith("{") and text.endswith("}"):
        cells = sparse_cells(text[1:-1], attributes)
    else:
        cells = fields_of(text)
        if len(cells) != len(attributes):
            raise Malformed(f"has {plural(len(cells), 'field')}, the header declares {len(attributes)}")
    for attribute, cell in zip(attributes, cells, strict=True):
        if cell is not None and attribute.declared.values and cell not in attribute.declared.values:
            raise Malformed(f"'{printable(attribute.name, 30)}' holds '{printable(cell, 30)}', not declared in the header")
    return {attribute.name: cell for attribute, cell in zip(attributes, cells, strict=True)}


def sparse_cells(text: str, attributes: list[Attribute]) -> list[str | None]:
    """The cells of a sparse row: pairs of a column, counted from 0, and its value."""
    cells, at = [one.usual for one in attributes], 0
    while text[at:].strip():
        match = CELL.match(text, at)
        if match is None:
            raise Malformed(f"'{printable(text[at:].strip(), 30)}' is no column and value")
        column = int(match["column"])
        if column >= len(cells):
            raise Malformed(f"tells of column {column}, the header declares 0 to {len(cells) - 1}")
        cells[column] = cell_of(match["text"])
        at = match.end()
    return cells


def fields_of(text: str) -> list[str | None]:
    """The values between commas, without their quotes."""
    if "'" not in text and '"' not in text:
        return [cell_of(field) for field in text.split(",")]
    cells, at = [], 0
    while True:
        match = FIELD.match(text, at)
        if match is None:
            raise Malformed(f"has misplaced quotes: '{printable(text[at:].strip(), 30)}'")
        cells.append(cell_of(match["text"]))
        at = match.end()
        if at >= len(text):
            return [*cells, None] if text.rstrip().endswith(",") else cells


def cell_of(text: str) -> str | None:
    """A value without its quotes; None for a bare question mark and for nothing."""
    text = text.strip()
    return None if text in ("", "?") else unquoted(text)


def unquoted(text: str) -> str:
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "'\"":
        return text
    return re.sub(r"\\(.)", lambda match: ESCAPED.get(match[1], match[1]), text[1:-1])

"""How a table of delimited fields is written: its delimiter, its quotes and its header, inferred once from its first records.

A setting decides; without one the name of the file says the usual delimiter, and another is taken only where the header or the
records show it. What fits two readings is refused with both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from groundup.data.cells.numbers import is_number
from groundup.data.settings import DELIMITERS, ReadSettings
from groundup.data.sources.files.text import Preview
from groundup.data.sources.records import Columns, Declared
from groundup.data.sources.tables.fields import BLANKS, cut_by_width
from groundup.data.sources.tables.header import header_of
from groundup.data.sources.tables.quoting import AGREE, QUOTES, RECORDS, Sample, quote_of, sample
from groundup.errors import InputError
from groundup.messages.current import message

USUAL = {"csv": ",", "tsv": "\t"}
NAMES = {",": "','", ";": "';'", "\t": "tab", "|": "'|'", BLANKS: "blanks"}
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # the first line of a table of Excel


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the first records show. `notes` say what is not as the name of the file tells, and which setting says otherwise."""

    delimiter: str  # a blank: any number of blanks and tabs; nothing: fields have fixed widths
    quote: str  # "" where quotes are literal
    header: tuple[str, ...]  # names of the columns
    undecided: bool = False  # no quote stands in the first records, and a later one may enclose a field
    optional: int = 0  # columns at the end, without a name, that a row may lack
    above: int = 0  # lines above the header
    header_records: int = 0  # records of the header, and of what stands below it and is no row
    declared: Mapping[str, Declared] = field(default_factory=dict)  # column -> what the header says of it
    notes: tuple[str, ...] = ()


def dialect_of(first: Preview, name: str, kind: str, settings: ReadSettings, columns: Columns) -> Dialect:
    """How the table that begins with these lines is written. InputError where its header cannot be used."""
    notes: list[str] = []
    above = settings.skip_lines
    excel = SEPARATOR_LINE.fullmatch(first.lines[above]) if len(first.lines) > above else None
    above += bool(excel)
    lines = Preview([line for line in first.lines[above:] if not is_comment(line, settings)], first.whole)
    if settings.widths:
        delimiter, quote = "", ""
        records = [cut_by_width(line, settings.widths) for line in lines.lines if line.strip()][:RECORDS]
    else:
        stated = DELIMITERS.get(settings.delimiter or "", settings.delimiter) or (excel[1] if excel else None)
        delimiter = stated or delimiter_of(lines, name, kind, settings, columns)
        if stated is None and delimiter != USUAL[kind]:
            notes.append(message("delimiter shown", mark=message(f"mark {delimiter}")))
        quote, why = quote_of(lines, name, delimiter, settings.quote, settings.header)
        notes += [why] if why else []
        records = sample(lines, delimiter, quote).records
    if not records:
        return Dialect(delimiter, quote, (), above=above)
    line = number_of_first(first, above, settings)
    header = header_of(records, f"{name}:{line}", line, settings, columns)
    undecided = not quote and settings.quote == "auto" and not any('"' in cell for record in records for cell in record)
    return Dialect(
        delimiter,
        quote,
        header.names,
        undecided and bool(delimiter) and delimiter != BLANKS,
        header.optional,
        above,
        header.records,
        header.declared,
        (*notes, *header.notes),
    )


def is_comment(line: str, settings: ReadSettings) -> bool:
    return settings.comment is not None and line.startswith(settings.comment)


def number_of_first(first: Preview, above: int, settings: ReadSettings) -> int:
    """The line of the first record."""
    below = enumerate(first.lines[above:], above + 1)
    return next((number for number, line in below if line and not is_comment(line, settings)), above + 1)


def delimiter_of(lines: Preview, name: str, kind: str, settings: ReadSettings, columns: Columns) -> str:
    """The usual delimiter of this kind of file, or the one that its header and first records show."""
    quote = QUOTES.get(settings.quote, '"')
    samples = {one: sample(lines, one, quote) for one in NAMES if one != BLANKS}
    usual = USUAL[kind]
    if settings.header and columns.needed:
        fitting = [one for one, table in samples.items() if table.records and columns.within(map(str.strip, table.records[0]))]
        if usual in fitting:
            return usual
        if len(fitting) == 1:
            return fitting[0]
    likely = [one for one, table in samples.items() if table.width > 1 and table.agreement >= AGREE]
    likely = likely or [one for one, table in samples.items() if stands_under_a_sentence(table)]
    if len(likely) > 1:
        choices = ", ".join(f"{samples[one].usual_width} columns with {NAMES[one]}" for one in likely)
        raise InputError("WHICH_DELIMITER", name, f"can be read in several ways: {choices}", "say which with --read.delimiter")
    if not likely and parts_numbers(sample(lines, BLANKS, quote)):
        return BLANKS
    return likely[0] if likely else usual


def stands_under_a_sentence(sample: Sample) -> bool:
    """Whether sentences of one field stand first, and all records below have the same number of more."""
    above = next((number for number, record in enumerate(sample.records) if len(record) > 1), 0)
    widths = set(map(len, sample.records[above:]))
    return above > 0 and len(sample.records) - above > 2 and len(widths) == 1 and " " in sample.records[0][0]


def parts_numbers(sample: Sample) -> bool:
    """Whether blanks part the records into as many fields, at least three, and half of these are numbers."""
    if sample.usual_width < 3 or len(sample.records) < 2 or sample.agreement < AGREE:
        return False
    cells = [cell for record in sample.records[1:] for cell in record]
    return sum(map(is_number, cells)) >= len(cells) / 2

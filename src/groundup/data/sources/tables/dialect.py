"""How a table of delimited fields is written: its delimiter, its quotes and its header, inferred once from its first records.

A setting decides; without one the name of the file says the usual delimiter, and another is taken only where the header or the
records show it. What fits two readings is refused with both.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundup.data.settings import DELIMITERS, ReadSettings
from groundup.data.sources.files.text import Preview
from groundup.data.sources.records import Columns
from groundup.errors import InputError, printable

RECORDS = 200  # first records that tell how a table is written
LONGEST_RECORD = 200  # lines of one of them, after which its quote is never closed
LONGEST_FIELD = 16 * 2**20
AGREE = 0.9  # share of the first records that have one number of fields, from which a delimiter is plausible
USUAL = {"csv": ",", "tsv": "\t"}
NAMES = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
QUOTES = {"double": '"', "single": "'", "none": ""}
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # the first line of a table of Excel
UNNAMED = "Unnamed: {}"  # as pandas calls a column without a name
MOST_COLUMNS = 4096


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the first records show. `notes` say what is not as the name of the file tells, and which setting says otherwise."""

    delimiter: str
    quote: str  # "" where quotes are literal
    header: tuple[str, ...]  # names of the columns
    undecided: bool = False  # no quote stands in the first records, and a later one may enclose a field
    optional: int = 0  # columns at the end, without a name, that a row may lack
    above: int = 0  # lines above the header
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Sample:
    """The first records as one delimiter and one quote character read them."""

    records: list[list[str]]
    broken: int = 0  # with quotes that are misplaced or never closed
    enclosed: int = 0  # fields that had to be quoted: they hold a delimiter, a line end or a doubled quote
    literal: int = 0  # fields that a writer of tables would have quoted otherwise

    @property
    def width(self) -> int:
        return len(self.records[0]) if self.records else 0

    @property
    def agreement(self) -> float:
        """Share of the records below the first that have as many fields as most of them."""
        below = self.records[1:] or self.records
        ((_, most),) = Counter(map(len, below)).most_common(1) or [(0, 0)]
        return most / max(1, len(below) + self.broken)


def dialect_of(first: Preview, name: str, kind: str, settings: ReadSettings, columns: Columns) -> Dialect:
    """How the table that begins with these lines is written. InputError where its header cannot be used."""
    notes: list[str] = []
    lines = Preview(first.lines[settings.skip_lines :], first.whole)
    excel = SEPARATOR_LINE.fullmatch(lines.lines[0]) if lines.lines else None
    lines = Preview(lines.lines[1:], first.whole) if excel else lines
    given = DELIMITERS.get(settings.delimiter or "", settings.delimiter) or (excel[1] if excel else None)
    delimiter = given or delimiter_of(lines, name, kind, settings, columns)
    if given is None and delimiter != USUAL[kind]:
        notes.append(f"delimiter {NAMES[delimiter]}, as its header shows; --read.delimiter sets it")
    quote, why = quote_of(lines, name, delimiter, settings.quote, settings.header)
    notes += [f"{why}; --read.quote sets it"] if why else []
    records = sample(lines, delimiter, quote).records
    if not records:
        return Dialect(delimiter, quote, (), above=settings.skip_lines + bool(excel))
    line = 1 + settings.skip_lines + bool(excel) + next((n for n, text in enumerate(lines.lines) if text), 0)
    if settings.header:
        refuse_preamble(records, f"{name}:{line}")
    names, optional, told = names_of(records, settings.header, f"{name}:{line}", columns)
    undecided = not quote and settings.quote == "auto" and not any('"' in field for record in records for field in record)
    return Dialect(delimiter, quote, names, undecided, optional, settings.skip_lines + bool(excel), tuple(notes + told))


def refuse_preamble(records: Sequence[Sequence[str]], place: str) -> None:
    """Refuse a sentence above the header: one field, where all records below have the same number of more."""
    widths = {len(record) for record in records[1:]}
    if len(records[0]) == 1 and len(records) > 3 and len(widths) == 1 and min(widths) > 1:
        what = f"the first line has 1 field ('{printable(records[0][0], 40)}'), the lines below have {min(widths)}"
        raise InputError("BAD_HEADER", place, what, "is it no header? Pass --read.skip_lines 1; or another --read.delimiter")


# The delimiter


def delimiter_of(lines: Preview, name: str, kind: str, settings: ReadSettings, columns: Columns) -> str:
    """The usual delimiter of this kind of file, or the one that its header and first records show."""
    quote = QUOTES.get(settings.quote, '"')
    samples = {one: sample(lines, one, quote) for one in NAMES}
    usual = USUAL[kind]
    if settings.header and columns.needed:
        fitting = [one for one, found in samples.items() if found.records and columns.within(map(str.strip, found.records[0]))]
        if usual in fitting:
            return usual
        if len(fitting) == 1:
            return fitting[0]
    likely = [one for one, found in samples.items() if found.width > 1 and found.agreement >= AGREE]
    if len(likely) > 1:
        told = ", ".join(f"{samples[one].width} columns with {NAMES[one]}" for one in likely)
        raise InputError("WHICH_DELIMITER", name, f"can be read in several ways: {told}", "say which with --read.delimiter")
    return likely[0] if likely else usual


# Quotes


def quote_of(lines: Preview, name: str, delimiter: str, setting: str, header: bool) -> tuple[str, str]:
    """The quote character, and why it is not the usual one. Quotes of a table with tabs are literal unless its first records
    show that fields were quoted as writers of tables do it: where they hold a delimiter, a line end or a quote."""
    if setting != "auto":
        return QUOTES[setting], ""
    fields = next((line for line in lines.lines if line), "").split(delimiter)
    for quote in '"', "'":
        if (header or len(fields) > 1) and all(is_enclosed(field, quote) for field in fields):
            usual = quote == '"' and delimiter != "\t"
            return quote, "" if usual else f"fields stand in {quote}, as those of its first line do"
    double, single = sample(lines, delimiter, '"'), sample(lines, delimiter, "'")
    if delimiter != "\t":
        better = single.enclosed > 0 and not single.broken and single.agreement == 1 and double.agreement < AGREE
        return ("'", f"fields stand in ', as {single.enclosed} of its fields show") if better else ('"', "")
    bare = sample(lines, delimiter, "")
    parts_lines = len(bare.records) > len(double.records) + double.broken and bare.agreement == 1  # whole rows, too
    if double.enclosed and (double.literal or parts_lines):
        if double.broken and bare.agreement == 1:
            double.enclosed = 0
        elif not double.broken and bare.agreement < 1:
            double.literal = 0
        else:
            what = f"has {double.enclosed} quoted fields and {double.literal} with literal quotes among its first records"
            raise InputError("WHICH_QUOTE", name, what, "say what they are with --read.quote double or none")
    if double.enclosed:
        return '"', f'fields stand in ", as {double.enclosed} of its fields show'
    return "", f"quotes are literal, as {double.literal} of its fields show" if double.literal else ""


def is_enclosed(field: str, quote: str) -> bool:
    return len(field) > 1 and field[0] == field[-1] == quote


def sample(lines: Preview, delimiter: str, quote: str) -> Sample:
    """The first records as this delimiter and quote read them."""
    csv.field_size_limit(2 * LONGEST_FIELD)
    found = Sample([])
    for text in joined_records(lines, delimiter, quote):
        if len(found.records) + found.broken >= RECORDS:
            break
        if not quote or quote not in text:
            found.records.append(text.split(delimiter))
            continue
        try:
            fields = next(csv.reader([text], delimiter=delimiter, quotechar=quote, strict=True))
        except (csv.Error, StopIteration):
            found.broken += 1
            found.literal += 1
            continue
        found.records.append(fields)
        judge_quotes(text.split(delimiter), fields, quote, found)
    return found


def judge_quotes(bare: Sequence[str], fields: Sequence[str], quote: str, found: Sample) -> None:
    """Count the fields of a record that were quoted of need, and those whose quotes are part of the text."""
    if len(bare) != len(fields):
        found.enclosed += 1  # a delimiter inside quotes
        return
    for raw, field in zip(bare, fields, strict=True):
        if quote not in raw:
            continue
        if not raw.startswith(quote):
            found.literal += 1
        elif quote in field or "\n" in field:
            found.enclosed += 1


def joined_records(first: Preview, delimiter: str, quote: str) -> Iterator[str]:
    """The texts of the first records: lines, joined where a quote is open at their end."""
    waiting: list[str] = []
    for line in first.lines:
        if not waiting and not line:
            continue
        still = open_quote(line, delimiter, quote, inside=bool(waiting)) if quote and (waiting or quote in line) else None
        waiting.append(line)
        if still is None or len(waiting) > LONGEST_RECORD:
            yield "\n".join(waiting)
            waiting = []
    if waiting and first.whole:
        yield waiting[0]  # its quote is never closed


def open_quote(line: str, delimiter: str, quote: str = '"', inside: bool = False) -> int | None:
    """Column (from 0) of the quote that is open at the end of a line, -1 when a line before opened it, None when none is.

    `inside` says that the line begins in a quoted field. A quote within a plain field is literal.
    """
    position, begin = 0, -1
    while True:
        if not inside:
            if line.startswith(quote, position):
                position, begin = position + 1, position
            else:
                position = line.find(delimiter, position) + 1
                if not position:
                    return None
                continue
        close = line.find(quote, position)
        if close < 0:
            return begin
        position = close + 1
        inside = line.startswith(quote, position)  # a doubled quote is part of the field
        if inside:
            position += 1
            continue
        position = line.find(delimiter, position) + 1
        if not position:
            return None


# The header


def names_of(
    records: Sequence[Sequence[str]], header: bool, place: str, columns: Columns
) -> tuple[tuple[str, ...], int, list[str]]:
    """The names of the columns, how many at the end a row may lack, and what was made of names that are missing or repeated."""
    if not header:
        return column_names([str(i) for i in range(len(records[0]))], place), 0, []
    names = [name.strip() for name in records[0]]
    if any("\r" in name for name in names):
        raise InputError("BAD_HEADER", place, "the lines end with CR alone", "save the file with LF or CRLF")
    if not any(names):
        raise InputError("BAD_HEADER", place, "is empty", "give every column its own name, or pass --read.header false")
    given = len(names)
    notes = add_unnamed(names, records[1:])
    unnamed = [position for position, name in enumerate(names) if not name]
    optional = next((n for n, name in enumerate(reversed(names)) if name), 0) if len(names) == given else 0
    for position in unnamed:
        names[position] = UNNAMED.format(position)
    if unnamed and not notes:
        listed = ", ".join(f"'{names[position]}'" for position in unnamed[:5]) + (" ..." if len(unnamed) > 5 else "")
        notes = [f"columns without a name are called {listed}"]
    return column_names(distinct(names, place, columns, notes), place), optional, notes


def add_unnamed(names: list[str], records: Sequence[Sequence[str]]) -> list[str]:
    """Give a header of one name too few the name of the row numbers at the left, or of the empty column at the right."""
    if len(records) < 2 or any(len(record) != len(names) + 1 for record in records):
        return []
    if not any(record[-1] for record in records):
        names.append("")
        return [f"every row ends with a delimiter; that column is called '{UNNAMED.format(len(names) - 1)}'"]
    if [record[0] for record in records] in ([str(n + start) for n in range(len(records))] for start in (0, 1)):
        names.insert(0, "")
        return [f"the header does not name the row numbers at the left; that column is called '{UNNAMED.format(0)}'"]
    return []


def distinct(names: list[str], place: str, columns: Columns, notes: list[str]) -> list[str]:
    """Names of their own: refused where a column that is asked for stands twice, else a repeated name gets a number."""
    counts = Counter(names)
    twice = sorted(name for name, count in counts.items() if count > 1)
    refused = [name for name in twice if columns.needs(name)]
    if refused:
        what = f"the columns {', '.join(map(repr, refused))} stand twice"
        raise InputError("BAD_HEADER", place, what, "give every column its own name, or pass --read.header false")
    seen: Counter = Counter()
    for position, name in enumerate(names):
        if counts[name] > 1 and seen[name]:
            number = next(n for n in range(seen[name], len(names) + 1) if f"{name}.{n}" not in counts)
            names[position] = f"{name}.{number}"
            counts[names[position]] += 1
        seen[name] += 1
    if twice:
        notes.append(f"the columns {', '.join(map(repr, twice[:5]))} stand twice; the later ones have a number at their names")
    return names


def column_names(names: Sequence[str], place: str) -> tuple[str, ...]:
    """The names, which are not too many."""
    if len(names) > MOST_COLUMNS:
        raise InputError(
            "TOO_MANY_COLUMNS",
            place,
            f"has {len(names):,} columns, the first is '{printable(names[0], 40)}'",
            limit=f"{MOST_COLUMNS:,}",
        )
    return tuple(names)

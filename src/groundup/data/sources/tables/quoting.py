"""Quotes of a table of delimited fields: which character they are, by the first records as each reads them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundup.data.sources.files.text import Preview
from groundup.data.sources.tables.fields import BLANKS, cut_by_blanks
from groundup.errors import InputError
from groundup.messages.current import message

RECORDS = 200  # first records that tell how a table is written
LONGEST_RECORD = 200  # lines of one of them, after which its quote is never closed
LONGEST_FIELD = 16 * 2**20
AGREE = 0.9  # share of the first records that have one number of fields, from which a delimiter is plausible
QUOTES = {"double": '"', "single": "'", "none": ""}


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
    def usual_width(self) -> int:
        return Counter(map(len, self.records)).most_common(1)[0][0] if self.records else 0

    @property
    def agreement(self) -> float:
        """Share of the records below the first that have as many fields as most of them."""
        below = self.records[1:] or self.records
        ((_, most),) = Counter(map(len, below)).most_common(1) or [(0, 0)]
        return most / max(1, len(below) + self.broken)


def quote_of(lines: Preview, name: str, delimiter: str, setting: str, header: bool) -> tuple[str, str]:
    """The quote character, and why it is not the usual one. Quotes of a table with tabs are literal unless its first records
    show that fields were quoted as writers of tables do it: where they hold a delimiter, a line end or a quote."""
    if setting != "auto":
        return QUOTES[setting], ""
    if delimiter == BLANKS:
        return '"', ""
    fields = next((line for line in lines.lines if line), "").split(delimiter)
    for quote in '"', "'":
        if (header or len(fields) > 1) and all(is_enclosed(field, quote) for field in fields):
            usual = quote == '"' and delimiter != "\t"
            return quote, "" if usual else message("quoted first line", quote=quote)
    double, single = sample(lines, delimiter, '"'), sample(lines, delimiter, "'")
    if delimiter != "\t":
        better = single.enclosed > 0 and not single.broken and single.agreement == 1 and double.agreement < AGREE
        return ("'", message("quoted fields", quote="'", count=single.enclosed)) if better else ('"', "")
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
        return '"', message("quoted fields", quote='"', count=double.enclosed)
    return "", message("literal quotes", count=double.literal) if double.literal else ""


def is_enclosed(field: str, quote: str) -> bool:
    return len(field) > 1 and field[0] == field[-1] == quote


def sample(lines: Preview, delimiter: str, quote: str) -> Sample:
    """The first records as this delimiter and quote read them."""
    csv.field_size_limit(2 * LONGEST_FIELD)
    counted = Sample([])
    for text in joined_records(lines, delimiter, quote):
        if len(counted.records) + counted.broken >= RECORDS:
            break
        if delimiter == BLANKS:
            counted.records.append(cut_by_blanks(text, quote))
            continue
        if not quote or quote not in text:
            counted.records.append(text.split(delimiter))
            continue
        try:
            fields = next(csv.reader([text], delimiter=delimiter, quotechar=quote, strict=True))
        except (csv.Error, StopIteration):
            counted.broken += 1
            counted.literal += 1
            continue
        counted.records.append(fields)
        judge_quotes(text.split(delimiter), fields, quote, counted)
    return counted


def judge_quotes(bare: Sequence[str], fields: Sequence[str], quote: str, sample: Sample) -> None:
    """Count the fields of a record that were quoted of need, and those whose quotes are part of the text."""
    if len(bare) != len(fields):
        sample.enclosed += 1  # a delimiter inside quotes
        return
    for raw, field in zip(bare, fields, strict=True):
        if quote not in raw:
            continue
        if not raw.startswith(quote):
            sample.literal += 1
        elif quote in field or "\n" in field:
            sample.enclosed += 1


def joined_records(first: Preview, delimiter: str, quote: str) -> Iterator[str]:
    """The texts of the first records: lines, joined where a quote is open at their end."""
    waiting: list[str] = []
    if delimiter == BLANKS:
        yield from (line for line in first.lines if line.strip())
        return
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

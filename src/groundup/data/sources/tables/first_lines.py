"""First lines of a table that are not what they seem: sentences above the header, rows where no header is, a second header."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundup.data.cells.missing import is_empty, says_missing
from groundup.data.cells.numbers import is_number
from groundup.errors import InputError, printable

YEAR = re.compile(r"(?:19|20)[0-9]{2}")
Records = Sequence[Sequence[str]]
SENTENCE = 5  # words
MOST_CELLS = 20_000  # that are looked at
NUMBERS = 0.9  # share of the cells that hold something which are numbers, of a column of numbers


def refuse_preamble(records: Records, place: str, line: int) -> None:
    """Refuse sentences above the header: of one field each, where all records below have the same number of more."""
    above = next((number for number, record in enumerate(records) if len(record) > 1), 0)
    widths = {len(record) for record in records[above:]}
    if not above or len(records) - above < 3 or len(widths) != 1:
        return
    first = printable(records[0][0], 40)
    lines = "the first line has 1 field" if above == 1 else f"the first {above} lines have 1 field"
    what = f"{lines} ('{first}'), the lines below have {min(widths)}"
    fix = f"--read.skip_lines {line - 1 + above}"
    fix += " or --read.comment '#'" if first.startswith("#") else "; or another --read.delimiter"
    raise InputError("BAD_HEADER", place, what, f"is it no header? Pass {fix}")


def refuse_row(records: Records, place: str) -> None:
    """Refuse a first line that is a row: numbers stand above numbers, words occur again below, and no word names numbers."""
    if not is_row(records):
        return
    cells_text = ", ".join(f"'{printable(cell, 20)}'" for cell in records[0][:4]) + (" ..." if len(records[0]) > 4 else "")
    fix = "pass --read.header false: its columns are called 0, 1, 2 ..., or as --read.column_names says"
    raise InputError("BAD_HEADER", place, f"the first line looks like a row, not like names: {cells_text}", fix)


def is_row(records: Records) -> bool:
    names = [name.strip() for name in records[0]]
    below = few([record for record in records[1:] if list(map(str.strip, record)) != names])
    if len(names) < 2 or len(below) < 3:
        return False
    counting = is_counting([name for name in names if is_number(name)])
    for_row, sentences = 0, 0
    for column, name in enumerate(names):
        cells = [record[column].strip() for record in below if column < len(record)]
        if is_empty(name) or says_missing(name):
            continue
        if are_numbers(cells):
            if not is_number(name):
                return False
            if counting:
                continue
            for_row += 1 if YEAR.fullmatch(name) and name not in cells else 2
        else:
            for_row += name in cells
            sentences += name not in cells and is_sentence(name) and sum(map(is_sentence, cells)) > len(cells) / 2
    return for_row + (sentences if for_row else 0) > 1


def is_sentence(cell: str) -> bool:
    """Whether a cell is a text of several words; alone, a name may be a question that people answered."""
    return len(cell.split()) >= SENTENCE


def is_counting(names: list[str]) -> bool:
    """Whether numbers among the names rise by one step: 0, 1, 2 of a program, or 2019, 2020 of a table of years."""
    if names == ["0"]:  # of a series that pandas saved
        return True
    if len(names) < 2 or not all(name.isdecimal() for name in names):
        return False
    numbers = list(map(int, names))
    steps = {later - earlier for earlier, later in zip(numbers, numbers[1:], strict=False)}
    return steps == {1} or (len(steps) == 1 and min(steps) > 0 and len(numbers) > 2)


def refuse_second_header(records: Records, place: str, line: int) -> None:
    """Refuse a table in whose second line words stand above columns of numbers: units, or the names of the columns."""
    if len(records) < 4 or len(records[1]) != len(records[0]):
        return
    second, below = records[1], few(records[2:])
    columns = [at for at in range(len(second)) if are_numbers([record[at] for record in below if at < len(record)])]
    words = [second[at].strip() for at in columns if not is_empty(second[at]) and not says_missing(second[at])]
    if len(words) < 2 or len(words) < len(columns) / 2 or any(map(is_number, words)):
        return
    if [cell.strip() for cell in second] == [cell.strip() for cell in records[0]]:
        return  # repeats the header, and is left out
    words_text = ", ".join(f"'{printable(word, 20)}'" for word in words[:3])
    what = f"the line below the header has words above columns of numbers: {words_text}"
    fix = f"two lines of names, or units: --read.header_lines 2; the names alone: --read.skip_lines {line}"
    raise InputError("BAD_HEADER", place, what, fix)


def few(records: Records) -> Records:
    """The first records, fewer of a wide table, of which so many cells are enough."""
    return records[: max(4, MOST_CELLS // max(1, len(records[0])))] if records else records


def are_numbers(cells: Sequence[str]) -> bool:
    """Whether a column is one of numbers: at least two cells, and nearly all that hold something."""
    values = [cell for cell in cells if not is_empty(cell) and not says_missing(cell)]
    return len(values) > 1 and sum(map(is_number, values)) >= NUMBERS * len(values)

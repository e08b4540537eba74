"""The header of a table of delimited fields: the names of its columns, and what stands above and below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from groundup.data.settings import ReadSettings
from groundup.data.sources.records import Columns, Declared
from groundup.data.sources.tables.first_lines import refuse_preamble, refuse_row, refuse_second_header
from groundup.data.sources.tables.orange import ORANGE_LINES, declared_by_orange
from groundup.errors import InputError, printable
from groundup.messages.current import message
from groundup.messages.translate import plural

UNNAMED = "Unnamed: {}"  # as pandas calls a column without a name
MOST_COLUMNS = 4096


@dataclass(frozen=True, slots=True)
class Header:
    """What the first records say of the columns."""

    names: tuple[str, ...]
    records: int = 0  # of the header, and of what stands below it and is no row
    optional: int = 0  # columns at the end, without a name, that a row may lack
    declared: Mapping[str, Declared] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def header_of(records: Sequence[Sequence[str]], place: str, line: int, settings: ReadSettings, columns: Columns) -> Header:
    """The names of the columns, as the first record has them, the first records together, or a setting. `line` is that of the
    first record. InputError where it is no header, or names that are asked for stand twice."""
    width = len(records[0])
    if not settings.header:
        return Header(given_names(width, settings.column_names, place))
    refuse_preamble(records, place, line)
    declared = declared_by_orange(records)
    if declared is None and settings.header_lines == 1:
        named_header = bool(columns.needed) and columns.within(map(str.strip, records[0]))
        if not named_header:
            refuse_row(records, place)
        refuse_second_header(records, place, line)
    if declared is not None or settings.header_lines == 1:
        refuse_blanks_apart(records[0], place, columns)
    count = ORANGE_LINES if declared is not None else settings.header_lines
    first = records[0] if declared is not None else joined_names(records[:count])
    names, optional, notes = names_of([first, *records[count:]], place, columns)
    kinds = {} if declared is None else dict(zip(names, declared))
    if declared is not None:
        notes.append(message("lines of Orange"))
    return Header(names, count, optional, {name: one for name, one in kinds.items() if one is not None}, tuple(notes))


def given_names(width: int, header: Sequence[str], place: str) -> tuple[str, ...]:
    """The names of columns of a table without header: those of a setting, or numbers from 0."""
    if header and len(header) != width:
        what = f"has {plural(width, 'column')}, and --read.column_names names {len(header)}"
        raise InputError("BAD_HEADER", place, what, "name each of them, or leave the names out: 0, 1, 2 ...")
    return checked_names(header or [str(i) for i in range(width)], place)


def joined_names(lines: Sequence[Sequence[str]]) -> list[str]:
    """The names of a header of several lines: what stands in a column, joined by blanks.

    Above the last line a name goes on to the right, where a cell is empty.
    """
    names: list[list[str]] = [[] for _ in lines[-1]]
    for number, line in enumerate(lines, 1):
        before = ""
        for column in range(len(names)):
            cell = line[column].strip() if column < len(line) else ""
            before = cell or (before if number < len(lines) else "")
            if before:
                names[column].append(before)
    return [" ".join(name) for name in names]


def names_of(records: Sequence[Sequence[str]], place: str, columns: Columns) -> tuple[tuple[str, ...], int, list[str]]:
    """The names of the columns, how many at the end a row may lack, and what was made of names that are missing or repeated."""
    names = [name.strip() for name in records[0]]
    if any("\r" in name for name in names):
        raise InputError("BAD_HEADER", place, "the lines end with CR alone", "save the file with LF or CRLF")
    if not any(names):
        raise InputError("BAD_HEADER", place, "is empty", "give every column its own name, or pass --read.header false")
    num_given = len(names)
    notes = add_unnamed(names, records[1:])
    unnamed = [position for position, name in enumerate(names) if not name]
    optional = next((n for n, name in enumerate(reversed(names)) if name), 0) if len(names) == num_given else 0
    for position in unnamed:
        names[position] = UNNAMED.format(position)
    if unnamed and not notes:
        listed = ", ".join(f"'{names[position]}'" for position in unnamed[:5])
        listed = message("among others", list=listed) if len(unnamed) > 5 else listed
        notes = [message("columns without a name", names=listed)]
    return checked_names(distinct(names, place, columns, notes), place), optional, notes


def refuse_blanks_apart(names: Sequence[str], place: str, columns: Columns) -> None:
    """Refuse names that differ by the blanks around them alone, where their columns are read."""
    written: dict[str, str] = {}
    for name in names:
        other = written.setdefault(name.strip(), name)
        if other != name and name.strip() and columns.takes(name.strip()):
            what = f"the names '{printable(other, 40)}' and '{printable(name, 40)}' differ by blanks alone"
            raise InputError("BAD_HEADER", place, what, "rename one of these columns")


def add_unnamed(names: list[str], records: Sequence[Sequence[str]]) -> list[str]:
    """Give a header of one name too few the name of the row numbers at the left, or of the empty column at the right."""
    if len(records) < 2 or any(len(record) != len(names) + 1 for record in records):
        return []
    if not any(record[-1] for record in records):
        names.append("")
        return [message("ends with a delimiter", name=UNNAMED.format(len(names) - 1))]
    if [record[0] for record in records] in ([str(n + start) for n in range(len(records))] for start in (0, 1)):
        names.insert(0, "")
        return [message("row numbers unnamed", name=UNNAMED.format(0))]
    return []


def distinct(names: list[str], place: str, columns: Columns, notes: list[str]) -> list[str]:
    """Names of their own: refused where a column that is asked for stands twice, else a repeated name gets a number."""
    counts = Counter(names)
    twice = sorted(name for name, count in counts.items() if count > 1)
    numbered = {*columns.needed, *(columns.others or ())}  # who asks for a.1 knows that there are two
    refused = [name for name in twice if columns.needs(name) and f"{name}.1" not in numbered]
    if refused:
        what = f"the columns {', '.join(map(repr, refused))} stand twice"
        raise InputError("BAD_HEADER", place, what, "give every column its own name, or pass --read.header false")
    uses: Counter = Counter()
    for position, name in enumerate(names):
        if counts[name] > 1 and uses[name]:
            number = next(n for n in range(uses[name], len(names) + 1) if f"{name}.{n}" not in counts)
            names[position] = f"{name}.{number}"
            counts[names[position]] += 1
        uses[name] += 1
    if twice:
        notes.append(message("columns stand twice", names=", ".join(map(repr, twice[:5]))))
    return names


def checked_names(names: Sequence[str], place: str) -> tuple[str, ...]:
    """The names, which are not too many."""
    if len(names) > MOST_COLUMNS:
        raise InputError(
            "TOO_MANY_COLUMNS",
            place,
            f"has {plural(len(names), 'column')}, the first is '{printable(names[0], 40)}'",
            limit=f"{MOST_COLUMNS:,}",
        )
    return tuple(names)

"""What reading yields: rows of tables, documents of paragraphs, and the account of everything that was not kept."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from groundup.errors import InputError, printable
from groundup.messages.current import counted, message
from groundup.messages.translate import MESSAGES
from groundup.strict_json import mended

KEPT_REJECTS = 10_000
FIRST = 10  # places that are named when a run is refused
RUNNING, TABLES = (
    {"txt", "md", "html"},
    {"csv", "tsv", "json", "jsonl", "parquet", "arrow", "conll", "squad", "tmx", "xml", "arff", "sheet"},
)
READ_BY = {
    "no text file": RUNNING | TABLES - {"parquet", "arrow", "sheet"} | {"lines"},
    "no csv or tsv": {"csv", "tsv"},
    "no header": {"csv", "tsv", "sheet"},
    "no workbook": {"sheet"},
    "no jsonl": {"json", "jsonl"},
    "no conll": {"conll"},
    "no plain text": {"txt", "lines"},
    "no text rows": RUNNING,
    "no xml": {"xml"},
    "no table": TABLES,
    "no spans": {"spans"},  # said by annotated/offset_evidence.py
}  # case -> the formats of which none was read


def reasons_of(counts: Mapping[str, int], records: str = "rows", other: str = "reason other") -> list[str]:
    """Why records are gone, a line a reason: `30 rows were rejected by who annotated them`. `other` is the message for codes
    that have none of their own."""
    lines = []
    for code, count in sorted(counts.items()):
        key = f"reason {code}" if f"reason {code}" in MESSAGES else other
        lines.append(message(key, records=counted(records, count), count=count, code=code))
    return lines


@dataclass(slots=True)
class Row:
    """One row of a table. `file` is its name inside the source, `line` where it begins (the first is 1)."""

    values: dict[str, object]
    file: str
    line: int
    split: str | None = None
    fault: str | None = None  # what is wrong with it, where faulty rows are asked for
    number: int = 0  # of the record among all that were read; rows are read ahead of who asks for them


JUDGING = {"answer", "_input_hash", "is_impossible"}  # columns that tell whether a row counts, or what its label means


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a table are asked for: those that must be read right, and which others come along."""

    needed: tuple[str, ...] = ()  # empty: all of them
    others: tuple[str, ...] | None = None  # None: all the others, as they are

    def needs(self, name: str) -> bool:
        return not self.needed or name in self.needed or name in (self.others or ())

    def takes(self, name: str) -> bool:
        return self.others is None or self.needs(name) or name in JUDGING

    def within(self, names: Iterable[str]) -> bool:
        """Whether all that are needed are among these."""
        return {*self.needed, *(self.others or ())}.issubset(names)


ALL = Columns()


@dataclass(slots=True)
class Document:
    """Paragraphs of running text in their order."""

    id: str
    paragraphs: list[str]
    source: str
    split: str | None = None
    number: int = 0  # records read when it was complete
    others: dict[str, list[str | None]] = field(default_factory=dict)  # further columns that were asked for, row by row


@dataclass(frozen=True, slots=True)
class Declared:
    """What a file itself says of a column."""

    kind: Literal["number", "category", "text", "date"]
    values: tuple[str, ...] = ()  # of a category, in their order


@dataclass
class Rejects:
    """The account of reading: every record is kept, joined to another, dropped by a rule, or rejected by a fault.

    `described` holds the first rejects (place, code, what, byte offset), in the order of the records, whenever they were found;
    all are counted. `skipped` counts files of
    folders and archives that were passed over; `fingerprint` is fed with (name, size, SHA-256) of every file read.
    """

    described: list[dict] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  # records read when each of these was
    counts: Counter = field(default_factory=Counter)  # code -> faults and drops
    read: int = 0
    delivered: int = 0
    dropped: int = 0
    joined: int = 0  # rows that went on with the document of the row before
    faults: int = 0
    lost: int = 0  # dropped or rejected
    skipped: Counter = field(default_factory=Counter)  # reason -> files
    skipped_names: list[str] = field(default_factory=list)
    inferred: list[str] = field(default_factory=list)  # what was inferred about files, each said once
    formats: set[str] = field(default_factory=set)  # of the files that were opened
    encodings: set[str] = field(default_factory=set)  # of those that are text
    delimiters: set[str] = field(default_factory=set)  # of those whose fields a mark parts
    true_of: dict[str, list[str]] = field(default_factory=dict)  # note -> the files it is about
    declared: dict[str, Declared] = field(default_factory=dict)  # column -> what the files say of it
    contradicted: set[str] = field(default_factory=set)  # columns of which files say different things
    class_names: bool = False  # whether a file came with the names of its classes
    files: int = 0
    bytes: int = 0
    first: list[dict] = field(default_factory=list)
    deliver_faulty: bool = False  # give faulty rows to the reader's caller, too
    digest: Any = field(default_factory=hashlib.sha256, repr=False)

    def fault(
        self, place: str, code: str, what: str, offset: int | None = None, fix: str = "", number: int | None = None
    ) -> None:
        """A record that could not be read, the last one or that of this number."""
        self.faults += 1
        self.lost += 1
        if len(self.first) < FIRST:
            self.first.append({"place": place, "code": code, "what": what, "fix": fix})
        self.describe(place, code, what, offset, number)

    def withdraw(self, place: str, code: str, what: str, number: int) -> None:
        """A record, that of this number, which was delivered and proved faulty when all were read."""
        self.fault(place, code, what, number=number)
        self.delivered -= 1

    def drop(self, place: str, code: str, what: str, number: int | None = None) -> None:
        """A record left out by a rule, the last one read or that of this number."""
        self.dropped += 1
        self.lost += 1
        self.describe(place, code, what, None, number)

    def describe(self, place: str, code: str, what: str, offset: int | None, number: int | None = None) -> None:
        self.counts[code] += 1
        number = self.read if number is None else number
        at = bisect_right(self.numbers, number)
        if at < KEPT_REJECTS:
            self.numbers.insert(at, number)
            self.described.insert(
                at, {"place": place, "code": code, "what": what} | ({} if offset is None else {"byte": offset})
            )
            del self.numbers[KEPT_REJECTS:], self.described[KEPT_REJECTS:]

    def skip(self, name: str, reason: str) -> None:
        """A file that is none of ours to read."""
        self.skipped[reason] += 1
        if len(self.skipped_names) < KEPT_REJECTS:
            self.skipped_names.append(name)

    def inform(self, note: str, file: str | None = None) -> None:
        """Keep what was inferred about a file, with the setting that says otherwise; a note that repeats is kept once.

        A note that begins with `warning: ` is about something probably wrong. With `file` a note is printed once for all
        files that it is true of.
        """
        if note not in self.inferred:
            self.inferred.append(note)
        if file is not None and file not in (files := self.true_of.setdefault(note, [])):
            files.append(file)

    def declare(self, columns: Mapping[str, Declared]) -> None:
        """Keep what a file says of its columns. Files that say different things say nothing."""
        for name, declared in columns.items():
            if self.declared.setdefault(name, declared) != declared:
                self.inform(message("files differ on column", column=printable(name, 40)))
                self.contradicted.add(name)
        for name in self.contradicted:
            self.declared.pop(name, None)

    def cases(self) -> list[str]:
        """What was not among the files, for the settings that are for such files (scope.py)."""
        cases = [case for case, readers in READ_BY.items() if self.formats and not self.formats & readers]
        unnamed = ["no class names"] if self.formats and not self.class_names else []
        return [*cases, *unnamed, *(["lines"] if self.formats == {"lines"} else [])]

    def add_file(self, name: str, size: int, sha256: str) -> None:
        """A file that was read to its end."""
        self.files += 1
        self.bytes += size
        self.digest.update(f"{name}\n{size}\n{sha256}\n".encode("utf-8", "surrogateescape"))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over (relative name, size, SHA-256) of the files in the order they were read."""
        return self.digest.hexdigest()

    def reasons(self, records: str) -> list[str]:
        """Why records (`documents`, say) are gone, a line a reason."""
        return reasons_of(self.counts, records, "reason refused")

    def notes(self) -> list[str]:
        """What a person should know: what was inferred about files, and which were passed over."""
        inferred = [self.placed(note) for note in self.inferred]
        if not self.skipped:
            return inferred
        reasons = message("comma").join(
            message("passed over for", count=count, reason=message(f"skipped {reason}"))
            for reason, count in sorted(self.skipped.items())
        )
        names, total = ", ".join(self.skipped_names[:5]), self.skipped.total()
        names = message("among others", list=names) if total > 5 else names
        return [*inferred, message("files passed over", count=total, reasons=reasons, names=names)]

    def placed(self, note: str) -> str:
        """A note after the files it is about."""
        files = self.true_of.get(note)
        if not files:
            return note
        mark = "warning: " if note.startswith("warning: ") else ""
        first, text = printable(files[0]), note.removeprefix(mark)
        if len(files) == 1:
            return mark + message("note of files", file=first, note=text)
        return mark + message("note of more files", file=first, count=len(files) - 1, note=text)

    def check(self, budget: int | None) -> None:
        """Refuse when more records were faulty than is tolerated: the default is one in a hundred."""
        limit = self.read // 100 if budget is None else budget
        if self.faults <= limit:
            return
        if self.faults == 1:
            only = self.first[0]
            raise InputError(only["code"], only["place"], only["what"], only["fix"], limit=f"{limit} rejects of {self.read}")
        places = self.places(FIRST)
        fix = self.first[0]["fix"] or "mend them, or allow them with --read.max_rejects"
        raise InputError(
            "TOO_MANY_REJECTS", "input", f"{self.faults} of {self.read} records are faulty: {places}", fix, limit=f"{limit}"
        )

    def places(self, most: int) -> str:
        """The first faults; what is wrong is said once for all places in a row where it is the same."""
        lists: list[tuple[list[str], str]] = []
        for one in self.first[:most]:
            if lists and lists[-1][1] == one["what"]:
                lists[-1][0].append(one["place"])
            else:
                lists.append(([one["place"]], one["what"]))
        return "; ".join(f"{', '.join(places)} {what}" for places, what in lists)

    def files_read(self, sources: Sequence[str]) -> dict[str, object]:
        """What a report says of the files under these sources."""
        return {
            "sources": [Path(source).name for source in sources],
            "read": self.files,
            "bytes": self.bytes,
            "sha256": self.fingerprint,
            "passed_over": dict(sorted(self.skipped.items())),
        }

    def check_sum(self, num_kept: int) -> None:
        """read = kept + joined + dropped by rule + rejected by fault; else the fault is ours."""
        if self.read != num_kept + self.joined + self.dropped + self.faults:
            raise AssertionError(
                f"read {self.read} records, but kept {num_kept} + joined {self.joined} + dropped {self.dropped}"
                f" + rejected {self.faults}"
            )


def numbered(rows: Iterator[Row], rejects: Rejects) -> Iterator[Row]:
    """Rows as a reader yields them, each with the number of its record."""
    for row in rows:
        row.number = rejects.read
        yield row


def delivered(rows: Iterator[Row], rejects: Rejects) -> Iterator[Row]:
    """Rows as they come, those counted that nobody rejects, who reads them neither."""
    for row in rows:
        rejects.delivered += row.fault is None
        lost = rejects.lost
        yield row
        rejects.delivered -= rejects.lost - lost


def faulty(row: Row, code: str, what: str, rejects: Rejects, offset: int | None = None, fix: str = "") -> Iterator[Row]:
    """Count a row that cannot be used, and deliver it where such rows are asked for."""
    rejects.fault(f"{row.file}:{row.line}", code, what, offset, fix)
    if rejects.deliver_faulty:
        row.values, row.fault = {str(mended(name)): mended(value) for name, value in row.values.items()}, what
        yield row


def shown(text: str) -> str:
    """Text that can be written: bytes that are no text are shown as \\xe9."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

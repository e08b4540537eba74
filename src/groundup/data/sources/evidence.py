"""What a file itself says against its offsets: the text beside a span or an answer is compared with the text at its place.

A row that differs is left out and counted. A whole file is refused when another way of counting explains what differs, or when
more than one row in a hundred differs: nothing is repaired that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from groundup.data.settings import ReadSettings
from groundup.data.sources.lists import tagged_rows
from groundup.data.sources.offsets import Offsets, candidates, cuts_a_word, fits, offsets_told
from groundup.data.sources.records import Rejects, Row
from groundup.data.sources.spans import Mark, answers_of, marks_of
from groundup.errors import InputError, printable

SAMPLED = 1000  # rows of either kind by which ways of counting are compared
SHOWN = 3
MANY = 10  # rows from which cut words prove something
EXPLAINED, OF_WRONG = 0.99, 0.9  # shares of all rows and of those that differ that another way must fit
MOSTLY = 0.5


@dataclass
class Evidence:
    """The rows of one file that have spans or answers with places."""

    file: str
    offsets: Offsets
    settings: ReadSettings
    rows: int = 0
    wrong: int = 0
    cut: int = 0
    right_rows: list[tuple[str, list[Mark]]] = field(default_factory=list)
    wrong_rows: list[tuple[str, list[Mark]]] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    first_cut: list[str] = field(default_factory=list)

    def add(self, text: str, marks: list[Mark], line: int) -> str:
        """What is wrong with the marks of a row, if anything is."""
        self.rows += 1
        bad = next((mark for mark in marks if not fits(mark, text, self.offsets)), None)
        if bad is None:
            if len(self.right_rows) < SAMPLED:
                self.right_rows.append((text, marks))
            self.note_cut(text, marks, line)
            return ""
        self.wrong += 1
        if len(self.wrong_rows) < SAMPLED:
            self.wrong_rows.append((text, marks))
        what = differing(bad, text, self.offsets)
        if len(self.first) < SHOWN:
            self.first.append(f"line {line}: {what}")
        return what

    def note_cut(self, text: str, marks: list[Mark], line: int) -> None:
        for mark in marks:
            at = self.offsets.apply(mark, text)
            if mark.end is not None and at is not None and cuts_a_word(*at, text):
                self.cut += 1
                if len(self.first_cut) < SHOWN:
                    self.first_cut.append(f"line {line}: '{printable(text[at[0] : at[1]], 40)}'")
                return

    def judge(self, rejects: Rejects) -> None:
        """Refuse the file, or say what was found."""
        if self.wrong:
            self.judge_wrong(rejects)
        elif self.cut:
            self.judge_cut(rejects)

    def judge_wrong(self, rejects: Rejects) -> None:
        places = "; ".join(self.first)
        what = f"{self.wrong:,} of {self.rows:,} rows have spans that differ from the text: {places}"
        other = self.explanation(OF_WRONG)
        few = self.rows // 100
        if other is not None and self.wrong > few:
            fix = f"pass {other.setting()}"
            raise InputError("OFFSETS_DIFFER", self.file, f"{what}. All fit if the offsets {other.words()}", fix)
        tolerated = few if self.settings.max_rejects is None else self.settings.max_rejects
        if self.wrong > tolerated:
            best, count = self.best()
            part = f"; {count} of {len(self.wrong_rows)} would fit with {best.setting()}" if best is not None and count else ""
            raise InputError("OFFSETS_DIFFER", self.file, f"{what}{part}",
                             "mend them, or leave such rows out with --read.max_rejects", limit=f"{tolerated}")  # fmt: skip
        hint = "" if other is None else f"; all fit if the offsets {other.words()} ({other.setting()})"
        rejects.inform(f"warning: {what}; these rows are left out{hint}", self.file)

    def judge_cut(self, rejects: Rejects) -> None:
        places = ", ".join(self.first_cut)
        what = f"{self.cut:,} of {self.rows:,} rows have spans that begin or end inside a word: {places}"
        if self.cut > MOSTLY * self.rows and self.rows >= MANY and self.settings.offsets is None:
            other = self.explanation(0, words=True)
            if other is not None:
                raise InputError("OFFSETS_DIFFER", self.file, f"{what}. They fit words if the offsets {other.words()}",
                                 f"pass {other.setting()}, or --read.offsets codepoints if they are right")  # fmt: skip
        if self.cut * 100 > self.rows:
            rejects.inform(f"warning: {what}", self.file)

    def explanation(self, of_wrong: float, words: bool = False) -> Offsets | None:
        """Another way of counting by which (nearly) all rows fit."""
        rows = self.wrong_rows + self.right_rows
        for other in candidates(self.offsets):
            fitting = [all(fits(m, t, other) for m in marks) and not (words and cut(t, marks, other)) for t, marks in rows]
            of_the_wrong = sum(fitting[: len(self.wrong_rows)])
            if sum(fitting) >= EXPLAINED * len(rows) and of_the_wrong >= of_wrong * len(self.wrong_rows):
                return other
        return None

    def best(self) -> tuple[Offsets | None, int]:
        """The way of counting by which most of the rows that differ fit."""
        counts = [(sum(all(fits(m, t, other) for m in marks) for t, marks in self.wrong_rows), other)
                  for other in candidates(self.offsets)]  # fmt: skip
        count, other = max(counts, key=lambda pair: pair[0])
        return other, count


def cut(text: str, marks: Sequence[Mark], offsets: Offsets) -> bool:
    """Whether spans begin or end inside a word, or with a blank."""
    for mark in marks:
        start, end = offsets.apply(mark, text) or (0, 0)
        if text[start:end] != text[start:end].strip() or cuts_a_word(start, end, text):
            return True
    return False


def differing(mark: Mark, text: str, offsets: Offsets) -> str:
    """What is wrong with a mark, in words."""
    at = offsets.apply(mark, text)
    where = f"[{mark.start}, {mark.end}]" if mark.end is not None else f"at {mark.start}"
    beside = "" if mark.text is None else f", beside it stands '{printable(mark.text, 40)}'"
    if at is None:
        return f"{where} is no part of {len(text):,} characters{beside}"
    return f"'{printable(text[at[0] : at[1]], 40)}' stands {where}{beside}"


def checked_rows(
    rows: Iterator[Row], columns: Sequence[str], file: str, settings: ReadSettings, rejects: Rejects
) -> Iterator[Row]:
    """The rows of one file, the spans (or answers) of their last column counted in characters of the column before it."""
    if len(columns) < 2:
        yield from rows
        return
    evidence = Evidence(file, offsets_told(settings), settings)
    for row in tagged_rows(rows, columns, file, rejects):
        what = check(row, columns, evidence) if row.fault is None else ""
        if what:
            rejects.fault(f"{row.file}:{row.line}", "OFFSETS_DIFFER", what)
            row.fault = what
        if not what or rejects.deliver_faulty:
            yield row
    if evidence.rows:
        rejects.formats.add("spans")
    evidence.judge(rejects)


def check(row: Row, columns: Sequence[str], evidence: Evidence) -> str:
    """Put plain spans or answers into the first column that has some; what is wrong with the row otherwise."""
    for text_column, label_column in pairwise(columns):
        text, value = row.values.get(text_column), row.values.get(label_column)
        if not isinstance(text, str) or value is None:
            continue
        none = isinstance(value, dict) and value.get("text") == [] and value.get("answer_start") == []
        answers = answers_of(value)
        if none or (row.values.get("is_impossible") is True and answers is not None):
            row.values[label_column] = []  # as Hugging Face keeps a question without answer
            return ""
        if answers is not None:
            return check_answers(row, text, label_column, answers, evidence)
        try:
            marks = marks_of(value)
        except ValueError:
            return ""  # which the task says in its words
        if marks is not None:
            return check_marks(row, text, label_column, marks, evidence)
    return ""


def check_answers(row: Row, text: str, column: str, answers: list[Mark], evidence: Evidence) -> str:
    standing = [mark for mark in answers if mark.text is not None and mark.text in text]
    what = evidence.add(text, standing, row.line) if standing else ""
    if not what:
        row.values[column] = placed(answers, text, evidence.offsets)
    return what


def check_marks(row: Row, text: str, column: str, marks: list[Mark], evidence: Evidence) -> str:
    what = evidence.add(text, marks, row.line)
    if not what:
        places = [evidence.offsets.apply(mark, text) or (0, 0) for mark in marks]
        row.values[column] = [[*at, mark.kind] for at, mark in zip(places, marks, strict=True)]
    return what


def placed(answers: Sequence[Mark], text: str, offsets: Offsets) -> list[dict]:
    """Answers with their places in characters; as told where they do not stand in the text."""
    found = []
    for mark in answers:
        at = offsets.apply(mark, text)
        found.append({"text": mark.text, "answer_start": at[0] if at else mark.start})
    return found

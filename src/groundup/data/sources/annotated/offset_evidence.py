"""What a file itself says against its offsets: the text beside a span or an answer is compared with the text at its place.

A row that differs is left out and counted. A whole file is refused when another way of counting explains what differs, or when
more than one row in a hundred differs: nothing is repaired that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.join_words import join_words
from groundup.data.sources.annotated.offsets import Offsets, between, candidates, cuts_a_word, fits, offsets_of
from groundup.data.sources.annotated.spans import Mark, answers_of, is_structured, marks_of
from groundup.data.sources.annotated.tag_lists import tagged_rows
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError, printable
from groundup.messages.current import current_translator, message
from groundup.messages.translate import ENGLISH, Translator

SAMPLED, MOST_CHARACTERS = 1000, 2**22  # rows of either kind by which ways of counting are compared, and their characters
SHOWN = 3
BEST_OF = 100  # rows that differ, of which it is told how many another way would fit
MANY = 10  # rows from which cut words prove something
EXPLAINED, OF_WRONG = 0.99, 0.9  # shares of all rows and of those that differ that another way must fit
MOSTLY = 0.5

Text = str | list[str]  # a running text, or its words: places then count words


@dataclass
class Evidence:
    """The rows of one file that have spans or answers with places."""

    file: str
    offsets: Offsets
    settings: ReadSettings
    rows: int = 0
    wrong: int = 0
    cut: int = 0
    right_rows: list[tuple[Text, list[Mark]]] = field(default_factory=list)
    wrong_rows: list[tuple[Text, list[Mark]]] = field(default_factory=list)
    characters: int = 0
    first: list[tuple[int, Mark, Text]] = field(default_factory=list)  # lines with what differs there
    first_cut: list[tuple[int, str]] = field(default_factory=list)  # lines with the spans that cut words

    def add(self, text: Text, marks: list[Mark], line: int) -> str:
        """What is wrong with the marks of a row, if anything is."""
        self.rows += 1
        bad = next((mark for mark in marks if not fits(mark, text, self.offsets)), None)
        if bad is None:
            self.sample(self.right_rows, text, marks)
            if isinstance(text, str):
                self.note_cut(text, marks, line)
            return ""
        self.wrong += 1
        self.sample(self.wrong_rows, text, marks)
        what = differing(bad, text, self.offsets)
        if len(self.first) < SHOWN:
            self.first.append((line, bad, text))
        return what

    def sample(self, rows: list[tuple[Text, list[Mark]]], text: Text, marks: list[Mark]) -> None:
        """Keep a row for the comparison: the first of each kind whatever its length."""
        if not rows or (len(rows) < SAMPLED and self.characters + len(text) <= MOST_CHARACTERS):
            self.characters += len(text)
            rows.append((text, marks))

    def note_cut(self, text: str, marks: list[Mark], line: int) -> None:
        for mark in marks:
            at = self.offsets.apply(mark, text)
            if mark.end is not None and at is not None and cuts_a_word(*at, text):
                self.cut += 1
                if len(self.first_cut) < SHOWN:
                    self.first_cut.append((line, printable(text[at[0] : at[1]], 40)))
                return

    def judge(self, rejects: Rejects) -> None:
        """Refuse the file, or say what was found."""
        if self.wrong:
            self.judge_wrong(rejects)
        elif self.cut:
            self.judge_cut(rejects)

    def judge_wrong(self, rejects: Rejects) -> None:
        places = "; ".join(f"line {line}: {differing(mark, text, self.offsets)}" for line, mark, text in self.first)
        what = f"{self.wrong:,} of {self.rows:,} rows have spans that differ from the text: {places}"
        other = self.explanation(OF_WRONG)
        few = self.rows // 100
        if other is not None and self.wrong > few:
            fix = f"pass {other.setting()}"
            raise InputError("OFFSETS_DIFFER", self.file, f"{what}. All fit if the offsets {other.words()}", fix)
        tolerated = few if self.settings.max_rejects is None else self.settings.max_rejects
        if self.wrong > tolerated:
            best, count, of = self.best()
            part = f"; {count} of {of} would fit with {best.setting()}" if count else ""
            raise InputError(
                "OFFSETS_DIFFER",
                self.file,
                f"{what}{part}",
                "mend them, or leave such rows out with --read.max_rejects",
                limit=f"{tolerated}",
            )
        t = current_translator()
        lines = (t("line with", line=str(line), what=differing(mark, text, self.offsets, t)) for line, mark, text in self.first)
        note = t("spans left out", count=self.wrong, total=self.rows, places=t("semicolon").join(lines))
        hint = [] if other is None else [t("spans would fit", words=other.words(t), setting=other.setting())]
        rejects.inform(t("semicolon").join([note, *hint]), self.file)

    def judge_cut(self, rejects: Rejects) -> None:
        places = ", ".join(f"line {line}: '{part}'" for line, part in self.first_cut)
        what = f"{self.cut:,} of {self.rows:,} rows have spans that begin or end inside a word: {places}"
        if self.cut > MOSTLY * self.rows and self.rows >= MANY and self.settings.offsets is None:
            other = self.explanation(0, words=True)
            if other is not None:
                raise InputError(
                    "OFFSETS_DIFFER",
                    self.file,
                    f"{what}. They fit words if the offsets {other.words()}",
                    f"pass {other.setting()}, or --read.offsets codepoints if they are right",
                )
        if self.cut * 100 > self.rows:
            parts = (message("line with part", line=str(line), part=part) for line, part in self.first_cut)
            rejects.inform(
                message("spans cut words", count=self.cut, total=self.rows, places=message("comma").join(parts)), self.file
            )

    def explanation(self, of_wrong: float, words: bool = False) -> Offsets | None:
        """Another way of counting by which (nearly) all rows fit."""
        rows = self.wrong_rows + self.right_rows
        few_of_all, few_of_wrong = (1 - EXPLAINED) * len(rows), (1 - of_wrong) * len(self.wrong_rows)
        fitting = (other for other in candidates(self.offsets) if self.explains(other, few_of_all, few_of_wrong, words))
        return next(fitting, None)

    def explains(self, other: Offsets, few_of_all: float, few_of_wrong: float, words: bool) -> bool:
        """Whether no more rows than these differ by another way of counting; given up at the first one too many."""
        failed = 0
        for number, (text, marks) in enumerate(self.wrong_rows + self.right_rows):
            failed += not all(fits(mark, text, other) for mark in marks) or (words and cut(text, marks, other))
            if failed > few_of_all or (number < len(self.wrong_rows) and failed > few_of_wrong):
                return False
        return True

    def best(self) -> tuple[Offsets, int, int]:
        """The way of counting by which most of the first rows that differ fit, how many do, and of how many."""
        few = self.wrong_rows[:BEST_OF]
        counts = {other: sum(all(fits(m, t, other) for m in marks) for t, marks in few) for other in candidates(self.offsets)}
        best = max(counts, key=counts.__getitem__)
        return best, counts[best], len(few)


def cut(text: Text, marks: Sequence[Mark], offsets: Offsets) -> bool:
    """Whether spans begin or end inside a word, or with a blank."""
    if not isinstance(text, str):
        return False
    for mark in marks:
        start, end = offsets.apply(mark, text) or (0, 0)
        if text[start:end] != text[start:end].strip() or cuts_a_word(start, end, text):
            return True
    return False


def differing(mark: Mark, text: Text, offsets: Offsets, t: Translator = ENGLISH) -> str:
    """What is wrong with a mark, in words."""
    at = offsets.apply(mark, text)
    where = f"[{mark.start}, {mark.end}]" if mark.end is not None else t("span at", start=str(mark.start))
    if at is None:
        what = t("span in no characters" if isinstance(text, str) else "span in no words", where=where, count=len(text))
    else:
        what = t("span stands", part=printable(between(text, *at), 40), where=where)
    return what if mark.text is None else t("beside stands", what=what, text=printable(mark.text, 40))


def checked_rows(
    rows: Iterator[Row], columns: Sequence[str], file: str, settings: ReadSettings, rejects: Rejects
) -> Iterator[Row]:
    """The rows of one file, the spans (or answers) of their last column counted in characters of the column before it."""
    pairs = list(pairwise(columns))
    if not pairs:
        yield from rows
        return
    evidence = Evidence(file, offsets_of(settings), settings)
    for row in tagged_rows(rows, columns, file, rejects):
        what = check(row, pairs, evidence) if row.fault is None else ""
        if what:
            rejects.fault(f"{row.file}:{row.line}", "OFFSETS_DIFFER", what, number=row.number)
            row.fault = what
        if not what or rejects.deliver_faulty:
            yield row
    if evidence.rows:
        rejects.formats.add("spans")
    evidence.judge(rejects)


def check(row: Row, pairs: Sequence[tuple[str, str]], evidence: Evidence) -> str:
    """Put plain spans or answers into the first column that has some; what is wrong with the row otherwise. `pairs` are columns
    of a text and what is said of it."""
    for text_column, label_column in pairs:
        value = row.values.get(label_column)
        if not is_structured(value):
            continue
        text = text_in(row.values.get(text_column))
        if text is None:
            continue
        none = isinstance(value, dict) and value.get("text") == [] and value.get("answer_start") == []
        answers = answers_of(value)
        if none or (row.values.get("is_impossible") is True and answers is not None):
            row.values[label_column] = []  # as Hugging Face keeps a question without answer
            return ""
        if answers is not None and isinstance(text, str):
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


def check_marks(row: Row, text: Text, column: str, marks: list[Mark], evidence: Evidence) -> str:
    """Spans in characters; of a list of words they count words, and become places in the words' running text."""
    what = evidence.add(text, marks, row.line)
    if not what:
        spans = [evidence.offsets.apply(mark, text) or (0, 1) for mark in marks]
        if not isinstance(text, str):
            places = join_words(text)[1]
            spans = [(places[first][0], places[last - 1][1]) for first, last in spans]
        row.values[column] = [[*at, mark.kind] for at, mark in zip(spans, marks, strict=True)]
    return what


def text_in(value: object) -> Text | None:
    """The text of a cell, or its list of words; None where it holds something else."""
    if isinstance(value, list) and value and all(isinstance(word, str) and word for word in value):
        return value
    return value if isinstance(value, str) else None


def placed(answers: Sequence[Mark], text: str, offsets: Offsets) -> list[dict]:
    """Answers with their places in characters; as told where they do not stand in the text."""
    marks = []
    for mark in answers:
        at = offsets.apply(mark, text)
        marks.append({"text": mark.text, "answer_start": at[0] if at else mark.start})
    return marks

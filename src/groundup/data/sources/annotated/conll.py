"""Words with a tag each, one a line, in the dialects of CoNLL: how a file is laid out is found once, said, and can be set.

Blank lines part sentences; -DOCSTART-, `# newdoc` and `#begin document` begin a document; a `#` line before a sentence is a
comment. Fields are parted by tabs where every line has one (words may then hold blanks), else by blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import NamedTuple

from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.conll_layout import DOCUMENT, INDEX, Layout, is_comment, layout_of, tag_place
from groundup.data.sources.files.open import Input
from groundup.data.sources.files.text import WAY_OUT, Lines
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError, printable
from groundup.messages.current import message

NEW_DOCUMENT = re.compile(r"#\s*(?:newdoc\b|begin document\b)")
LONGEST = 100_000  # words of a sentence
SAMPLED = 20_000  # lines from which the layout of a file is inferred


class Line(NamedTuple):
    text: str
    number: int
    fault: str | None


def conll_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """A row per sentence: `words`, `tags` (none in a file of words alone) and `document`, counted at the lines that begin one.

    Tags of names come as B- and I-, whatever the scheme of the file. Raises `InputError` when no column can be the tags.
    """
    lines = Lines(opened.stream, settings.encoding, opened.name)
    stream = (Line(text, lines.number, lines.fault) for text in lines)
    sample = list(islice(stream, SAMPLED))
    layout = layout_of([line.text for line in sample if line.fault is None], settings, opened.name)
    inform(layout, opened.name, rejects)
    rejects.formats.add("conll")
    document, current = 0, Sentence(opened.name)
    for line in chain(sample, stream):
        text = line.text
        blank = not text.strip()
        comment = text.startswith("#") and is_comment(text, layout, bool(current.words))
        if not (blank or comment or text.startswith(DOCUMENT)):
            current.add(line, layout)
            continue
        if not comment or NEW_DOCUMENT.match(text):
            yield from current.rows(document, layout, rejects)
            current = Sentence(opened.name)
        document += text.startswith(DOCUMENT) or (comment and NEW_DOCUMENT.match(text) is not None)
    yield from current.rows(document, layout, rejects)
    if layout.scheme.orphans:
        rejects.inform(message("orphan tags", count=layout.scheme.orphans), opened.name)


@dataclass
class Sentence:
    """The lines since the last blank one."""

    file: str
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    line: int = 0
    fault: str = ""
    undecoded: bool = False

    def add(self, line: Line, layout: Layout) -> None:
        self.line = self.line or line.number
        fields = layout.fields(line.text)
        if layout.indexed and (index := INDEX.fullmatch(fields[0])) and index[2]:
            return  # a word of several, whose parts follow, or one that is not in the text
        wrong = line.fault or (layout.wrong(fields) and f"line {line.number} {layout.wrong(fields)}")
        self.fault, self.undecoded = self.fault or wrong, self.undecoded or line.fault is not None
        self.words.append(fields[layout.words] if not wrong else printable(line.text, 80))
        self.tags.append(layout.tag(fields) if not wrong and layout.tags is not None else "O")
        if len(self.words) > LONGEST:
            raise InputError(
                "SENTENCE_TOO_LONG",
                f"{self.file}:{self.line}",
                "no blank line ends this sentence",
                "blank lines part sentences",
                limit=f"{LONGEST:,} words",
            )

    def rows(self, document: int, layout: Layout, rejects: Rejects) -> Iterator[Row]:
        """The sentence, or the account of what is wrong with it."""
        if not self.words:
            return
        rejects.read += 1
        values: dict[str, object] = {"words": self.words, "tags": [], "document": str(document)}
        if layout.tags is None:
            del values["tags"]
        elif not self.fault:
            try:
                values["tags"] = layout.scheme.canonical(self.tags)
            except ValueError as error:
                self.fault = f"from line {self.line}: {error}"
        row = Row(values, self.file, self.line)
        if self.fault:
            fix = WAY_OUT if self.undecoded else ""
            rejects.fault(f"{self.file}:{self.line}", "BAD_SENTENCE", self.fault, fix=fix)
            row.fault = self.fault
        if not self.fault or rejects.deliver_faulty:
            yield row


def inform(layout: Layout, name: str, rejects: Rejects) -> None:
    """Say how a file was read, once for files that are laid out alike."""
    parting = message("parted by tabs" if layout.tabs else "parted by blanks")
    if layout.tags is None:
        rejects.inform(message("conll without tags", dialect=layout.dialect, parting=parting), name)
        return
    scheme = message("no scheme") if layout.scheme.name == "none" else message("scheme", name=layout.scheme.name)
    tags = tag_column(layout)
    rejects.inform(
        message("conll", dialect=layout.dialect, parting=parting, words=layout.words + 1, place=tags, scheme=scheme), name
    )


def tag_column(layout: Layout) -> str:
    """The column of the tags as notes call it (`place` is how refusals do)."""
    number, inner = tag_place(layout)
    names = [*inner[:1], *(message("tag key", key=key) for key in inner[1:])]
    names = [name for name in names if name]
    return message("tag column named" if names else "tag column", number=number, inner=", ".join(names))

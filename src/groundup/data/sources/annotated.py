"""Annotated text: words with tags as CoNLL has them, and questions with their answers as SQuAD has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundup.data.settings import ReadSettings
from groundup.data.sources.open import Input
from groundup.data.sources.records import Rejects, Row
from groundup.data.sources.text import WAY_OUT, Lines, read_text
from groundup.errors import InputError
from groundup.strict_json import Refused, strict

DOCUMENT = "-DOCSTART-"
LONGEST = 100_000  # words of a sentence


def conll_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """A row per sentence: `words` (the first field of each line), `tags` (the last one) and `document`, counted at -DOCSTART-
    lines. Blank lines part sentences; fields are parted by tabs or blanks. Trailing numbers of no use as tags, as some copies
    of CoNLL-2003 have them (`EU B-ORG 0`), are passed over when every line has one."""
    lines = Lines(opened.stream, settings.encoding, opened.name)
    sentence: list[list[str]] = []
    first, document, fault = 0, 0, ""
    for line in lines:
        fields = line.split()
        if fields and fields[0] != DOCUMENT:
            first = first or lines.number
            fault = fault or lines.fault or ("" if len(fields) > 1 else f"line {lines.number} has a word and no tag")
            sentence.append(fields)
            if len(sentence) > LONGEST:
                raise InputError("SENTENCE_TOO_LONG", f"{opened.name}:{first}", "no blank line ends this sentence",
                                 "blank lines part sentences", limit=f"{LONGEST:,} words")  # fmt: skip
            continue
        if sentence:
            yield from sentence_row(sentence, opened.name, first, document, fault, rejects)
        document += bool(fields)
        sentence, first, fault = [], 0, ""
    if sentence:
        yield from sentence_row(sentence, opened.name, first, document, fault, rejects)


def sentence_row(
    sentence: list[list[str]], name: str, line: int, document: int, fault: str, rejects: Rejects
) -> Iterator[Row]:
    """One sentence, or the account of what is wrong with it."""
    rejects.read += 1
    row = Row({"words": [fields[0] for fields in sentence], "tags": [], "document": str(document)}, name, line)
    if fault:
        rejects.fault(f"{name}:{line}", "BAD_SENTENCE", fault, fix=WAY_OUT if "UTF" in fault else "")
        if rejects.deliver_faulty:
            row.fault = fault
            yield row
        return
    numbered = all(len(fields) > 2 and fields[-1].isdigit() for fields in sentence)
    row.values["tags"] = [fields[-2 if numbered else -1] for fields in sentence]
    yield row


def squad_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """A row per question: `question`, `context`, `answers` (text and answer_start of each), `id` and `document` (the title)."""
    text = read_text(opened.stream, settings.encoding, opened.name)
    try:
        whole = strict(text)
    except Refused as error:
        raise InputError("BAD_JSON", opened.name, str(error), "fetch the file again") from None
    articles = whole.get("data") if isinstance(whole, dict) else None
    if not isinstance(articles, list):
        raise InputError("NOT_SQUAD", opened.name, "has no list `data` of articles", "see the format of SQuAD")
    number = 0
    for article in articles:
        for paragraph in parts(article, "paragraphs", opened.name):
            for asked in parts(paragraph, "qas", opened.name):
                number += 1
                rejects.read += 1
                yield Row({"question": asked.get("question"), "context": paragraph.get("context"),
                           "answers": asked.get("answers"), "id": asked.get("id"),
                           "document": str(article.get("title", ""))}, opened.name, number)  # fmt: skip


def parts(value: Any, key: str, name: str) -> list[dict]:
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError("NOT_SQUAD", name, f"an entry has no list `{key}` of objects", "see the format")
    return found

"""Questions with their answers, as SQuAD has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.open import Input
from groundup.data.sources.files.text import read_text
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.strict_json import Refused, strict


def squad_rows(opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """A row per question: `question`, `context`, `answers` (text and answer_start of each), `id` and `document` (the title)."""
    text = read_text(opened.stream, settings.encoding, opened.name)
    try:
        whole = strict(text)
    except Refused as error:
        raise InputError("BAD_JSON", opened.name, str(error), "fetch the file again") from None
    yield from rows_of_articles(whole, opened.name, rejects)


def is_squad(whole: object) -> bool:
    """Whether a JSON value is a list of articles with paragraphs and questions."""
    articles = whole.get("data") if isinstance(whole, dict) else None
    return (
        isinstance(articles, list)
        and bool(articles)
        and all(isinstance(one, dict) and isinstance(one.get("paragraphs"), list) for one in articles)
    )


def rows_of_articles(whole: Any, name: str, rejects: Rejects) -> Iterator[Row]:
    """The rows of SQuAD's articles. A question that the text does not answer (`is_impossible`) has the answers []."""
    articles = whole.get("data") if isinstance(whole, dict) else None
    if not isinstance(articles, list):
        raise InputError("NOT_SQUAD", name, "has no list `data` of articles", "see the format of SQuAD")
    number = impossible = plausible = 0
    for article in articles:
        for paragraph in parts(article, "paragraphs", name):
            for question in parts(paragraph, "qas", name):
                number += 1
                rejects.read += 1
                none = question.get("is_impossible") is True
                impossible += none
                plausible += bool(question.get("plausible_answers"))
                yield Row(
                    {
                        "question": question.get("question"),
                        "context": paragraph.get("context"),
                        "answers": [] if none else question.get("answers"),
                        "id": question.get("id"),
                        "document": str(article.get("title", "")),
                    },
                    name,
                    number,
                )
    if impossible:
        clauses = [message("questions without answer", count=impossible, total=number)]
        clauses += [message("plausible unread", count=plausible)] * (plausible > 0)
        rejects.inform(message("semicolon").join(clauses), name)


def parts(value: Any, key: str, name: str) -> list[dict]:
    items = value.get(key) if isinstance(value, dict) else None
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise InputError("NOT_SQUAD", name, f"an entry has no list `{key}` of objects", "see the format")
    return items

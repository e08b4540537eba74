"""Messages in the language of the command that is performed: `message("rows were read", rows=400)`.

The language is that of the setting `--language`. It is set where a command begins, and holds until it ends.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from groundup.language import LANGUAGES

if TYPE_CHECKING:
    from groundup.messages.translate import Translator

LANGUAGE: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])
COLUMN = re.compile(r"column '(.*)'", re.DOTALL)  # how refusals, which are English, call a column


@contextmanager
def speaking(language: str) -> Generator[None]:
    """Inside, messages are in this language."""
    token = LANGUAGE.set(language)
    try:
        yield
    finally:
        LANGUAGE.reset(token)


def current_translator() -> Translator:
    """The translator of the language that is spoken. The messages are imported when the first is said: help needs none."""
    from groundup.messages.translate import translator

    return translator(LANGUAGE.get())


def message(key: str, /, **values: object) -> str:
    """The message of a key, with the values of its placeholders, in the language that is spoken."""
    return current_translator()(key, **values)


def place_text(place: str) -> str:
    """A place of a refusal as notes show it: `column 'age'` in the language that is spoken, any other as it is."""
    match = COLUMN.fullmatch(place)
    return message("column of name", name=match[1]) if match else place

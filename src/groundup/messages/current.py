"""Messages in the language of the command that is performed: `message("n rows", count=400)`."""

from __future__ import annotations

import re

from groundup.former.names import NOW_CALLED
from groundup.language import LANGUAGE
from groundup.messages.translate import MESSAGES, Translator, translator

COLUMN = re.compile(r"column '(.*)'", re.DOTALL)  # how refusals, which are English, call a column


def current_translator() -> Translator:
    """The translator of the language that is spoken."""
    return translator(LANGUAGE.get())


def message(key: str, /, **values: object) -> str:
    """The message of a key, with the values of its placeholders, in the language that is spoken."""
    return translator(LANGUAGE.get())(key, **values)


def place_text(place: str) -> str:
    """A place of a refusal as notes show it: `column 'age'` in the language that is spoken, any other as it is."""
    match = COLUMN.fullmatch(place)
    return message("column of name", name=match[1]) if match else place


def renamed_text(line: str) -> str:
    """A line of former/names.py, which says what a setting is called today, in the language that is spoken."""
    old, _, new = line.partition(NOW_CALLED)
    return message("former name", old=old, new=new)


def counted(noun: str, count: int) -> str:
    """So many texts, images, or whatever the plural of a kind is; a kind without a message of its own has rows."""
    key = f"n {noun}"
    return message(key if key in MESSAGES else "n rows", count=count)

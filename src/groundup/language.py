"""The language of lines, reports and pages: that of the command which is performed (`speaking`), and who sets the usual one."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from groundup.errors import InputError, printable

VARIABLE = "GROUNDUP_LANGUAGE"
LANGUAGES = ("en", "zh")
LANGUAGE: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


def language_by_default() -> Any:
    """The default of the setting `language`: what the environment says, else English."""
    language = os.environ.get(VARIABLE) or LANGUAGES[0]
    if language not in LANGUAGES:
        what = f"the variable {VARIABLE} holds '{printable(language, 20)}', which is not one of {', '.join(LANGUAGES)}"
        raise InputError("BAD_SETTING", "language", what, f"unset {VARIABLE}")
    return language


@contextmanager
def speaking(language: str) -> Generator[None]:
    """Inside, messages are in this language."""
    token = LANGUAGE.set(language)
    try:
        yield
    finally:
        LANGUAGE.reset(token)

"""The language of lines, reports and pages of who says nothing of it: that of the environment, else English."""

from __future__ import annotations

import os
from typing import Any

from groundup.errors import InputError, printable

VARIABLE = "GROUNDUP_LANGUAGE"
LANGUAGES = ("en", "zh")


def language_by_default() -> Any:
    """The default of the setting `language`."""
    language = os.environ.get(VARIABLE) or LANGUAGES[0]
    if language not in LANGUAGES:
        what = f"the variable {VARIABLE} holds '{printable(language, 20)}', which is not one of {', '.join(LANGUAGES)}"
        raise InputError("BAD_SETTING", "language", what, f"unset {VARIABLE}")
    return language

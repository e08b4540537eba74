"""The head of a page: what it is of. It holds no date: the same command run again writes the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath

from groundup.messages.translate import Translator

NAMED = ("out", "model", "data", "seed")  # settings that tell one page from another
SHORT_PATH = 3  # parts of a path that are shown


def subtitle(report: Mapping, further: Iterable[str], t: Translator) -> str:
    """Run, model, data and seed as the settings have them, and what else is said of the page."""
    settings = report.get("settings") or {}
    named = [f"{t(f'head {name}')} {shown(settings[name])}" for name in NAMED if settings.get(name) not in (None, "", [])]
    return " · ".join([*named, *(one for one in further if one)])


def shown(value: object) -> str:
    """A path by its last parts, several by their names; a number as it is."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(shown, value))
    parts = PurePath(value).parts if isinstance(value, str) else (str(value),)
    return "/".join(parts[-SHORT_PATH:]) if len(parts) > SHORT_PATH else str(value)

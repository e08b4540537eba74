"""Keys that reports had in earlier versions, and what they are called now. Reports of old folders are read under today's keys.

What a command reads back stands here; keys of reports that no command reads are in CHANGELOG.md alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEYS = {  # kind of the report -> dotted place of the old key (lists are walked) -> today's last part
    "compression": {"found": "comparison", "found.explanations.asked": "explained_rows", "refusals.found": "measured"},
    "multitask": {"told": "summary"},
}


def current_report(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report that any version wrote, under today's keys."""
    return renamed(report, KEYS.get(str(report.get("kind")), {}), "")


def renamed(value: Any, keys: Mapping[str, str], place: str) -> Any:
    """A value of a report whose own place is `place`, with the keys in it that have a new name."""
    if isinstance(value, list):
        return [renamed(one, keys, place) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {keys.get(place + key, key): renamed(inner, keys, f"{place}{key}.") for key, inner in value.items()}

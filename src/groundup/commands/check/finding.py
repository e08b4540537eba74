"""What a check found: one thing to know, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass, field

ANY_NUMBER = 2**62  # of faulty rows: all are counted, and then judged by the limit
GIVEN_AWAY = 0.98  # share of labels that something tells from which it gives them away


@dataclass(frozen=True)
class Finding:
    """One thing to know. `level` is ruin, warning or note; its sentence is in messages/data_check.py: `finding CODE`."""

    code: str
    level: str
    values: dict = field(default_factory=dict)


def percent(share: float) -> str:
    return f"{100 * share:.1f}"

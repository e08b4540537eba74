"""groundup tally: how often each value stands in a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from groundup.config import Command, Positive
from groundup.scope import NO_CHANCE, ONE_THREAD


@dataclass(frozen=True, kw_only=True)
class Tally(Command):
    """Count how often each value stands in a column of a table."""

    unfit: ClassVar = (NO_CHANCE, ONE_THREAD)
    positional: ClassVar[str] = "data"

    data: str
    """Table (csv, tsv, jsonl, parquet, also packed)."""
    column: str = "label"
    """Column whose values are counted."""
    most: Positive = 10
    """Values that are told, the most frequent first."""

"""groundup columns: what a file holds, and what to type next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from groundup.config import Command
from groundup.data.settings import ReadSettings
from groundup.scope import NO_CHANCE, ON_PROCESSOR, ONE_THREAD, Unfit, always


@dataclass(frozen=True, kw_only=True)
class Columns(Command):
    """Show what a file or folder holds: format, rows, what each column is, which can be the text or the label, and what to
    type next.

    It is read and recognised as `groundup check` and `groundup finetune` do, which take a column that is the only candidate by
    themselves. Nothing is written.
    """

    example: ClassVar[str] = "groundup columns reviews.csv"
    main_settings: ClassVar[tuple[str, ...]] = ("data", "read.format", "read.delimiter", "read.encoding", "language")
    positional: ClassVar[str] = "data"

    unfit: ClassVar = (
        ON_PROCESSOR,
        NO_CHANCE,
        ONE_THREAD,
        Unfit(always, ("read.paragraphs",), "is for groundup prepare: here a row is one text"),
        Unfit(always, ("read.max_rejects",), "changes nothing: what cannot be read is counted, however much it is"),
    )

    data: str
    """File (csv, tsv, jsonl, parquet, xlsx, CoNLL, SQuAD ..., also packed) or folder: of such files, of brat, of texts or
    images in folders named after their classes."""
    read: ReadSettings = field(default_factory=ReadSettings)

"""groundup prepare: raw files become a data folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from groundup.config import Command
from groundup.data.settings import CleanSettings, DedupSettings, ImageSettings, ReadSettings, SplitSettings, TokenizerSettings
from groundup.scope import ON_PROCESSOR, Unfit

FOR_IMAGES = (
    "image",
    "language",
    "read.include",
    "read.max_rejects",
    "dedup.exact",
    "split.validation",
    "split.test",
    "split.stratify",
    "seed",
    "device",
    "quiet",
    "verbose",
    "debug",
    "dry_run",
)


@dataclass(frozen=True, kw_only=True)
class Prepare(Command):
    """Turn raw files into a data folder: cleaned, split, tokenized, with a report.

    Files, folders, archives (zip, tar, gz, xz) and Hugging Face data set folders of txt, md, html, csv, tsv, json, jsonl and
    parquet are read as a stream. Every record that is changed, dropped or rejected is counted with its reason.
    """

    example: ClassVar[str] = "groundup prepare --source books.zip --out runs/books --tokenizer.vocab_size 8192"
    main_settings: ClassVar[tuple[str, ...]] = (
        "source",
        "out",
        "text_column",
        "tokenizer.vocab_size",
        "tokenizer.kind",
        "clean.personal",
        "split.test",
        "image.size",
        "language",
    )

    elsewhere: ClassVar = {
        "table_column": "A table is not prepared: groundup pretrain --objective cells and groundup finetune read it as it is."
    }
    unfit: ClassVar = (
        ON_PROCESSOR,
        Unfit(lambda prepare: prepare.image, ("*",), "is for text, not for images", but=FOR_IMAGES),
        Unfit(lambda prepare: not prepare.image, ("split.stratify",), "is about labels, and running text has none"),
        Unfit(lambda prepare: True, ("read.text_rows", "read.decimal", "read.class_names"), "is for rows with labels"),
        Unfit(lambda prepare: prepare.split.time_column, ("seed",), "changes nothing: a split by time draws nothing"),
        Unfit("no table", ("text_column", "document_column"), "is for tables, and none was read"),
    )

    source: tuple[str, ...]
    """File, folder or archive to read; give it again for more."""
    out: str
    """Data folder to make."""
    text_column: str | None = None
    """Column with the text, for tables with several."""
    document_column: str | None = None
    """Column whose equal values in consecutive rows make one document."""
    image: ImageSettings | None = None
    """Read images instead of text, and make them so large: --image.size 32."""
    read: ReadSettings = field(default_factory=ReadSettings)
    clean: CleanSettings = field(default_factory=CleanSettings)
    dedup: DedupSettings = field(default_factory=DedupSettings)
    split: SplitSettings = field(default_factory=lambda: SplitSettings(validation=0.05, test=0.0))
    tokenizer: TokenizerSettings = field(default_factory=TokenizerSettings)

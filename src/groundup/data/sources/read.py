"""The two ways in: rows of tables, and documents of running text. Streaming; memory does not grow with the input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from groundup.data.settings import ReadSettings
from groundup.data.sources.documents import documents_of
from groundup.data.sources.open import open_inputs
from groundup.data.sources.records import Document, Rejects, Row
from groundup.data.sources.tables import rows_of

SPLITS = {"train": "train", "training": "train", "dev": "validation", "val": "validation", "valid": "validation",
          "validation": "validation", "test": "test"}  # fmt: skip
NOT_DATA = {"readme.md", "license", "license.txt", "license.md", "dataset_infos.json", "dataset_info.json", "state.json",
            "dataset_dict.json"}


def read_rows(sources: Sequence[str], settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Rows of all tables in the sources. `split` is set in a Hugging Face data set folder (data/train-00000.parquet)."""
    for opened in open_inputs(sources, settings.include, settings.format):
        if PurePosixPath(opened.name).name.lower() not in NOT_DATA:
            split = split_of(opened.name)
            for row in rows_of(opened, settings, rejects):
                row.split = split
                rejects.delivered += row.fault is None
                yield row
    rejects.check_sum(rejects.delivered)
    rejects.check(settings.max_rejects)


def read_documents(
    sources: Sequence[str],
    settings: ReadSettings,
    rejects: Rejects,
    text_column: str | None = None,
    document_column: str | None = None,
) -> Iterator[Document]:
    """Documents of all files in the sources, in the order of their names."""
    for opened in open_inputs(sources, settings.include, settings.format):
        if PurePosixPath(opened.name).name.lower() not in NOT_DATA or len(sources) == 1 == opened.name.count("/") + 1:
            split = split_of(opened.name)
            for document in documents_of(opened, settings, rejects, text_column, document_column):
                document.split = split
                rejects.delivered += 1
                yield document
    rejects.check(settings.max_rejects)


def split_of(name: str) -> str | None:
    """The split that a file's name or folder tells: train.csv, data/train-00000-of-00001.parquet, test/0.jsonl."""
    path = PurePosixPath(name)
    for part in (path.name.split(".")[0], *path.parts[:-1]):
        found = re.fullmatch(r"([a-z]+)(?:[-_]\d+)?(?:-of-\d+)?(?:-[0-9a-f]{8,})?", part.lower())
        if found and found[1] in SPLITS:
            return SPLITS[found[1]]
    return None

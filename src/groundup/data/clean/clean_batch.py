"""What is done to documents one by one: cleaned, looked at for repeats, their scripts counted; a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from groundup.data.clean.dedup import Fingerprint, look_at
from groundup.data.clean.rules import Cleaner, Counts
from groundup.data.folder_report import count_scripts
from groundup.data.settings import CleanSettings, DedupSettings
from groundup.data.sources.records import Document

DOCUMENTS, CHARACTERS = 256, 2**18  # of a batch, which ends with the first of these


class CleanedBatch(NamedTuple):
    """A batch after it: documents (without paragraphs where none is left), and of each what follows from it alone."""

    documents: Sequence[Document]
    looks: Sequence[Fingerprint]  # of those that have paragraphs
    scripts: np.ndarray  # [documents, scripts] characters
    counts: Counts


@dataclass(frozen=True)
class BatchCleaner:
    """documents -> CleanedBatch."""

    clean: CleanSettings
    dedup: DedupSettings
    lines: bool  # line ends are kept

    def __call__(self, documents: Sequence[Document]) -> CleanedBatch:
        cleaner = Cleaner(self.clean, self.lines)
        for document in documents:
            document.paragraphs = cleaner.document(document.paragraphs)
        looks = look_at(["\n".join(document.paragraphs) for document in documents if document.paragraphs], self.dedup)
        scripts = np.stack([count_scripts(document.paragraphs) for document in documents])
        return CleanedBatch(documents, looks, scripts, cleaner.counts)


def batches_of(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents in batches of about the same work."""
    waiting: list[Document] = []
    size = 0
    for document in documents:
        waiting.append(document)
        size += sum(map(len, document.paragraphs))
        if len(waiting) == DOCUMENTS or size >= CHARACTERS:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting

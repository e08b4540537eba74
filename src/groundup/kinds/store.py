"""Rows of a kind with large cells, as `groundup prepare` stores them: the bytes of each split in one file, and a list that
names every row, its label and its split.

I rows of a split; the shape of a cell is said by its kind.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from groundup.data.splits.split import SPLITS, Leakage
from groundup.errors import InputError
from groundup.kinds.image.stored import STORED_IMAGES
from groundup.kinds.stored_kind import StoredKind
from groundup.manifest import is_ours, read_manifest, verify_folder
from groundup.strict_json import parse_json

STORED = (STORED_IMAGES,)
"""The kinds that are stored so; `prepare` writes them (commands/prepare/bulky.py)."""


class StoredRow(NamedTuple):
    """One row: its place is that among the rows of its split."""

    name: str
    label: str
    split: str
    place: int


class Store:
    """A prepared folder. Refused when a file differs from the manifest, or when the folder holds text; with a `kind`, when it
    holds another."""

    def __init__(self, folder: Path, kind: str | None = None):
        stored = stored_kind(folder)
        if stored is None or kind not in (None, stored.kind):
            what = f"holds {'text' if stored is None else stored.plural}"
            known = " or ".join(one.kind for one in STORED if kind in (None, one.kind))
            raise InputError("NOT_STORED", folder, what, f"prepare rows of the kind {known or kind}, like --image.size 32")
        self.folder, self.stored = folder, stored
        self.shape = stored.shape(read_manifest(folder).extra[stored.kind])
        if problems := verify_folder(folder):
            raise InputError("DATA_DAMAGED", problems[0].place, problems[0].what, "prepare the data again")
        self.splits: dict[str, list[StoredRow]] = {split: [] for split in SPLITS}
        for line in (folder / stored.listing).read_text("utf-8").split("\n"):
            if line:
                row = parse_json(line, folder / stored.listing)
                rows = self.splits[row["split"]]
                rows.append(StoredRow(row["id"], row["label"], row["split"], len(rows)))

    def cells(self, split: str) -> np.ndarray:
        """[I, *shape] cells of a split, mapped into memory."""
        path, dtype = self.folder / self.stored.shard(split), self.stored.dtype
        if not path.is_file() or not path.stat().st_size:
            return np.zeros((0, *self.shape), dtype)
        return np.memmap(path, dtype=dtype, mode="r").reshape(-1, *self.shape)

    def leaks(self, split: str) -> Leakage:
        """The share of a split whose very bytes also train. Nearly equal ones are not looked for."""
        train = {digest(cell) for cell in self.cells("train")}
        same = [row.name for row, cell in zip(self.splits[split], self.cells(split), strict=True) if digest(cell) in train]
        return Leakage(len(same) / max(1, len(self.splits[split])), None, None, same[:3])


def stored_kind(folder: Path) -> StoredKind | None:
    """The kind whose rows a folder holds, prepared; None for a folder of text, or for none of ours."""
    if not folder.is_dir() or not is_ours(folder):
        return None
    facts = read_manifest(folder).extra
    return next((one for one in STORED if isinstance(facts.get(one.kind), dict)), None)


def is_store(folder: Path) -> bool:
    """Whether a folder holds prepared rows of a kind with large cells."""
    return stored_kind(folder) is not None


def digest(cell: np.ndarray) -> bytes:
    return hashlib.blake2b(cell.tobytes(), digest_size=16).digest()

"""Rows of a kind whose cells are large (images), as `groundup prepare` stores them: the bytes of each split in one file, and a
list that names every row, its label and its split.

I rows of a split, C channels, S side of an image.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from groundup.data.splits.split import SPLITS, Leakage
from groundup.errors import InputError
from groundup.manifest import is_ours, read_manifest, verify_folder
from groundup.strict_json import parse_json

LIST = "images.jsonl"


class StoredRow(NamedTuple):
    """One row: its place is that among the rows of its split."""

    name: str
    label: str
    split: str
    place: int


class Store:
    """A prepared folder. Refused when a file differs from the manifest, or when the folder holds text."""

    def __init__(self, folder: Path):
        self.folder, self.shape = folder, image_shape(folder)
        if problems := verify_folder(folder):
            raise InputError("DATA_DAMAGED", problems[0].place, problems[0].what, "prepare the data again")
        self.splits: dict[str, list[StoredRow]] = {split: [] for split in SPLITS}
        for line in (folder / LIST).read_text("utf-8").split("\n"):
            if line:
                row = parse_json(line, folder / LIST)
                rows = self.splits[row["split"]]
                rows.append(StoredRow(row["id"], row["label"], row["split"], len(rows)))

    def cells(self, split: str) -> np.ndarray:
        """[I, C, S, S] bytes of a split, mapped into memory."""
        path = self.folder / f"shards/{split}.images"
        if not path.is_file() or not path.stat().st_size:
            return np.zeros((0, *self.shape), np.uint8)
        return np.memmap(path, dtype=np.uint8, mode="r").reshape(-1, *self.shape)

    def leaks(self, split: str) -> Leakage:
        """The share of a split whose very bytes also train. Nearly equal ones are not looked for."""
        train = {digest(cell) for cell in self.cells("train")}
        same = [row.name for row, cell in zip(self.splits[split], self.cells(split), strict=True) if digest(cell) in train]
        return Leakage(len(same) / max(1, len(self.splits[split])), 0.0, 0.0, same[:3])


def is_store(folder: Path) -> bool:
    """Whether a folder holds prepared rows of a kind with large cells."""
    return folder.is_dir() and is_ours(folder) and bool(read_manifest(folder).extra.get("image"))


def image_shape(folder: Path) -> tuple[int, int, int]:
    """[C, S, S] of the images of a data folder."""
    shape = read_manifest(folder).extra.get("image")
    if not isinstance(shape, dict):
        raise InputError("NO_IMAGES", folder, "holds text", "prepare images with --image.size")
    return int(shape["channels"]), int(shape["size"]), int(shape["size"])


def digest(cell: np.ndarray) -> bytes:
    return hashlib.blake2b(cell.tobytes(), digest_size=16).digest()

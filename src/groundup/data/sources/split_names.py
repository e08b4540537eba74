"""The split that the name of a file or folder tells."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

SPLITS = {
    "train": "train",
    "training": "train",
    "dev": "validation",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
PART = re.compile(r"([a-z]+)(?:[-_]\d+)?(?:-of-\d+)?(?:-[0-9a-f]{8,})?")


def split_of(name: str) -> str | None:
    """The split that a file's name or folder tells: train.csv, data/train-00000-of-00001.parquet, test/0.jsonl."""
    path = PurePosixPath(name)
    for part in (path.name.split(".")[0], *path.parts[:-1]):
        match = PART.fullmatch(part.lower())
        if match and match[1] in SPLITS:
            return SPLITS[match[1]]
    return None


def split_of_folder(name: str) -> str | None:
    """The split that the folders of a file tell, whatever the file is called."""
    return split_of(str(PurePosixPath(name).parent / "_"))

"""A data folder of images as the table that a fine-tuning run learns from: names, classes, and the splits of the folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from groundup.commands.finetune.settings import Finetune
from groundup.data.sources.records import Rejects
from groundup.data.splits.split import SPLITS
from groundup.errors import InputError
from groundup.families import checkpoint
from groundup.families.family import Settings
from groundup.folders import is_ours
from groundup.kinds.image.image_transform import read_transform
from groundup.kinds.image.reader import Image, ImageReader
from groundup.kinds.store import Store
from groundup.nn.config import Patches
from groundup.tasks.images import ImageClassification
from groundup.tasks.preflight import preflight
from groundup.tasks.splitting import fewer, learn
from groundup.tasks.table import Table


def open_images(settings: Finetune, start: Path) -> tuple[ImageReader, Store]:
    """The prepared images, as the model that is to learn from them sees images."""
    patches = checkpoint.read_config(start)
    shape = checkpoint.family_of(patches).read_config(Settings(patches.values, patches.place)).input_of(Patches)
    if shape is None:
        raise InputError("WRONG_MODEL", settings.model, "does not read images", "use a ViT (pretrain --objective patches)")
    folder = Path(settings.data)
    if not is_ours(folder):
        raise InputError(
            "NOT_PREPARED",
            folder,
            "is no prepared data folder",
            f"groundup prepare --source {folder} --image.size {shape.image_size} --out FOLDER",
        )
    transform = read_transform(start, shape.image_size, shape.channels)
    reader = ImageReader(replace(transform, edge=shape.image_size), shape.size)  # as images are prepared
    store = reader.open_store(folder)
    reader.stored = {row.name: Image(row.name, store, row) for rows in store.splits.values() for row in rows}
    reader.flip_seed = settings.seed if settings.horizontal_flip else None
    return reader, store


def make_picture_table(settings: Finetune, store: Store) -> Table:
    """The rows of the folder, with what the task learns of those that train."""
    task = ImageClassification()
    empty = [split for split in SPLITS if not store.splits[split]]
    if empty:
        raise InputError(
            "EMPTY_SPLIT",
            settings.data,
            f"has no image in its {' and '.join(empty)} split",
            "prepare it again with --split.validation 0.1 --split.test 0.1",
        )
    rows = [(row, number) for number, split in enumerate(SPLITS) for row in store.splits[split]]
    table = Table(
        ["image"],
        [(row.name,) for row, _ in rows],
        [row.label for row, _ in rows],
        np.array([number for _, number in rows], dtype=np.int8),
        task,
    )
    if settings.train_rows is not None:
        fewer(table, settings.train_rows, settings.seed)
    learn(table, settings.data, None)
    leaks = {split: store.leaks(split).to_dict() for split in ("validation", "test")}
    table.preflight = preflight(table, Rejects(), leaks)
    return table

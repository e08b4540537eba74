"""A data folder of images as the table that a fine-tuning run learns from: names, classes, and the splits of the folder."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from groundup.commands.finetune.settings import Finetune
from groundup.data.album import Album
from groundup.data.look import read_look
from groundup.data.sources.records import Rejects
from groundup.data.splits.split import SPLITS
from groundup.errors import InputError
from groundup.families import checkpoint
from groundup.families.family import Settings
from groundup.folders import is_ours
from groundup.nn.config import Patches
from groundup.tasks.images import ImageClassification
from groundup.tasks.preflight import preflight
from groundup.tasks.splitting import fewer, learn
from groundup.tasks.table import Table


def open_album(settings: Finetune, start: Path) -> Album:
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
    look = replace(read_look(start, shape.image_size, shape.channels), edge=shape.image_size)  # as images are prepared
    return Album(look, shape.size, folder)


def make_picture_table(settings: Finetune, album: Album) -> Table:
    """The rows of the folder, with what the task learns of those that train."""
    task = ImageClassification()
    empty = [split for split in SPLITS if not album.labels[split]]
    if empty:
        raise InputError(
            "EMPTY_SPLIT",
            settings.data,
            f"has no image in its {' and '.join(empty)} split",
            "prepare it again with --split.validation 0.1 --split.test 0.1",
        )
    names = [(name, label, number) for number, split in enumerate(SPLITS) for name, label in album.labels[split].items()]
    table = Table(
        ["image"],
        [(name,) for name, _, _ in names],
        [label for _, label, _ in names],
        np.array([number for *_, number in names], dtype=np.int8),
        task,
    )
    if settings.train_rows is not None:
        fewer(table, settings.train_rows, settings.seed)
    learn(table, settings.data, None)
    table.preflight = preflight(table, Rejects(), leaks(album))
    return table


def leaks(album: Album) -> dict[str, dict]:
    """The share of held-out images whose very pixels also train. Nearly equal ones are not looked for."""
    train = {digest(pixels) for pixels in album.pixels_of("train")}
    found = {}
    for split in ("validation", "test"):
        images = zip(album.labels[split], album.pixels_of(split), strict=True)
        same = [name for name, pixels in images if digest(pixels) in train]
        share = len(same) / max(1, len(album.labels[split]))
        found[split] = {"exact": share, "near": 0.0, "contained": 0.0, "examples": same[:3]}
    return found


def digest(pixels: np.ndarray) -> bytes:
    return hashlib.blake2b(pixels.tobytes(), digest_size=16).digest()

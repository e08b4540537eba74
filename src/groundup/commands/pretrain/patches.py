"""The objective of pretraining on images: their missing patches."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from groundup.commands.pretrain.job import Job, Pretraining, model_size
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.traits import Regime
from groundup.data.rows import Rows
from groundup.errors import InputError
from groundup.families import presets
from groundup.kinds.image.image_transform import MIDDLE, ImageTransform
from groundup.kinds.image.packed import PackedImages
from groundup.kinds.image.reader import ImageReader
from groundup.kinds.store import Store
from groundup.nn.inputs import Patches
from groundup.nn.model import Model
from groundup.objectives.masked_image import MaskedImage

ALL = "pretrain a new one on all images"


class MissingPatches(Pretraining):
    """Missing patches of images, by an encoder with a small decoder beside it (MAE)."""

    name = "patches"
    watched = ("explained_variance",)

    def open(self, settings: Pretrain, regime: Regime) -> Job:
        if settings.model is not None:
            raise InputError("CANNOT_CONTINUE", "model", "a ViT has no decoder to go on with", ALL)
        store = Store(Path(settings.data), Patches.kind)
        channels, side, _ = store.shape
        middle = (MIDDLE,) * channels
        transform = ImageTransform(size=side, channels=channels, mean=middle, deviation=middle)
        train, validation = (
            open_rows(settings, store, split, settings.seed + i, flip=i == 0) for i, split in enumerate(("train", "validation"))
        )
        objective = MaskedImage(settings.seed, settings.mask_rate or 0.75)
        return Job(settings, self, ImageReader(transform, settings.patch_size), train, validation, objective, regime)

    def make_model(self, settings: Pretrain, job: Job) -> tuple[Model, str]:
        (patches,) = job.reader.inputs
        assert isinstance(patches, Patches)
        shape = presets.make_vit(settings.preset, patches, settings.dropout)
        return Model(shape.config, shape.heads, settings.seed, shape.encoder), shape.family

    def to_publish(self, model: Model) -> Model:
        """The encoder as a ViT; the decoder has done its work."""
        assert model.encoder is not None
        assert model.encoder_config is not None
        alone = Model(model.encoder_config, {}, seed=None)
        alone.backbone = model.encoder
        return alone

    def card(self, model: Model, job: Job) -> str:
        (patches,) = job.reader.inputs
        assert isinstance(patches, Patches)
        side = f"{patches.image_size} pixels, patches of {patches.size}"
        title = f"# {job.settings.preset} encoder of images\n\nPretrained with groundup on missing patches.\n\n"
        return f"{title}- {model_size(model)}\n- {side}\n- seed {job.settings.seed}\n"


def open_rows(settings: Pretrain, store: Store, split: str, seed: int, flip: bool) -> Rows[PackedImages]:
    """The images of a split; with `flip` half of them are mirrored when they train."""
    cells, side = store.cells(split), store.shape[1]
    if not len(cells):
        raise InputError("NO_SPLIT", store.folder, f"has no '{split}' split of images", "prepare it again with that split")
    if side % settings.patch_size:
        what = f"has images of {side} pixels, which {settings.patch_size} does not divide"
        raise InputError("BAD_PATCH", store.folder, what, "choose another --patch_size")
    packed = PackedImages(cells, np.arange(len(cells)), settings.patch_size, flip_seed=seed if flip else None)
    return Rows(packed, None, seed, stream="pictures/shuffle")

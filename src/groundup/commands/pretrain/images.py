"""What is different when a model learns from images: the examples, the model, and the folder that is published."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from groundup.commands.pretrain.objectives import Job
from groundup.commands.pretrain.regimes import Regime
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.shared.publishing import ASKED, check_published
from groundup.config import identity_settings
from groundup.data.rows import Rows
from groundup.errors import InputError
from groundup.families import checkpoint, presets
from groundup.folders import new_folder
from groundup.kinds.image.image_transform import ImageTransform, write_transform
from groundup.kinds.image.packed import PackedImages
from groundup.kinds.store import Store, image_shape
from groundup.nn.config import Patches
from groundup.nn.model import Model
from groundup.objectives.masked_image import MaskedImage
from groundup.objectives.objective import Batch, make_inputs
from groundup.runs import RunFolder


def patches_of(settings: Pretrain) -> Patches:
    """How the images of a data folder are cut."""
    channels, side, _ = image_shape(Path(settings.data))
    return Patches(size=settings.patch_size, image_size=side, channels=channels)


def open_job(settings: Pretrain, regime: Regime) -> Job:
    """Open and check every input before anything is written."""
    if settings.model is not None:
        raise InputError("CANNOT_CONTINUE", "model", "a ViT has no decoder to go on with", "pretrain a new one on all images")
    if settings.embeddings == "cooccurrence":
        raise InputError("NO_WORDS", "embeddings", "images have no words to count", "leave --embeddings out")
    if settings.length != Pretrain.length:
        raise InputError(
            "NO_WORDS",
            "length",
            "images are not cut into sequences of tokens",
            "leave --length out; --patch_size says how they are cut",
        )
    store = Store(Path(settings.data))
    train, validation = (
        open_rows(settings, store, split, settings.seed + i, flip=i == 0) for i, split in enumerate(("train", "validation"))
    )
    objective = MaskedImage(settings.seed, settings.mask_rate or 0.75)
    return Job(settings, None, train, validation, objective, regime, "patches")


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


def make_model(settings: Pretrain) -> tuple[Model, str]:
    """An encoder of patches with a small decoder beside it."""
    shape = presets.make_vit(settings.preset, patches_of(settings), settings.dropout)
    return Model(shape.config, shape.heads, settings.seed, shape.encoder), shape.family


def publish(run: RunFolder, model: Model, settings: Pretrain, job: Job) -> None:
    """The encoder as a ViT; the decoder has done its work."""
    assert model.encoder is not None
    assert model.encoder_config is not None
    alone = Model(model.encoder_config, {}, seed=None)
    alone.backbone = model.encoder
    patches = patches_of(settings)
    middle = (0.5,) * patches.channels
    with new_folder(
        run.path / "model", kind="model", settings=identity_settings(settings), parents=[Path(settings.data)]
    ) as folder:
        checkpoint.save(folder, alone, "vit")
        transform = ImageTransform(size=patches.image_size, channels=patches.channels, mean=middle, deviation=middle)
        write_transform(folder, transform)
        parameters = sum(p.numel() for p in alone.parameters()) / 1e6
        side = f"{patches.image_size} pixels, patches of {patches.size}"
        told = f"- {parameters:.2f} M parameters\n- {side}\n- seed {settings.seed}"
        title = f"# {settings.preset} encoder of images\n\nPretrained with groundup on missing patches.\n\n"
        folder.write_text("README.md", f"{title}{told}\n")
        flat = job.validation.batch(np.arange(min(ASKED, job.validation.size)))
        check_published(folder.path, run.path / "model", alone, [Batch(*make_inputs(flat), {}, {})], {}, {})

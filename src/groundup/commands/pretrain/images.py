"""What is different when a model learns from images: the examples, the model, and the folder that is published."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from groundup.commands.pretrain.objectives import Job
from groundup.commands.pretrain.regimes import Regime
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.shared.publishing import ASKED, check_published
from groundup.config import lasting
from groundup.data.pictures import Pictures, image_shape
from groundup.errors import InputError
from groundup.families import checkpoint, presets
from groundup.folders import new_folder
from groundup.nn.config import Patches
from groundup.nn.model import Model
from groundup.objectives.masked_image import MaskedImage
from groundup.objectives.objective import Batch, inputs_of
from groundup.runs import RunFolder

PREPROCESSOR = "preprocessor_config.json"


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
    train, validation = (
        Pictures.open(Path(settings.data), split, settings.patch_size, settings.seed + i, mirror=i == 0)
        for i, split in enumerate(("train", "validation"))
    )
    objective = MaskedImage(settings.seed, settings.mask_rate or 0.75)
    return Job(settings, None, train, validation, objective, regime, "patches")


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
    middle = [0.5] * patches.channels
    with new_folder(run.path / "model", kind="model", settings=lasting(settings), parents=[Path(settings.data)]) as folder:
        checkpoint.save(folder, alone, "vit")
        folder.write_json(
            PREPROCESSOR,
            {
                "image_processor_type": "ViTImageProcessor",
                "do_resize": True,
                "do_rescale": True,
                "rescale_factor": 1 / 255,
                "size": {"height": patches.image_size, "width": patches.image_size},
                "do_normalize": True,
                "image_mean": middle,
                "image_std": middle,
            },
        )
        parameters = sum(p.numel() for p in alone.parameters()) / 1e6
        side = f"{patches.image_size} pixels, patches of {patches.size}"
        told = f"- {parameters:.2f} M parameters\n- {side}\n- seed {settings.seed}"
        title = f"# {settings.preset} encoder of images\n\nPretrained with groundup on missing patches.\n\n"
        folder.write_text("README.md", f"{title}{told}\n")
        flat = job.validation.batch(np.arange(min(ASKED, job.validation.size)))
        check_published(folder.path, run.path / "model", alone, [Batch(*inputs_of(flat), {}, {})], {}, {})

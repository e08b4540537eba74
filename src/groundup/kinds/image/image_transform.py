"""How a model wants to see an image: scaled, cut, and its numbers, as `preprocessor_config.json` says it (Hugging Face).

V numbers of a patch: its channels, each row by row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from groundup.errors import InputError, printable
from groundup.folders import NewFolder
from groundup.manifest import read_verified
from groundup.strict_json import parse_json

PREPROCESSOR = "preprocessor_config.json"
MIDDLE = 0.5
BILINEAR, BICUBIC = 2, 3  # as Pillow and transformers number the ways of scaling
PROCESSOR = "processor_config.json"
PROCESSORS: dict[str, dict[str, Any]] = {  # what classes of transformers have where a file says nothing
    "ViTImageProcessor": {"size": {"height": 224, "width": 224}, "resample": BILINEAR},
    "DeiTImageProcessor": {
        "size": {"height": 256, "width": 256},
        "resample": BICUBIC,
        "do_center_crop": True,
        "crop_size": {"height": 224, "width": 224},
    },
    "CLIPImageProcessor": {
        "size": {"shortest_edge": 224},
        "resample": BICUBIC,
        "do_center_crop": True,
        "crop_size": {"height": 224, "width": 224},
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    },
}


@dataclass(frozen=True, kw_only=True)
class ImageTransform:
    """Square images of `size` pixels."""

    size: int
    channels: int = 3
    edge: int = 0
    """Pixels that the shorter side is scaled to before the middle square is cut; 0: the whole image is scaled, whatever its
    shape."""
    resample: int = BILINEAR
    """How it is scaled, by Pillow's number."""
    mean: tuple[float, ...] = (MIDDLE, MIDDLE, MIDDLE)
    deviation: tuple[float, ...] = (MIDDLE, MIDDLE, MIDDLE)
    """Of each channel, between 0 and 1."""

    @property
    def plain(self) -> bool:
        """Whether values go from -1 to 1."""
        return {*self.mean, *self.deviation} == {MIDDLE}

    def scaled(self, image: Any) -> Any:
        """An image of Pillow, as the model wants its pixels."""
        from PIL import Image

        way = Image.Resampling(self.resample)
        if not self.edge:
            return image.resize((self.size, self.size), way)
        width, height = image.size
        shorter = min(width, height)
        image = image.resize((max(1, width * self.edge // shorter), max(1, height * self.edge // shorter)), way)
        left, top = ((side - self.size) // 2 for side in image.size)
        return image.crop((left, top, left + self.size, top + self.size))

    def __call__(self, numbers: np.ndarray, patch: int) -> np.ndarray:
        """Bytes as numbers [..., V] -> what the model reads."""
        mean, deviation = (np.repeat(np.array(of, np.float32), patch**2) for of in (self.mean, self.deviation))
        return (numbers / 255 - mean) / deviation


def read_transform(folder: Path, size: int, channels: int) -> ImageTransform:
    """What the folder of a model says, which must fit its `size` in pixels; without a file, squares from -1 to 1. Raises
    InputError for what would show the model other pixels than it learned from."""
    file = transform_file(folder)
    if file is None:
        return ImageTransform(size=size, channels=channels, mean=(MIDDLE,) * channels, deviation=(MIDDLE,) * channels)
    config, path = with_defaults(*file)
    if config.get("do_resize", True) is not True:
        what = f"{printable(repr(config['do_resize']), 40)} leaves images as large as they are"
        raise InputError("UNSUPPORTED_MODEL", f"{path}: do_resize", what, "images are scaled to the size of the model")
    scale, factor = config.get("do_rescale", True), config.get("rescale_factor", 1 / 255)
    if scale is not True or not isinstance(factor, float) or not math.isclose(factor, 1 / 255, rel_tol=1e-3):
        raise InputError("UNSUPPORTED_MODEL", f"{path}: rescale_factor", "is not 1/255", "only bytes as shares of 255 are read")
    edge, inner = sides(config, path)
    if inner != size:
        raise InputError(
            "UNSUPPORTED_MODEL",
            path,
            f"makes images of {inner} pixels, and the model reads {size}",
            "write the size that the model reads",
        )
    resample = config.get("resample", BILINEAR)
    if resample not in range(6):
        raise InputError(
            "UNSUPPORTED_MODEL",
            f"{path}: resample",
            f"{printable(repr(resample))} is not known",
            "a number from 0 to 5, as Pillow has it",
        )
    plain = config.get("do_normalize", True) is False
    mean, deviation = (
        (of,) * channels if plain else channel_values(config, name, channels, path)
        for name, of in (("image_mean", 0.0), ("image_std", 1.0))
    )
    return ImageTransform(size=size, channels=channels, edge=edge, resample=int(resample), mean=mean, deviation=deviation)


def transform_file(folder: Path) -> tuple[dict[str, Any], Path] | None:
    """What transformers would read: `image_processor` of processor_config.json, else preprocessor_config.json."""
    for name, key in ((PROCESSOR, "image_processor"), (PREPROCESSOR, None)):
        path = folder / name
        if not path.is_file():
            continue
        value = parse_json(read_verified(folder, name), path, any_integer=True)
        if not isinstance(value, dict) or (key and not isinstance(value.get(key, {}), dict)):
            raise InputError("BAD_CONFIG", path, "is not an object", "fetch it again")
        if key is None or key in value:
            return value[key] if key else value, path
    return None


def with_defaults(config: dict[str, Any], path: Path) -> tuple[dict[str, Any], Path]:
    """The same with what its class has where the file says nothing. A class that is not known must leave nothing open."""
    class_in_config = config.get("image_processor_type") or config.get("feature_extractor_type") or "ViTImageProcessor"
    name = str(class_in_config).removesuffix("Fast").replace("FeatureExtractor", "ImageProcessor")
    missing = [key for key in ("size", "resample", "image_mean", "image_std") if config.get(key) is None]
    if name not in PROCESSORS and missing:
        raise InputError(
            "UNSUPPORTED_MODEL",
            f"{path}: {missing[0]}",
            f"is what {printable(name, 40)} has by itself, and this class is not known here",
            "write the value into the file",
        )
    return PROCESSORS.get(name, {}) | {key: value for key, value in config.items() if value is not None}, path


def sides(config: Mapping[str, Any], path: Path) -> tuple[int, int]:
    """The shorter side that an image is scaled to before it is cut (0: not cut), and the side of the square."""
    size = config.get("size")
    crop = config.get("crop_size") if config.get("do_center_crop") else None
    size = {"height": size, "width": size} if isinstance(size, int) and crop is None else size
    size = {"shortest_edge": size} if isinstance(size, int) else size
    crop = {"height": crop, "width": crop} if isinstance(crop, int) else crop
    match size, crop:
        case {"height": int(one), "width": int(other)}, None if one == other > 0:
            return 0, one
        case {"shortest_edge": int(edge)}, {"height": int(one), "width": int(other)} if edge >= one == other > 0:
            return edge, one
    raise InputError(
        "UNSUPPORTED_MODEL",
        path,
        "does not say how images become squares",
        "size as height and width, or as shortest_edge with a crop_size no larger",
    )


def channel_values(config: Mapping[str, Any], name: str, channels: int, path: Path) -> tuple[float, ...]:
    """A number for each channel."""
    values = config.get(name, [MIDDLE] * channels)
    numbers = isinstance(values, list) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    if not numbers or len(values) != channels or (name == "image_std" and min(values) <= 0):
        raise InputError("UNSUPPORTED_MODEL", f"{path}: {name}", f"does not hold {channels} numbers", "one for each channel")
    return tuple(map(float, values))


def write_transform(folder: NewFolder, transform: ImageTransform) -> None:
    """What `transformers` needs to show the model the same pixels. The class there that cuts the middle is CLIP's."""
    square = {"height": transform.size, "width": transform.size}
    way = (
        {"image_processor_type": "ViTImageProcessor", "size": square}
        if not transform.edge
        else {
            "image_processor_type": "CLIPImageProcessor",
            "size": {"shortest_edge": transform.edge},
            "do_center_crop": True,
            "crop_size": square,
        }
    )
    folder.write_json(
        PREPROCESSOR,
        way
        | {
            "do_resize": True,
            "resample": transform.resample,
            "do_rescale": True,
            "rescale_factor": 1 / 255,
            "do_normalize": True,
            "image_mean": list(transform.mean),
            "image_std": list(transform.deviation),
        },
    )

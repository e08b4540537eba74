"""Image files of folders and archives: decoded, cut to the middle square, scaled. A broken one is a reject, never gray."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from groundup.data.look import Look
from groundup.data.settings import ImageSettings, ReadSettings
from groundup.data.sources.archives import ARCHIVES
from groundup.data.sources.open import IMAGES, check_content, open_inputs
from groundup.data.sources.read import SPLITS, conclude, split_of
from groundup.data.sources.records import Rejects
from groundup.errors import InputError

MOST_BYTES, MOST_PIXELS = 2**26, 67_000_000  # of one file, and of one image: checked before it is decoded
WORDNET = re.compile(r"(?:^|_)(n\d{8})(?=_|$)")  # n01440764_tench, ILSVRC2012_val_00000293_n01440764


@dataclass(slots=True)
class Picture:
    """An image as [channels, size, size] bytes, with the class that its place tells."""

    id: str
    label: str
    split: str | None
    pixels: np.ndarray


def read_images(
    sources: Sequence[str], settings: ReadSettings, image: ImageSettings | Look, rejects: Rejects
) -> Iterator[Picture]:
    """Every image of the sources, in the order of their names."""
    decode = decoder()
    empty = True
    for opened in open_inputs(sources, settings, rejects, IMAGES):
        rejects.read += 1
        try:
            check_content(opened.stream, opened.format, opened.name)
            data = opened.stream.read(MOST_BYTES + 1)
            if len(data) > MOST_BYTES:
                raise InputError("TOO_LARGE", opened.name, f"has more than {MOST_BYTES:,} bytes", limit=f"{MOST_BYTES:,}")
            pixels = decode(data, opened.format, opened.name, image)
        except InputError as error:
            rejects.fault(opened.name, error.code, error.what, fix=error.fix)
            continue
        empty = False
        rejects.delivered += 1
        yield Picture(opened.name, class_of(opened.name), split_of(opened.name), pixels)
    conclude(empty, sources, settings, rejects)


def class_of(name: str) -> str:
    """The folder an image lies in; where that is none but a split's or an archive, the WordNet id in its name (ImageNet)."""
    path = PurePosixPath(name)
    home = path.parent.name
    if home and home.lower() not in SPLITS and not home.lower().endswith(ARCHIVES):
        return home
    found = WORDNET.findall(path.name.partition(".")[0])
    return found[-1] if found else home


def decoder():
    """The function that decodes; needs Pillow, which is an extra."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise InputError("MISSING_EXTRA", "image", "images are decoded by the package pillow, which is not installed",
                         "pip install 'groundup[image]'") from None  # fmt: skip

    def decode(data: bytes, kind: str, name: str, image: ImageSettings | Look) -> np.ndarray:
        try:
            opened = Image.open(io.BytesIO(data), formats=[kind.upper()])
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise InputError("TOO_LARGE", name, f"has {width} x {height} pixels", limit=f"{MOST_PIXELS:,} pixels")
            mode = "L" if image.channels == 1 else "RGB"
            if isinstance(image, Look):
                square = image.scaled(opened.convert(mode))
            else:
                square = ImageOps.fit(opened.convert(mode), (image.size, image.size), Image.Resampling.BILINEAR)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise InputError("BAD_IMAGE", name, f"cannot be decoded: {error}", "save it again, or leave it out") from None
        pixels = np.asarray(square, dtype=np.uint8)
        return pixels[None] if image.channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))

    return decode

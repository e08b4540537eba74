"""Image files of folders and archives: decoded, cut to the middle square, scaled. A broken one is a reject, never gray."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from groundup.data.settings import ImageSettings, ReadSettings
from groundup.data.sources.files.archives import ARCHIVES
from groundup.data.sources.files.formats import IMAGES, check_content
from groundup.data.sources.files.open import open_inputs
from groundup.data.sources.read import conclude
from groundup.data.sources.records import Rejects
from groundup.data.sources.split_names import SPLITS, split_of
from groundup.data.sources.upright import CHANGES, upright
from groundup.errors import InputError
from groundup.kinds.image.image_transform import ImageTransform
from groundup.messages.current import message

MOST_BYTES, MOST_PIXELS = 2**26, 67_000_000  # of one file, and of one image: checked before it is decoded
ADDRESS = re.compile(r"<[^<>]* at 0x[0-9A-Fa-f]+>")  # how Python shows an object: another one in every run
WORDNET = re.compile(r"(?:^|_)(n\d{8})(?=_|$)")  # n01440764_tench, ILSVRC2012_val_00000293_n01440764


@dataclass(slots=True)
class Picture:
    """An image as [channels, size, size] bytes, with the class that its place tells."""

    id: str
    label: str
    split: str | None
    pixels: np.ndarray


def read_images(
    sources: Sequence[str],
    settings: ReadSettings,
    image: ImageSettings | ImageTransform,
    rejects: Rejects,
    broken: Callable[[str, str], None] = lambda name, what: None,
) -> Iterator[Picture]:
    """Every image of the sources, in the order of their names. `broken` is told the name of one that cannot be read, in its
    turn, and why."""
    decode = decoder()
    empty = True
    refuse_empty_classes(sources, settings)
    done: Counter[str] = Counter()
    for opened in open_inputs(sources, settings, rejects, IMAGES):
        rejects.read += 1
        try:
            check_content(opened.stream, opened.format, opened.name)
            data = opened.stream.read(MOST_BYTES + 1)
            if len(data) > MOST_BYTES:
                raise InputError("TOO_LARGE", opened.name, f"has more than {MOST_BYTES:,} bytes", limit=f"{MOST_BYTES:,}")
            pixels, changes = decode(data, opened.format, opened.name, image)
        except InputError as error:
            rejects.fault(opened.name, error.code, error.what, fix=error.fix)
            broken(opened.name, error.what)
            continue
        empty = False
        done.update(changes)
        rejects.delivered += 1
        lost = rejects.lost
        yield Picture(opened.name, class_of(opened.name), split_of(opened.name), pixels)
        rejects.delivered -= rejects.lost - lost  # what was delivered and rejected by who reads
    for change in CHANGES:
        if done[change]:
            rejects.inform(message(f"images {change}", count=done[change]))
    conclude(empty, sources, settings, rejects)


def refuse_empty_classes(sources: Sequence[str], settings: ReadSettings) -> None:
    """A class folder without an image beside those that have some is probably a mistake, and never a class."""
    for root in map(Path, sources):
        if not root.is_dir() or settings.include:
            continue
        has_images: dict[Path, bool] = {}  # folders without folders -> whether an image lies in them
        for folder in (path for path in root.rglob("*") if path.is_dir() and not path.is_symlink()):
            inside = [*folder.iterdir()]
            if not any(part.startswith(".") for part in folder.relative_to(root).parts) and not any(e.is_dir() for e in inside):
                has_images[folder] = any(entry.suffix.lower() in IMAGES for entry in inside)
        for folder in sorted(folder for folder, images in has_images.items() if not images):
            if any(images and sibling.parent == folder.parent for sibling, images in has_images.items()):
                raise InputError(
                    "EMPTY_CLASS", folder, "holds no image, and folders beside it do", "put images in it, or remove the folder"
                )


def class_of(name: str) -> str:
    """The folder an image lies in; where that is none but a split's or an archive, the WordNet id in its name (ImageNet)."""
    path = PurePosixPath(name)
    home = path.parent.name
    if home and home.lower() not in SPLITS and not home.lower().endswith(ARCHIVES):
        return home
    wordnet_ids = WORDNET.findall(path.name.partition(".")[0])
    return wordnet_ids[-1] if wordnet_ids else home


def decoder():
    """The function that decodes to [channels, size, size] bytes and tells what was done to the image (`upright`). It needs
    Pillow, which is an extra."""
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError:
        raise InputError(
            "MISSING_EXTRA",
            "image",
            "images are decoded by the package pillow, which is not installed",
            "pip install 'groundup[image]'",
        ) from None

    def decode(data: bytes, kind: str, name: str, image: ImageSettings | ImageTransform) -> tuple[np.ndarray, set[str]]:
        try:
            opened = Image.open(io.BytesIO(data), formats=[kind.upper()])
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise InputError("TOO_LARGE", name, f"has {width} x {height} pixels", limit=f"{MOST_PIXELS:,} pixels")
            mode = "L" if image.channels == 1 else "RGB"
            whole, changes = upright(opened, mode, name)
            if isinstance(image, ImageTransform):
                square = image.scaled(whole)
            else:
                square = ImageOps.fit(whole, (image.size, image.size), Image.Resampling.BILINEAR)
        except (InputError, MemoryError):
            raise
        except Exception as error:  # the library has one for every way in which a file can be broken
            what = f"is no {kind}" if isinstance(error, UnidentifiedImageError) else ADDRESS.sub("the file", str(error))
            raise InputError("BAD_IMAGE", name, f"cannot be decoded: {what}", "save it again, or leave it out") from None
        pixels = np.asarray(square, dtype=np.uint8)
        return (pixels[None] if image.channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))), changes

    return decode

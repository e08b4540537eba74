"""Images by name, as a model wants to see them: what a tokenizer is for texts. Names are those of a prepared data folder, or of
image files of this machine.

I images, C channels, S side.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from groundup.data.look import PREPROCESSOR, Look
from groundup.data.picture_rows import FramedPictures
from groundup.data.pictures import image_shape
from groundup.data.sources.files.open import IMAGES
from groundup.data.sources.images import MOST_BYTES, decoder
from groundup.data.splits.split import SPLITS
from groundup.errors import InputError, printable
from groundup.folders import NewFolder, verify_folder
from groundup.strict_json import parse_json


class Album:
    """The images of a folder that `groundup prepare` made, or without one any image file."""

    def __init__(self, look: Look, patch: int, folder: Path | None = None):
        self.look, self.patch, self.folder = look, patch, folder
        self.notes: list[str] = []  # what a person should know of how images are shown
        self.labels: dict[str, dict[str, str]] = {split: {} for split in SPLITS}  # split -> name -> class
        self.places: dict[str, tuple[str, int]] = {}  # name -> (split, place in its file)
        if folder is not None:
            self.open(folder)

    def open(self, folder: Path) -> None:
        """Read the list of a data folder. Refused when a file differs from the manifest, or when its images are of another
        size than the model's."""
        channels, side, _ = image_shape(folder)
        if problems := verify_folder(folder):
            raise InputError("DATA_DAMAGED", problems[0].place, problems[0].what, "prepare the data again")
        if (channels, side) != (self.look.channels, self.look.size):
            fix = f"prepare them with --image.size {self.look.size} --image.channels {self.look.channels}"
            raise InputError("SIZE_DIFFERS", folder, f"has images of {side} pixels and {channels} channels", fix)
        for line in (folder / "images.jsonl").read_text("utf-8").split("\n"):
            if line:
                row = parse_json(line, folder / "images.jsonl")
                self.places[row["id"]] = row["split"], len(self.labels[row["split"]])
                self.labels[row["split"]][row["id"]] = row["label"]

    def framed(self, names: Sequence[str]) -> FramedPictures:
        """The images of these names."""
        known = [self.places.get(name) for name in names]
        splits = {place[0] for place in known if place is not None}
        if names and len(splits) == 1 and None not in known:
            (split,) = splits
            return FramedPictures.of(self.pixels_of(split), np.array([place[1] for place in known if place is not None]))
        files = [
            self.pixels_of(place[0])[place[1]] if place else self.read(name) for name, place in zip(names, known, strict=True)
        ]
        shape = (0, self.look.channels, self.look.size, self.look.size)
        return FramedPictures.of(np.stack(files) if files else np.zeros(shape, np.uint8))

    def pixels_of(self, split: str) -> np.ndarray:
        """[I, C, S, S] bytes of a split, mapped into memory."""
        assert self.folder is not None
        shape = (self.look.channels, self.look.size, self.look.size)
        return np.memmap(self.folder / f"shards/{split}.images", dtype=np.uint8, mode="r").reshape(-1, *shape)

    def read(self, name: str) -> np.ndarray:
        """[C, S, S] bytes of an image file."""
        path = Path(name)
        kind = IMAGES.get(path.suffix.lower())
        if kind is None or not path.is_file():
            what = "is no image file" if path.is_file() else "is not there"
            raise InputError("NO_IMAGE", printable(name), what, f"name a file that ends in one of {', '.join(IMAGES)}")
        if path.stat().st_size > MOST_BYTES:
            raise InputError("TOO_LARGE", path, f"has more than {MOST_BYTES:,} bytes", limit=f"{MOST_BYTES:,}")
        return decoder()(path.read_bytes(), kind, str(path), self.look)[0]

    def save(self, folder: NewFolder) -> None:
        """What `transformers` needs to show the model the same pixels. The class there that cuts the middle is CLIP's."""
        look = self.look
        square = {"height": look.size, "width": look.size}
        way = (
            {"image_processor_type": "ViTImageProcessor", "size": square}
            if not look.edge
            else {
                "image_processor_type": "CLIPImageProcessor",
                "size": {"shortest_edge": look.edge},
                "do_center_crop": True,
                "crop_size": square,
            }
        )
        folder.write_json(
            PREPROCESSOR,
            way
            | {
                "do_resize": True,
                "resample": look.resample,
                "do_rescale": True,
                "rescale_factor": 1 / 255,
                "do_normalize": True,
                "image_mean": list(look.mean),
                "image_std": list(look.deviation),
            },
        )

"""Images as a model reads them. A cell is the path of an image file, or an image that was read or prepared before.

R rows, C channels, S side.
"""

from __future__ import annotations

import glob
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from groundup.data.packed import Packed
from groundup.data.settings import Chinese, ReadSettings
from groundup.data.sources.files.archives import ARCHIVES
from groundup.data.sources.files.formats import IMAGES
from groundup.data.sources.records import Rejects
from groundup.data.splits.split import Leakage, cluster_keys
from groundup.errors import InputError, printable
from groundup.folders import NewFolder
from groundup.kinds.cell_fault import CellFault
from groundup.kinds.image.features import Pixels
from groundup.kinds.image.files import MOST_BYTES, decoder, read_images
from groundup.kinds.image.image_transform import ImageTransform, write_transform
from groundup.kinds.image.packed import PackedImages
from groundup.kinds.image.stored import STORED_IMAGES
from groundup.kinds.parts import ExplanationUnit, Picture
from groundup.kinds.reader import FileRow, Reader, Row, TooLong
from groundup.kinds.store import Store, StoredRow, digest, is_store
from groundup.nn.inputs import Patches

AT_ONCE = 512  # images that are in memory together
PATTERN = "*?["
FAULTS = ("NO_IMAGE", "TOO_LARGE", "BAD_IMAGE", "MANY_FRAMES")  # of one file, not of all


@dataclass(frozen=True, eq=False)
class Image:
    """An image of a row: at a place of a store, or in memory, or in the file of its name."""

    name: str
    store: Store | None = None
    row: StoredRow | None = None
    pixels: np.ndarray | None = None  # [C, S, S] bytes

    def __str__(self) -> str:
        return self.name


class ImageReader(Reader[PackedImages]):
    """Reads images by the transform of a model. `flip_seed` mirrors half of the training images."""

    kind, words, at_once, limited, kept_in_runs = "image", "the name of an image file", AT_ONCE, False, False
    unit, takes_texts, missing_code = "patch", True, "NO_IMAGE"
    unchecked = "near images unchecked"

    def __init__(self, transform: ImageTransform, patch: int, columns: Sequence[str] = ("image",)):
        super().__init__(columns)
        self.transform, self.patch = transform, patch
        self.flip_seed: int | None = None
        self.stored: dict[str, Image] = {}  # the images of a prepared folder by name
        self.file_digests: dict[str, bytes] = {}  # of images that are files: each is decoded for it once

    # Reading

    @property
    def inputs(self) -> tuple[Patches, ...]:
        return (Patches(size=self.patch, image_size=self.transform.size, channels=self.transform.channels),)

    def begin(self, seed: int, *, horizontal_flip: bool = False, drop_kinds: float = 0.0) -> None:
        super().begin(seed, drop_kinds=drop_kinds)
        self.flip_seed = seed if horizontal_flip else None

    def to_prepare(self, source: str) -> str:
        line = f"groundup prepare --source {source} --image.size {self.transform.size} --out FOLDER"
        return f"{line}, or name a table's --image_column"

    def use_store(self, store: Store) -> None:
        if store.stored is not STORED_IMAGES:
            raise self.other_store(store)
        size, channels = self.transform.size, self.transform.channels
        if store.shape != (channels, size, size):
            fix = f"prepare them with --image.size {size} --image.channels {channels}"
            what = f"has images of {store.shape[1]} pixels and {store.shape[0]} channels"
            raise InputError("SIZE_DIFFERS", store.folder, what, fix)
        self.transform = replace(self.transform, edge=size)  # as images are prepared
        self.stored = {row.name: Image(row.name, store, row) for rows in store.splits.values() for row in rows}

    def is_there(self, row: Row) -> bool:
        (image,) = row
        return image.store is not None or image.pixels is not None or Path(image.name).is_file()

    def stored_row(self, store: Store, row: StoredRow) -> Row:
        return (Image(row.name, store, row),)

    def sources_of(self, source: str) -> list[str] | None:
        """Images, folders and archives, and patterns of these like `photos/*.jpg`."""
        path = Path(source)
        if any(letter in source for letter in PATTERN) and not path.exists():
            paths = sorted(glob.glob(source, recursive=True))
            if not paths:
                raise InputError("NO_FILE", source, "no file has such a name", "quote the pattern, and see where it begins")
            return paths
        files = path.is_dir() or path.suffix.lower() in IMAGES or source.lower().endswith(ARCHIVES)
        return [source] if files else None

    def file_rows(self, sources: Sequence[str], read: ReadSettings, rejects: Rejects) -> Iterator[FileRow]:
        """Of a prepared folder the images of its test split."""
        if len(sources) == 1 and is_store(Path(sources[0])):
            yield from self.test_rows(Path(sources[0]))
            return
        broken: list[FileRow] = []
        pictures = read_images(
            sources, read, self.transform, rejects, lambda name, what: broken.append(FileRow(name, "", None, what))
        )
        while True:
            try:
                picture = next(pictures, None)
            except InputError:
                if not broken:
                    raise
                picture = None  # nothing but broken images
            yield from broken
            broken.clear()
            if picture is None:
                return
            yield FileRow(picture.id, picture.label, (Image(picture.id, pixels=picture.pixels),))

    def test_rows(self, folder: Path) -> Iterator[FileRow]:
        store = Store(folder)
        self.use_store(store)
        if not store.splits["test"]:
            raise InputError("NO_SPLIT", folder, "has no test images", "prepare it with --split.test, or name the raw folder")
        yield from (FileRow(row.name, row.label, self.stored_row(store, row)) for row in store.splits["test"])

    def light(self, row: Row) -> Row:
        return tuple(Image(image_of(cell).name) for cell in row)

    def read_cells(self, raw: Sequence[object], home: Path | None = None) -> Row | None:
        """Paths count from the folder of the file that they stand in. ValueError for a file that is no image, or broken."""
        cells = [cell.strip() if isinstance(cell, str) else cell for cell in raw]
        if not all(isinstance(cell, Image) or (isinstance(cell, str) and cell) for cell in cells):
            return None
        pairs = zip(self.columns, cells, strict=True)
        return tuple(cell if isinstance(cell, Image) else self.checked(str(cell), home, column) for column, cell in pairs)

    def checked(self, name: str, home: Path | None, column: str) -> Image:
        """The image of a path, whose file can be decoded; its pixels are forgotten."""
        image = Image(name if home is None else str(home / name))
        try:
            self.read_file(image.name)
        except InputError as error:
            if error.code not in FAULTS:
                raise
            raise CellFault(error.code, f"column '{column}': image '{printable(name)}' {error.what}") from None
        return image

    def write_cells(self, row: Row) -> tuple[str | None, ...]:
        return tuple(image_of(cell).name for cell in row)

    def restore_cells(self, stored: Sequence[str | None]) -> Row:
        """Names of the prepared folder in use, else paths."""
        return tuple(self.stored.get(str(name)) or Image(str(name)) for name in stored)

    # Tokens

    def rows_in_memory(self, values: Any) -> list[Row] | None:
        """Rows that the reader made itself, as they are; paths are read as texts are."""
        own = (
            isinstance(values, list) and values and all(isinstance(row, tuple) and isinstance(row[0], Image) for row in values)
        )
        return list(values) if own else None

    def pack(self, rows: Sequence[Row], length: int = 0, too_long: TooLong = "error") -> PackedImages:
        images = [image_of(cell) for (cell,) in rows]
        homes = {(image.store, image.row.split) for image in images if image.store is not None and image.row is not None}
        if len(homes) == 1 and all(image.store is not None for image in images):
            ((store, split),) = homes
            places = np.array([image.row.place for image in images if image.row is not None])
            return PackedImages(store.cells(split), places, self.patch, self.transform, self.flip_seed)
        pixels = self.pixels_of(rows)
        return PackedImages(pixels, np.arange(len(pixels)), self.patch, self.transform, self.flip_seed)

    def pixels_of(self, rows: Sequence[Row]) -> np.ndarray:
        """[R, C, S, S] bytes."""
        maps: dict[tuple[int, str], np.ndarray] = {}
        shape = (self.transform.channels, self.transform.size, self.transform.size)
        pixels = np.zeros((len(rows), *shape), np.uint8)
        for place, (cell,) in enumerate(rows):
            image = image_of(cell)
            if image.store is not None and image.row is not None:
                key = id(image.store), image.row.split
                if key not in maps:
                    maps[key] = image.store.cells(image.row.split)
                pixels[place] = maps[key][image.row.place]
            else:
                pixels[place] = self.read_file(image.name) if image.pixels is None else image.pixels
        return pixels

    def read_file(self, name: str) -> np.ndarray:
        """[C, S, S] bytes of an image file."""
        path = Path(name)
        form = IMAGES.get(path.suffix.lower())
        if form is None or not path.is_file():
            what = "is no image file" if path.is_file() else "is not there"
            raise InputError("NO_IMAGE", printable(name), what, f"name a file that ends in one of {', '.join(IMAGES)}")
        if path.stat().st_size > MOST_BYTES:
            raise InputError("TOO_LARGE", path, f"has more than {MOST_BYTES:,} bytes", limit=f"{MOST_BYTES:,}")
        return decoder()(path.read_bytes(), form, str(path), self.transform)[0]

    def save(self, folder: NewFolder, length: int = 0, *, segments: bool = False, frame: Sequence[str] = ()) -> None:
        write_transform(folder, self.transform)

    # Rows as rows

    def key(self, row: Row) -> bytes:
        return b"".join(self.digests([row]))

    def clusters(self, rows: Sequence[Row], groups: Sequence[str | None] | None = None) -> np.ndarray:
        """Images with the very same pixels are the same example."""
        return cluster_keys(self.digests(rows), groups)

    def leaks(self, train: Sequence[Row], other: Sequence[Row]) -> Leakage:
        """The share of images whose very pixels also train. Nearly equal ones are not looked for."""
        known = set(self.digests(train))
        same = [image_of(row[0]).name for row, key in zip(other, self.digests(other), strict=True) if key in known]
        return Leakage(len(same) / max(1, len(other)), None, None, same[:3])

    def digests(self, rows: Sequence[Row]) -> list[bytes]:
        """Of the pixels of each row, a part of the rows at a time."""
        images = [image_of(cell) for (cell,) in rows]
        files = [one.name if one.store is None and one.pixels is None else None for one in images]
        known = [None if name is None else self.file_digests.get(name) for name in files]
        unknown = [row for row, one in zip(rows, known, strict=True) if one is None]
        parts = (unknown[start : start + AT_ONCE] for start in range(0, len(unknown), AT_ONCE))
        new = (digest(pixels) for part in parts for pixels in self.pixels_of(part))
        digests = [next(new) if one is None else one for one in known]
        self.file_digests |= {name: one for name, one in zip(files, digests, strict=True) if name is not None}
        return digests

    def keys(self, rows: Sequence[Row]) -> list[Hashable]:
        return [*self.digests(rows)]

    # For simple methods, and for people

    def features(self, rows: Sequence[Row]) -> Pixels:
        return Pixels(self.pixels_of)

    def units(self, row: Row, packed: Packed, chinese: Chinese = "words") -> tuple[list[ExplanationUnit], list[np.ndarray]]:
        """The patches, row by row. The first token is of none."""
        side = self.transform.size // self.patch
        units = [ExplanationUnit(f"patch {at // side + 1}, {at % side + 1}") for at in range(side**2)]
        return units, [np.arange(-1, side**2)]

    def picture(self, row: Row) -> Picture:
        image = image_of(row[0])
        there = image if image.pixels is not None or image.store is not None else self.stored.get(image.name, image)
        return Picture(self.pixels_of([(there,)])[0], self.patch)

    def display(self, row: Row) -> tuple[str, ...]:
        return tuple(image_of(cell).name for cell in row)

    def title(self, row: Row) -> str:
        return f"{PurePath(image_of(row[0]).name).name}: "


def image_of(cell: object) -> Image:
    """A cell that is no image yet is the path of one."""
    return cell if isinstance(cell, Image) else Image(str(cell))

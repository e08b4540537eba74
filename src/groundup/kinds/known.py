"""The kinds of input, by name: the one place that knows them all. Adding one: docs/guides/add-a-kind.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundup.adapter_folder import beside
from groundup.data.tokenizers.tokenizer import load_tokenizer
from groundup.errors import InputError
from groundup.kinds.image.image_transform import PREPROCESSOR, read_transform, transform_file
from groundup.kinds.image.reader import ImageReader
from groundup.kinds.reader import Reader
from groundup.kinds.table.reader import TableReader
from groundup.kinds.text.reader import TextReader
from groundup.nn.config import Cells, Input, Patches, TransformerConfig, Words


def open_kind(folder: Path, config: TransformerConfig, columns: Sequence[str] = ()) -> Reader:
    """What reads rows for the model of a folder: its tokenizer, the transform of its images. Raises InputError for a folder
    without it."""
    match config.inputs:
        case (Words(),):
            return open_text(folder, config, columns)
        case (Patches() as patches,):
            return open_image(folder, patches, columns or ("image",))
        case (Cells(),):
            return TableReader.open(folder)
    kinds = " and ".join(one.kind for one in config.inputs)
    raise InputError("UNKNOWN_KIND", folder, f"reads {kinds}, which has no reader here", "use a newer groundup")


def open_text(folder: Path, config: TransformerConfig, columns: Sequence[str]) -> TextReader:
    """The tokenizer, whose tokens all have a row in the model's embedding."""
    encoder = load_tokenizer(folder)
    encoder.check_room(config.vocab_size, folder)
    return TextReader(encoder, columns)


def open_image(folder: Path, patches: Patches, columns: Sequence[str]) -> ImageReader:
    """The transform that the folder says, or of an adapter its base; without one, squares from -1 to 1."""
    home = folder if transform_file(folder) else beside(folder, PREPROCESSOR)
    reader = ImageReader(read_transform(home, patches.image_size, patches.channels), patches.size, columns)
    if transform_file(home) is None:
        reader.notes.append(f"{folder}: has no {PREPROCESSOR}; images are scaled to squares, and their numbers go from -1 to 1")
    return reader


def kind_of(inputs: Sequence[Input]) -> str:
    """The kinds of a model in words."""
    return " and ".join(one.kind for one in inputs)

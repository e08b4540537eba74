"""The kinds of input, by name: the one place that knows them all. Adding one: docs/guides/add-a-kind.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, assert_never

from groundup.adapter_folder import sibling
from groundup.data.tokenizers.load import load_tokenizer
from groundup.errors import InputError
from groundup.kinds.block import Block, Feed
from groundup.kinds.image.block import ImageBlock
from groundup.kinds.image.image_transform import MIDDLE, PREPROCESSOR, ImageTransform, read_transform, transform_file
from groundup.kinds.image.reader import ImageReader
from groundup.kinds.reader import Reader
from groundup.kinds.settings import KINDS, NewKinds
from groundup.kinds.several.reader import SeveralReader
from groundup.kinds.table.block import CellBlock
from groundup.kinds.table.reader import TableReader
from groundup.kinds.text.block import TextBlock
from groundup.kinds.text.reader import NewTextReader, TextReader
from groundup.messages.current import message
from groundup.nn.config import TransformerConfig
from groundup.nn.inputs import Cells, Input, Patches, Words

BLOCKS: dict[str, type[Block[Any]]] = {"text": TextBlock, "image": ImageBlock, "table": CellBlock}
"""How exported models are asked for a kind; one that is not named here is asked by `Block`, as it is."""


class ReadsKinds(Protocol):
    """What of a model its readers depend on."""

    @property
    def inputs(self) -> tuple[Input, ...]: ...

    @property
    def vocab_size(self) -> int: ...


def open_kind(folder: Path, config: ReadsKinds, columns: Sequence[str] = ()) -> Reader:
    """What reads rows for the model of a folder: its tokenizer, the transform of its images, what its columns are. Raises
    InputError for a folder without it."""
    if len(config.inputs) == 1:
        return open_input(folder, config.inputs[0], config, columns)
    return SeveralReader([open_input(folder, one, config) for one in config.inputs], trained=True)


def open_input(folder: Path, one: Input, config: ReadsKinds, columns: Sequence[str] = ()) -> Reader:
    """What reads one of the kinds of the model of a folder."""
    match one:
        case Words():
            return open_text(folder, config, columns)
        case Patches() as patches:
            return open_image(folder, patches, columns or ("image",))
        case Cells():
            return TableReader.open(folder)
    assert_never(one)


def new_reader(kind: str, columns: Sequence[str], how: NewKinds) -> Reader:
    """What reads a kind for a model that has not read it before; it learns from training rows what it must know."""
    match kind:
        case "text":
            return NewTextReader(None, columns)
        case "image":
            size, channels = how.image.size, how.image.channels
            middle = (MIDDLE,) * channels
            transform = ImageTransform(size=size, channels=channels, mean=middle, deviation=middle)
            return ImageReader(transform, how.image.patch_size, columns)
        case "table":
            return TableReader(columns, how.table)
    raise ValueError(kind)


def reader_for(
    columns: Mapping[str, Sequence[str]], folder: Path | None, config: TransformerConfig | None, how: NewKinds
) -> Reader:
    """What reads these columns by kind for the model of a folder that is to learn from them, or for a new model: what the model
    reads as it reads it, further kinds behind that. InputError for a kind of the model that has no columns."""
    known = {} if config is None else {one.kind: one for one in config.inputs}
    more = [kind for kind in KINDS if kind in columns and kind not in known]
    for kind in known:
        if kind not in columns:
            what = f"reads {kind}, and no {kind}_column is named"
            raise InputError("WRONG_MODEL", folder or "model", what, f"name --{kind}_column, or another model")
    readers = [open_input(folder, one, config, columns[kind]) for kind, one in known.items() if folder and config]
    for one in readers:
        one.name_columns(columns[one.kind])
    readers += [new_reader(kind, columns[kind], how) for kind in more]
    return readers[0] if len(readers) == 1 else SeveralReader(readers)


def reader_of_rows(columns: Mapping[str, Sequence[str]], how: NewKinds) -> Reader:
    """What reads these columns by kind where no model will: texts need no tokenizer then."""
    readers = [TextReader(None, columns[kind]) if kind == "text" else new_reader(kind, columns[kind], how) for kind in columns]
    return readers[0] if len(readers) == 1 else SeveralReader(readers)


def open_text(folder: Path, config: ReadsKinds, columns: Sequence[str]) -> TextReader:
    """The tokenizer, whose tokens all have a row in the model's embedding."""
    encoder = load_tokenizer(folder)
    encoder.check_room(config.vocab_size, folder)
    return TextReader(encoder, columns)


def open_image(folder: Path, patches: Patches, columns: Sequence[str]) -> ImageReader:
    """The transform that the folder says, or of an adapter its base; without one, squares from -1 to 1."""
    home = folder if transform_file(folder) else sibling(folder, PREPROCESSOR)
    reader = ImageReader(read_transform(home, patches.image_size, patches.channels), patches.size, columns)
    if transform_file(home) is None:
        reader.notes.append(message("no preprocessor", folder=folder, file=PREPROCESSOR))
    return reader


def make_feed(inputs: Sequence[Input]) -> Feed:
    """How an exported model of these kinds is asked."""
    return Feed({one.kind: BLOCKS.get(one.kind, Block)(one, alone=len(inputs) == 1) for one in inputs})


def kind_of(inputs: Sequence[Input]) -> str:
    """The kinds of a model in words."""
    return " and ".join(one.kind for one in inputs)

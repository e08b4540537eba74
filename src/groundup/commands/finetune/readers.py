"""What reads the rows of a fine-tuning run, by the columns of each kind that are named and the model to start from."""

from __future__ import annotations

from pathlib import Path

from groundup.commands.finetune.settings import Finetune
from groundup.errors import InputError
from groundup.families import checkpoint
from groundup.kinds.image.reader import ImageReader
from groundup.kinds.known import NewKinds, open_kind, reader_for
from groundup.kinds.reader import Reader
from groundup.kinds.store import is_store
from groundup.nn.config import TransformerConfig
from groundup.scope import refuse

OTHER_MODEL = {  # kind -> which model reads it
    "text": "use a model of texts",
    "image": "use a ViT (pretrain --objective patches)",
    "table": "leave --model out, which makes a new model",
}
DROP_KINDS = 0.2  # of rows of several kinds, where nothing is said


def open_reader(settings: Finetune, start: Path | None) -> Reader:
    """What reads the rows, as the model that is to learn from them reads such rows; kinds that it has not read before as the
    settings say."""
    columns = settings.columns_by_kind
    config = None if start is None else checkpoint.read_shape(start)
    known = set() if config is None else {one.kind for one in config.inputs}
    if len(columns) > 1 or start is None:
        refuse(settings, *["image is known"] * ("image" in known), *["table is known"] * ("table" in known))
        reader = reader_for(columns, start, config, NewKinds(settings.image, settings.table))
    else:
        assert config is not None
        reader = open_kind_asked(settings, start, config)
    drop = 0.0
    if len(columns) > 1:
        drop = DROP_KINDS if settings.drop_kinds is None else settings.drop_kinds
    reader.begin(settings.seed, horizontal_flip=settings.horizontal_flip, drop_kinds=drop)
    return reader


def open_kind_asked(settings: Finetune, start: Path, config: TransformerConfig) -> Reader:
    """The reader of a model of the one kind that is named; a prepared folder holds images."""
    reader = open_kind(start, config, settings.text_column or settings.image_column)
    asked = next(iter(settings.columns_by_kind), "image")
    if reader.kind == "text" and settings.task != "images" and not settings.columns_by_kind:
        raise InputError("BAD_SETTING", "text_column", "is required", "name the column with the text")
    if reader.kind != asked:
        raise InputError("WRONG_MODEL", str(settings.model), f"does not read {asked}s", OTHER_MODEL[asked])
    if asked == "image" and not settings.image_column and not is_store(Path(settings.data)):
        size = reader.transform.size if isinstance(reader, ImageReader) else 0
        fix = f"groundup prepare --source {settings.data} --image.size {size} --out FOLDER, or name a table's --image_column"
        raise InputError("NOT_PREPARED", settings.data, "is no prepared data folder", fix)
    return reader

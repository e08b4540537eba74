"""What reads the rows of a fine-tuning run, by the columns of each kind that are named and the model to start from."""

from __future__ import annotations

from pathlib import Path

from groundup.commands.finetune.settings import Finetune
from groundup.errors import InputError
from groundup.families import checkpoint
from groundup.kinds.known import open_kind, reader_for
from groundup.kinds.reader import Reader
from groundup.kinds.store import is_store
from groundup.nn.config import TransformerConfig
from groundup.scope import refuse

DROP_KINDS = 0.2  # of rows of several kinds, where nothing is said


def open_reader(settings: Finetune, start: Path | None) -> Reader:
    """What reads the rows, as the model that is to learn from them reads such rows; kinds that it has not read before as the
    settings say."""
    columns = settings.columns_by_kind
    config = None if start is None else checkpoint.read_shape(start)
    refuse(settings, *(f"{one.kind} is known" for one in (config.inputs if config else ())))
    if columns:
        refuse_prepared(settings)
        reader = reader_for(columns, start, config, settings)
    else:
        assert start is not None
        assert config is not None
        reader = open_prepared(settings, start, config)
    drop = 0.0
    if len(columns) > 1:
        drop = DROP_KINDS if settings.drop_kinds is None else settings.drop_kinds
    reader.begin(settings.seed, horizontal_flip=settings.horizontal_flip, drop_kinds=drop)
    return reader


def refuse_prepared(settings: Finetune) -> None:
    """Refuse columns of a prepared folder."""
    if is_store(Path(settings.data)):
        setting = f"{next(iter(settings.columns_by_kind))}_column"
        why = f"is for tables; {settings.data} is a prepared folder, which has its rows and their classes"
        raise InputError("BAD_SETTING", setting, why, "leave it out")


def open_prepared(settings: Finetune, start: Path, config: TransformerConfig) -> Reader:
    """The reader of the rows of a prepared folder."""
    reader = open_kind(start, config)
    if not is_store(Path(settings.data)):
        fix = reader.to_prepare(settings.data)
        if fix is None:
            what = f"is required: the model reads the kind {reader.kind}"
            raise InputError("BAD_SETTING", f"{reader.readers[0].kind}_column", what, "name the columns of each kind")
        raise InputError("NOT_PREPARED", settings.data, "is no prepared data folder", fix)
    return reader

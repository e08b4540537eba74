"""Opening a model for use: one of ours or Hugging Face's in torch, an exported one without."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundup.config import Command
from groundup.errors import InputError
from groundup.evaluate.opened import Opened, is_export, model_folder
from groundup.kinds.reader import Reader
from groundup.machine import prepare_machine


def open_model(model: str, settings: Command, task: str | None = None) -> Opened:
    """A model folder, run or export, for the task named; on so many threads as the settings say."""
    if is_export(Path(model)):
        from groundup.evaluate.exported import load_exported

        return load_exported(model, settings.threads, task)
    from groundup.evaluate.predictor import load

    prepare_machine(settings)
    return load(model, task=task)


def named_columns(reader: Reader, text: Sequence[str], image: Sequence[str]) -> tuple[str, ...]:
    """The columns that are named in the place of those of the training; of several kinds those of a kind that is not named
    stay."""
    if not text and not image:
        return ()
    given = {"text": tuple(text), "image": tuple(image)}
    kinds = [one.kind for one in reader.readers]
    for kind, columns in given.items():
        if columns and kind not in kinds:
            why = f"is for models that read {kind}s; this one reads the kind {' and '.join(kinds)}"
            raise InputError("BAD_SETTING", f"{kind}_column", why, "leave it out")
    if len(reader.readers) == 1:
        return tuple(text or image)
    for kind, columns in given.items():
        width = sum(len(one.columns) for one in reader.readers if one.kind == kind)
        if columns and len(columns) != width:
            what = f"names {len(columns)} columns, and the model reads {width}"
            raise InputError("WHICH_COLUMN", f"{kind}_column", what, "name as many as the model was trained on")
    return tuple(name for one in reader.readers for name in (given.get(one.kind) or one.columns))


def which_column(model: str, columns: Sequence[str], label: object) -> InputError:
    """The refusal of a model that does not say what it was trained on, with the settings that are missing beside it."""
    missing = [name for name, known in (("--text_column", columns), ("--label_column", label)) if not known]
    what = "columns" if len(missing) > 1 else "column"
    return InputError("WHICH_COLUMN", model, f"does not say which {what} it was trained on", f"name {' and '.join(missing)}")


def folder_of(model: str) -> Path:
    """The folder with the model: that of an export, or a model folder."""
    return Path(model).resolve() if is_export(Path(model)) else model_folder(model)

"""Opening a model for use: one of ours or Hugging Face's in torch, an exported one without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from groundup.config import Command
from groundup.errors import InputError, printable
from groundup.evaluate.opened import Opened, is_export, model_folder
from groundup.kinds.reader import Reader
from groundup.machine import prepare_machine
from groundup.messages.translate import plural


def open_model(model: str, settings: Command, task: str | None = None) -> Opened:
    """A model folder, run or export, for the task named; on so many threads as the settings say."""
    if is_export(Path(model)):
        from groundup.evaluate.exported import load_exported

        return load_exported(model, settings.threads, task)
    from groundup.evaluate.predictor import load

    prepare_machine(settings)
    return load(model, task=task)


def named_columns(reader: Reader, columns_by_kind: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The columns that are named by kind, in the place of those of the training; those of a kind that is not named stay. Of a
    table `NAME=COLUMN` may name single ones: that of the training, then that of the file."""
    if not any(columns_by_kind.values()):
        return ()
    kinds = [one.kind for one in reader.readers]
    for kind, columns in columns_by_kind.items():
        if columns and kind not in kinds:
            why = f"is for models that read {kind}s; this one reads the kind {' and '.join(kinds)}"
            raise InputError("BAD_SETTING", f"{kind}_column", why, "leave it out")
    if len(reader.readers) == 1 and not reader.columns:  # a model that does not say what it was trained on
        return tuple(name for columns in columns_by_kind.values() for name in columns)
    return tuple(name for one in reader.readers for name in columns_of_kind(one, columns_by_kind.get(one.kind, ())))


def columns_of_kind(reader: Reader, choices: Sequence[str]) -> Sequence[str]:
    """The columns of one kind, where they are named anew."""
    trained = reader.columns
    pairs = dict(one.split("=", 1) for one in choices if "=" in one and one not in trained)
    if not choices:
        return trained
    if reader.renamed_singly and len(pairs) == len(choices):
        if strange := [name for name in pairs if name not in trained]:
            what = f"the model has no column '{printable(strange[0])}'; it has {', '.join(map(printable, trained))}"
            raise InputError(
                "WHICH_COLUMN", f"{reader.kind}_column", what, "name its column, then that of the file: NAME=COLUMN"
            )
        return [pairs.get(name, name) for name in trained]
    if len(choices) != len(trained):
        what = f"names {plural(len(choices), 'column')}, and the model reads {len(trained)}"
        single = ", or single ones as NAME=COLUMN: the model's, then the file's" if reader.renamed_singly else ""
        raise InputError("WHICH_COLUMN", f"{reader.kind}_column", what, f"name as many as the model was trained on{single}")
    return choices


def which_column(model: str, columns: Sequence[str], label: object) -> InputError:
    """The refusal of a model that does not say what it was trained on, with the settings that are missing beside it."""
    missing = [name for name, known in (("--text_column", columns), ("--label_column", label)) if not known]
    what = "columns" if len(missing) > 1 else "column"
    return InputError("WHICH_COLUMN", model, f"does not say which {what} it was trained on", f"name {' and '.join(missing)}")


def folder_of(model: str) -> Path:
    """The folder with the model: that of an export, or a model folder."""
    return Path(model).resolve() if is_export(Path(model)) else model_folder(model)

"""Opening a model for use: one of ours or Hugging Face's in torch, an exported one without."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundup.config import Command
from groundup.errors import InputError
from groundup.evaluate.opened import Opened, is_export, model_folder
from groundup.machine import prepare_machine


def open_model(model: str, settings: Command, task: str | None = None) -> Opened:
    """A model folder, run or export, for the task named; on so many threads as the settings say."""
    if is_export(Path(model)):
        from groundup.evaluate.exported import load_exported

        return load_exported(model, settings.threads, task)
    from groundup.evaluate.predictor import load

    prepare_machine(settings)
    return load(model, task=task)


def which_column(model: str, columns: Sequence[str], label: object) -> InputError:
    """The refusal of a model that does not say what it was trained on, with the settings that are missing beside it."""
    missing = [name for name, known in (("--text_column", columns), ("--label_column", label)) if not known]
    what = "columns" if len(missing) > 1 else "column"
    return InputError("WHICH_COLUMN", model, f"does not say which {what} it was trained on", f"name {' and '.join(missing)}")


def folder_of(model: str) -> Path:
    """The folder with the model: that of an export, or a model folder."""
    return Path(model).resolve() if is_export(Path(model)) else model_folder(model)

"""Opening a model for use: one of ours or Hugging Face's in torch, an exported one without."""

from __future__ import annotations

from pathlib import Path

from groundup.commands.evaluate import Evaluate
from groundup.commands.machine import prepare_machine
from groundup.commands.predict import Predict
from groundup.evaluate.opened import Opened, is_export, model_folder


def open_model(settings: Predict | Evaluate) -> Opened:
    """The model that the settings name, for the task that they name."""
    if is_export(Path(settings.model)):
        from groundup.evaluate.exported import load_exported

        return load_exported(settings.model, settings.threads, settings.task)
    from groundup.evaluate.predictor import load

    prepare_machine(settings)
    return load(settings.model, task=settings.task)


def folder_of(model: str) -> Path:
    """The folder with the model: that of an export, or a model folder."""
    return Path(model).resolve() if is_export(Path(model)) else model_folder(model)

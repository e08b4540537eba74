"""The values that are decided where a user says nothing: for training, and for `--dry-run` as far as they are known without
the data. Free of torch: config.json is read at most.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from groundup.errors import InputError
from groundup.strict_json import read_json
from groundup.train.defaults import PRETRAINED, TrainingDefaults
from groundup.train.hyperparameters import Hyperparameters, finetuning_hyperparameters
from groundup.train.settings import OptimizerSettings


class Steps(Protocol):
    """Settings that say how long to train."""

    @property
    def steps(self) -> int | None: ...

    @property
    def batch_size(self) -> int: ...


WIDTHS = ("hidden_size", "d_model", "n_embd", "dim")  # what config.json of the families calls the numbers of a token
LATER = "resolved at the start:"


def config_of(model: str) -> dict:
    """config.json of a model folder or run; empty where there is none to read yet."""
    for folder in (Path(model) / "model", Path(model)):
        try:
            if (folder / "config.json").is_file():
                config = read_json(folder / "config.json")
                return config if isinstance(config, dict) else {}
        except InputError:
            return {}
    return {}


def width_of(model: str) -> int | None:
    """The numbers of a token in a model; None where it does not say."""
    config = config_of(model)
    return next((config[name] for name in WIDTHS if isinstance(config.get(name), int) and config[name] > 0), None)


def lines_of(values: Hyperparameters) -> list[str]:
    """The values of an optimizer for people."""
    rest = {name: value for name, value in asdict(values).items() if name not in ("method", "learning_rate")}
    line = ", ".join(
        f"{name} {str(value).lower() if isinstance(value, bool) else format(value, 'g')}" for name, value in rest.items()
    )
    return [f"resolved: {values}", f"resolved: {line}"]


def dry_transfer(model: str, optimizer: OptimizerSettings, settings: Steps, tasks: int = 1) -> list[str]:
    """Of a command that trains a pretrained model on labelled rows as fine-tuning does."""
    width = width_of(model)
    return [
        *hyperparameter_lines(model, None if width is None else finetuning_hyperparameters(optimizer, width)),
        *steps_told(settings, tasks),
    ]


def hyperparameter_lines(model: str, values: Hyperparameters | None) -> list[str]:
    """The values of an optimizer for people; None where the model does not say how wide it is."""
    return (
        lines_of(values)
        if values is not None
        else [f"{LATER} the learning rate, of the width of {model}, which has no config.json to read"]
    )


def steps_told(settings: Steps, tasks: int = 1, defaults: TrainingDefaults = PRETRAINED) -> list[str]:
    """How long the training is; of several tasks an update has rows of each."""
    size = settings.batch_size * tasks
    if settings.steps is not None:
        return [f"resolved: {settings.steps:,} steps of {size:,} rows; {LATER} how many epochs that is"]
    epochs = getattr(settings, "epochs", None)  # a learning curve has none
    how = f"{epochs} epochs" if epochs is not None else f"{defaults.epochs} epochs, and at least {defaults.min_steps:,} steps"
    return [f"{LATER} the number of steps of {size:,} rows, by the number of training rows ({how})"]

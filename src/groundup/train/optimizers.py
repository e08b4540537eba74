"""An optimizer and its schedule, made of values that are decided (hyperparameters.py)."""

from __future__ import annotations

from collections.abc import Callable

from groundup.nn.model import Model
from groundup.train.adamw import AdamW
from groundup.train.hyperparameters import Hyperparameters
from groundup.train.muon import METHODS
from groundup.train.schedule import Schedule


def make_optimizer(
    values: Hyperparameters, model: Model, scale: Callable[[str], float] = lambda name: 1.0
) -> tuple[AdamW, Schedule]:
    """The optimizer of what the model trains, and the learning rate as a function of the update."""
    optimizer = METHODS[values.method](
        model.named_parameters(),
        (values.beta1, values.beta2),
        values.epsilon,
        values.weight_decay,
        values.bias_correction,
        scale,
    )
    return optimizer, Schedule(values.learning_rate, values.warmup, values.flat_until)


def slower_below(decay: float, layers: int) -> Callable[[str], float]:
    """By a parameter's name: how much slower it learns, where each of so many blocks does than the one above it."""

    def scale(name: str) -> float:
        if ".embed." in name:
            return decay**layers
        return decay ** (layers - 1 - int(name.split(".")[2])) if ".blocks." in name else 1.0

    return scale

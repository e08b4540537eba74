"""Builds an optimizer and its schedule from hyperparameters (hyperparameters.py)."""

from __future__ import annotations

from collections.abc import Callable

from groundup.nn.model import Model
from groundup.train.adamw import AdamW
from groundup.train.hyperparameters import Hyperparameters
from groundup.train.muon import OPTIMIZERS
from groundup.train.schedule import Schedule


def make_optimizer(
    values: Hyperparameters, model: Model, lr_scale: Callable[[str], float] = lambda name: 1.0
) -> tuple[AdamW, Schedule]:
    """The optimizer of the model's trainable parameters, and the learning rate as a function of the update.

    `lr_scale` gives each parameter's factor of the learning rate by its name.
    """
    optimizer = OPTIMIZERS[values.method](
        model.named_parameters(),
        (values.beta1, values.beta2),
        values.epsilon,
        values.weight_decay,
        values.bias_correction,
        lr_scale,
    )
    return optimizer, Schedule(values.learning_rate, values.warmup, values.decay_start)


def layerwise_lr_decay(decay: float, layers: int) -> Callable[[str], float]:
    """Layer-wise learning rate decay: the factor of a parameter by its name.

    Each of `layers` blocks learns `decay` times as fast as the block above it, the embedding as slowly as a block below all.
    """

    def scale(name: str) -> float:
        if ".embed." in name:
            return decay**layers
        return decay ** (layers - 1 - int(name.split(".")[2])) if ".blocks." in name else 1.0

    return scale

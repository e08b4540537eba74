"""Builds an optimizer and its schedule from hyperparameters (hyperparameters.py)."""

from __future__ import annotations

from collections.abc import Callable, Collection

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


def layerwise_lr_decay(
    decay: float, layers: int, new_inputs: Collection[str] = (), new_scale: float = 1.0
) -> Callable[[str], float]:
    """Layer-wise learning rate decay: the factor of a parameter by its name.

    Each of `layers` blocks learns `decay` times as fast as the block above it, the embedding as slowly as a block below all.
    Embeddings of `new_inputs`, kinds that were added to a trained body, learn `new_scale` times as fast as its top.
    """

    def scale(name: str) -> float:
        if is_new_embedding(name, new_inputs):
            return new_scale
        if ".embed." in name:
            return decay**layers
        return decay ** (layers - 1 - int(name.split(".")[2])) if ".blocks." in name else 1.0

    return scale


def is_new_embedding(name: str, new_inputs: Collection[str]) -> bool:
    """Whether a parameter is of the embedding of a new kind, or of what several kinds share (Model.add_inputs)."""
    _, inside, rest = name.partition("backbone.embed.")
    if not inside or not new_inputs:
        return False
    return rest.split(".")[1] in new_inputs if rest.startswith("kinds.") else True

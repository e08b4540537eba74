"""What fine-tuning does where its settings say nothing: for models that were pretrained, and for new ones."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class TrainingDefaults:
    """Measured; those of new models: docs/decisions/024-tables.md and 025-several-kinds.md."""

    epochs: int
    min_steps: int
    """A training without epochs or steps has so many of both, whichever is longer."""
    layer_decay: float
    ema_decay: float
    """Decay of the moving average of the weights; 0: none."""
    best_metric: str | None
    """Validation figure that decides which checkpoint is best; None: the task's."""
    learning_rate: float
    """At its peak, of a model of hidden size `width`."""
    width: int
    exponent: float
    """It falls with so large a power of the width."""
    max_learning_rate: float
    """At any width."""
    plain_head: bool = False
    """Whether classes are read from the pooled states by one linear layer: a norm before it makes them too sure."""
    token_dropout: float = 0.0
    """Share of the words and patches of rows of several kinds that training leaves out."""

    def peak(self, width: int) -> float:
        """The peak learning rate at a hidden size."""
        return min(self.max_learning_rate, self.learning_rate * (self.width / width) ** self.exponent)


PRETRAINED = TrainingDefaults(5, 600, 0.9, 0.0, None, 2e-4, 384, 1.5, 5e-4)
NEW = TrainingDefaults(12, 400, 1.0, 0.99, "loss", 1e-3, 64, 0.5, 2e-3, plain_head=True, token_dropout=0.3)
RANDOM = replace(
    NEW,
    min_steps=PRETRAINED.min_steps,
    ema_decay=PRETRAINED.ema_decay,
    best_metric=PRETRAINED.best_metric,
    plain_head=False,
)
"""Of a pretrained model's shape with random weights, which is compared with it: judged alike, but it learns as new ones do."""


def new_inputs_scale(width: int) -> float:
    """How many times as fast as the top of a pretrained body the embeddings learn that were added to it (Model.add_inputs)."""
    return NEW.peak(width) / PRETRAINED.peak(width)

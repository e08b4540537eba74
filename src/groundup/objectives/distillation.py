"""Learning from a teacher: what it says of each example (Hinton et al., 2015, arXiv:1503.02531), and what it holds inside.

What the teacher said stands among the targets under the names of the terms; what the student holds inside, among the
predictions. M asked positions, K classes, N tokens, C hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.ends import Ends, log_shares
from groundup.objectives.label import Label
from groundup.objectives.numbers import Labels, Quantity
from groundup.objectives.objective import Objective, Sums
from groundup.objectives.tags import Tags

SOFT, CLASSES = "soft", "soft.classes"  # what the teacher says; of many classes, which ones it is told of
INSIDE = ("states", "cosine", "embedding", "attention", "relation")  # terms of what is inside
ROWS = ".rows"  # after the name of an inside term: the count that its sum is divided by
SoftLoss = Callable[[Tensor, Mapping[str, Tensor]], Tensor]


class Distillation:
    """sum of w_k L_k over the task's own loss (under its own name), `soft`, and the terms of INSIDE.

    A term of weight 0 is not computed. In the first `inside_first` of the updates only the inside is learned, and after that
    only what is said, where both have a weight; 0: all together.
    """

    def __init__(self, hard: Objective, weights: Mapping[str, float], temperature: float = 1.0, inside_first: float = 0.0):
        self.hard, self.temperature, self.inside_first = hard, temperature, inside_first
        self.name = str(getattr(hard, "name", ""))
        self.given = {name: weight for name, weight in weights.items() if weight}
        self.soft_loss = soft_loss_of(hard)

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return self.hard.prepare(flat, progress)

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        found = self.hard.counts(targets) if self.name in self.given else {}
        if SOFT in self.given:
            found[SOFT] = int(targets[SOFT + ROWS])
        return found | {name: int(targets[name + ROWS]) for name in INSIDE if name in self.given}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        found = self.hard.losses(predictions, targets) if self.name in self.given else {}
        if SOFT in self.given:
            logits = predictions[self.name].float() / self.temperature
            found[SOFT] = self.soft_loss(logits, targets) * self.temperature**2
        for name in INSIDE:
            if name in self.given:
                keys = sorted(key for key in targets if key.startswith(f"{name}/"))
                found[name] = sum((INSIDE_LOSSES[name](predictions[key], targets[key]) for key in keys), torch.zeros(()))
        return found

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        inside = {name: weight for name, weight in self.given.items() if name in INSIDE}
        said = {name: weight for name, weight in self.given.items() if name not in INSIDE}
        if self.inside_first and inside and said:
            early = progress <= self.inside_first
            return {name: weight * (early == (name in INSIDE)) for name, weight in self.given.items()}
        return said | inside

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return self.hard.measure(predictions, targets)

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return self.hard.summary(sums)


def soft_loss_of(hard: Objective) -> SoftLoss:
    """How answers of the kind that an objective trains differ from a teacher's; ValueError where we know none.

    It gets the student's logits and finds the teacher's, both divided by the temperature, among the targets; it gives a sum
    over positions.
    """
    if isinstance(hard, Label | Tags):
        return between_classes
    if isinstance(hard, Labels):
        return between_labels
    if isinstance(hard, Quantity):
        return between_numbers
    if isinstance(hard, Ends):
        return lambda logits, targets: between_ends(logits, targets[SOFT], targets[hard.name][:, 1])
    raise ValueError(f"nothing is known of how two {type(hard).__name__} differ")


def between_classes(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """KL(teacher || student) of logits [M, K]. Where the teacher told of its k best classes alone ([M, k], with their
    log-shares [M, k + 1], the last that of all others together), the others are one for the student, too."""
    if CLASSES not in targets:
        return kl(targets[SOFT].log_softmax(-1), logits.log_softmax(-1))
    chosen, logs = targets[CLASSES], logits.log_softmax(-1)
    others = logs.scatter(1, chosen, -torch.inf).logsumexp(-1, keepdim=True)
    return kl(targets[SOFT], torch.cat([logs.gather(1, chosen), others], -1))


def between_labels(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """The same of each label for itself: a mean over the K labels."""
    taught = targets[SOFT]
    both = taught.sigmoid() * (F.logsigmoid(taught) - F.logsigmoid(logits))
    neither = (-taught).sigmoid() * (F.logsigmoid(-taught) - F.logsigmoid(-logits))
    return (both + neither).mean(-1).sum()


def between_numbers(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """Squared error; with the factor T^2 it does not hang on the temperature."""
    return (logits - targets[SOFT]).square().mean(-1).sum()


def between_ends(logits: Tensor, taught: Tensor, sequence: Tensor) -> Tensor:
    """KL of where an answer begins and where it ends [M, 2], among the tokens of each sequence: the mean of both."""
    return kl(log_shares(taught, sequence), log_shares(logits, sequence)) / 2


def kl(taught: Tensor, said: Tensor) -> Tensor:
    """sum of p (log p - log q) over everything, from logarithms."""
    return (taught.exp() * (taught - said)).sum()


def squared(said: Tensor, taught: Tensor) -> Tensor:
    """Squared error: a mean over the width [N, C], summed over tokens."""
    return (said - taught).square().mean(-1).sum()


def cosine(said: Tensor, taught: Tensor) -> Tensor:
    """1 - cos of states [N, C], summed over tokens; exactly 0 for states that are the same."""
    one, other = (F.normalize(x, dim=-1) for x in (said, taught))
    return (one - other).square().sum() / 2


def squared_numbers(said: Tensor, taught: Tensor) -> Tensor:
    return (said - taught).square().sum()


def kl_of_rows(said: Tensor, taught: Tensor) -> Tensor:
    return kl(taught, said)


INSIDE_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "states": squared,
    "cosine": cosine,
    "embedding": squared,
    "attention": squared_numbers,
    "relation": kl_of_rows,
}

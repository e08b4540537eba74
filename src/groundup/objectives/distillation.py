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
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.numeric_targets import BinaryCrossEntropy, SquaredError
from groundup.objectives.objective import Objective, Sums
from groundup.objectives.span_cross_entropy import SpanCrossEntropy, sequence_log_softmax
from groundup.objectives.tag_cross_entropy import TagCrossEntropy

SOFT_TARGETS, TOP_CLASSES = "soft", "soft.classes"  # what the teacher says; of many classes, which ones it is told of
HIDDEN_TERMS = ("states", "cosine", "embedding", "attention", "relation")  # terms of what is inside
COUNT_SUFFIX = ".rows"  # after the name of an inside term: the count that its sum is divided by
SoftLoss = Callable[[Tensor, Mapping[str, Tensor]], Tensor]


class Distillation:
    """sum of w_k L_k over the task's own loss (under its own name), `soft`, and the terms of INSIDE.

    A term of weight 0 is not computed. In the first `inside_first` of the updates only the inside is learned, and after that
    only what is said, where both have a weight; 0: all together.
    """

    def __init__(
        self, task_objective: Objective, weights: Mapping[str, float], temperature: float = 1.0, hidden_first: float = 0.0
    ):
        self.task_objective, self.temperature, self.hidden_first = task_objective, temperature, hidden_first
        self.name = str(getattr(task_objective, "name", ""))
        self.term_weights = {name: weight for name, weight in weights.items() if weight}
        self.soft_loss = make_soft_loss(task_objective)

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return self.task_objective.prepare(flat, progress)

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        found = self.task_objective.counts(targets) if self.name in self.term_weights else {}
        if SOFT_TARGETS in self.term_weights:
            found[SOFT_TARGETS] = int(targets[SOFT_TARGETS + COUNT_SUFFIX])
        return found | {name: int(targets[name + COUNT_SUFFIX]) for name in HIDDEN_TERMS if name in self.term_weights}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        found = self.task_objective.losses(predictions, targets) if self.name in self.term_weights else {}
        if SOFT_TARGETS in self.term_weights:
            logits = predictions[self.name].float() / self.temperature
            found[SOFT_TARGETS] = self.soft_loss(logits, targets) * self.temperature**2
        for name in HIDDEN_TERMS:
            if name in self.term_weights:
                keys = sorted(key for key in targets if key.startswith(f"{name}/"))
                found[name] = sum((HIDDEN_LOSSES[name](predictions[key], targets[key]) for key in keys), torch.zeros(()))
        return found

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        inside = {name: weight for name, weight in self.term_weights.items() if name in HIDDEN_TERMS}
        said = {name: weight for name, weight in self.term_weights.items() if name not in HIDDEN_TERMS}
        if self.hidden_first and inside and said:
            early = progress <= self.hidden_first
            return {name: weight * (early == (name in HIDDEN_TERMS)) for name, weight in self.term_weights.items()}
        return said | inside

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return self.task_objective.measure(predictions, targets)

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return self.task_objective.summary(sums)


def make_soft_loss(hard: Objective) -> SoftLoss:
    """How answers of the kind that an objective trains differ from a teacher's; ValueError where we know none.

    It gets the student's logits and finds the teacher's, both divided by the temperature, among the targets; it gives a sum
    over positions.
    """
    if isinstance(hard, LabelCrossEntropy | TagCrossEntropy):
        return soft_class_loss
    if isinstance(hard, BinaryCrossEntropy):
        return soft_label_loss
    if isinstance(hard, SquaredError):
        return soft_number_loss
    if isinstance(hard, SpanCrossEntropy):
        return lambda logits, targets: soft_span_loss(logits, targets[SOFT_TARGETS], targets[hard.name][:, 1])
    raise ValueError(f"nothing is known of how two {type(hard).__name__} differ")


def soft_class_loss(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """KL(teacher || student) of logits [M, K]. Where the teacher told of its k best classes alone ([M, k], with their
    log-shares [M, k + 1], the last that of all others together), the others are one for the student, too."""
    if TOP_CLASSES not in targets:
        return kl_divergence(targets[SOFT_TARGETS].log_softmax(-1), logits.log_softmax(-1))
    chosen, logs = targets[TOP_CLASSES], logits.log_softmax(-1)
    others = logs.scatter(1, chosen, -torch.inf).logsumexp(-1, keepdim=True)
    return kl_divergence(targets[SOFT_TARGETS], torch.cat([logs.gather(1, chosen), others], -1))


def soft_label_loss(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """The same of each label for itself: a mean over the K labels."""
    taught = targets[SOFT_TARGETS]
    both = taught.sigmoid() * (F.logsigmoid(taught) - F.logsigmoid(logits))
    neither = (-taught).sigmoid() * (F.logsigmoid(-taught) - F.logsigmoid(-logits))
    return (both + neither).mean(-1).sum()


def soft_number_loss(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """Squared error; with the factor T^2 it does not hang on the temperature."""
    return (logits - targets[SOFT_TARGETS]).square().mean(-1).sum()


def soft_span_loss(logits: Tensor, taught: Tensor, sequence: Tensor) -> Tensor:
    """KL of where an answer begins and where it ends [M, 2], among the tokens of each sequence: the mean of both."""
    return kl_divergence(sequence_log_softmax(taught, sequence), sequence_log_softmax(logits, sequence)) / 2


def kl_divergence(taught: Tensor, said: Tensor) -> Tensor:
    """sum of p (log p - log q) over everything, from logarithms."""
    return (taught.exp() * (taught - said)).sum()


def state_error(said: Tensor, taught: Tensor) -> Tensor:
    """Squared error: a mean over the width [N, C], summed over tokens."""
    return (said - taught).square().mean(-1).sum()


def cosine_distance(said: Tensor, taught: Tensor) -> Tensor:
    """1 - cos of states [N, C], summed over tokens; exactly 0 for states that are the same."""
    one, other = (F.normalize(x, dim=-1) for x in (said, taught))
    return (one - other).square().sum() / 2


def score_error(said: Tensor, taught: Tensor) -> Tensor:
    return (said - taught).square().sum()


def relation_kl(said: Tensor, taught: Tensor) -> Tensor:
    return kl_divergence(taught, said)


HIDDEN_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "states": state_error,
    "cosine": cosine_distance,
    "embedding": state_error,
    "attention": score_error,
    "relation": relation_kl,
}

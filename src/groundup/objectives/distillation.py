"""Knowledge distillation: from the teacher's predictions (Hinton et al., 2015, arXiv:1503.02531) and its hidden states.

The targets hold the teacher's tensors under the names of the terms; the predictions hold those of the student.
M positions, K classes, N tokens, C hidden.
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

SOFT_TARGETS, TOP_CLASSES = "soft", "soft.classes"  # the teacher's logits; with many classes, the numbers of its best ones
HIDDEN_TERMS = ("states", "cosine", "embedding", "attention", "relation")  # terms on hidden states and attention
COUNT_SUFFIX = ".rows"  # key of a term's count: its sum is divided by this
SoftLoss = Callable[[Tensor, Mapping[str, Tensor]], Tensor]


class Distillation:
    """sum of w_k L_k over the task's own loss (under its own name), `soft`, and HIDDEN_TERMS.

    A term of weight 0 is not computed. If hidden terms and others have a weight, the first `hidden_first` of the updates train
    only the hidden terms, and the rest only the others; 0: all together.
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
        counts = self.task_objective.counts(targets) if self.name in self.term_weights else {}
        if SOFT_TARGETS in self.term_weights:
            counts[SOFT_TARGETS] = int(targets[SOFT_TARGETS + COUNT_SUFFIX])
        return counts | {name: int(targets[name + COUNT_SUFFIX]) for name in HIDDEN_TERMS if name in self.term_weights}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        losses = self.task_objective.losses(predictions, targets) if self.name in self.term_weights else {}
        if SOFT_TARGETS in self.term_weights:
            logits = predictions[self.name].float() / self.temperature
            losses[SOFT_TARGETS] = self.soft_loss(logits, targets) * self.temperature**2
        for name in HIDDEN_TERMS:
            if name in self.term_weights:
                keys = sorted(key for key in targets if key.startswith(f"{name}/"))
                losses[name] = sum((HIDDEN_LOSSES[name](predictions[key], targets[key]) for key in keys), torch.zeros(()))
        return losses

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        hidden = {name: weight for name, weight in self.term_weights.items() if name in HIDDEN_TERMS}
        others = {name: weight for name, weight in self.term_weights.items() if name not in HIDDEN_TERMS}
        if self.hidden_first and hidden and others:
            early = progress <= self.hidden_first
            return {name: weight * (early == (name in HIDDEN_TERMS)) for name, weight in self.term_weights.items()}
        return others | hidden

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return self.task_objective.measure(predictions, targets)

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return self.task_objective.summary(sums)


def make_soft_loss(objective: Objective) -> SoftLoss:
    """The soft loss that fits an objective; ValueError for an objective without one.

    It takes the student's logits, and the targets with the teacher's logits, both divided by the temperature; it returns a sum
    over positions.
    """
    if isinstance(objective, LabelCrossEntropy | TagCrossEntropy):
        return soft_class_loss
    if isinstance(objective, BinaryCrossEntropy):
        return soft_label_loss
    if isinstance(objective, SquaredError):
        return soft_number_loss
    if isinstance(objective, SpanCrossEntropy):
        return lambda logits, targets: soft_span_loss(logits, targets[SOFT_TARGETS], targets[objective.name][:, 1])
    raise ValueError(f"there is no soft loss for {type(objective).__name__}")


def soft_class_loss(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """KL(teacher || student) of logits [M, K]. If only the k best classes of the teacher are known ([M, k], with their
    log-probabilities [M, k + 1], the last of all others together), the student's other classes are summed, too."""
    if TOP_CLASSES not in targets:
        return kl_divergence(targets[SOFT_TARGETS].log_softmax(-1), logits.log_softmax(-1))
    top, logs = targets[TOP_CLASSES], logits.log_softmax(-1)
    others = logs.scatter(1, top, -torch.inf).logsumexp(-1, keepdim=True)
    return kl_divergence(targets[SOFT_TARGETS], torch.cat([logs.gather(1, top), others], -1))


def soft_label_loss(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """The same for each label on its own: a mean over the K labels."""
    teacher = targets[SOFT_TARGETS]
    both = teacher.sigmoid() * (F.logsigmoid(teacher) - F.logsigmoid(logits))
    neither = (-teacher).sigmoid() * (F.logsigmoid(-teacher) - F.logsigmoid(-logits))
    return (both + neither).mean(-1).sum()


def soft_number_loss(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """Squared error; with the factor T^2 it does not depend on the temperature."""
    return (logits - targets[SOFT_TARGETS]).square().mean(-1).sum()


def soft_span_loss(logits: Tensor, teacher: Tensor, sequence: Tensor) -> Tensor:
    """KL of the start and of the end of an answer [M, 2], over the tokens of each sequence: the mean of both."""
    return kl_divergence(sequence_log_softmax(teacher, sequence), sequence_log_softmax(logits, sequence)) / 2


def kl_divergence(teacher: Tensor, student: Tensor) -> Tensor:
    """sum of p (log p - log q) over everything, from logarithms."""
    return (teacher.exp() * (teacher - student)).sum()


def state_error(student: Tensor, teacher: Tensor) -> Tensor:
    """Squared error: a mean over the width [N, C], summed over tokens."""
    return (student - teacher).square().mean(-1).sum()


def cosine_distance(student: Tensor, teacher: Tensor) -> Tensor:
    """1 - cos of states [N, C], summed over tokens; exactly 0 for equal states."""
    one, other = (F.normalize(x, dim=-1) for x in (student, teacher))
    return (one - other).square().sum() / 2


def score_error(student: Tensor, teacher: Tensor) -> Tensor:
    return (student - teacher).square().sum()


def relation_kl(student: Tensor, teacher: Tensor) -> Tensor:
    return kl_divergence(teacher, student)


HIDDEN_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "states": state_error,
    "cosine": cosine_distance,
    "embedding": state_error,
    "attention": score_error,
    "relation": relation_kl,
}

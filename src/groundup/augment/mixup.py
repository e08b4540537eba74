"""Mixup: features and targets of two examples, mixed by the same share (Zhang et al., 2017, arXiv:1710.09412).

B examples, C features, K classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from scipy.special import betaincinv
from torch import Tensor

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import Sums


class MixedExamples(NamedTuple):
    features: Tensor  # [B, C]
    targets: Tensor  # [B, K]
    shares: Tensor  # [B] of each example's own part; the rest is its partner's
    partners: Tensor  # [B] int64


def mixup(features: Tensor, targets: Tensor, numbers: np.ndarray, seed: int, alpha: float = 0.4) -> MixedExamples:
    """share x own + (1 - share) x partner, share ~ Beta(alpha, alpha) for each example: features [B, C], targets [B, K].

    Every draw depends only on (seed, example number): `numbers` [B]. The partner is the next example in the order of such
    draws, the first one's after the last: never the example itself, except in a batch of one. Gradients reach both.
    """
    shares = torch.from_numpy(beta(alpha, draws.uniform(draws.key(seed, "mixup/share"), numbers))).to(features)
    order = np.argsort(draws.words(draws.key(seed, "mixup/partner"), numbers), kind="stable")
    partners = np.empty(len(order), dtype=np.int64)
    partners[order] = np.roll(order, -1)
    other = torch.from_numpy(partners).to(features.device)
    own = shares[:, None]
    mixed = own * features + (1 - own) * features.index_select(0, other)
    return MixedExamples(mixed, own * targets + (1 - own) * targets.index_select(0, other), shares, other)


def beta(alpha: float, uniform: np.ndarray) -> np.ndarray:
    """Draws from Beta(alpha, alpha), by the inverse of its distribution at draws in [0, 1)."""
    return np.asarray(betaincinv(alpha, alpha, uniform), dtype=np.float64)


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """[B] class numbers -> [B, K] float32; a row of zeros, which has no loss, for a label below 0."""
    return F.one_hot(labels.clamp(min=0), classes).float() * (labels >= 0)[:, None]


def summed_soft_cross_entropy(logits: Tensor, targets: Tensor, class_weights: Tensor | None = None) -> Tensor:
    """The sum over rows of -sum over k of w_k t_k log p_k, in float32: logits [B, K], targets [B, K], weights [K]."""
    logs = F.log_softmax(logits.float(), dim=-1)
    return -(logs * (targets if class_weights is None else targets * class_weights)).sum()


class MixedLabel:
    """The loss of a label on mixed examples. Where a head is one linear layer on pooled features, mixing its logits is mixing
    the features; the labels are mixed by the same shares. Only for training: rows are judged by the `label` inside."""

    def __init__(self, label: LabelCrossEntropy, seed: int, alpha: float):
        self.label, self.seed, self.alpha = label, seed, alpha

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        places, labels = self.label.prepare(flat, progress)[self.label.name]
        return {self.label.name: (places, np.stack([labels, flat.numbers], axis=1))}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return self.label.counts(self.label_targets(targets))

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        name, logits = self.label.name, predictions[self.label.name]
        labels, numbers = targets[name].unbind(1)
        mixed = mixup(logits, one_hot(labels, logits.shape[1]), numbers.cpu().numpy(), self.seed, self.alpha)
        return {name: summed_soft_cross_entropy(mixed.features, mixed.targets, self.label.class_weights)}

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return self.label.weights(progress)

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return self.label.measure(predictions, self.label_targets(targets))

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return self.label.summary(sums)

    def label_targets(self, targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The labels alone."""
        return {self.label.name: targets[self.label.name][:, 0]}

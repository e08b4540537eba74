"""The common part of objectives with one head and one term: its weight and its accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor

from groundup.objectives.objective import Sums, ratio


class OneHead:
    """The head and its term are called `name`. `figure` is what the share of right answers is called while the head has its
    `usual` name; of one among several tasks it is the name of the task and accuracy."""

    metric_name: ClassVar[str] = "accuracy"
    default_name: ClassVar[str] = "label"

    def __init__(self, name: str | None = None):
        self.name = name or self.default_name

    def count_correct(self, predictions: Tensor, targets: Tensor) -> tuple[float, float]:
        """How many predictions are correct, and how many have a target."""
        raise NotImplementedError

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return {self.name: 1.0}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        right, count = self.count_correct(predictions[self.name], targets[self.name])
        return {f"{self.name}_right": float(right), f"{self.name}_count": float(count)}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        metric = self.metric_name if self.name == self.default_name else f"{self.name}_accuracy"
        return {metric: ratio(sums.get(f"{self.name}_right", 0.0), sums.get(f"{self.name}_count", 0.0))}

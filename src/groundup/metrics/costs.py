"""What wrong decisions cost. Free of numpy, for settings have it too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Costs:
    """What wrong decisions cost, in any unit."""

    false_alarm: float
    """Of predicting the positive class where the other one is right."""
    miss: float
    """Of predicting the other class where the positive one is right."""

    @property
    def threshold(self) -> float:
        """The probability of the positive class from which on predicting it costs least, of probabilities that mean what they
        say (Elkan, 2001, "The foundations of cost-sensitive learning")."""
        return self.false_alarm / (self.false_alarm + self.miss)

    def mean(self, scores: np.ndarray, targets: np.ndarray, threshold: float | None = None) -> float:
        """Cost of a row on average, of predicting the positive class from a threshold on."""
        positive = scores >= (self.threshold if threshold is None else threshold)
        return float((self.false_alarm * (positive & ~targets) + self.miss * (~positive & targets)).mean())

    def constant(self, targets: np.ndarray) -> float:
        """Cost of a row on average, of always predicting the same class, the better one."""
        share = float(targets.mean())
        return min(self.false_alarm * (1 - share), self.miss * share)

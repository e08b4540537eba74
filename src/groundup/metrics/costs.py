"""What wrong decisions cost. Free of numpy, for settings have it too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Costs:
    """What wrong decisions cost, in any unit."""

    false_yes: float
    false_no: float

    @property
    def threshold(self) -> float:
        """Where yes and no cost the same, of probabilities that mean what they say (Elkan, 2001, "The foundations of
        cost-sensitive learning")."""
        return self.false_yes / (self.false_yes + self.false_no)

    def mean(self, scores: np.ndarray, targets: np.ndarray, threshold: float | None = None) -> float:
        """Cost of a row on average, of saying yes from a threshold on."""
        positive = scores >= (self.threshold if threshold is None else threshold)
        return float((self.false_yes * (positive & ~targets) + self.false_no * (~positive & targets)).mean())

    def constant(self, targets: np.ndarray) -> float:
        """Cost of a row on average, of the better of always yes and always no."""
        share = float(targets.mean())
        return min(self.false_yes * (1 - share), self.false_no * share)

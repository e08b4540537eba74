"""What a linear head learns from states that are not trained: ridge regression with its exact leave-one-out error.

The residual of a row that is left out is (y - yhat) / (1 - h) with the hat matrix of all rows (Allen, 1974, "The relationship
between variable selection and data augmentation"). N rows, C features, O outputs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from groundup.data import draws

STRENGTHS = tuple(10.0**power for power in range(-3, 4))  # in units of the mean eigenvalue
SHUFFLES = 19  # the largest gain of so many is passed by chance once in twenty times


@dataclass(frozen=True)
class Probe:
    """How much of the targets' variance is predicted for left out rows, and what is not."""

    rows: int
    gain: float
    """1 - left out error / left out error of the mean; at most 1, below 0 when worse than the mean."""
    floor: float
    """Left out error in units of that of the mean: what stays noise for such a head."""
    chance: float
    """The largest gain with the targets shuffled among the rows."""
    strength: float

    @property
    def learnable(self) -> bool:
        return self.gain > max(0.0, self.chance)

    def as_dict(self) -> dict:
        return asdict(self) | {"learnable": self.learnable}


def probe(features: np.ndarray, targets: np.ndarray, seed: int) -> Probe:
    """Ridge of targets [N, O] on features [N, C]; the strength is that of the smallest left out error, in shuffles too."""
    hat = Hat(features)
    gain, strength = hat.gain(targets)
    key = draws.key(seed, "probe")
    shuffled = [hat.gain(targets[draws.permutation(key, number, len(targets))])[0] for number in range(SHUFFLES)]
    return Probe(len(targets), gain, 1 - gain, max(shuffled), strength)


class Hat:
    """The hat matrices of one set of features for all strengths, the intercept not shrunk."""

    def __init__(self, features: np.ndarray):
        centered = features.astype(np.float64) - features.mean(0, dtype=np.float64)
        values, vectors = np.linalg.eigh(centered.T @ centered)
        self.values = np.maximum(values, 0.0)
        self.rotated = centered @ vectors  # [N, C]
        self.unit = max(float(self.values.mean()), 1e-12)

    def left_out(self, targets: np.ndarray, strength: float) -> np.ndarray:
        """[N, O] residuals of each row by the ridge of all others."""
        count, shrunk = len(targets), self.rotated / (self.values + strength * self.unit)
        centered = targets - targets.mean(0)
        hats = 1 / count + (shrunk * self.rotated).sum(1)  # [N]
        fitted = shrunk @ (self.rotated.T @ centered)
        return (centered - fitted) / np.maximum(1 - hats, 1e-9)[:, None]

    def gain(self, targets: np.ndarray) -> tuple[float, float]:
        """The largest gain over the mean, and its strength."""
        targets = targets.astype(np.float64)
        alone = np.square((targets - targets.mean(0)) / (1 - 1 / len(targets))).sum()
        if not alone:
            return 0.0, STRENGTHS[-1]
        errors = {strength: np.square(self.left_out(targets, strength)).sum() for strength in STRENGTHS}
        best = min(errors, key=lambda strength: errors[strength])
        return float(1 - errors[best] / alone), best

"""A linear probe: ridge regression from frozen hidden states to targets, with its exact leave-one-out error.

The leave-one-out residual of a row is (y - yhat) / (1 - h) with the hat matrix of all rows (Allen, 1974, "The relationship
between variable selection and data augmentation"). N rows, C features, O outputs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from groundup.data import draws

RIDGE_STRENGTHS = tuple(10.0**power for power in range(-3, 4))  # in units of the mean eigenvalue
SHUFFLES = 19  # by chance a gain exceeds the largest of so many once in twenty times


@dataclass(frozen=True)
class ProbeResult:
    """How much of the targets' variance the probe predicts for rows that it was not fitted on."""

    rows: int
    gain: float
    """1 - leave-one-out error / leave-one-out error of the mean; at most 1, below 0 when worse than the mean."""
    floor: float
    """Leave-one-out error in units of that of the mean: the part that such a head cannot predict."""
    chance: float
    """The largest gain when the targets are shuffled among the rows."""
    strength: float

    @property
    def learnable(self) -> bool:
        return self.gain > max(0.0, self.chance)

    def as_dict(self) -> dict:
        return asdict(self) | {"learnable": self.learnable}


def linear_probe(features: np.ndarray, targets: np.ndarray, seed: int) -> ProbeResult:
    """Ridge of targets [N, O] on features [N, C]. The strength minimises the leave-one-out error, also in each shuffle."""
    hat = HatMatrix(features)
    gain, strength = hat.loo_gain(targets)
    key = draws.key(seed, "probe")
    shuffled = [hat.loo_gain(targets[draws.permutation(key, number, len(targets))])[0] for number in range(SHUFFLES)]
    return ProbeResult(len(targets), gain, 1 - gain, max(shuffled), strength)


class HatMatrix:
    """The hat matrices of one set of features for all strengths. The intercept is not penalised."""

    def __init__(self, features: np.ndarray):
        centered = features.astype(np.float64) - features.mean(0, dtype=np.float64)
        values, vectors = np.linalg.eigh(centered.T @ centered)
        self.values = np.maximum(values, 0.0)
        self.rotated = centered @ vectors  # [N, C]
        self.unit = max(float(self.values.mean()), 1e-12)

    def loo_residuals(self, targets: np.ndarray, strength: float) -> np.ndarray:
        """[N, O] the residual of each row under the ridge fitted on all other rows."""
        count, shrunk = len(targets), self.rotated / (self.values + strength * self.unit)
        centered = targets - targets.mean(0)
        hats = 1 / count + (shrunk * self.rotated).sum(1)  # [N]
        fitted = shrunk @ (self.rotated.T @ centered)
        return (centered - fitted) / np.maximum(1 - hats, 1e-9)[:, None]

    def loo_gain(self, targets: np.ndarray) -> tuple[float, float]:
        """The largest gain over the mean, and its strength."""
        targets = targets.astype(np.float64)
        of_mean = np.square((targets - targets.mean(0)) / (1 - 1 / len(targets))).sum()
        if not of_mean:
            return 0.0, RIDGE_STRENGTHS[-1]
        errors = {strength: np.square(self.loo_residuals(targets, strength)).sum() for strength in RIDGE_STRENGTHS}
        best = min(errors, key=lambda strength: errors[strength])
        return float(1 - errors[best] / of_mean), best

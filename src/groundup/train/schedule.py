"""Learning rate as a function of progress p in [0, 1]."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """Linear warm-up, a flat stretch, then linear decay to `final` times the peak."""

    peak: float
    warmup: float = 0.01
    decay_start: float = 0.0
    final: float = 0.0

    def __call__(self, step: int, steps: int) -> float:
        """The learning rate of update `step` (the first is 1) of `steps`."""
        warmup = max(1, round(self.warmup * steps))
        if step <= warmup and self.warmup > 0:
            return self.peak * step / warmup
        start = max(self.decay_start * steps, warmup if self.warmup > 0 else 0)
        if step <= start or steps <= start:
            return self.peak
        decayed = min(1.0, (step - start) / (steps - start))
        return self.peak * (1 + (self.final - 1) * decayed)

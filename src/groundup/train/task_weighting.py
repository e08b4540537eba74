"""Weights of several tasks in one loss, sum of w_k L_k / L_k(0): fixed, or adapted during training by losses or gradients.

Each update has one micro-batch per task. The state of a rule goes into the checkpoint as plain numbers, so that a resumed run
continues exactly. K tasks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from groundup.data import draws
from groundup.objectives.objective import Mixture, Objective, Sums

Numbers = dict[str, list[float]]


class TaskWeighting:
    """Fixed weights. `weights` are the loss factors of the next update; `normalized` are the same, scaled to sum to 1."""

    def __init__(self, weights: Mapping[str, float]):
        self.names = list(weights)
        self.weights = dict(weights)

    @property
    def normalized(self) -> dict[str, float]:
        total = sum(self.weights.values())
        return {name: value / total for name, value in self.weights.items()}

    def after_backward(self, terms: Mapping[str, Tensor]) -> None:
        """Called after the backward pass of a micro-batch with its losses."""

    def before_step(self, number: int, losses: Mapping[str, float]) -> None:
        """Called after all micro-batches of update `number`, before the optimizer's step. `losses` are means by task."""

    def state(self) -> Numbers:
        """The numbers that a checkpoint stores."""
        return {}

    def load_state(self, state: Numbers) -> None:
        """Restore a `state`."""


def uniform(names: Sequence[str]) -> dict[str, float]:
    """1/K each."""
    return dict.fromkeys(names, 1 / len(names))


class UncertaintyWeighting(TaskWeighting):
    """sum of exp(-s_k) L_k + s_k / 2, with s_k learned beside the model (Kendall et al., 2018, arXiv:1705.07115).

    Gradient descent on s_k uses the derivative 1/2 - exp(-s_k) L_k and its own learning rate, starting from s_k = log K."""

    RATE = 0.02

    def __init__(self, names: Sequence[str], initial: Mapping[str, float]):
        super().__init__(uniform(names))
        self.initial, self.s = dict(initial), dict.fromkeys(names, math.log(len(names)))

    def before_step(self, number: int, losses: Mapping[str, float]) -> None:
        for name in self.names:
            if math.isfinite(loss := losses.get(name, math.nan)):
                slope = 0.5 - math.exp(-self.s[name]) * loss / self.initial[name]
                self.s[name] -= self.RATE * max(-1.0, min(1.0, slope))
        self.weights = {name: math.exp(-s) for name, s in self.s.items()}

    def state(self) -> Numbers:
        return {name: [s] for name, s in self.s.items()}

    def load_state(self, state: Numbers) -> None:
        self.s = {name: state[name][0] for name in self.names}
        self.weights = {name: math.exp(-s) for name, s in self.s.items()}


class DynamicWeightAveraging(TaskWeighting):
    """Dynamic weight averaging (Liu et al., 2019, arXiv:1803.10704): the softmax at temperature 2 of L(t-1) / L(t-2).

    L(t) is a task's mean loss in window t. A task whose loss falls slowly gets a larger weight."""

    TEMPERATURE = 2.0

    def __init__(self, names: Sequence[str], window: int):
        super().__init__(uniform(names))
        self.window = max(1, window)
        self.past: dict[str, list[float]] = {name: [] for name in names}  # mean losses of the last two windows
        self.sums: dict[str, list[float]] = {name: [0.0, 0.0] for name in names}  # of this window, and their count

    def before_step(self, number: int, losses: Mapping[str, float]) -> None:
        for name in self.names:
            if math.isfinite(loss := losses.get(name, math.nan)):
                self.sums[name] = [self.sums[name][0] + loss, self.sums[name][1] + 1]
        if number % self.window == 0 and all(count for _, count in self.sums.values()):
            self.past = {name: [*self.past[name], total / count][-2:] for name, (total, count) in self.sums.items()}
            self.sums = {name: [0.0, 0.0] for name in self.names}
            self.update_weights()

    def update_weights(self) -> None:
        if all(len(past) == 2 for past in self.past.values()):
            ratios = {name: last / max(first, 1e-12) for name, (first, last) in self.past.items()}
            largest = max(ratios.values())
            powers = {name: math.exp((ratio - largest) / self.TEMPERATURE) for name, ratio in ratios.items()}
            self.weights = {name: power / sum(powers.values()) for name, power in powers.items()}

    def state(self) -> Numbers:
        return {f"past/{name}": past for name, past in self.past.items()} | {
            f"sums/{name}": sums for name, sums in self.sums.items()
        }

    def load_state(self, state: Numbers) -> None:
        self.past = {name: list(state[f"past/{name}"]) for name in self.names}
        self.sums = {name: list(state[f"sums/{name}"]) for name in self.names}
        self.update_weights()


class PerTaskGradients(TaskWeighting):
    """Collects the gradients of the `shared` parameters separately for each task; `before_step` combines them."""

    def __init__(self, names: Sequence[str], shared: Sequence[Tensor]):
        super().__init__(uniform(names))
        self.shared = list(shared)
        self.gradients: dict[str, Tensor] = {}  # task -> [P], flattened

    def after_backward(self, terms: Mapping[str, Tensor]) -> None:
        (name,) = terms  # a micro-batch is of one task
        flat = torch.cat([p.new_zeros(p.numel()) if p.grad is None else p.grad.reshape(-1) for p in self.shared])
        self.gradients[name] = self.gradients[name] + flat if name in self.gradients else flat
        for p in self.shared:
            p.grad = None

    def set_gradients(self, flat: Tensor) -> None:
        """Write the flat gradient [P] into the shared parameters."""
        for p, part in zip(self.shared, flat.split([p.numel() for p in self.shared]), strict=True):
            p.grad = part.view_as(p).clone()
        self.gradients = {}


class GradNorm(PerTaskGradients):
    """GradNorm (Chen et al., 2018, arXiv:1711.02257). At the last shared block, the weights move the gradient norm of each task
    towards the mean norm times (its relative training loss) ** 1.5."""

    POWER, RATE, MIN_WEIGHT = 1.5, 0.025, 1e-3

    def __init__(self, names: Sequence[str], shared: Sequence[Tensor], initial: Mapping[str, float]):
        super().__init__(names, shared)
        self.initial = dict(initial)

    def before_step(self, number: int, losses: Mapping[str, float]) -> None:
        gradients, total = dict(self.gradients), sum(self.gradients.values())
        assert isinstance(total, Tensor)
        self.set_gradients(total)
        norms = {name: float(g.norm()) for name, g in gradients.items()}
        progress = {name: losses.get(name, math.nan) / self.initial[name] for name in gradients}
        numbers = [*norms.values(), *progress.values()]
        if len(gradients) < len(self.names) or not all(0 < n < math.inf for n in numbers):
            return
        unweighted = {name: norms[name] / self.weights[name] for name in gradients}
        mean_norm, mean_progress, unit = (sum(d.values()) / len(d) for d in (norms, progress, unweighted))
        for name in gradients:
            target = mean_norm * (progress[name] / mean_progress) ** self.POWER
            slope = math.copysign(unweighted[name] / unit, norms[name] - target)
            self.weights[name] = max(self.MIN_WEIGHT, self.weights[name] - self.RATE / len(gradients) * slope)
        self.weights = self.normalized

    def state(self) -> Numbers:
        return {name: [w] for name, w in self.weights.items()}

    def load_state(self, state: Numbers) -> None:
        self.weights = {name: state[name][0] for name in self.names}


class PCGrad(PerTaskGradients):
    """PCGrad (Yu et al., 2020, arXiv:2001.06782): a task's gradient loses its component against each conflicting gradient of
    another task. The order of tasks is drawn for each update."""

    def __init__(self, names: Sequence[str], shared: Sequence[Tensor], seed: int):
        super().__init__(names, shared)
        self.key = draws.key(seed, "pcgrad")

    def before_step(self, number: int, losses: Mapping[str, float]) -> None:
        order = [name for name in self.names if name in self.gradients]
        self.set_gradients(
            project_gradients(self.gradients, [order[i] for i in draws.permutation(self.key, number, len(order))])
        )


def project_gradients(gradients: Mapping[str, Tensor], order: Sequence[str]) -> Tensor:
    """The sum over tasks of g_i -= (g_i . g_j) / |g_j|^2 g_j wherever g_i . g_j < 0, j in the given order."""
    total = torch.zeros_like(gradients[order[0]])
    for name in order:
        projected = gradients[name].clone()
        for other in order:
            product = torch.dot(projected, gradients[other])
            if other != name and product < 0:
                projected -= product / gradients[other].square().sum() * gradients[other]
        total += projected
    return total


class WeightedMixture(Mixture):
    """sum of w_k L_k / L_k(0) with the weights of a rule. The log shows the normalized weights."""

    def __init__(self, objectives: Mapping[str, Objective], initial: Mapping[str, float], rule: TaskWeighting):
        self.rule, self.initial = rule, dict(initial)
        super().__init__({name: (1.0, objective) for name, objective in objectives.items()})

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        factors = {name: self.rule.weights[name] / self.initial[name] for name in self.parts}
        return {
            term: factors[name] * value
            for name, (_, objective) in self.parts.items()
            for term, value in objective.weights(progress).items()
        }

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return super().summary(sums) | {f"weight_{name}": share for name, share in self.rule.normalized.items()}


class TaskSampler:
    """Which rows of each task an update contains: at least one row per task, `batch_size` rows per task on average.

    Task k with n_k rows is sampled in proportion to n_k ** 0.5, in the last quarter of the run to n_k ** 0.75. Sampling is
    deterministic: after any number of updates a task has contributed its share of rows, rounded down. A pure function of the
    update's number.
    """

    EARLY_POWER, LATE_POWER, LATE_FROM = 0.5, 0.75, 0.75

    def __init__(self, sizes: Sequence[int], batch_size: int, steps: int):
        self.free = len(sizes) * (batch_size - 1)  # rows of an update besides one per task
        self.late_from = math.floor(self.LATE_FROM * steps)
        self.early, self.late = (
            [n**power / sum(m**power for m in sizes) for n in sizes] for power in (self.EARLY_POWER, self.LATE_POWER)
        )

    def rows_until(self, number: int) -> list[int]:
        """How many rows of each task the updates up to `number` contain."""
        early, late = min(number, self.late_from), max(0, number - self.late_from)
        shares = zip(self.early, self.late, strict=True)
        return [number + math.floor(self.free * (early * p + late * q) + 1e-9) for p, q in shares]

    def ranges(self, number: int) -> list[tuple[int, int]]:
        """(start, stop) of the rows of each task in update `number`."""
        return list(zip(self.rows_until(number - 1), self.rows_until(number), strict=True))


Weighing, Uncertainty, Averaging, Balanced, Projected = (
    TaskWeighting,
    UncertaintyWeighting,
    DynamicWeightAveraging,
    GradNorm,
    PCGrad,
)  # the former names, for one version

"""Weights of several tasks in one loss, sum of w_k L_k / L_k(0): fixed, or led by losses or gradients on the way.

Each update has one micro-batch per task. What a rule must remember goes into the checkpoint as plain numbers, so that a resumed
run goes on as it would have. K tasks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from groundup.data import draws
from groundup.objectives.objective import Mixture, Objective, Sums

Numbers = dict[str, list[float]]


class Weighing:
    """Fixed weights. `now` are the factors of the losses of the next update; `shares` the same on the simplex."""

    def __init__(self, weights: Mapping[str, float]):
        self.names = list(weights)
        self.now = dict(weights)

    @property
    def shares(self) -> dict[str, float]:
        total = sum(self.now.values())
        return {name: value / total for name, value in self.now.items()}

    def keep(self, terms: Mapping[str, Tensor]) -> None:
        """Called after the backward pass of a micro-batch, whose losses these are."""

    def join(self, number: int, losses: Mapping[str, float]) -> None:
        """Called once all micro-batches of update `number` are done, before the gradient is used. `losses` are means."""

    def state(self) -> Numbers:
        """What a resumed run must know."""
        return {}

    def load_state(self, state: Numbers) -> None:
        """The inverse of `state`."""


def uniform(names: Sequence[str]) -> dict[str, float]:
    """1/K each."""
    return dict.fromkeys(names, 1 / len(names))


class Uncertainty(Weighing):
    """sum of exp(-s_k) L_k + s_k / 2, s_k learned with the model (Kendall et al., 2018, arXiv:1705.07115). Its derivative by
    s_k, 1/2 - exp(-s_k) L_k, is followed with a rate of its own, from s_k = log K."""

    RATE = 0.02

    def __init__(self, names: Sequence[str], initial: Mapping[str, float]):
        super().__init__(uniform(names))
        self.initial, self.s = dict(initial), dict.fromkeys(names, math.log(len(names)))

    def join(self, number: int, losses: Mapping[str, float]) -> None:
        for name in self.names:
            if math.isfinite(loss := losses.get(name, math.nan)):
                slope = 0.5 - math.exp(-self.s[name]) * loss / self.initial[name]
                self.s[name] -= self.RATE * max(-1.0, min(1.0, slope))
        self.now = {name: math.exp(-s) for name, s in self.s.items()}

    def state(self) -> Numbers:
        return {name: [s] for name, s in self.s.items()}

    def load_state(self, state: Numbers) -> None:
        self.s = {name: state[name][0] for name in self.names}
        self.now = {name: math.exp(-s) for name, s in self.s.items()}


class Averaging(Weighing):
    """Dynamic weight averaging: softmax of how slowly the mean loss of a window fell, L(t-1) / L(t-2), over a temperature of 2
    (Liu et al., 2019, arXiv:1803.10704)."""

    TEMPERATURE = 2.0

    def __init__(self, names: Sequence[str], window: int):
        super().__init__(uniform(names))
        self.window = max(1, window)
        self.past: dict[str, list[float]] = {name: [] for name in names}  # mean losses of the last two windows
        self.sums: dict[str, list[float]] = {name: [0.0, 0.0] for name in names}  # of this window, and their count

    def join(self, number: int, losses: Mapping[str, float]) -> None:
        for name in self.names:
            if math.isfinite(loss := losses.get(name, math.nan)):
                self.sums[name] = [self.sums[name][0] + loss, self.sums[name][1] + 1]
        if number % self.window == 0 and all(count for _, count in self.sums.values()):
            self.past = {name: [*self.past[name], total / count][-2:] for name, (total, count) in self.sums.items()}
            self.sums = {name: [0.0, 0.0] for name in self.names}
            self.weigh()

    def weigh(self) -> None:
        if all(len(past) == 2 for past in self.past.values()):
            ratios = {name: last / max(first, 1e-12) for name, (first, last) in self.past.items()}
            most = max(ratios.values())
            powers = {name: math.exp((ratio - most) / self.TEMPERATURE) for name, ratio in ratios.items()}
            self.now = {name: power / sum(powers.values()) for name, power in powers.items()}

    def state(self) -> Numbers:
        return {f"past/{name}": past for name, past in self.past.items()} | {
            f"sums/{name}": sums for name, sums in self.sums.items()
        }

    def load_state(self, state: Numbers) -> None:
        self.past = {name: list(state[f"past/{name}"]) for name in self.names}
        self.sums = {name: list(state[f"sums/{name}"]) for name in self.names}
        self.weigh()


class Apart(Weighing):
    """The gradients of `shared` parameters are taken apart by task, and put together again by `join`."""

    def __init__(self, names: Sequence[str], shared: Sequence[Tensor]):
        super().__init__(uniform(names))
        self.shared = list(shared)
        self.gradients: dict[str, Tensor] = {}  # task -> [P] all of them in one line

    def keep(self, terms: Mapping[str, Tensor]) -> None:
        (name,) = terms  # a micro-batch is of one task
        flat = torch.cat([torch.zeros(p.numel()) if p.grad is None else p.grad.reshape(-1) for p in self.shared])
        self.gradients[name] = self.gradients[name] + flat if name in self.gradients else flat
        for p in self.shared:
            p.grad = None

    def give_back(self, flat: Tensor) -> None:
        """Make one line the gradient of the shared parameters."""
        for p, part in zip(self.shared, flat.split([p.numel() for p in self.shared]), strict=True):
            p.grad = part.view_as(p).clone()
        self.gradients = {}


class Balanced(Apart):
    """GradNorm (Chen et al., 2018, arXiv:1711.02257): weights are moved until the gradients of the tasks at the last shared
    block are as large as their mean times (how far a task is behind) ** 1.5."""

    POWER, RATE, LEAST = 1.5, 0.025, 1e-3

    def __init__(self, names: Sequence[str], shared: Sequence[Tensor], initial: Mapping[str, float]):
        super().__init__(names, shared)
        self.initial = dict(initial)

    def join(self, number: int, losses: Mapping[str, float]) -> None:
        found, total = dict(self.gradients), sum(self.gradients.values())
        assert isinstance(total, Tensor)
        self.give_back(total)
        sizes = {name: float(g.norm()) for name, g in found.items()}
        behind = {name: losses.get(name, math.nan) / self.initial[name] for name in found}
        numbers = [*sizes.values(), *behind.values()]
        if len(found) < len(self.names) or not all(0 < n < math.inf for n in numbers):
            return
        own = {name: sizes[name] / self.now[name] for name in found}  # of a weight of 1
        mean, rest, unit = (sum(d.values()) / len(d) for d in (sizes, behind, own))
        for name in found:
            wanted = mean * (behind[name] / rest) ** self.POWER
            slope = math.copysign(own[name] / unit, sizes[name] - wanted)
            self.now[name] = max(self.LEAST, self.now[name] - self.RATE / len(found) * slope)
        self.now = self.shares

    def state(self) -> Numbers:
        return {name: [w] for name, w in self.now.items()}

    def load_state(self, state: Numbers) -> None:
        self.now = {name: state[name][0] for name in self.names}


class Projected(Apart):
    """PCGrad (Yu et al., 2020, arXiv:2001.06782): a task's gradient loses what points against another's, in a drawn order."""

    def __init__(self, names: Sequence[str], shared: Sequence[Tensor], seed: int):
        super().__init__(names, shared)
        self.key = draws.key(seed, "pcgrad")

    def join(self, number: int, losses: Mapping[str, float]) -> None:
        order = [name for name in self.names if name in self.gradients]
        self.give_back(project(self.gradients, [order[i] for i in draws.permutation(self.key, number, len(order))]))


def project(gradients: Mapping[str, Tensor], order: Sequence[str]) -> Tensor:
    """The sum over tasks of g_i -= (g_i . g_j) / |g_j|^2 g_j wherever g_i . g_j < 0, j in the given order."""
    total = torch.zeros_like(gradients[order[0]])
    for name in order:
        own = gradients[name].clone()
        for other in order:
            against = torch.dot(own, gradients[other])
            if other != name and against < 0:
                own -= against / gradients[other].square().sum() * gradients[other]
        total += own
    return total


class Weighed(Mixture):
    """sum of w_k L_k / L_k(0) with the weights of a rule; the log tells their shares."""

    def __init__(self, objectives: Mapping[str, Objective], initial: Mapping[str, float], weighing: Weighing):
        self.weighing, self.initial = weighing, dict(initial)
        super().__init__({name: (1.0, objective) for name, objective in objectives.items()})

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        factors = {name: self.weighing.now[name] / self.initial[name] for name in self.parts}
        return {
            term: factors[name] * value
            for name, (_, objective) in self.parts.items()
            for term, value in objective.weights(progress).items()
        }

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return super().summary(sums) | {f"weight_{name}": share for name, share in self.weighing.shares.items()}


class Shares:
    """Which rows each task gives to an update: at least one each, `batch_size` on average, the more the more rows it has.

    Tasks are drawn in proportion to n_k ** 0.5, in the last quarter of the run to n_k ** 0.75, without chance: after any number
    of updates a task has given its share of rows, rounded down. Pure in the number of the update.
    """

    EARLY, LATE, TURN = 0.5, 0.75, 0.75

    def __init__(self, sizes: Sequence[int], batch_size: int, steps: int):
        self.free = len(sizes) * (batch_size - 1)  # rows of an update beyond one for each task
        self.turn = math.floor(self.TURN * steps)
        self.early, self.late = ([n**power / sum(m**power for m in sizes) for n in sizes] for power in (self.EARLY, self.LATE))

    def until(self, number: int) -> list[int]:
        """Rows that each task has given after update `number`."""
        early, late = min(number, self.turn), max(0, number - self.turn)
        shares = zip(self.early, self.late, strict=True)
        return [number + math.floor(self.free * (early * p + late * q) + 1e-9) for p, q in shares]

    def of(self, number: int) -> list[tuple[int, int]]:
        """(first, after the last) of the rows of each task in update `number`."""
        return list(zip(self.until(number - 1), self.until(number), strict=True))

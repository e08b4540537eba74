"""Averages of the weights over the updates. A run evaluates and publishes them instead of the last weights.

Moving average: Polyak and Juditsky, 1992, "Acceleration of stochastic approximation by averaging". Mean of several weights
along the way: Izmailov et al., 2018, arXiv:1803.05407; of the latest ones: Kaddour, 2022, arXiv:2209.14981.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

from groundup.errors import InputError
from groundup.nn.device import device_of
from groundup.nn.model import Model

Weights = dict[str, Tensor]


class WeightAverage:
    """Averages the parameters that require a gradient when it is made, like the optimizer. Skips the first `after` updates."""

    max_copies = 1  # how many sets of weights the state holds at most

    def __init__(self, model: Model, after: int = 0):
        self.names = [name for name, p in model.named_parameters() if p.requires_grad]
        self.after, self.device = after, device_of(model)

    def update(self, number: int, model: Model) -> None:
        """Add the weights after update `number` to the average."""
        if number > self.after:
            self.add(number, detached_weights(model, self.names))

    def add(self, number: int, weights: Weights) -> None:
        raise NotImplementedError

    def weights(self) -> Weights:
        """The averaged weights by name; empty before the first addition."""
        raise NotImplementedError

    def state(self) -> Weights:
        """The tensors for a checkpoint. Each name begins with the number of its set."""
        raise NotImplementedError

    def restore(self, snapshots: dict[str, Weights]) -> None:
        raise NotImplementedError

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Restore a `state`. Raises InputError when it belongs to other parameters."""
        snapshots: dict[str, Weights] = {}
        for key, tensor in state.items():
            number, _, name = key.partition(".")
            snapshots.setdefault(number, {})[name] = tensor.to(self.device, copy=True)
        if len(snapshots) > self.max_copies or any(weights.keys() != set(self.names) for weights in snapshots.values()):
            raise InputError(
                "CHECKPOINT_DIFFERS",
                "average",
                "its tensors are not those of this average",
                "resume with the settings of the run",
            )
        self.restore(snapshots)

    @contextmanager
    def swap_in(self, model: Model) -> Generator[None]:
        """Within the block the model has the averaged weights, or its own before the first addition. Then it gets its own back,
        bit for bit. Do not run the optimizer within the block.
        """
        parameters, averaged = dict(model.named_parameters()), self.weights()
        original = {name: parameters[name].detach().clone() for name in averaged}
        try:
            copy_weights(averaged, parameters)
            yield
        finally:
            copy_weights(original, parameters)

    def num_bytes(self, model: Model) -> int:
        """The most bytes that its state takes."""
        return self.max_copies * sum(weights.nbytes for weights in detached_weights(model, self.names).values())


class ExponentialMovingAverage(WeightAverage):
    """mean <- decay mean + (1 - decay) weights, starting from the first weights that are added."""

    def __init__(self, model: Model, decay: float = 0.99, after: int = 0):
        super().__init__(model, after)
        if not 0 <= decay < 1:
            raise InputError("BAD_AVERAGE", "decay", f"{decay} is not in [0, 1)")
        self.decay = decay
        self.mean: Weights = {}

    def add(self, number: int, weights: Weights) -> None:
        if not self.mean:
            self.mean = {name: weight.clone() for name, weight in weights.items()}
        for name, weight in weights.items():
            self.mean[name].lerp_(weight, 1 - self.decay)

    def weights(self) -> Weights:
        return self.mean

    def state(self) -> Weights:
        return {f"0.{name}": weight for name, weight in self.mean.items()}

    def restore(self, snapshots: dict[str, Weights]) -> None:
        self.mean = snapshots.get("0", {})


class LatestWeightAverage(WeightAverage):
    """The mean of the weights after the last `count` updates whose number is a multiple of `every`."""

    def __init__(self, model: Model, count: int = 5, every: int = 1, after: int = 0):
        super().__init__(model, after)
        if count < 1 or every < 1:
            raise InputError("BAD_AVERAGE", "count", f"the last {count} weights of every {every} updates: both are at least 1")
        self.max_copies, self.every = count, every
        self.snapshots: list[Weights] = []  # oldest first

    def add(self, number: int, weights: Weights) -> None:
        if number % self.every == 0:
            full = len(self.snapshots) == self.max_copies
            self.snapshots = [*self.snapshots[full:], {name: weight.clone() for name, weight in weights.items()}]

    def weights(self) -> Weights:
        if not self.snapshots:
            return {}
        return {name: torch.stack([weights[name] for weights in self.snapshots]).mean(0) for name in self.names}

    def state(self) -> Weights:
        return {f"{i}.{name}": weight for i, weights in enumerate(self.snapshots) for name, weight in weights.items()}

    def restore(self, snapshots: dict[str, Weights]) -> None:
        self.snapshots = [snapshots[str(i)] for i in range(len(snapshots))]


@torch.no_grad()
def copy_weights(weights: Weights, parameters: Mapping[str, Tensor]) -> None:
    """Write these weights into the parameters of the same names."""
    for name, values in weights.items():
        parameters[name].copy_(values)


def detached_weights(model: Model, names: list[str]) -> Weights:
    """The parameters with these names, detached."""
    parameters = dict(model.named_parameters())
    return {name: parameters[name].detach() for name in names}

"""Averages of the weights along the way, to be evaluated and published in the place of the last ones.

Moving average: Polyak and Juditsky, 1992, "Acceleration of stochastic approximation by averaging"; mean of the last ones:
Izmailov et al., 2018, arXiv:1803.05407.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

from groundup.errors import InputError
from groundup.nn.model import Model

Weights = dict[str, Tensor]


class Average:
    """Watches what requires a gradient when it is made (like the optimizer). The first `after` updates do not count."""

    copies = 1  # of the weights that are kept at most

    def __init__(self, model: Model, after: int = 0):
        self.names = [name for name, p in model.named_parameters() if p.requires_grad]
        self.after = after

    def update(self, number: int, model: Model) -> None:
        """Take in the weights after update `number`."""
        if number > self.after:
            self.take(number, weights_of(model, self.names))

    def take(self, number: int, weights: Weights) -> None:
        raise NotImplementedError

    def averaged(self) -> Weights:
        """The average by name; empty before anything was taken in."""
        raise NotImplementedError

    def state(self) -> Weights:
        """What a checkpoint holds of it; the names begin with a number."""
        raise NotImplementedError

    def restore(self, kept: dict[str, Weights]) -> None:
        raise NotImplementedError

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Go back to a `state`. Raises InputError when it is of other parameters."""
        kept: dict[str, Weights] = {}
        for key, tensor in state.items():
            number, _, name = key.partition(".")
            kept.setdefault(number, {})[name] = tensor.clone()
        if len(kept) > self.copies or any(weights.keys() != set(self.names) for weights in kept.values()):
            raise InputError(
                "CHECKPOINT_DIFFERS",
                "average",
                "its tensors are not those of this average",
                "resume with the settings of the run",
            )
        self.restore(kept)

    @contextmanager
    def applied(self, model: Model) -> Generator[None]:
        """Inside, the model has the averaged weights (its own while there are none); afterwards its own, bit for bit.

        The optimizer must not run inside.
        """
        named, averaged = dict(model.named_parameters()), self.averaged()
        own = {name: named[name].data for name in averaged}
        try:
            for name, weights in averaged.items():
                named[name].data = weights
            yield
        finally:
            for name, weights in own.items():
                named[name].data = weights

    def size(self, model: Model) -> int:
        """Bytes of its state at most."""
        return self.copies * sum(weights.nbytes for weights in weights_of(model, self.names).values())


class MovingAverage(Average):
    """mean <- decay mean + (1 - decay) weights, beginning with the first weights that it sees."""

    def __init__(self, model: Model, decay: float = 0.99, after: int = 0):
        super().__init__(model, after)
        if not 0 <= decay < 1:
            raise InputError("BAD_AVERAGE", "decay", f"{decay} is not in [0, 1)")
        self.decay = decay
        self.mean: Weights = {}

    def take(self, number: int, weights: Weights) -> None:
        if not self.mean:
            self.mean = {name: own.clone() for name, own in weights.items()}
        for name, own in weights.items():
            self.mean[name].lerp_(own, 1 - self.decay)

    def averaged(self) -> Weights:
        return self.mean

    def state(self) -> Weights:
        return {f"0.{name}": own for name, own in self.mean.items()}

    def restore(self, kept: dict[str, Weights]) -> None:
        self.mean = kept.get("0", {})


class LastMean(Average):
    """The mean of the weights after the last `count` updates whose number is a multiple of `every`."""

    def __init__(self, model: Model, count: int = 5, every: int = 1, after: int = 0):
        super().__init__(model, after)
        if count < 1 or every < 1:
            raise InputError("BAD_AVERAGE", "count", f"the last {count} weights of every {every} updates: both are at least 1")
        self.copies, self.every = count, every
        self.kept: list[Weights] = []  # oldest first

    def take(self, number: int, weights: Weights) -> None:
        if number % self.every == 0:
            self.kept = [*self.kept[len(self.kept) == self.copies :], {name: own.clone() for name, own in weights.items()}]

    def averaged(self) -> Weights:
        return {name: torch.stack([weights[name] for weights in self.kept]).mean(0) for name in self.names if self.kept}

    def state(self) -> Weights:
        return {f"{i}.{name}": own for i, weights in enumerate(self.kept) for name, own in weights.items()}

    def restore(self, kept: dict[str, Weights]) -> None:
        self.kept = [kept[str(i)] for i in range(len(kept))]


def weights_of(model: Model, names: list[str]) -> Weights:
    """These parameters, detached."""
    named = dict(model.named_parameters())
    return {name: named[name].detach() for name in names}

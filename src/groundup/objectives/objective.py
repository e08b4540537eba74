"""Training objectives. An objective owns everything about one training target: sampling, head, loss, metrics.

Losses are sums with counts and are divided once, globally, so micro-batches and ranks cannot change the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.nn.device import device_of, move_nested
from groundup.nn.embed.embedder import Tokens
from groundup.nn.embed.several import mixed_layout
from groundup.nn.kind_tokens import KindTokens
from groundup.nn.layout import Layout
from groundup.nn.model import Inputs, Model

Sums = dict[str, float]  # sums and counts that add up over batches


@dataclass
class Batch:
    """One micro-batch as tensors. `positions` say where each head predicts (flat indices); `targets` what it should predict."""

    tokens: Tokens  # [N] or [N, V], or of several kinds those of each, or states [N, C] after the first `start` blocks
    layout: Layout
    segments: Tensor | None  # [N]
    positions: dict[str, Tensor]  # head -> [M]
    targets: dict[str, Tensor]  # head -> [M]
    source: Inputs | None = None  # what the encoder reads, of a model that has one
    start: int = 0

    def forward(self, model: Model) -> dict[str, Tensor]:
        """The model's predictions. The batch moves to the model's device, its targets with it."""
        self.move_to(device_of(model))
        return model(self.tokens, self.layout, self.segments, self.positions, self.source, self.start)

    def move_to(self, device: torch.device) -> None:
        """Move all tensors to a device, in one copy for each type of number."""
        if device.type == self.layout.device.type == "cpu":
            return
        source = (None, None) if self.source is None else (self.source.tokens, self.source.segments)
        parts = {"own": [self.tokens, self.segments], "source": source, "positions": self.positions, "targets": self.targets}
        moved = move_nested(parts, device)
        (self.tokens, self.segments), self.positions, self.targets = moved["own"], moved["positions"], moved["targets"]
        self.layout = self.layout.to(device)
        if self.source is not None:
            self.source = Inputs(moved["source"][0], self.source.layout.to(device), moved["source"][1])

    through = forward  # the former name, for one version


class Objective(Protocol):
    """One training target, or a weighted sum of several."""

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Head -> (positions, targets); may corrupt `flat.tokens`, or give `flat` a source and the tokens of a decoder.

        `progress` in [0, 1] drives schedules of the draw.
        """
        ...

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        """How many targets each term has."""
        ...

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Each term's loss, SUMMED over its targets, float32."""
        ...

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        """Each term's weight in the total; `progress` in [0, 1] drives what changes over the run."""
        ...

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        """Sums and counts from which `summary` makes figures; they add up over batches."""
        ...

    def summary(self, sums: Sums) -> dict[str, float | None]:
        """Figures of summed measurements; undefined ones are None."""
        ...


def make_batch(flat: Flat, objective: Objective, progress: float = 0.0) -> Batch:
    """Draw the targets of a flat batch and turn everything into tensors."""
    prepared = objective.prepare(flat, progress)
    return Batch(
        *make_inputs(flat),
        positions={head: torch.from_numpy(positions) for head, (positions, _) in prepared.items()},
        targets={head: torch.from_numpy(targets) for head, (_, targets) in prepared.items()},
        source=None if flat.source is None else make_inputs(flat.source),
    )


def make_inputs(flat: Flat) -> Inputs:
    """A flat batch as tensors."""
    segments = None if flat.segments is None else torch.from_numpy(flat.segments)
    if flat.parts is not None:
        parts = {kind: tensors_of(part) for kind, part in flat.parts.items()}
        return Inputs(parts, mixed_layout(flat.lengths.tolist(), parts))
    layout = Layout(flat.lengths.tolist())
    if flat.places is not None:
        layout.with_positions(torch.from_numpy(flat.places))
    return Inputs(torch.from_numpy(flat.tokens), layout, segments)


def tensors_of(part: KindTokens[np.ndarray]) -> KindTokens[Tensor]:
    """The tokens of one kind as tensors."""
    segments = None if part.segments is None else torch.from_numpy(part.segments)
    return KindTokens(*(torch.from_numpy(x) for x in (part.tokens, part.places, part.at)), segments)


def ratio(part: float, whole: float) -> float | None:
    """part / whole, or None when there is nothing to divide by."""
    return part / whole if whole else None


class WeightedSum:
    """sum of w_k L_k: the one algebra of MLM + gamma NSP, of task + lambda pretraining, and of several tasks."""

    def __init__(self, parts: list[tuple[float, Objective]]):
        self.parts = parts

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        prepared: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for _, objective in self.parts:
            prepared |= objective.prepare(flat, progress)
        return prepared

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {k: v for _, objective in self.parts for k, v in objective.counts(targets).items()}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {k: v for _, objective in self.parts for k, v in objective.losses(predictions, targets).items()}

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return {k: w * v for w, objective in self.parts for k, v in objective.weights(progress).items()}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return {k: v for _, objective in self.parts for k, v in objective.measure(predictions, targets).items()}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return {k: v for _, objective in self.parts for k, v in objective.summary(sums).items()}


class Mixture:
    """sum of w_k L_k where each objective has its own batches, recognized by the head in their targets.

    A weight is a number, or a function of progress. `prepare` is that of the single objectives.
    """

    def __init__(self, parts: Mapping[str, tuple[float | Callable[[float], float], Objective]]):
        self.parts = dict(parts)

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        raise NotImplementedError  # a batch is made by the objective it is for

    def active(self, targets: Mapping[str, Tensor]) -> list[Objective]:
        """The objectives that a batch is for."""
        return [objective for head, (_, objective) in self.parts.items() if head in targets]

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {k: v for objective in self.active(targets) for k, v in objective.counts(targets).items()}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {k: v for objective in self.active(targets) for k, v in objective.losses(predictions, targets).items()}

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        weights: dict[str, float] = {}
        for weight, objective in self.parts.values():
            now = weight if isinstance(weight, float | int) else weight(progress)
            weights |= {k: now * v for k, v in objective.weights(progress).items()}
        return weights

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        return {k: v for objective in self.active(targets) for k, v in objective.measure(predictions, targets).items()}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return {k: v for _, objective in self.parts.values() for k, v in objective.summary(sums).items()}

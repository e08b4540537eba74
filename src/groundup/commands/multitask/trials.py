"""Short trainings of several tasks on folds of the training rows, all from one start: what a search for weights is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from groundup.commands.multitask.mixing import Part, from_states, initial_losses, make_optimizer, make_part, mixed
from groundup.commands.multitask.settings import Multitask
from groundup.errors import InputError
from groundup.folders import make_parents, write_file
from groundup.nn.model import Model
from groundup.strict_json import canonical, fields, read_json
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.train.cached_states import CachedStates, check_cacheable, load_or_compute
from groundup.train.checkpoint import tensors
from groundup.train.loop import train
from groundup.train.precision import resolve_precision
from groundup.train.task_weighting import TaskWeighting, WeightedMixture

Weights = dict[str, float]
SCREENED_BLOCKS = 2  # whose gradients are compared; at least so many are trained on kept states


@dataclass
class Bench:
    """What every trial works with."""

    settings: Multitask
    tables: Mapping[str, LabelledRows]
    model: Model
    steps: int  # of one training
    targets: list[str]
    folds: Mapping[str, np.ndarray]
    home: Path
    say: Callable[[str], None]

    def __post_init__(self):
        self.start = {name: tensor.clone() for name, tensor in tensors(self.model).items()}
        layers = self.model.config.num_layers
        top = max(1, min(layers - 1, max(SCREENED_BLOCKS, round(layers / 4))))
        self.frozen = 0 if self.settings.model is None else max(self.settings.freeze, layers - top)  # a new body learns all
        known = self.home / "search.json"
        self.results: dict = fields(read_json(known), known, trials=dict) if known.is_file() else {"trials": {}}
        self.cached_states: dict[str, CachedStates] = {}
        self.reset(self.frozen)
        self.keeps = can_keep(self.model)

    def once(self, name: str, make: Callable[[], dict]) -> dict:
        """A finding, made and noted once."""
        if name not in self.results:
            self.results[name] = make()
            self.note()
        return self.results[name]

    def note(self) -> None:
        make_parents(self.home)
        write_file(self.home / "search.json", canonical(self.results))

    def part(self, name: str, fold: int, held_out: bool, cached: bool) -> Part:
        """The rows of a fold, or (not `held_out`) of all others; `cached`: from states after the frozen blocks."""
        table, chosen = self.tables[name], (self.folds[name] == fold) == held_out
        rows = np.flatnonzero(chosen)
        texts, targets = table.texts_of("train"), table.targets_of("train")
        part = make_part(self.settings, name, table.task, [texts[i] for i in rows], [targets[i] for i in rows], table.reader)
        return from_states(part, self.states(name), chosen) if cached and self.keeps else part

    def states(self, name: str) -> CachedStates:
        """The states of all training rows of a task after the frozen blocks."""
        if name not in self.cached_states:
            self.reset(self.frozen)
            table = self.tables[name]
            part = make_part(self.settings, name, table.task, table.texts_of("train"), table.targets_of("train"), table.reader)
            make_parents(self.home / "features")
            self.cached_states[name] = load_or_compute(self.home / "features" / name, self.model, part.rows, log=self.say)
        return self.cached_states[name]

    def reset(self, frozen: int) -> None:
        """The weights of the start, so many blocks frozen."""
        with torch.no_grad():
            for name, tensor in tensors(self.model).items():
                tensor.copy_(self.start[name])
        self.model.freeze(frozen)


def can_keep(model: Model) -> bool:
    """Whether the states after its frozen blocks can be kept."""
    try:
        check_cacheable(model)
    except InputError:
        return False
    return True


def run_trial(
    bench: Bench, weights: Weights, learned: list[Part], steps: int, frozen: int, watch: Callable[[int], None] | None = None
) -> None:
    """Train the model from its start; it holds the result."""
    settings, model = bench.settings, bench.model
    bench.reset(frozen)
    initial = initial_losses(model, learned)
    rule = TaskWeighting({part.name: weights[part.name] for part in learned})
    objective = WeightedMixture({part.name: part.objective for part in learned}, initial, rule)
    optimizer, schedule = make_optimizer(settings, model)
    batches = mixed(learned, settings.batch_size, steps)
    updates = train(
        model,
        objective,
        batches,
        optimizer,
        schedule,
        steps=steps,
        seed=settings.seed,
        clip=settings.optimizer.clip,
        precision=resolve_precision(settings.precision, model, objective, batches),
    )
    for step in updates:
        if watch is not None:
            watch(step.number)


def share(bench: Bench, part: float) -> int:
    """Updates of a share of a training."""
    return max(1, round(bench.steps * part))

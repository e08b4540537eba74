"""One model with a head for each of several tasks, their rows, and updates that mix them: for training and for the search."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from groundup.commands.finetune.from_nothing import open_backbone
from groundup.commands.finetune.job import check_fits
from groundup.commands.multitask.settings import Multitask
from groundup.data import draws
from groundup.data.rows import Rows
from groundup.families import checkpoint, config_heads
from groundup.kinds.reader import Reader, Row
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, Objective, make_batch
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.task import MakeBatch, Task
from groundup.train import optimizers
from groundup.train.adamw import AdamW
from groundup.train.cached_states import CachedStates
from groundup.train.defaults import new_inputs_scale
from groundup.train.hyperparameters import Hyperparameters, finetuning_hyperparameters
from groundup.train.optimizers import layerwise_lr_decay
from groundup.train.schedule import Schedule
from groundup.train.task_weighting import TaskSampler

FIRST_ROWS = 256  # that the initial loss of a task is the mean of


@dataclass
class Part:
    """Rows of a task as sequences, with what they are trained for and evaluated by."""

    name: str
    task: Task
    reader: Reader
    texts: list[Row]
    targets: list[Any]
    rows: Rows
    objective: Objective
    make: MakeBatch = make_batch


def make_part(settings: Multitask, name: str, task: Task, texts: list[Row], targets: list[Any], reader: Reader) -> Part:
    """Rows of a task, those of a split or of some folds."""
    one = settings.tasks[name]
    packed = task.pack(texts, reader, settings.max_length, one.too_long)
    rows = task.make_rows(texts, targets, packed, reader, settings.seed)
    return Part(name, task, reader, texts, targets, rows, task.make_objective(targets, reader.class_weights(one.class_weights)))


def part_of(settings: Multitask, name: str, table: LabelledRows, split: str) -> Part:
    return make_part(settings, name, table.task, table.texts_of(split), table.targets_of(split), table.reader)


def from_states(part: Part, whole: CachedStates, chosen: np.ndarray) -> Part:
    """The part, its batches made of kept states. `whole` holds those of all rows, of which these are `chosen` [rows] bool."""
    states = object.__new__(CachedStates)
    states.rows, states.blocks, states.states = part.rows, whole.blocks, whole.states
    states.starts = whole.starts[chosen[whole.rows.packed.owner]]
    return replace(part, make=states.batch)


def open_model(
    settings: Multitask, reader: Reader, tables: Mapping[str, LabelledRows], start: Path | None
) -> tuple[Model, str]:
    """The model to start from, or a new one, which reads what the reader reads, with a new head for each task, and its family.
    A head's weights depend on the seed and its name."""
    loaded = open_backbone(settings, reader, start)
    model = loaded.model
    pooling = loaded.pooling if settings.pooling == "auto" else settings.pooling
    for name in list(model.heads):
        model.drop_head(name)
    for name, table in tables.items():
        check_fits(settings.model, table.task, model, loaded.family)
        usual = checkpoint.new_head(loaded, max(1, len(table.labels)), settings.dropout, pooling)
        usual = replace(usual, dense=False) if settings.model is None else usual
        head = table.task.make_head(usual, model.config)
        config_heads.check_labels(table.task.outputs or None, head)
        model.add_head(name, head, seed=settings.seed)
    model.freeze(settings.freeze)
    return model, loaded.family


def initial_losses(model: Model, parts: Sequence[Part]) -> dict[str, float]:
    """L_k(0), each task's mean loss before training: what frees the sum of losses from their units. One task needs none: 1."""
    if len(parts) == 1:
        return {parts[0].name: 1.0}
    model.eval()
    return {part.name: max(mean_loss(model, part, FIRST_ROWS), 1e-6) for part in parts}


def mean_loss(model: Model, part: Part, most: int) -> float:
    """Mean loss on the first rows of the first epoch, without dropout."""
    with torch.no_grad():
        return float(loss_of(model, part, most))


def loss_of(model: Model, part: Part, most: int) -> torch.Tensor:
    """The same, to be differentiated."""
    return next(losses_of(model, part, most, ()))


def losses_of(model: Model, part: Part, most: int, shuffles: Sequence[int]) -> Iterator[torch.Tensor]:
    """The same, and then with the targets shuffled, once for each of these numbers."""
    batch = part.make(part.rows.batch(np.arange(min(most, part.rows.size))), part.objective, 0.0)
    predictions = batch.forward(model)
    for targets in (batch.targets, *({part.name: shuffled(batch.targets[part.name], number)} for number in shuffles)):
        losses, counts = part.objective.losses(predictions, targets), part.objective.counts(targets)
        yield sum((losses[term] / max(1, counts[term]) for term in losses), torch.zeros(()))


def shuffled(targets: torch.Tensor, number: int) -> torch.Tensor:
    """Targets in another order; marks with the number of their sequence (of `Ends`) in one within their sequences."""
    order = draws.permutation(draws.key(number, "shuffled targets"), number, len(targets))
    if targets.ndim == 2 and not targets.is_floating_point():
        sequence = targets[:, 1].cpu().numpy()
        places, shuffled_places = np.argsort(sequence, kind="stable"), order[np.argsort(sequence[order], kind="stable")]
        order = np.empty_like(order)
        order[places] = shuffled_places
    return targets[torch.from_numpy(order).to(targets.device)]


def mixed(parts: Sequence[Part], batch_size: int, steps: int) -> Callable[[int], list[Batch]]:
    """The micro-batches of an update: one of each task."""
    shares = TaskSampler([part.rows.size for part in parts], batch_size, steps)

    def batches(number: int) -> list[Batch]:
        spans = zip(parts, shares.ranges(number), strict=True)
        return [part.make(part.rows.batch(np.arange(first, last)), part.objective, 0.0) for part, (first, last) in spans]

    return batches


def hyperparameters_of(settings: Multitask, model: Model) -> Hyperparameters:
    """As fine-tuning has them."""
    return finetuning_hyperparameters(settings.optimizer, model.config.hidden_size, defaults=settings.defaults)


def make_optimizer(settings: Multitask, model: Model) -> tuple[AdamW, Schedule]:
    """As fine-tuning has them: each block slower than the one above it, a rate that falls with the width."""
    faster = new_inputs_scale(model.config.hidden_size)
    slower = layerwise_lr_decay(settings.usual_layer_decay, model.config.num_layers, model.new_inputs, faster)
    return optimizers.make_optimizer(hyperparameters_of(settings, model), model, slower)


def figures_of(model: Model, part: Part) -> dict[str, float | None]:
    """The task's figures and its mean loss on the rows of a part."""
    model.eval()
    predictions = part.task.evaluate(model, part.rows, part.texts, part.reader, part.make)
    scores = part.task.scores(predictions.answers, part.targets, part.texts)
    return {
        "loss": predictions.loss / predictions.count if predictions.count else None,
        **scores.figures(np.arange(len(part.texts))),
    }


def score_of(part: Part, figures: Mapping[str, float | None]) -> float:
    """The task's main figure; 0 where it is undefined (all answers alike, say)."""
    return figures.get(part.task.metric) or 0.0

"""The training loop: a generator that yields after each update. Its caller logs, evaluates, saves and stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from groundup.data import draws
from groundup.errors import GateError
from groundup.nn.device import device_of
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, Objective, Sums
from groundup.train.adamw import AdamW
from groundup.train.precision import Precision, autocast
from groundup.train.regularization import Regularizer
from groundup.train.task_weighting import TaskWeighting

MAX_CONSECUTIVE_SKIPS = 10  # skipped updates in a row, then the run stops


@dataclass
class Step:
    """One finished update: its number (the first is 1), each term's mean loss, and what it cost."""

    number: int
    losses: dict[str, float]
    total: float
    learning_rate: float
    gradient_norm: float
    tokens: int
    skipped: bool
    sums: Sums


def train(
    model: Model,
    objective: Objective,
    batches: Callable[[int], list[Batch]],
    optimizer: AdamW,
    schedule: Callable[[int, int], float],
    *,
    steps: int,
    done: int = 0,
    seed: int = 0,
    clip: float = 1.0,
    measure: Callable[[int], bool] = lambda number: False,
    skipped: list[int] | None = None,
    regularizer: Regularizer | None = None,
    num_frozen: Callable[[int], int] | None = None,
    task_weighting: TaskWeighting | None = None,
    precision: Precision = "float32",
) -> Iterator[Step]:
    """Run the updates done + 1 .. steps. `batches(number)` gives the micro-batches of an update. Losses are summed over all
    micro-batches and divided once by the total count of their term, so gradient accumulation is exact.

    Dropout is a pure function of (seed, step, micro-batch). A non-finite loss or gradient skips the update; ten in a row,
    1 % of the run, or any in the first ten steps raise GateError. `regularizer` pulls the weights towards their initial values,
    `num_frozen` gives the number of frozen blocks by update, `task_weighting` adapts the weights of several tasks.
    Matrix products of the model have `precision`, losses float32.
    """
    skipped = [] if skipped is None else skipped
    dropout_key = draws.key(seed, "dropout")
    for number in range(done + 1, steps + 1):
        micro_batches = batches(number)
        weights = objective.weights(number / steps)
        if num_frozen is not None and num_frozen(number) != model.frozen:
            model.freeze(num_frozen(number))
        model.train()
        seeds = [int(draws.words(dropout_key, number, i)) >> 1 for i in range(len(micro_batches))]
        sums_of_terms, counts, sums = accumulate_gradients(
            model, objective, micro_batches, weights, seeds, precision, measure(number), task_weighting
        )
        if task_weighting is not None:
            task_weighting.before_step(number, mean_losses(sums_of_terms, counts)[0])
        clipped_norm = torch.nn.utils.clip_grad_norm_(optimizer.parameters, clip)
        losses, norm = mean_losses(sums_of_terms, counts, clipped_norm)
        total = sum(weights[k] * v for k, v in losses.items())
        non_finite = not (abs(total) < float("inf") and norm < float("inf"))
        rate = schedule(number, steps)
        if non_finite:
            skipped.append(number)
            stop_if_diverged(skipped, number, steps)
        else:
            if regularizer is not None:
                regularizer.before_update(number)
            optimizer.step(number - len(skipped), rate)
            if regularizer is not None:
                regularizer.after_update(number, rate)
        optimizer.zero_grad()
        tokens = sum(batch.layout.num_tokens for batch in micro_batches)
        yield Step(number, losses, total, rate, norm, tokens, non_finite, sums)


def accumulate_gradients(
    model: Model,
    objective: Objective,
    micro_batches: Sequence[Batch],
    weights: Mapping[str, float],
    seeds: Sequence[int],
    precision: Precision,
    measured: bool,
    task_weighting: TaskWeighting | None,
) -> tuple[list[Mapping[str, Tensor]], dict[str, int], Sums]:
    """Add the gradients of an update to the parameters. Returns the summed losses of each micro-batch where they were computed
    (reading them waits for the device), how many targets each term has and, where `measured`, the sums of the objective's
    measures. `seeds` are those of dropout, one a micro-batch."""
    counts = add_up(objective.counts(batch.targets) for batch in micro_batches)
    losses: list[Mapping[str, Tensor]] = []
    sums: Sums = {}
    device = device_of(model)
    for seed, batch in zip(seeds, micro_batches, strict=True):
        torch.manual_seed(seed)
        with autocast(precision, device):
            predictions = batch.forward(model)
        predictions = {head: logits.float() for head, logits in predictions.items()}
        terms = objective.losses(predictions, batch.targets)
        loss = sum(weights[k] * v / counts[k] for k, v in terms.items() if counts[k])
        if isinstance(loss, torch.Tensor) and loss.requires_grad:  # a batch may reach no trained parameter
            loss.backward()
            if task_weighting is not None:
                task_weighting.after_backward(terms)
        losses.append({k: v.detach() for k, v in terms.items()})
        if measured:
            with torch.no_grad():
                sums = add_up([sums, objective.measure(predictions, batch.targets)])
    return losses, counts, sums


def mean_losses(
    parts: Sequence[Mapping[str, Tensor]], counts: Mapping[str, int], norm: Tensor | None = None
) -> tuple[dict[str, float], float]:
    """The mean loss of each term, from its sums in the micro-batches, and the norm: in one reading, for which the program waits
    once."""
    sums = [v for part in parts for v in part.values()] + ([] if norm is None else [norm])
    values = iter(torch.stack(sums).tolist() if sums else ())
    losses = dict.fromkeys(counts, 0.0)
    for part in parts:
        for k in part:
            value = next(values)
            losses[k] += value / counts[k] if counts[k] else 0.0
    return losses, next(values, 0.0)


def add_up(parts) -> dict:
    """Sum dictionaries of numbers, key by key."""
    total: dict = {}
    for part in parts:
        for k, v in part.items():
            total[k] = total.get(k, 0) + v
    return total


def stop_if_diverged(skipped: list[int], number: int, steps: int) -> None:
    """Raise GateError when too many updates were not finite."""
    row = 1
    while row < len(skipped) and skipped[-row - 1] == number - row:
        row += 1
    if number <= 10 or row >= MAX_CONSECUTIVE_SKIPS or len(skipped) > max(MAX_CONSECUTIVE_SKIPS, 0.01 * steps):
        raise GateError(
            "NON_FINITE",
            f"step {number}",
            f"the loss or its gradient is not finite ({len(skipped)} skipped updates: {skipped[-5:]})",
            "lower the learning rate, or look at the batches of these steps",
            limit=f"{MAX_CONSECUTIVE_SKIPS} in a row, 1 % of the run, none in the first 10 steps",
        )

"""The story of a pretraining run. The settings stand in pretrain.py, which needs no torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from groundup.commands.pretrain.closing import tell
from groundup.commands.pretrain.job import Job
from groundup.commands.pretrain.objectives import OBJECTIVES, objective_of
from groundup.commands.pretrain.regimes import begins_counted, optimizer_of, regime_of
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.shared.publishing import ASKED, check_published
from groundup.config import command_of, identity_settings
from groundup.data.cooccurrence import word_vectors
from groundup.data.rows import Rows
from groundup.evaluate.predictor import model_folder
from groundup.families import checkpoint
from groundup.folders import new_folder
from groundup.machine import prepare_machine
from groundup.manifest import identity
from groundup.messages.current import message
from groundup.nn.device import chosen_device
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, make_batch
from groundup.runs import RunFolder
from groundup.scope import at_default, refuse
from groundup.terminal.log import say
from groundup.train.checkpoint import load_weights
from groundup.train.loop import Step, add_up, train
from groundup.train.optimizers import make_optimizer
from groundup.train.precision import resolve_precision
from groundup.train.run import Plan, Training, run_training
from groundup.train.settings import seconds_of

CALIBRATION_STEPS = 8  # timed before a run with a time budget; the model is made anew afterwards
EVALUATION_SHARE = 0.1  # of a time budget


def pretrain(settings: Pretrain):
    """Train, publish `model/`, and say what came out."""
    prepare_machine(settings)
    job = open_job(settings)
    for warning in job.pretraining.warnings(job):
        say(f"    {warning}")
    model, family = job.pretraining.make_model(settings, job)
    model.to(chosen_device())
    start = settings.model and identity(model_folder(settings.model))
    fixed = identity_settings(settings) | {"data": job.pretraining.fingerprint(settings), "model": start}
    with RunFolder.open(Path(settings.out), fixed, at_default(settings), command_of(settings)) as run:
        start_time = time.monotonic()
        if begins_counted(settings, job.regime) and not run.checkpoints():
            say(message("word embeddings counted", count=start_from_cooccurrence(settings, job, model)))
        plan = run.plan(lambda: make_plan(settings, job, time.monotonic() - start_time))
        training = make_training(settings, job, model, Plan(**plan))
        size = sum(p.numel() for p in model.parameters()) / 1e6
        say(message("pretraining on", size=size, examples=job.train.size, steps=plan["steps"]))
        state = run_training(
            run,
            training,
            Plan(**plan),
            lambda: evaluate(job, model),
            best_metric="loss",
            higher_is_better=False,
            columns=("loss", *job.pretraining.watched),
            track=settings.track,
        )
        if state.best_step not in (None, state.step):
            load_weights(run.checkpoint(state.best_step), model)
        publish(run, model, family, job, settings)
        tell(run, job, state)
        return run.outcome(steps=state.step, best_step=state.best_step, loss=state.best_value)


def open_job(settings: Pretrain) -> Job:
    """Open and check every input before anything is written."""
    start = None if settings.model is None else checkpoint.read_config(model_folder(settings.model))
    name = objective_of(settings, None if start is None else checkpoint.family_of(start))
    refuse(settings, name, *["running windows"] * (settings.gamma == 0))
    return OBJECTIVES[name].open(settings, regime_of(settings, name))


def start_from_cooccurrence(settings: Pretrain, job: Job, model: Model) -> int:
    """Put counted vectors, of length 1, in place of the embeddings of the tokens that the text has."""
    table = model.backbone.token_embedding.weight
    assert not isinstance(job.train, Rows)
    vectors, known = word_vectors(job.train.corpus, job.encoder.vocab_size, table.shape[1], settings.seed)
    with torch.no_grad():
        rows, values = (torch.from_numpy(one).to(table.device) for one in (known.nonzero()[0], vectors[known]))
        table[rows] = values
    return int(known.sum())


def make_training(settings: Pretrain, job: Job, model: Model, plan: Plan) -> Training:
    """Optimizer, schedule and batches of the run."""
    values = optimizer_of(settings, job.regime, model.config.hidden_size)
    optimizer, schedule = make_optimizer(values, model)
    return Training(
        model,
        job.objective,
        batches_of(settings, job, plan.steps),
        optimizer,
        schedule,
        seed=settings.seed,
        clip=values.clip,
        precision=settings.precision,
        hyperparameters=values,
        facts=facts_of(settings, job, model, plan),
    )


def facts_of(settings: Pretrain, job: Job, model: Model, plan: Plan) -> dict:
    """What else a run was given, as run.json keeps it."""
    size = settings.batch_size or job.regime.batch_size
    return {
        "objective": job.pretraining.name,
        "batch_size": size,
        "unit": "sequences",
        "micro_batch_size": micro_batch(settings, size),
        "examples": job.train.size,
        "epochs": round(plan.steps * size / job.train.size, 4),
        **job.pretraining.facts(job, size),
        "embeddings": job.regime.embeddings if settings.model is None else None,
        "dropout": model.config.dropout,
        "attention_dropout": model.config.attention_dropout,
        "evaluation_examples": min(settings.evaluation_examples, job.validation.size),
    }


def micro_batch(settings: Pretrain, size: int) -> int:
    """Sequences at once, of so many of an update."""
    return settings.micro_batch_size or min(size, 128)


def batches_of(settings: Pretrain, job: Job, steps: int) -> Callable[[int], list[Batch]]:
    """Update number s trains on the examples [(s - 1) B, s B), whatever happened before."""
    size = settings.batch_size or job.regime.batch_size
    micro = micro_batch(settings, size)

    def batches(number: int) -> list[Batch]:
        first = (number - 1) * size
        return [
            make_batch(job.train.batch(np.arange(i, min(i + micro, first + size))), job.objective, number / steps)
            for i in range(first, first + size, micro)
        ]

    return batches


def evaluate(job: Job, model: Model) -> dict[str, float | None]:
    """Loss and figures on fixed examples and fixed masks of the validation split; 15 % masked, as trained."""
    model.eval()
    chunks, total = [], min(job.settings.evaluation_examples, job.validation.size)
    with torch.inference_mode():
        for i in range(0, total, 64):
            flat = job.validation.batch(np.arange(i, min(i + 64, total)))
            batch = make_batch(flat, job.objective, 1.0)
            predictions = batch.forward(model)
            losses = job.objective.losses(predictions, batch.targets)
            counts = job.objective.counts(batch.targets)
            chunks.append(
                {f"loss.{k}": float(v) for k, v in losses.items()}
                | {f"count.{k}": n for k, n in counts.items()}
                | job.objective.measure(predictions, batch.targets)
            )
    sums = add_up(chunks)
    weights = job.objective.weights()
    means = {k: sums[f"loss.{k}"] / sums[f"count.{k}"] if sums[f"count.{k}"] else None for k in weights}
    loss = sum(w * (means[k] or 0.0) for k, w in weights.items())
    of_parts = {f"loss.{k}": v for k, v in means.items()}
    return {"loss": loss, **of_parts, **job.objective.summary(sums), **job.pretraining.figures(job, loss)}


def make_plan(settings: Pretrain, job: Job, spent: float) -> dict:
    """Number of steps, and how often to log, evaluate and save. With a time budget, of which seconds are `spent` already, the
    first steps are timed."""
    if settings.steps is not None:
        steps, evaluations = settings.steps, settings.num_evaluations
    else:
        steps, evaluations = steps_within(seconds_of(settings.budget or "") - spent, settings, job)
    return {
        "steps": steps,
        "log_every": max(1, min(50, steps // 40)),
        "evaluate_every": max(1, -(-steps // evaluations)),
        "save_every": settings.save_every or max(1, steps // 20),
    }


def steps_within(budget: float, settings: Pretrain, job: Job) -> tuple[int, int]:
    """(updates, evaluations) that fit into `budget` seconds, by timing a few on a throw-away model.

    Evaluations take a tenth of the time at most. The first update, which allocates, is not counted.
    """
    model, _ = job.pretraining.make_model(settings, job)
    training = make_training(settings, job, model, Plan(steps=10**6, log_every=1, evaluate_every=1, save_every=1))
    precision = resolve_precision(settings.precision, model, job.objective, training.batches)
    updates = train(
        model, job.objective, training.batches, training.optimizer, training.schedule, steps=10**6, precision=precision
    )
    first, *timed = seconds_each(updates, CALIBRATION_STEPS, budget / 10)
    start = time.monotonic()
    evaluate(job, model)
    evaluation = time.monotonic() - start
    evaluations = max(1, min(settings.num_evaluations, int(EVALUATION_SHARE * budget / evaluation)))
    left = budget - first[0] - sum(seconds for seconds, _ in timed) - (evaluations + 1) * evaluation
    return max(1, int(left / usual_seconds(timed))), evaluations


def usual_seconds(timed: list[tuple[float, int]]) -> float:
    """Seconds of an update, from (seconds, tokens) of a few: by the fastest per token, for what else the machine does at the
    moment must not shorten a plan that never grows again."""
    return min(seconds / tokens for seconds, tokens in timed) * float(np.mean([tokens for _, tokens in timed]))


def seconds_each(updates: Iterator[Step], most: int, budget: float) -> Iterator[tuple[float, int]]:
    """(seconds, tokens) of each of the next updates: at least two, then until `most` are done or the budget is spent."""
    spent = 0.0
    for number in range(most):
        start = time.monotonic()
        tokens = next(updates).tokens
        spent += (seconds := time.monotonic() - start)
        yield seconds, tokens
        if number and spent > budget:
            return


def publish(run: RunFolder, model: Model, family: str, job: Job, settings: Pretrain) -> None:
    """The model folder: weights, what reads its inputs, and card, complete or not at all."""
    target, pretraining, reader = run.path / "model", job.pretraining, job.reader
    if target.exists():
        return
    model = pretraining.to_publish(model)
    with new_folder(
        target, kind="model", settings=identity_settings(settings), parents=pretraining.parents(settings)
    ) as folder:
        checkpoint.save(folder, model, family, specials=reader.specials)
        reader.save(folder, settings.length, segments=model.config.num_segments > 0, frame=pretraining.frame)
        folder.write_text("README.md", pretraining.card(model, job))
        flat = job.validation.batch(np.arange(min(ASKED, job.validation.size)))
        check_published(folder.path, target, model, [pretraining.example(job, flat)], {}, {})

"""The story of a pretraining run. The settings stand in pretrain.py, which needs no torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import log
from pathlib import Path

import numpy as np
import torch

from groundup.commands.pretrain import cells, images
from groundup.commands.pretrain.objectives import FRAMES, SENTINELS, Job, make_objective, make_source, objective_of
from groundup.commands.pretrain.regimes import begins_counted, optimizer_of, regime_of
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.shared.publishing import ASKED, check_published
from groundup.config import command_of, identity_settings
from groundup.data.cooccurrence import word_vectors
from groundup.data.rows import Rows
from groundup.data.shards import Shards
from groundup.data.sources.texts.parallel import files_of_source
from groundup.data.tokenizers.files import has_tokenizer
from groundup.data.tokenizers.tokenizer import Encoder, load_tokenizer
from groundup.errors import InputError
from groundup.evaluate.predictor import model_folder
from groundup.families import checkpoint, presets
from groundup.folders import digest, fingerprint_files, identity, is_ours, new_folder, read_manifest, read_verified
from groundup.machine import prepare_machine, say, tell
from groundup.nn.config import TokenHeadConfig
from groundup.nn.model import Model
from groundup.nn.replaced_token_model import ReplacedTokenModel
from groundup.objectives.objective import Batch, make_batch
from groundup.runs import RunFolder
from groundup.scope import at_default, refuse
from groundup.strict_json import parse_json
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
    if FRAMES[job.kind] and not job.words.verbatim:
        say(
            settings,
            f"    warning: the tokens of {settings.data} lose case or blanks, and so will what the model writes; "
            "prepare with --tokenizer.kind byte_bpe or character",
        )
    model, family = make_model(settings, job)
    start = settings.model and identity(model_folder(settings.model))
    data = fingerprint_files(files_of_source(settings.data, ())) if job.kind == "cells" else digest(Path(settings.data))
    fixed = identity_settings(settings) | {"data": data, "model": start}
    with RunFolder.open(Path(settings.out), fixed, at_default(settings), command_of(settings)) as run:
        start_time = time.monotonic()
        if begins_counted(settings, job.regime) and not run.checkpoints():
            say(settings, f"{start_from_cooccurrence(settings, job, model):,} word embeddings from what stands near each word")
        plan = run.plan(lambda: make_plan(settings, job, time.monotonic() - start_time))
        training = make_training(settings, job, model, Plan(**plan))
        say(settings, f"pretraining {model_size(model)} on {job.train.size:,} examples an epoch: {plan['steps']} steps")
        state = run_training(
            run,
            training,
            Plan(**plan),
            lambda: evaluate(job, model),
            best_metric="loss",
            higher_is_better=False,
            log=lambda line: say(settings, line),
            track=settings.track,
        )
        if state.best_step not in (None, state.step):
            load_weights(run.checkpoint(state.best_step), model)
        publish(run, model, family, job, settings)
        best = "-" if state.best_value is None else f"{state.best_value:.4f}"
        tell(f"validation loss {best} at step {state.best_step} of {state.step:,}; the model is {run.path / 'model'}")
        return run.outcome(steps=state.step, best_step=state.best_step, loss=state.best_value)


def open_job(settings: Pretrain) -> Job:
    """Open and check every input before anything is written."""
    folder = Path(settings.data)
    start = None if settings.model is None else checkpoint.read_config(model_folder(settings.model))
    kind = objective_of(settings, None if start is None else checkpoint.family_of(start))
    refuse(settings, kind, *["running windows"] * (settings.gamma == 0))
    if kind == "patches":
        return images.open_job(settings, regime_of(settings, kind))
    if kind == "cells":
        return cells.open_job(settings, regime_of(settings, kind))
    if is_ours(folder) and "image" in read_manifest(folder).extra:
        raise InputError("HAS_IMAGES", folder, "holds images, which have no words", "learn them with --objective patches")
    encoder, regime = load_tokenizer(folder), regime_of(settings, kind)
    if kind == "spans":
        encoder.add_sentinels(SENTINELS)
    train, validation = (
        make_source(settings, kind, regime, encoder, Shards.open(folder, split), settings.seed + i)
        for i, split in enumerate(("train", "validation"))
    )
    objective = make_objective(settings, kind, regime, encoder)
    return Job(settings, encoder, train, validation, objective, regime, kind, bytes_per_token=bytes_per_token(folder))


def bytes_per_token(folder: Path) -> float | None:
    """UTF-8 bytes of the validation text for each of its tokens; None where its tokens lose case or blanks."""
    counts = parse_json(read_verified(folder, "report.json"), folder / "report.json")["splits"].get("validation", {})
    return counts["bytes"] / counts["tokens"] if counts.get("bytes") and counts.get("tokens") else None


def make_model(settings: Pretrain, job: Job) -> tuple[Model, str]:
    """A new model, or the one to continue with the heads it lacks; and the name of its family."""
    if job.kind == "patches":
        return images.make_model(settings)
    if job.kind == "cells":
        return cells.make_model(settings, job)
    if settings.model is None:
        shape = presets.make_shape(
            job.kind,
            settings.preset,
            settings.regime,
            job.words.vocab_size,
            settings.dropout,
            max(512, settings.length),
            job.pairs,
        )
        if job.kind == "replaced":
            generator, words = presets.generator_of(shape.config), presets.pretraining_heads(settings.regime)["mlm"]
            assert isinstance(words, TokenHeadConfig)
            return ReplacedTokenModel(shape.config, shape.heads, settings.seed, generator, words), shape.family
        return Model(shape.config, shape.heads, settings.seed, shape.encoder), shape.family
    folder = model_folder(settings.model)
    loaded = checkpoint.load_to_train(folder, settings.dropout, settings.dequantize)
    model = loaded.model
    check_same_words(settings, job.words, folder, model.config.vocab_size)
    if job.kind == "masked":
        heads = presets.pretraining_heads("fast" if loaded.family == "modernbert" else "paper", job.pairs)
        if "nsp" in heads and not model.config.pooler:
            heads |= {"nsp": presets.pretraining_heads("fast")["nsp"]}
    else:
        heads = {"lm": presets.plain_words()}
    for name in list(model.heads):
        if name not in heads:
            model.drop_head(name)
    for name, head in heads.items():
        if name not in model.heads:
            model.add_head(name, head, settings.seed)
    model.freeze(settings.freeze)
    return model, loaded.family


def start_from_cooccurrence(settings: Pretrain, job: Job, model: Model) -> int:
    """Put counted vectors, of length 1, in place of the embeddings of the tokens that the text has."""
    table = model.backbone.token_embedding.weight
    assert not isinstance(job.train, Rows)
    vectors, known = word_vectors(job.train.corpus, job.words.vocab_size, table.shape[1], settings.seed)
    with torch.no_grad():
        table[: len(vectors)][torch.from_numpy(known)] = torch.from_numpy(vectors[known])
    return int(known.sum())


def check_same_words(settings: Pretrain, encoder: Encoder, folder: Path, vocab_size: int) -> None:
    """Refuse data whose ids mean other words than the model's: training would go on, and spoil it in silence."""
    known = load_tokenizer(folder) if has_tokenizer(folder) else None
    if encoder.vocab_size > vocab_size or (known and known.vocabulary != encoder.vocabulary):
        raise InputError(
            "OTHER_TOKENIZER",
            settings.data,
            f"was made with another tokenizer than {settings.model}",
            f"prepare it with --tokenizer.existing {settings.model}",
        )


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
    size, regime = settings.batch_size or job.regime.batch_size, job.regime
    read = {} if job.kind in ("patches", "cells") else {"length": settings.length, "tokens_per_batch": size * settings.length}
    masked = (
        {
            "mask_rate": regime.masking.rate,
            "final_mask_rate": regime.masking.final_rate,
            "masked": regime.masking.masked,
            "random": regime.masking.random,
        }
        if job.kind in ("masked", "replaced")
        else {}
    )
    return {
        "objective": job.kind,
        "batch_size": size,
        "unit": "sequences",
        "micro_batch_size": micro_batch(settings, size),
        "examples": job.train.size,
        "epochs": round(plan.steps * size / job.train.size, 4),
        **read,
        **masked,
        **({"gamma": regime.gamma} if job.kind == "masked" else {}),
        "embeddings": regime.embeddings if settings.model is None else None,
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
    figures = {"loss": loss, **{f"loss.{k}": v for k, v in means.items()}, **job.objective.summary(sums)}
    if job.kind == "causal" and job.bytes_per_token is not None:
        figures["bits_per_byte"] = loss / log(2) / job.bytes_per_token
    return figures


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
    model, _ = make_model(settings, job)
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
    """The model folder: weights, tokenizer and card, complete or not at all."""
    target = run.path / "model"
    if target.exists():
        return
    if job.kind == "patches":
        images.publish(run, model, settings, job)
        return
    if job.kind == "cells":
        cells.publish(run, model, settings, job)
        return
    if isinstance(model, ReplacedTokenModel):
        model = model.without_generator()
    with new_folder(target, kind="model", settings=identity_settings(settings), parents=[Path(settings.data)]) as folder:
        checkpoint.save(folder, model, family, specials=job.words.ids._asdict())
        job.words.save(folder, settings.length, segments=model.config.num_segments > 0, frame=FRAMES[job.kind])
        folder.write_text("README.md", card(model, settings, job))
        batch = make_batch(job.validation.batch(np.arange(min(ASKED, job.validation.size))), job.objective, 1.0)
        check_published(folder.path, target, model, [batch], {}, {})


def card(model: Model, settings: Pretrain, job: Job) -> str:
    """A short model card."""
    what = {
        "masked": f"masked language modeling + {job.regime.gamma:g} x {settings.pairs} sentence prediction",
        "replaced": "which words were replaced",
        "causal": "the next word",
        "spans": "missing spans",
        "denoise": "whole texts from texts with holes",
        "prefix": "how texts go on",
    }[job.kind]
    made = "encoder" if job.kind in ("masked", "replaced") else "language model"
    return (
        f"# {'Continued' if settings.model else settings.preset} {made}\n\nPretrained with groundup, regime "
        f"`{settings.regime}`: {what}.\n\n- {model_size(model)}\n- sequences of {settings.length} tokens\n"
        f"- seed {settings.seed}\n"
    )


def model_size(model: Model) -> str:
    parameters = sum(p.numel() for p in model.parameters())
    return f"{parameters / 1e6:.2f} M parameters"

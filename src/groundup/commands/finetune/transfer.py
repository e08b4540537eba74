"""How a model is adapted to a task: what is held, changed and added before training, what an update is made of, and how it
becomes an ordinary model again. Which of it is used, the settings say; each works without the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from groundup import disk
from groundup.augment.apply import Augmented, Tools, augmented
from groundup.augment.back_translation import Translate
from groundup.augment.masked_lm import MaskedWords
from groundup.augment.mixup import MixedLabel
from groundup.augment.settings import NEED_SYNONYMS
from groundup.augment.synonyms import EmbeddingNeighbors
from groundup.commands.finetune.job import Job, model_facts
from groundup.commands.finetune.preview import optimizer_of
from groundup.commands.finetune.replay import AT_START, find_weight
from groundup.commands.finetune.settings import Finetune
from groundup.data.batches.ragged_batch import twice
from groundup.data.splits.split import SPLITS
from groundup.errors import InputError
from groundup.evaluate.predictor import load, model_folder
from groundup.families import checkpoint
from groundup.families.adapter import write_adapter
from groundup.families.config_heads import HEAD_FACTS, describe_head
from groundup.folders import new_folder
from groundup.kinds.several.packed import PackedKinds
from groundup.kinds.text.reader import encoder_of
from groundup.manifest import identity
from groundup.messages.current import message
from groundup.nn.config import PooledHeadConfig
from groundup.nn.lora import add_lora, merge_adapters
from groundup.nn.mixout import add_mixout, remove_mixout
from groundup.nn.model import Model, reinitialize_top
from groundup.objectives.kind_heads import KindHeads, head_of
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.numeric_targets import NumericTargets
from groundup.objectives.objective import Batch, Mixture, Objective, make_batch
from groundup.objectives.r_drop import RDrop
from groundup.runs import RunFolder
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.task import Task
from groundup.terminal.log import say
from groundup.train.cached_states import CachedStates, load_or_compute
from groundup.train.defaults import new_inputs_scale
from groundup.train.gradual_unfreezing import unfreeze_gradually
from groundup.train.optimizers import layerwise_lr_decay, make_optimizer
from groundup.train.regularization import Regularizer, ewc, fisher, l2_sp, rec_adam
from groundup.train.run import Plan, Training
from groundup.train.settings import RegularizeSettings
from groundup.train.weight_averaging import ExponentialMovingAverage

STRENGTHS = {"l2_sp": 0.01, "rec_adam": 5000.0, "ewc": 1000.0}  # of the penalties that hold weights near their start
FISHER = 500  # examples of pretraining text from which EWC learns what it needs


def hold_and_change(settings: Finetune, model: Model) -> None:
    """Freeze, draw anew, and put in what is trained instead of whole matrices."""
    model.freeze(settings.freeze)
    if settings.reinitialize:
        reinitialize_top(model, settings.reinitialize, settings.seed)
    if settings.mixout:
        add_mixout(model, settings.mixout)
    if settings.lora.rank:
        low = settings.lora
        add_lora(model, low.rank, low.alpha, low.dropout, low.targets, low.dora, settings.seed)


def augment(settings: Finetune, table: LabelledRows, start: Path | None) -> Augmented:
    """Changed copies of the training rows, none equal to a text that is held out."""
    asked, held = settings.augment, [*table.texts_of("validation"), *table.texts_of("test")]
    tools = Tools()
    if asked.forth is not None and asked.back is not None:
        tools = Tools(forth=translate(asked.forth, "augment.forth"), back=translate(asked.back, "augment.back"))
    if asked.method == "substitute" or (asked.method == "eda" and set(asked.operations) & set(NEED_SYNONYMS)):
        assert start is not None  # copies are of texts, which a new model does not read
        model = checkpoint.load(start).model
        if asked.method == "substitute" and "mlm" not in model.heads:
            raise InputError("NO_MASKED_LM", settings.model, "has no head for masked words to draw from", "use eda or aeda")
        tools = (
            Tools(masked=MaskedWords(model, encoder_of(table.reader)))
            if asked.method == "substitute"
            else Tools(proposer=EmbeddingNeighbors(model, encoder_of(table.reader)))
        )
    return augmented(table.texts_of("train"), table.targets_of("train"), asked, settings.seed, held_out=held, tools=tools)


def translate(path: str, setting: str) -> Translate:
    """What the model of a folder or run makes of texts."""
    predictor = load(path)
    if predictor.task is None or not predictor.task.traits.translates:
        raise InputError("NO_TRANSLATION", setting, f"{path} does not translate", "name a run of finetune --task translation")
    return lambda texts: list(predictor.answers(texts))


def translators(settings: Finetune) -> dict[str, str]:
    """The identities of the models that make copies by translation."""
    named = {"augment.forth": settings.augment.forth, "augment.back": settings.augment.back}
    return {name: identity(model_folder(path)) for name, path in named.items() if path is not None}


def make_training(settings: Finetune, job: Job, plan: Plan, features: CachedStates | None = None) -> Training:
    """Optimizer with layer-wise learning rates, schedule, batches, and what else the update is made of."""
    model, steps = job.model, plan.steps
    faster = new_inputs_scale(model.config.hidden_size)
    scale = layerwise_lr_decay(settings.usual_layer_decay, model.config.num_layers, model.new_inputs, faster)
    unfreezing = None
    if settings.unfreeze_over:
        unfreezing = unfreeze_gradually(settings.freeze, max(1, int(settings.unfreeze_over * steps / settings.freeze)))
        unfreezing.prepare(model)
    anchor, values = make_anchor(settings, job, scale), optimizer_of(settings, model.config.hidden_size)
    optimizer, schedule = make_optimizer(values, model, scale)
    objective = trained_objective(settings, job)

    def task_batch(number: int) -> Batch:
        first = (number - 1) * settings.batch_size
        flat = job.train.batch(np.arange(first, first + settings.batch_size))
        flat = twice(flat) if settings.r_drop else flat
        return make_batch(flat, objective, 0.0) if features is None else features.batch(flat, objective)

    replay, strength, together = job.replay, 0.0, objective
    if replay is not None and replay.settings.weight:
        strength = find_weight(replay, model, objective, [task_batch(1 + i) for i in range(AT_START)])
        say(f"    {message('pretraining stays', strength=strength / replay.settings.every)}")
        weight = partial(replay.weight, strength)
        together = Mixture({job.task.head: (1.0, objective), replay.head: (weight, replay.objective)})

    def batches(number: int) -> list[Batch]:
        parts = [task_batch(number)]
        if replay is not None and strength and number % replay.settings.every == 0 and number < steps:
            parts.append(replay.batch(number, number / steps))
        return parts

    average = ExponentialMovingAverage(model, settings.usual_ema_decay) if settings.usual_ema_decay else None
    return Training(
        model,
        together,
        batches,
        optimizer,
        schedule,
        seed=settings.seed,
        clip=values.clip,
        regularizer=anchor,
        num_frozen=unfreezing,
        ema=average,
        precision=settings.precision,
        hyperparameters=values,
        facts=facts_of(settings, job, plan, strength),
    )


def facts_of(settings: Finetune, job: Job, plan: Plan, strength: float) -> dict:
    """What else a run was given, as run.json and the report keep it. `strength` weighs pretraining beside the task."""
    model, task, rows, table = job.model, job.task, job.train, job.table
    head, regularize = model.head_configs[task.head], settings.regularize
    weights = job.objective.class_weights if isinstance(job.objective, LabelCrossEntropy) else None
    packed, lengths = rows.packed, rows.packed.lengths
    return {
        "batch_size": settings.batch_size,
        "unit": "rows" if rows.size == rows.packed.num_rows else "windows of rows",
        "tokens_per_batch": round(float(lengths.mean()) * settings.batch_size) if len(lengths) else None,
        "examples": rows.size,
        "epochs": round(plan.steps * settings.batch_size / max(1, rows.size), 4),
        "rows": {split: table.count(split) for split in SPLITS},
        "max_length": settings.max_length,
        "too_long": settings.too_long,
        "best_metric": best_metric_of(settings, task),
        "class_weights": None if weights is None else dict(zip(table.labels, weights.tolist(), strict=False)),
        "pooling": head.pooling if isinstance(head, PooledHeadConfig) else None,
        "dropout": model.config.dropout,
        "attention_dropout": model.config.attention_dropout,
        "layer_decay": settings.usual_layer_decay,
        "frozen_blocks": settings.freeze,
        **({"drop_kinds": packed.drop, "token_dropout": packed.token_dropout} if isinstance(packed, PackedKinds) else {}),
        "task": {"name": task.name, **task.decisions},
        **(
            {"regularize": {"method": regularize.method, "strength": strength_of(regularize)}}
            if regularize.method != "none"
            else {}
        ),
        **({"replay": {"lambda": strength / settings.replay.every}} if strength else {}),
    }


def best_metric_of(settings: Finetune, task: Task) -> str:
    """The validation figure that decides which weights are best."""
    return settings.best_metric or settings.defaults.best_metric or ("loss" if task.writes else task.metric)


def strength_of(regularize: RegularizeSettings) -> float:
    """The factor of the penalty: as it is given, else the usual one."""
    return STRENGTHS[regularize.method] if regularize.strength is None else regularize.strength


def trained_objective(settings: Finetune, job: Job) -> Objective:
    """The task's loss, as training has it."""
    if settings.r_drop:
        assert isinstance(job.objective, LabelCrossEntropy)
        return RDrop(job.objective, settings.r_drop)
    if settings.mixup:
        assert isinstance(job.objective, LabelCrossEntropy)
        return MixedLabel(job.objective, settings.seed, settings.mixup)
    if settings.kind_heads:
        assert isinstance(job.objective, LabelCrossEntropy | NumericTargets)
        return KindHeads(job.objective, [one.kind for one in job.table.reader.readers], settings.kind_heads)
    return job.objective


def vary_kinds(job: Job) -> None:
    """What training does to rows of several kinds: it leaves out tokens, and reads each kind alone, too, for a head like the
    task's own."""
    model, task, packed = job.model, job.task, job.train.packed
    assert isinstance(packed, PackedKinds)
    if job.settings.kind_heads:
        for kind in packed.kinds:
            model.add_head(head_of(task.head, kind), model.head_configs[task.head], job.settings.seed)
    alone, left_out = bool(job.settings.kind_heads), job.settings.usual_token_dropout
    job.train.packed = replace(packed, alone=alone, token_dropout=left_out)


def make_anchor(settings: Finetune, job: Job, scale: Callable[[str], float]) -> Regularizer | None:
    """What holds the weights near to where they are now."""
    regularize, model = settings.regularize, job.model
    if regularize.method == "l2_sp":
        return l2_sp(model, strength_of(regularize), lr_scale=scale)
    if regularize.method == "rec_adam":
        return rec_adam(model, strength_of(regularize), lr_scale=scale)
    if regularize.method == "ewc":
        assert job.replay is not None
        source, objective = job.replay.source, job.replay.objective
        examples = [make_batch(source.batch(np.array([n])), objective, 1.0) for n in range(min(FISHER, source.size))]
        return ewc(model, strength_of(regularize), fisher(model, objective, examples), scale)
    return None


def keep_features(run: RunFolder, job: Job) -> CachedStates | None:
    """The states of the frozen blocks on disk, if they are to be kept."""
    if job.settings.features == "none":
        return None
    return load_or_compute(run.path / "features", job.model, job.train, job.settings.features, say)


def make_plain(run: RunFolder, job: Job, start: Path | None) -> None:
    """Make an ordinary model of it: small matrices are kept apart and merged, heads of pretraining and kept states go."""
    if job.settings.lora.rank:
        if not (run.path / "adapter").is_dir():
            head = {job.task.head: job.model.head_configs[job.task.head]}
            said = model_facts(job) | {HEAD_FACTS: describe_head(head, job.task.outputs, job.task.name)}
            with new_folder(run.path / "adapter", kind="adapter", extra=said) as folder:
                write_adapter(folder, job.model, job.family, str(start))
        merge_adapters(job.model)
    if job.settings.mixout:
        remove_mixout(job.model)
    for name in [name for name in job.model.heads if name != job.task.head]:
        job.model.drop_head(name)
    if (run.path / "features").is_dir():
        disk.remove_tree(run.path / "features")

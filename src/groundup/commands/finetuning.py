"""The story of a fine-tuning run. The settings stand in finetune.py, which needs no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from groundup.commands import judging
from groundup.commands.finetune import Finetune
from groundup.commands.machine import prepare_machine, say
from groundup.commands.tables import Table, keep, make_table, preflight_lines, stored_table
from groundup.config import lasting, to_dict
from groundup.data.rows import Rows, frame
from groundup.data.tokenize import Encoder, load_tokenizer
from groundup.errors import InputError
from groundup.evaluate.page import page
from groundup.evaluate.predictor import Predictor, model_folder
from groundup.events import read_events
from groundup.families import checkpoint
from groundup.folders import fingerprint_files, identity, is_ours, new_folder, write_file
from groundup.metrics.confusion import ConfusionMatrix
from groundup.nn.model import Model
from groundup.objectives.label import Label
from groundup.objectives.objective import make_batch, ratio
from groundup.runs import Outcome, RunFolder
from groundup.strict_json import canonical, read_json
from groundup.train.checkpoint import load_weights
from groundup.train.follow import Plan, Training, follow
from groundup.train.loop import add_up
from groundup.train.optimizer import AdamW
from groundup.train.schedule import Schedule

LEARNING_RATE, HIGHEST = 2e-4, 5e-4  # at width 384, falling with the width to BERT-base's 7e-5; and the most at any width
FEWEST_UPDATES = 600
REPORT = "report.json"  # written last: a run that has it is finished
LONG = 0.05  # share of cut rows from which it is worth a warning
RARE = 0.2  # a class under this share makes `class_weights: auto` balance


@dataclass
class Job:
    """What a run is made of, once its inputs are open."""

    settings: Finetune
    table: Table
    encoder: Encoder
    model: Model
    family: str
    train: Rows
    validation: Rows
    objective: Label


def finetune(settings: Finetune) -> Outcome:
    """Train, publish `model/`, judge it on the test split beside its baselines, and report."""
    prepare_machine(settings)
    start = model_folder(settings.model)
    tables = {name: path and fingerprint_files([Path(path)])
              for name, path in (("data", settings.data), ("validation", settings.validation), ("test", settings.test))}
    fixed = lasting(settings) | {"model": identity(start)} | tables
    out = Path(settings.out)
    if (out / REPORT).is_file():
        with RunFolder.open(out, fixed) as run:
            say(settings, f"{out} is finished already")
            return run.outcome(report=read_json(out / REPORT))
    table = stored_table(out / "data") if (out / "data").is_dir() else make_table(settings)
    for line in preflight_lines(table.preflight):
        say(settings, f"    {line}")
    job = open_job(settings, table, start)
    say(settings, f"    {too_long(job)}")
    with RunFolder.open(out, fixed) as run:
        keep(table, out / "data")
        plan = Plan(**run.plan(lambda: make_plan(settings, job)))
        say(settings, f"fine-tuning on {table.count('train'):,} rows, {len(table.labels)} labels: {plan.steps} steps")
        say(settings, f"    {trained_parts(job.model)}")
        state = follow(
            run, make_training(settings, job, plan), plan, lambda: evaluate(job), judge=settings.judge,
            higher_is_better=settings.judge != "loss", show=lambda line: say(settings, line), track=settings.track,
        )  # fmt: skip
        if state.best_step not in (None, state.step):
            load_weights(run.checkpoint(state.best_step), job.model)
        publish(run, job, start)
        report = report_on(run, job)
        figure, verdict = report["accuracy"]["value"], report["verdict"]["text"]
        say(settings, f"test accuracy {figure:.4f} on {table.count('test'):,} rows. {verdict}")
        return run.outcome(steps=state.step, best_step=state.best_step, report=report)


def too_long(job: Job) -> str:
    """Share of the training rows that the longest sequence does not hold, and what becomes of them."""
    framed, settings = job.train.framed, job.settings
    share = framed.too_long / max(1, framed.num_rows)
    told = f"{share:.1%} of the training rows are longer than {settings.max_length} tokens"
    if not framed.too_long:
        return told
    done = "read in windows" if settings.too_long == "window" and len(settings.text_column) == 1 else "cut"
    return f"{'warning: ' if share > LONG else ''}{told} and are {done}; --max_length changes that"


def trained_parts(model: Model) -> str:
    """What is trained and what is held, in parameters."""
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    total = sum(p.numel() for p in model.parameters())
    held = f"; frozen: the embeddings and {model.frozen} of {model.config.num_layers} blocks" if model.frozen else ""
    return f"training {trained:,} of {total:,} parameters{held}"


def open_job(settings: Finetune, table: Table, start: Path) -> Job:
    """The model with its new head, and the rows of training and validation as sequences."""
    loaded = checkpoint.load(start, dropout=settings.dropout)
    encoder, model = load_tokenizer(start), loaded.model
    if settings.untrained:
        model = Model(model.config, {}, seed=settings.seed)
    for name in list(model.heads):
        model.drop_head(name)
    if model.encoder is not None or model.config.patches is not None:
        raise InputError("CANNOT_LABEL_TEXT", settings.model, f"is a {loaded.family}, which reads no text to label",
                         "use an encoder, like BERT, or a decoder, like GPT-2")  # fmt: skip
    pooling = loaded.pooling if settings.pooling == "auto" else settings.pooling
    head = checkpoint.FAMILIES[loaded.family].classifier(model.config, len(table.labels), settings.dropout)
    head = head if pooling is None else replace(head, pooling=pooling)
    model.add_head("label", head, seed=settings.seed)
    model.freeze(settings.freeze)

    def rows(split: str) -> Rows:
        texts, labels = table.texts_of(split), table.ids_of(split)
        return Rows(frame(texts, encoder, settings.max_length, settings.too_long), labels, settings.seed)

    train = rows("train")
    objective = Label(class_weights(settings, table))
    return Job(settings, table, encoder, model, loaded.family, train, rows("validation"), objective)


def class_weights(settings: Finetune, table: Table) -> list[float] | None:
    """n / (K n_k) of the training rows, when asked for or when the rarest class is rare."""
    counts = np.bincount(table.ids_of("train"), minlength=len(table.labels))
    rare = counts.min() / counts.sum() < RARE and counts.min() / counts.max() < 0.5
    if settings.class_weights == "balanced" or (settings.class_weights == "auto" and rare):
        return (counts.sum() / (len(counts) * np.maximum(counts, 1))).tolist()
    return None


def make_plan(settings: Finetune, job: Job) -> dict:
    """Number of updates, and how often to log, evaluate and save."""
    epoch = -(-job.train.size // settings.batch_size)
    steps = settings.steps or (settings.epochs * epoch if settings.epochs else max(5 * epoch, FEWEST_UPDATES))
    return {
        "steps": steps,
        "log_every": max(1, min(50, steps // 20)),
        "evaluate_every": max(1, steps // settings.evaluations),
        "save_every": max(1, steps // 4),
        "patience": settings.patience,
    }


def make_training(settings: Finetune, job: Job, plan: Plan) -> Training:
    """Optimizer with layer-wise learning rates, schedule and batches."""
    chosen, model = settings.optimizer, job.model
    layers = model.config.num_layers

    def scale(name: str) -> float:
        if ".embed." in name:
            return settings.layer_decay**layers
        return settings.layer_decay ** (layers - 1 - int(name.split(".")[2])) if ".blocks." in name else 1.0

    def pick(value, default):
        return default if value is None else value

    optimizer = AdamW(
        model.named_parameters(), (0.9, pick(chosen.beta2, 0.999)), 1e-8, pick(chosen.weight_decay, 0.01),
        pick(chosen.bias_correction, True), scale,
    )  # fmt: skip
    peak = chosen.learning_rate or min(HIGHEST, LEARNING_RATE * (384 / model.config.hidden_size) ** 1.5)
    schedule = Schedule(peak, pick(chosen.warmup, 0.1), pick(chosen.flat_until, 0.0))

    def batches(number: int):
        first = (number - 1) * settings.batch_size
        return [make_batch(job.train.batch(np.arange(first, first + settings.batch_size)), job.objective, 0.0)]

    return Training(model, job.objective, batches, optimizer, schedule, seed=settings.seed, clip=chosen.clip)


def evaluate(job: Job) -> dict[str, float | None]:
    """Loss, accuracy and macro F1 on the validation split; a label never trained counts as an error."""
    job.model.eval()
    names = [*job.table.labels, "(never trained)"]  # the last row, which -1 means, too
    counts = np.zeros((len(names),) * 2, dtype=np.int64)
    sums = []
    with torch.inference_mode():
        for flat in job.validation.in_order_of_length():
            batch = make_batch(flat, job.objective)
            predictions = batch.through(job.model)
            loss = job.objective.losses(predictions, batch.targets)["label"]
            sums.append({"loss": float(loss), "rows": float(job.objective.counts(batch.targets)["label"])})
            np.add.at(counts, (flat.labels["label"], predictions["label"].argmax(-1).numpy()), 1)
    total = add_up(sums)
    matrix = ConfusionMatrix.of(names, counts).value()
    return {"loss": ratio(total["loss"], total["rows"]), "accuracy": matrix["accuracy"], "macro_f1": matrix["macro"]["f1"]}


def publish(run: RunFolder, job: Job, start: Path) -> None:
    """The model folder: weights, tokenizer, label names, and how its texts are to be read."""
    target, settings = run.path / "model", job.settings
    if target.is_dir():
        return
    facts = {"text_columns": list(settings.text_column), "label_column": settings.label_column,
             "max_length": settings.max_length, "too_long": settings.too_long, "labels": job.table.labels}  # fmt: skip
    parents = [path for path in (start, run.path / "data") if is_ours(path)]
    with new_folder(target, kind="model", settings=lasting(settings), parents=parents, extra=facts) as folder:
        checkpoint.save(folder, job.model, job.family, labels=job.table.labels, specials=job.encoder.ids._asdict())
        job.encoder.save(folder, settings.max_length, segments=job.model.config.num_segments > 0)
        folder.write_text("README.md", f"# Text classifier\n\nLabels: {', '.join(job.table.labels)}\n\nMade with groundup.\n")


def report_on(run: RunFolder, job: Job) -> dict:
    """Open the test split, judge model and baselines on it, and write report.html and, last, report.json."""
    table, settings = job.table, job.settings
    predictor = Predictor(
        job.model, job.encoder, table.labels, {"max_length": settings.max_length, "too_long": settings.too_long}
    )
    rows = judging.Rows(table.texts_of("test"), table.names_of("test"))
    balanced = job.objective.class_weights is not None
    beside = judging.baselines_of(table, rows.texts, balanced) if settings.baselines else []
    framed = job.train.framed
    report, _ = judging.judge(
        predictor, rows, beside, title="Fine-tuning", history=read_events(run.path / "events.jsonl"),
        facts={"training rows": table.count("train"), "texts cut": f"{framed.too_long / max(1, framed.num_rows):.1%}"},
        settings=to_dict(settings), preflight=[*preflight_lines(table.preflight), too_long(job)],
        leakage=max(v for k, v in table.preflight["leakage"]["test"].items() if k != "examples"),
        openings=judging.count_opening(run.path, rows), language=settings.language, seed=settings.seed,
    )  # fmt: skip
    write_file(run.path / "report.html", page(report))
    write_file(run.path / REPORT, canonical(report))
    return report

"""An epoch of fine-tuning on the ragged sentences of SST-2, mini size: ours, and transformers' Trainer.

Skipped where SST-2 is missing (GROUNDUP_DATA names the folder of data sets).
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import inputs
import numpy as np
import peers
import torch
from rounds import Bench, Contender, Measurement, options
from transformers import AutoTokenizer, BertForSequenceClassification, DataCollatorWithPadding

from groundup.commands.finetune import story as finetuning
from groundup.commands.finetune.settings import Finetune
from groundup.data.settings import TokenizerSettings
from groundup.data.splits.split import TRAIN, VALIDATION
from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.training import train_tokenizer
from groundup.families import checkpoint, presets
from groundup.folders import new_folder
from groundup.kinds.text.reader import TextReader
from groundup.nn.model import Model
from groundup.tasks.classification import Classification
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.train.loop import train
from groundup.train.precision import MIN_SPEEDUP, speedup
from groundup.train.run import Plan

ROWS, BATCH, LENGTH, VALIDATION_ROWS = 1024, 32, 128, 32
NOTES = (
    "groundup: the model of `groundup finetune` with its optimizer, schedule and dropout of 0.1; no padding",
    "transformers Trainer: BertForSequenceClassification from the same folder, dropout 0.1, DataCollatorWithPadding, as "
    "shipped: batches drawn at random and padded to their longest sentence",
    'transformers Trainer, by length: the same with train_sampling_strategy="group_by_length"',
    "bfloat16: `--precision bfloat16`, and bf16=True of the Trainer; measured where the machine has units for it",
    "all: tokenized before, AdamW made anew for the epoch, no evaluation within it",
)


def make_start(folder: Path, preset: str, texts: list[str]) -> Path:
    """A BERT with random weights and a tokenizer trained on the texts, as a model folder that both sides load."""
    encoder = train_tokenizer(lambda: iter(texts), TokenizerSettings(vocab_size=8192))
    model = Model(presets.make_config(preset, "paper", encoder.vocab_size), presets.pretraining_heads("paper"))
    with new_folder(folder, kind="model") as new:
        checkpoint.save(new, model, "bert", specials=encoder.ids._asdict())
        encoder.save(new)
    return folder


def ours(settings: Finetune, table: LabelledRows, start: Path, steps: int) -> tuple[Contender, finetuning.Job]:
    """Epochs of our fine-tuning, one a turn."""
    job = finetuning.open_job(settings, table, start)

    def turn() -> Measurement:
        started = time.perf_counter()
        training = finetuning.make_training(settings, job, Plan(steps, steps, steps, steps))
        updates = train(
            job.model,
            job.objective,
            training.batches,
            training.optimizer,
            training.schedule,
            steps=steps,
            precision=training.precision,
        )
        for _ in updates:
            pass
        return Measurement(time.perf_counter() - started, steps * settings.batch_size)

    return turn, job


def contenders(start: Path, texts: list[str], labels: list[str], batch: int, scratch: Path) -> dict[str, Contender]:
    rows = len(texts) - VALIDATION_ROWS
    splits = np.full(len(texts), TRAIN, dtype=np.int8)
    splits[rows:] = VALIDATION
    task = Classification({"labels": sorted(set(labels))})
    table = LabelledRows(
        TextReader(load_tokenizer(start), ("sentence",)), [(text,) for text in texts], list(labels), splits, task
    )
    settings = Finetune(model=str(start), data="", out="", text_column=("sentence",), batch_size=batch, max_length=LENGTH)
    mine, job = ours(settings, table, start, rows // batch)

    tokenizer = AutoTokenizer.from_pretrained(start)
    examples = [
        {**tokenizer(text, truncation=True, max_length=LENGTH), "labels": int(label)}
        for text, label in zip(texts[:rows], labels, strict=False)
    ]
    check_tokens(job, examples)
    found: dict[str, Contender] = {"groundup": mine}
    peers_settings = [("transformers Trainer", "random", False), ("transformers Trainer, by length", "group_by_length", False)]
    if speedup() >= MIN_SPEEDUP:
        lowered = replace(settings, precision="bfloat16")
        found["groundup, bfloat16"] = ours(lowered, table, start, rows // batch)[0]
        peers_settings.append(("transformers Trainer, by length, bfloat16", "group_by_length", True))
    for name, sampling, bfloat16 in peers_settings:
        model = BertForSequenceClassification.from_pretrained(start, num_labels=len(table.labels))
        peers.check_parameters(job.model, model)
        collator = DataCollatorWithPadding(tokenizer)
        found[name] = peers.trainer(
            model, examples, collator, scratch, batch_size=batch, sampling=sampling, count="sequences", bfloat16=bfloat16
        )
    return found


def check_tokens(job: finetuning.Job, examples: list[dict]) -> None:
    """Both sides train on the same sequences."""
    for mine, theirs in zip(job.train.packed.sequences, examples, strict=True):
        if mine.tolist() != theirs["input_ids"]:
            raise AssertionError(f"the sides read a text differently: {mine.tolist()} and {theirs['input_ids']}")


def main(arguments: list[str] | None = None) -> Bench | None:
    parser = options(__doc__, rounds=3)
    parser.add_argument("--rows", type=int, default=ROWS, help="of the epoch; a multiple of 32 (default: %(default)s)")
    parser.add_argument("--preset", default="mini", choices=list(presets.PRESETS))
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    chosen = parser.parse_args(arguments)
    if missing := inputs.missing_sst2():
        print(missing)
        return None
    if chosen.quick:
        chosen.rows, chosen.preset, chosen.threads, chosen.rounds = 32, "tiny", [1], 1
    batch = 8 if chosen.quick else BATCH
    texts, labels = inputs.sst2(chosen.rows + VALIDATION_ROWS)
    bench = Bench(
        "finetune_epoch",
        f"An epoch of fine-tuning on {chosen.rows:,} sentences of SST-2, {chosen.preset}",
        unit="rows",
        reference="transformers Trainer",
        rounds=chosen.rounds,
        notes=NOTES,
        settings={"rows": chosen.rows, "batch_size": batch, "preset": chosen.preset, "max_length": LENGTH},
    )
    torch.set_flush_denormal(True)  # as `groundup finetune` does; here for all
    with tempfile.TemporaryDirectory() as scratch:
        start = make_start(Path(scratch) / "start", chosen.preset, texts)
        for threads in chosen.threads:
            torch.set_num_threads(threads)
            case = contenders(start, texts, labels, batch, Path(scratch) / "out")
            bench.case(f"{chosen.preset}, {threads} thr", case, {"threads": threads})
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()

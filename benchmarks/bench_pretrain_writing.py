"""One step of models that write: the next word (GPT-2) and missing spans (T5), ours and transformers' Trainer.

    python benchmarks/bench_pretrain_writing.py --objectives causal --presets mini --threads 1

The tokens are drawn by chance; a step costs the same on real ones.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import peers
import torch
from bench_pretrain_step import BATCH, LENGTH, PLANNED
from drawn import Drawn, make_encoder
from rounds import Bench, Contender, Measurement, options
from transformers import GPT2Config, GPT2LMHeadModel, T5Config, T5ForConditionalGeneration, default_data_collator

from groundup.commands.pretrain import story as pretraining
from groundup.commands.pretrain.job import Job
from groundup.commands.pretrain.objectives import OBJECTIVES
from groundup.commands.pretrain.regimes import regime_of
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.texts import OfText
from groundup.families import gpt2, t5
from groundup.nn.model import Model
from groundup.train.loop import train
from groundup.train.run import Plan

STEPS = {"tiny": 4, "mini": 2, "small": 1}  # in one turn
TITLES = {"causal": "next word, GPT-2", "spans": "missing spans, T5"}
NOTES = (
    "groundup paper: the published GPT-2, or T5; groundup fast: our default regime at the same layers and width, another model",
    "transformers Trainer: GPT2LMHeadModel or T5ForConditionalGeneration with the parameters, the dropout and the examples of "
    "`groundup paper`, the Trainer as shipped; timed from the end of its first step to the end of the last",
    "transformers tuned: the same model in a plain loop, batches ready as tensors, without an attention mask",
    "all: AdamW, gradients clipped to 1, logits at every token that is written; what is missing is drawn anew each step by "
    "groundup alone",
)


class Case:
    """One objective, preset and vocabulary, with its contenders."""

    def __init__(self, objective: str, preset: str, vocab_size: int, steps: int, batch: int, scratch: Path):
        self.objective, self.preset, self.steps, self.batch, self.scratch = objective, preset, steps, batch, scratch
        self.encoder = make_encoder(vocab_size)
        row = OBJECTIVES[objective]
        assert isinstance(row, OfText)
        self.row = row
        row.add_tokens(self.encoder)
        self.corpus = Drawn(vocab_size, 16 * batch * LENGTH)

    def contenders(self) -> dict[str, Contender]:
        settings, job, model = self.open("paper")
        shipped, tuned = self.theirs(model), self.theirs(model)
        peers.check_parameters(model, shipped)
        examples = self.examples(job)
        return {
            "groundup paper": self.ours(settings, job, model),
            "groundup fast": self.ours(*self.open("fast")),
            "transformers Trainer": peers.trainer(
                shipped,
                examples,
                default_data_collator,
                self.scratch,
                batch_size=self.batch,
                steps=self.steps,
                warm=1,
                count="sequences",
            ),
            "transformers tuned": peers.hand_loop(tuned, self.ready(examples).__next__, self.steps),
        }

    def open(self, regime: str) -> tuple[Pretrain, Job, Model]:
        settings = Pretrain(
            data="",
            out="",
            objective=self.objective,
            preset=self.preset,
            regime=regime,
            steps=PLANNED,
            batch_size=self.batch,
            length=LENGTH,
        )
        chosen = regime_of(settings, self.objective)
        job = self.row.make_job(settings, chosen, self.encoder, self.corpus, self.corpus, None)
        return settings, job, self.row.make_model(settings, job)[0]

    def ours(self, settings: Pretrain, job: Job, model: Model) -> Contender:
        training = pretraining.make_training(settings, job, model, Plan(PLANNED, 1, 1, 1))
        updates = train(model, job.objective, training.batches, training.optimizer, training.schedule, steps=PLANNED)

        def turn() -> Measurement:
            started = time.perf_counter()
            for _ in range(self.steps):
                next(updates)
            return Measurement(time.perf_counter() - started, self.steps * self.batch)

        return turn

    def theirs(self, model: Model) -> torch.nn.Module:
        """Their model in our shape."""
        if self.objective == "causal":
            config = gpt2.write_config(model.config, model.head_configs)
            return GPT2LMHeadModel(GPT2Config(**without_type(config), bos_token_id=2, eos_token_id=3))
        config = t5.write_config(model.config, model.head_configs, model.encoder_config)
        return T5ForConditionalGeneration(T5Config(**without_type(config), decoder_start_token_id=0))

    def examples(self, job: Job) -> list[dict]:
        """What is read and what is written, as our own source has it; only sequences of full length."""
        found = []
        for number in range(job.train.size):
            flat = job.train.batch(np.array([number]))
            if len(flat.tokens) < max(job.train.length, 1):
                continue
            read = flat.tokens.tolist()
            if self.objective == "causal":
                found.append({"input_ids": read, "attention_mask": [1] * len(read), "labels": read})
            else:
                written = job.objective.prepare(flat, 0.0)["lm"][1].tolist()
                source = flat.source.tokens.tolist()
                found.append({"input_ids": source, "attention_mask": [1] * len(source), "labels": written})
        return found

    def ready(self, examples: list[dict]) -> Iterator[tuple[dict[str, torch.Tensor], int]]:
        """Batches that are tensors already."""
        columns = {name: torch.tensor([example[name] for example in examples]) for name in ("input_ids", "labels")}
        for start in itertools.cycle(range(0, len(examples) - self.batch + 1, self.batch)):
            yield {name: column[start : start + self.batch] for name, column in columns.items()}, self.batch


def without_type(config: dict) -> dict:
    return {name: value for name, value in config.items() if name != "model_type"}


def main(arguments: list[str] | None = None) -> Bench:
    parser = options(__doc__, rounds=3)
    parser.add_argument("--objectives", nargs="+", default=list(TITLES), choices=list(TITLES))
    parser.add_argument("--presets", nargs="+", default=["mini"], choices=list(STEPS))
    parser.add_argument("--vocab_size", type=int, default=8192)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.presets, chosen.vocab_size, chosen.threads, chosen.rounds = ["tiny"], 512, [1], 1
    batch = 2 if chosen.quick else BATCH
    bench = Bench(
        "pretrain_writing",
        f"One step of models that write, {batch} sequences of {LENGTH} tokens",
        unit="sequences",
        reference="transformers Trainer",
        rounds=chosen.rounds,
        notes=NOTES,
        settings={"batch_size": batch, "length": LENGTH, "vocab_size": chosen.vocab_size, "steps_in_one_turn": STEPS},
    )
    torch.set_flush_denormal(True)  # as `groundup pretrain` does; here for all
    with tempfile.TemporaryDirectory() as scratch:
        for threads, objective, preset in itertools.product(chosen.threads, chosen.objectives, chosen.presets):
            torch.set_num_threads(threads)
            case = Case(objective, preset, chosen.vocab_size, 1 if chosen.quick else STEPS[preset], batch, Path(scratch))
            facts = {"objective": objective, "preset": preset, "threads": threads}
            bench.case(f"{TITLES[objective]}, {preset}, {threads} thr", case.contenders(), facts)
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()

"""One step of masked language modeling on 32 sequences of 128 tokens: ours, and transformers' Trainer.

    python benchmarks/bench_pretrain_step.py --presets mini --vocabularies 30522 --threads 1

The tokens are drawn by chance; a step costs the same on real ones.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import peers
import torch
from drawn import Drawn, make_encoder
from machine import matmul_rate
from rounds import Bench, Contender, Measurement, options
from transformers import BertForMaskedLM, DataCollatorForLanguageModeling

from groundup.commands.pretrain import story as pretraining
from groundup.commands.pretrain.objectives import OBJECTIVES
from groundup.commands.pretrain.regimes import regime_of
from groundup.commands.pretrain.settings import Pretrain
from groundup.data.batches.pairs import Specials
from groundup.data.batches.windows import Windows
from groundup.families import presets
from groundup.kinds.text.reader import TextReader
from groundup.nn.cost import size
from groundup.nn.model import Model
from groundup.objectives.masked_lm import MaskedLM
from groundup.objectives.objective import WeightedSum
from groundup.train.loop import train
from groundup.train.precision import MIN_SPEEDUP, Precision, speedup
from groundup.train.run import Plan

LENGTH, BATCH = 128, 32
STEPS = {"tiny": 4, "mini": 1, "small": 1}  # in one turn
PLANNED = 10**6  # of the schedule, so that every step measured is one of the first
NOTES = (
    "groundup paper: the published BERT, with 15 % of the words masked; logits at the masked positions only",
    "groundup fast: our default regime at the same layers and width (gated feed-forward, rotary positions, no dropout), "
    "with 30 % of the words masked, as at the beginning of a run; another model",
    "transformers Trainer: BertForMaskedLM with the parameters and the dropout of `groundup paper`, the Trainer and "
    "DataCollatorForLanguageModeling as shipped; timed from the end of its first step to the end of the last",
    "transformers tuned: the same model and masking in a plain loop, batches ready as tensors, without an attention mask",
    "all: AdamW, gradients clipped to 1, the masking drawn anew each step",
    "bfloat16: `--precision bfloat16`, and bf16=True of the Trainer; measured where the machine has units for it",
    "of matmul rate: operations that the step needs (groundup.nn.cost.size), over its time, over the matrix-multiply rate "
    "in float32 that was measured before the case with as many threads",
)


class Case:
    """One preset, vocabulary and dropout, with its contenders."""

    def __init__(self, preset: str, vocab_size: int, dropout: float, steps: int, batch: int, scratch: Path):
        self.preset, self.vocab_size, self.dropout, self.steps, self.batch = preset, vocab_size, dropout, steps, batch
        self.scratch = scratch
        self.encoder = make_encoder(vocab_size)
        self.theirs = peers.wrap_tokenizer(self.encoder.tokenizer)
        self.windows = Windows(Drawn(vocab_size, 16 * batch * (LENGTH - 2)), Specials(*self.encoder.ids[2:4]), LENGTH, seed=0)

    def contenders(self, rate: float, bfloat16: bool = False) -> dict[str, Contender]:
        """Everybody; `rate` in GFLOP/s is what ours are compared with. `bfloat16`: also with matrix products in it."""
        config = replace(presets.make_config(self.preset, "paper", self.vocab_size, self.dropout), pooler=False)
        model = Model(config, presets.pretraining_heads("paper", next_sentence=False))
        shipped, tuned = (BertForMaskedLM(peers.bert_config(config)) for _ in range(2))
        peers.check_parameters(model, shipped)
        collator = DataCollatorForLanguageModeling(self.theirs)
        fast = Model(
            presets.make_config(self.preset, "fast", self.vocab_size), presets.pretraining_heads("fast", next_sentence=False)
        )
        found = {
            "groundup paper": self.ours(model, "paper", rate),
            "groundup fast": self.ours(fast, "fast", rate),
            "transformers Trainer": peers.trainer(
                shipped, self.examples(), collator, self.scratch, batch_size=self.batch, steps=self.steps, warm=1
            ),
            "transformers tuned": peers.hand_loop(tuned, self.masked_batches(collator).__next__, self.steps),
        }
        if bfloat16:
            found |= {
                "groundup paper, bfloat16": self.ours(deepcopy(model), "paper", rate, "bfloat16"),
                "groundup fast, bfloat16": self.ours(deepcopy(fast), "fast", rate, "bfloat16"),
                "transformers Trainer, bfloat16": peers.trainer(
                    deepcopy(shipped),
                    self.examples(),
                    collator,
                    self.scratch,
                    batch_size=self.batch,
                    steps=self.steps,
                    warm=1,
                    bfloat16=True,
                ),
            }
        return found

    def ours(self, model: Model, regime: str, rate: float, precision: Precision = "float32") -> Contender:
        settings = Pretrain(
            data="", out="", preset=self.preset, regime=regime, gamma=0.0, steps=PLANNED, batch_size=self.batch, length=LENGTH
        )
        ids, chosen = self.encoder.ids, regime_of(settings, "masked")
        masked = MaskedLM(chosen.masking, ids.mask, ids.all, self.vocab_size, settings.seed)
        reader, loss = TextReader(self.encoder), WeightedSum([(1.0, masked)])
        job = pretraining.Job(settings, OBJECTIVES["masked"], reader, self.windows, self.windows, loss, chosen)
        training = pretraining.make_training(settings, job, model, Plan(PLANNED, 1, 1, 1))
        asked = sum(len(batch.positions["mlm"]) for batch in training.batches(1))
        operations = size.size(
            model.config, model.head_configs, sequences=self.batch, length=LENGTH, positions={"mlm": asked}
        ).training_operations
        updates = train(
            model, job.objective, training.batches, training.optimizer, training.schedule, steps=PLANNED, precision=precision
        )
        timed = clocked(updates, self.steps)

        def turn() -> Measurement:
            seconds, tokens = next(timed)
            if tokens != self.steps * self.batch * LENGTH:
                raise AssertionError(f"{tokens} tokens in {self.steps} steps of {self.batch} x {LENGTH}")
            return Measurement(seconds, tokens, {"share": operations * self.steps / seconds / (rate * 1e9)})

        return turn

    def examples(self) -> list[dict]:
        """The same windows as transformers' tokenizer would give them."""
        rows = self.windows.batch(np.arange(self.windows.size)).tokens.reshape(-1, LENGTH).tolist()
        ends = [1] + [0] * (LENGTH - 2) + [1]
        return [
            {"input_ids": row, "token_type_ids": [0] * LENGTH, "attention_mask": [1] * LENGTH, "special_tokens_mask": ends}
            for row in rows
        ]

    def masked_batches(self, collator: DataCollatorForLanguageModeling) -> Iterator[tuple[dict[str, torch.Tensor], int]]:
        """Batches that are tensors already, masked anew each time."""
        stacked = torch.tensor([example["input_ids"] for example in self.examples()])
        ends = torch.zeros(self.batch, LENGTH, dtype=torch.bool)
        ends[:, [0, -1]] = True
        for batch in itertools.cycle(stacked.split(self.batch)):
            inputs, labels = collator.torch_mask_tokens(batch.clone(), special_tokens_mask=ends)
            yield {"input_ids": inputs, "labels": labels}, batch.numel()


def clocked(updates: Iterator, steps: int) -> Iterator[tuple[float, int]]:
    """(seconds, tokens) of the next so many updates."""
    while True:
        started = time.perf_counter()
        tokens = sum(next(updates).tokens for _ in range(steps))
        yield time.perf_counter() - started, tokens


def main(arguments: list[str] | None = None) -> Bench:
    parser = options(__doc__, rounds=3)
    parser.add_argument("--presets", nargs="+", default=list(STEPS), choices=list(STEPS))
    parser.add_argument("--vocabularies", nargs="+", type=int, help="default: 8192, and for mini also 30522")
    parser.add_argument("--dropouts", nargs="+", type=float, default=[0.1])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.presets, chosen.vocabularies, chosen.dropouts, chosen.threads, chosen.rounds = ["tiny"], [512], [0.1], [1], 1
    batch = 2 if chosen.quick else BATCH
    bench = Bench(
        "pretrain_step",
        f"One step of masked language modeling, {batch} sequences of {LENGTH} tokens",
        unit="tokens",
        reference="transformers Trainer",
        rounds=chosen.rounds,
        columns={"share": "of matmul rate"},
        notes=NOTES,
        settings={"batch_size": batch, "length": LENGTH, "steps_in_one_turn": STEPS},
    )
    torch.set_flush_denormal(True)  # as `groundup pretrain` does; here for all
    with tempfile.TemporaryDirectory() as scratch:
        sizes = [
            (preset, words)
            for preset in chosen.presets
            for words in chosen.vocabularies or ([8192, 30522] if preset == "mini" else [8192])
        ]
        for threads, (preset, words), dropout in itertools.product(chosen.threads, sizes, chosen.dropouts):
            torch.set_num_threads(threads)
            rate = matmul_rate(threads, 0.02 if chosen.quick else 1.0)["median"]
            case = Case(preset, words, dropout, 1 if chosen.quick else STEPS[preset], batch, Path(scratch))
            facts = {"preset": preset, "vocab_size": words, "dropout": dropout, "threads": threads, "matmul_gflops": rate}
            bfloat16 = preset == "mini" and dropout > 0 and speedup() >= MIN_SPEEDUP
            bench.case(f"{preset} {words}, dropout {dropout:g}, {threads} thr", case.contenders(rate, bfloat16), facts)
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()

"""One step of masked words and next sentences on real, ragged pairs: ours without padding, and transformers' Trainer with it.

    python benchmarks/bench_pretrain_pairs.py --data runs/books --presets mini --threads 1

Without --data a data folder is prepared first, from the books of GROUNDUP_DATA or from Python's documentation.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import inputs
import numpy as np
import peers
import torch
from rounds import Bench, Contender, options
from torch.nn.utils.rnn import pad_sequence
from transformers import BertForPreTraining, DataCollatorForLanguageModeling

from groundup.commands.prepare.settings import Prepare
from groundup.commands.prepare.story import prepare
from groundup.commands.pretrain import story as pretraining
from groundup.commands.pretrain.settings import Pretrain
from groundup.data.batches.pairs import NO_LABEL
from groundup.data.settings import TokenizerSettings
from groundup.train.loop import train
from groundup.train.run import Plan

LENGTH, BATCH = 128, 32
STEPS = {"tiny": 8, "mini": 1, "small": 1}  # in one turn
PLANNED = 10**6
EXAMPLES = 2048  # that transformers draws from
NOTES = (
    "groundup paper: the published BERT with its pooler and both heads; no padding, logits at the masked positions only",
    "groundup fast: our default regime at the same layers and width; another model",
    "transformers Trainer: BertForPreTraining with the parameters and the dropout of `groundup paper`, on the same pairs, "
    "with DataCollatorForLanguageModeling, as shipped; every sequence padded to 128 in advance, or to the longest of its batch",
    "transformers tuned: the same model in a plain loop with fused AdamW, padded to the longest of the batch",
    "tokens: those of the text and its special tokens, never padding",
)


class Case:
    """One preset and dropout on one data folder."""

    def __init__(self, data: Path, preset: str, dropout: float, steps: int, batch: int, examples: int, scratch: Path):
        self.preset, self.dropout, self.steps, self.batch, self.scratch = preset, dropout, steps, batch, scratch
        self.data, self.num_examples = data, examples

    def contenders(self) -> dict[str, Contender]:
        settings, job = self.open("paper")
        model, _ = job.pretraining.make_model(settings, job)
        longest, full, tuned = (BertForPreTraining(peers.bert_config(model.config)) for _ in range(3))
        peers.check_parameters(model, longest)
        examples = examples_of(job, self.num_examples)
        tokenizer = peers.wrap_tokenizer(job.encoder.tokenizer)
        collator = DataCollatorForLanguageModeling(tokenizer)
        common = {"batch_size": self.batch, "steps": self.steps, "warm": 1}
        batches = self.padded_batches(examples, collator)
        return {
            "groundup paper": self.ours(settings, job, model),
            "groundup fast": self.ours(*self.open("fast")),
            "transformers Trainer, to longest": peers.trainer(longest, examples, collator, self.scratch, **common),
            "transformers Trainer, to 128": peers.trainer(
                full, [padded(example, job.encoder.ids.pad) for example in examples], collator, self.scratch, **common
            ),
            "transformers tuned, to longest": peers.hand_loop(tuned, batches.__next__, self.steps),
        }

    def open(self, regime: str) -> tuple[Pretrain, pretraining.Job]:
        dropout = self.dropout if regime == "paper" else None
        settings = Pretrain(
            data=str(self.data),
            out="",
            preset=self.preset,
            regime=regime,
            dropout=dropout,
            steps=PLANNED,
            batch_size=self.batch,
            length=LENGTH,
        )
        return settings, pretraining.open_job(settings)

    def ours(self, settings: Pretrain, job: pretraining.Job, model=None) -> Contender:
        model = model or job.pretraining.make_model(settings, job)[0]
        training = pretraining.make_training(settings, job, model, Plan(PLANNED, 1, 1, 1))
        updates = train(model, job.objective, training.batches, training.optimizer, training.schedule, steps=PLANNED)
        return lambda: sum(next(updates).tokens for _ in range(self.steps))

    def padded_batches(self, examples: list[dict], collator) -> Iterator[tuple[dict[str, torch.Tensor], int]]:
        """Batches padded to their longest sequence by torch, from tensors made in advance."""
        columns = {name: [torch.tensor(e[name]) for e in examples] for name in examples[0]}
        order = np.random.default_rng(0)
        while True:
            chosen = order.choice(len(examples), self.batch, replace=False)
            stacked = {
                name: pad_sequence([values[i] for i in chosen], True, float(name == "special_tokens_mask"))
                for name, values in columns.items()
                if name != "next_sentence_label"
            }
            special = stacked.pop("special_tokens_mask").bool()
            masked = collator.torch_mask_tokens(stacked["input_ids"], special_tokens_mask=special)
            stacked["input_ids"], stacked["labels"] = masked
            stacked["next_sentence_label"] = torch.stack([columns["next_sentence_label"][i] for i in chosen])
            yield stacked, int(stacked["attention_mask"].sum())


def examples_of(job: pretraining.Job, number: int) -> list[dict]:
    """The first pairs of the run's own source, as transformers' tokenizer would give them; those without a label left out."""
    flat = job.train.batch(np.arange(min(number, job.train.size)))
    assert flat.segments is not None
    specials = np.isin(flat.tokens, [job.encoder.ids.cls, job.encoder.ids.sep])
    found = []
    for start, length, label in zip(flat.starts.tolist(), flat.lengths.tolist(), flat.labels["nsp"].tolist(), strict=True):
        span = slice(start, start + length)
        if label != NO_LABEL:
            found.append(
                {
                    "input_ids": flat.tokens[span].tolist(),
                    "token_type_ids": flat.segments[span].tolist(),
                    "attention_mask": [1] * length,
                    "special_tokens_mask": specials[span].astype(int).tolist(),
                    "next_sentence_label": label,
                }
            )
    return found


def padded(example: dict, pad: int) -> dict:
    """The same example, 128 tokens long."""
    fills = {"input_ids": pad, "token_type_ids": 0, "attention_mask": 0, "special_tokens_mask": 1}
    return example | {name: example[name] + [fill] * (LENGTH - len(example[name])) for name, fill in fills.items()}


def data_folder(chosen: argparse.Namespace, scratch: Path) -> tuple[Path, str]:
    """The data folder that was named, or a new one."""
    if chosen.data is not None:
        return chosen.data, "the data folder that was given"
    source, name = inputs.text_source(scratch / "text", most_modules=20 if chosen.quick else None)
    words = TokenizerSettings(vocab_size=512 if chosen.quick else chosen.vocab_size)
    prepare(Prepare(source=(str(source),), out=str(scratch / "data"), tokenizer=words, quiet=True))
    return scratch / "data", name


def main(arguments: list[str] | None = None) -> Bench:
    parser = options(__doc__, rounds=3)
    parser.add_argument("--data", type=Path, help="data folder made by `groundup prepare`")
    parser.add_argument("--vocab_size", type=int, default=8192, help="of the folder that is prepared without --data")
    parser.add_argument("--presets", nargs="+", default=["mini"], choices=list(STEPS))
    parser.add_argument("--dropouts", nargs="+", type=float, default=[0.1])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.presets, chosen.dropouts, chosen.threads, chosen.rounds = ["tiny"], [0.1], [1], 1
    batch, examples = (2, 24) if chosen.quick else (BATCH, EXAMPLES)
    torch.set_flush_denormal(True)  # as `groundup pretrain` does; here for all
    with tempfile.TemporaryDirectory() as scratch:
        data, text = data_folder(chosen, Path(scratch))
        fill = fill_of(data)
        bench = Bench(
            "pretrain_pairs",
            f"One step of masked words and next sentences, {batch} pairs of at most {LENGTH} tokens",
            unit="tokens",
            reference="transformers Trainer, to longest",
            rounds=chosen.rounds,
            notes=[*NOTES, f"text: {text}; the pairs fill {fill:.0%} of {LENGTH} tokens"],
            settings={"batch_size": batch, "length": LENGTH, "steps_in_one_turn": STEPS, "text": text, "fill": fill},
        )
        for threads, preset, dropout in itertools.product(chosen.threads, chosen.presets, chosen.dropouts):
            torch.set_num_threads(threads)
            case = Case(data, preset, dropout, 1 if chosen.quick else STEPS[preset], batch, examples, Path(scratch) / "out")
            facts = {"preset": preset, "dropout": dropout, "threads": threads}
            bench.case(f"{preset}, dropout {dropout:g}, {threads} thr", case.contenders(), facts)
    bench.finish(chosen)
    return bench


def fill_of(data: Path) -> float:
    """Mean length of the pairs, as a share of the longest allowed."""
    job = pretraining.open_job(Pretrain(data=str(data), out="", steps=1, length=LENGTH))
    return float(job.train.batch(np.arange(min(EXAMPLES, job.train.size))).lengths.mean()) / LENGTH


if __name__ == "__main__":
    main()

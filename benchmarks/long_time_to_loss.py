"""Time to the same loss of masked words: `groundup pretrain` beside transformers' Trainer, as shipped and tuned.

    python benchmarks/long_time_to_loss.py --seconds 300 --seeds 0 1 2 3 4

It takes hours; every run is kept in --work and not run again. The peers train for so many seconds, the rate of the tuned one
chosen by runs as long (`--rates`, seed 0). We train for `--shares` of them. From our losses over our seconds follows (by lines
in the logarithm of time) when we have the loss that a peer ends with.

Seconds are those of the processor, on one thread: what other programs do meanwhile does not count. Ours are those of the whole
command: counting the first word embeddings, evaluating and saving too. Of the peers only the loop is counted.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import NamedTuple

import inputs
import numpy as np
import peers
import torch
from machine import facts
from rounds import RESULTS
from transformers import (
    BertConfig,
    BertForMaskedLM,
    DataCollatorForLanguageModeling,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)
from transformers.trainer_callback import PrinterCallback

import groundup
from groundup.data.batches.pairs import Specials
from groundup.data.batches.windows import Windows
from groundup.data.shards import Shards
from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.families import checkpoint
from groundup.nn.layout import Layout

PRESET, WORDS = "nano", 4096
LENGTH, JUDGED, RATE = 128, 400, 0.15  # of a sequence; sequences to judge on; share of words masked there
NOTES = (
    "loss: of 15 % of the words of {windows} sequences of 128 tokens from documents kept apart, the same words for all: every "
    "one a [MASK] (as `groundup` trains), and 80 % [MASK], 10 % a random word, 10 % as it was (as the peers train)",
    "groundup: `groundup pretrain --preset nano --gamma 0`, all else as shipped; seconds of the whole command",
    "transformers as shipped: the settings of run_mlm.py: sequences of 512, batches of 8, rate 5e-5 falling to 0, dropout 0.1",
    "transformers tuned: sequences of 128, batches of 32, no dropout, 6 % warm-up, fused AdamW, the best of these peak "
    "rates (loss after so many seconds, 80/10/10): {rates}; the search is not counted",
    "both peers: BertForMaskedLM of 4 layers of 128, DataCollatorForLanguageModeling, the Trainer; only its loop is counted",
    "seconds: of the processor, one thread",
)


class Outcome(NamedTuple):
    """What a run came to."""

    seconds: float
    tokens: int
    updates: int
    parameters: int
    all_masked: float  # loss where every chosen word is a [MASK]
    as_bert: float  # 80 % [MASK], 10 % a random word, 10 % as it was


class Judge:
    """The same masked words for everybody."""

    def __init__(self, data: Path, encoder: Encoder):
        ids = encoder.ids
        source = Windows(Shards.open(data, "validation"), Specials(ids.cls, ids.sep), LENGTH, seed=0)
        rows = [source.batch(np.array([i])).tokens for i in range(min(source.size, 2 * JUDGED))]
        self.truth = torch.from_numpy(np.stack([row for row in rows if len(row) == LENGTH][:JUDGED])).long()
        drawn, each = np.random.default_rng(0), round(RATE * (LENGTH - 2))
        chosen = np.stack([1 + drawn.choice(LENGTH - 2, each, replace=False) for _ in self.truth])
        self.chosen = torch.zeros(self.truth.shape, dtype=torch.bool).scatter_(1, torch.from_numpy(chosen), True)
        fate = torch.from_numpy(drawn.random(self.truth.shape))
        words = torch.from_numpy(drawn.integers(len(ids.all), encoder.vocab_size, self.truth.shape))
        masked = torch.full_like(self.truth, ids.mask)
        self.all_masked = torch.where(self.chosen, masked, self.truth)
        as_bert = torch.where(fate < 0.8, masked, torch.where(fate < 0.9, words, self.truth))
        self.as_bert = torch.where(self.chosen, as_bert, self.truth)

    def losses(self, logits: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> tuple[float, float]:
        """Mean losses of both corruptions; `logits` of the chosen words [M, V] from tokens [B, T] and what is chosen."""
        found = []
        with torch.inference_mode():
            for corrupted in (self.all_masked, self.as_bert):
                parts = zip(corrupted.split(16), self.truth.split(16), self.chosen.split(16), strict=True)
                sums = [
                    float(torch.nn.functional.cross_entropy(logits(tokens, chosen), truth[chosen], reduction="sum"))
                    for tokens, truth, chosen in parts
                ]
                found.append(sum(sums) / int(self.chosen.sum()))
        return found[0], found[1]


# Ours


def ours(data: Path, work: Path, seconds: float, seed: int, **settings) -> Outcome:
    """`groundup pretrain` with as many updates as fit: a short run and a longer one tell what starting and an update cost."""
    settings = {
        "gamma": 0.0,
        "length": LENGTH,
        "preset": PRESET,
        "num_evaluations": 1,
        "evaluation_examples": 64,
        "batch_size": 32,
    } | settings

    def run(steps: int, name: str, **changed) -> float:
        began = time.process_time()
        groundup.pretrain(
            data=str(data), out=str(work / name), steps=steps, seed=seed, threads=1, quiet=True, **settings | changed
        )
        return time.process_time() - began

    starting = run(4, "starting")
    each = (run(24, "longer", embeddings="random") - run(4, "short", embeddings="random")) / 20
    steps = max(8, int((seconds - starting) / each) + 4)
    spent = run(steps, "run")
    model = checkpoint.load(work / "run" / "model").model.eval()

    def logits(tokens: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        layout = Layout([tokens.shape[1]] * len(tokens))
        return model(tokens.flatten(), layout, None, {"mlm": chosen.flatten().nonzero()[:, 0]})["mlm"]

    encoder = load_tokenizer(data)
    losses = Judge(data, encoder).losses(logits)
    tokens = steps * settings["batch_size"] * settings["length"]
    return Outcome(spent, tokens, steps, sum(p.numel() for p in model.parameters()), *losses)


# Theirs


class Processor(TrainerCallback):
    """Seconds of the processor from the beginning of training to the end of the last step."""

    def on_train_begin(self, args, state, control, **rest):
        self.start = time.process_time()

    def on_step_end(self, args, state, control, **rest):
        self.seconds = time.process_time() - self.start


def grouped(data: Path, encoder: Encoder, length: int) -> list[dict]:
    """The training text as run_mlm.py groups it: documents in their special tokens, joined, cut into equal sequences."""
    corpus, ids = Shards.open(data, "train"), encoder.ids
    bounds = np.asarray(corpus.sentence_starts)[np.asarray(corpus.document_starts)]
    joined = np.concatenate(
        [
            np.concatenate([[ids.cls], corpus.slice(int(start), int(stop)), [ids.sep]])
            for start, stop in zip(bounds[:-1], bounds[1:], strict=True)
        ]
    )
    rows = joined[: len(joined) // length * length].reshape(-1, length)
    special = np.isin(rows, ids.all)
    return [
        {"input_ids": row, "attention_mask": [1] * length, "special_tokens_mask": kept}
        for row, kept in zip(rows.tolist(), special.astype(int).tolist(), strict=True)
    ]


def theirs(
    data: Path, work: Path, seconds: float, seed: int, *, rate: float, length: int, batch: int, dropout: float, warmup: float
) -> Outcome:
    """The Trainer with as many updates as fit, by the time of a few."""
    encoder = load_tokenizer(data)
    collator = DataCollatorForLanguageModeling(peers.wrap_tokenizer(encoder.tokenizer))
    examples = grouped(data, encoder, length)

    def run(steps: int) -> tuple[float, BertForMaskedLM]:
        torch.manual_seed(seed)
        model = BertForMaskedLM(
            BertConfig(
                vocab_size=encoder.vocab_size,
                hidden_size=128,
                num_hidden_layers=4,
                num_attention_heads=4,
                intermediate_size=512,
                hidden_dropout_prob=dropout,
                attention_probs_dropout_prob=dropout,
            )
        )
        arguments = TrainingArguments(
            output_dir=str(work),
            per_device_train_batch_size=batch,
            max_steps=steps,
            learning_rate=rate,
            seed=seed,
            warmup_steps=round(warmup * steps),
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            dataloader_pin_memory=False,
            remove_unused_columns=False,
            logging_steps=10**6,
        )
        clock = Processor()
        runner = Trainer(model, arguments, data_collator=collator, train_dataset=examples, callbacks=[clock])
        runner.remove_callback(PrinterCallback)
        runner.train()
        return clock.seconds, model

    run(2)
    short, longer = run(2)[0], run(10)[0]
    steps = max(4, int(seconds / ((longer - short) / 8)))
    spent, model = run(steps)
    model.eval()
    losses = Judge(data, encoder).losses(lambda tokens, chosen: model(input_ids=tokens).logits[chosen])
    return Outcome(spent, steps * batch * length, steps, sum(p.numel() for p in model.parameters()), *losses)


SHIPPED = {"rate": 5e-5, "length": 512, "batch": 8, "dropout": 0.1, "warmup": 0.0}
TUNED = {"length": LENGTH, "batch": 32, "dropout": 0.0, "warmup": 0.06}
PEERS = ("as shipped", "tuned")


# All of them


class Kept:
    """Runs as lines of a file: what is there is not run again. Each is a process of its own."""

    def __init__(self, work: Path, data: Path):
        self.path, self.data = work / "runs.jsonl", data
        lines = self.path.read_text().splitlines() if self.path.is_file() else []
        self.runs = {json.dumps(row["asked"], sort_keys=True): Outcome(**row["outcome"]) for row in map(json.loads, lines)}

    def run(self, side: str, seconds: float, seed: int, settings: dict) -> Outcome:
        asked = {"side": side, "seconds": seconds, "seed": seed, "settings": settings}
        key = json.dumps(asked, sort_keys=True)
        if key not in self.runs:
            command = [sys.executable, __file__, "--one", key, "--work", str(self.path.parent)]
            subprocess.run(command, check=True, env=None)
            self.runs = Kept(self.path.parent, self.data).runs
        outcome = self.runs[key]
        print(
            f"{side:12} {seconds:5.0f} s  seed {seed}  loss {outcome.all_masked:.3f} / {outcome.as_bert:.3f}  "
            f"{outcome.tokens:>10,} tokens in {outcome.seconds:.0f} s  {settings}",
            flush=True,
        )
        return outcome


def one(key: str, work: Path, data: Path) -> None:
    """One run in this process; its line is written when it is known."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    asked = json.loads(key)
    with tempfile.TemporaryDirectory() as scratch:
        side = ours if asked["side"] == "groundup" else theirs
        outcome = side(data, Path(scratch), asked["seconds"], asked["seed"], **asked["settings"])
    with (work / "runs.jsonl").open("a") as file:
        file.write(json.dumps({"asked": asked, "outcome": outcome._asdict()}) + "\n")


def when(seconds: Sequence[float], losses: Sequence[float], target: float) -> float | None:
    """The time at which the loss is `target`, by lines in the logarithm of time; the shortest measured where it is that
    good already, None where no time was enough."""
    order = np.argsort(seconds)
    times, values = np.log(np.asarray(seconds))[order], np.minimum.accumulate(np.asarray(losses)[order])
    if target < values[-1]:
        return None
    return float(np.exp(np.interp(-target, -values, times)))


def share_of(share: float) -> str:
    return f"groundup, {share:g} of the time"


def table(measured: dict[str, list[tuple[int, Outcome]]], shares: Sequence[float]) -> list[str]:
    """Rows of losses and seconds, and of how many times as fast."""

    def spread(values: Sequence[float], digits: int) -> str:
        return (
            f"{np.mean(values):.{digits}f} ± {np.std(values, ddof=1):.{digits}f}"
            if len(values) > 1
            else f"{values[0]:.{digits}f}"
        )

    lines = ["| contender | seconds | tokens | loss, all [MASK] | loss, 80/10/10 | seeds |", "|---|---|---|---|---|---|"]
    for name, runs in measured.items():
        found = [outcome for _, outcome in runs]
        seconds_spent, tokens = (np.mean([getattr(o, figure) for o in found]) for figure in ("seconds", "tokens"))
        losses = [spread([getattr(o, figure) for o in found], 3) for figure in ("all_masked", "as_bert")]
        lines.append(f"| {name} | {seconds_spent:.0f} | {tokens:,.0f} | {' | '.join(losses)} | {len(found)} |")
    lines += ["", "| until the loss of | by which corruption | groundup needs, seconds | times as fast |", "|---|---|---|---|"]
    corruptions = (("all_masked", "all [MASK]"), ("as_bert", "80/10/10"))
    for peer, (figure, told) in product([name for name in measured if name.startswith("transformers")], corruptions):
        needed, ratios, at_once = [], [], False
        for seed, theirs_now in measured[peer]:
            own = [dict(measured[share_of(share)])[seed] for share in shares]
            at = when([o.seconds for o in own], [getattr(o, figure) for o in own], getattr(theirs_now, figure))
            needed.append(at)
            ratios.append(None if at is None else theirs_now.seconds / at)
            at_once |= at is not None and math.isclose(at, min(o.seconds for o in own))
        if None in ratios:
            lines.append(f"| {peer} | {told} | more than was measured | |")
        else:
            most, least = ("at most ", "at least ") if at_once else ("", "")
            lines.append(f"| {peer} | {told} | {most}{spread(needed, 0)} | {least}{spread(ratios, 1)} |")
    return lines


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.05, 0.1, 0.2, 0.5])
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--rates", type=float, nargs="+", default=[5e-4, 1e-3, 2e-3, 4e-3])
    parser.add_argument("--work", type=Path, default=Path("runs/time_to_loss"))
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    data = chosen.work / "books"
    if chosen.one:
        return one(chosen.one, chosen.work, data)
    chosen.work.mkdir(parents=True, exist_ok=True)
    if not data.exists():
        source, _ = inputs.text_source(chosen.work / "documentation")
        groundup.prepare(source=[str(source)], out=str(data), tokenizer={"vocab_size": WORDS}, quiet=True)
    kept = Kept(chosen.work, data)
    sweep = {rate: kept.run("transformers", chosen.seconds, 0, TUNED | {"rate": rate}) for rate in chosen.rates}
    best = min(sweep, key=lambda rate: sweep[rate].as_bert)
    measured: dict[str, list[tuple[int, Outcome]]] = {}
    settings_of = {"as shipped": SHIPPED, "tuned": TUNED | {"rate": best}}
    for name, side, share, settings in (
        *((f"transformers {peer}", "transformers", 1.0, settings_of[peer]) for peer in chosen.peers),
        *((share_of(share), "groundup", share, {}) for share in chosen.shares),
    ):
        for seed in chosen.seeds:
            measured.setdefault(name, []).append((seed, kept.run(side, share * chosen.seconds, seed, settings)))
    machine, rates = facts(), ", ".join(f"{rate:g} ({outcome.as_bert:.3f})" for rate, outcome in sweep.items())
    sizes = {name.split(",")[0]: runs[0][1].parameters for name, runs in measured.items()}
    text = "87 books (Project Gutenberg)" if inputs.BOOKS.is_file() else "documentation of Python's standard library"
    lines = [
        f"## Time to the same loss of masked words, {chosen.seconds:.0f} seconds",
        "",
        *table(measured, chosen.shares),
        "",
        *(f"- {note.format(windows=JUDGED, rates=rates)}" for note in NOTES),
        f"- parameters: {', '.join(f'{name} {count:,}' for name, count in sizes.items())}; vocabulary {WORDS:,}; text: {text}",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}. {', '.join(f'{name} {number}' for name, number in machine['versions'].items())}.",
    ]
    chosen.out.mkdir(parents=True, exist_ok=True)
    rows = [{"contender": name, "seed": seed, **o._asdict()} for name, runs in measured.items() for seed, o in runs]
    stem = f"time_to_loss_{chosen.seconds:.0f}s"
    report = {"name": stem, "machine": machine, "seconds": chosen.seconds, "best_rate": best, "rows": rows}
    (chosen.out / f"{stem}.json").write_text(json.dumps(report, indent=2) + "\n")
    (chosen.out / f"{stem}.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

"""Bits per character after the same minutes on the same text: `groundup pretrain`, and transformers' GPT-2 of the same size.

    python examples/shakespeare/compare.py --data runs/plays/text --minutes 5 --seeds 0 1 2 --out runs/plays-compared

The peer trains with the settings that nanoGPT has for this text and a CPU (batches of 12, rate 1e-3, 100 updates of warm-up,
beta2 0.99, no dropout), in a plain loop with fused AdamW, its rate falling by the clock. Both read windows of 128
characters, on one thread, and are judged on the same windows of the validation text.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from transformers import GPT2Config, GPT2LMHeadModel

import groundup
from groundup.data.batches.pairs import Specials
from groundup.data.batches.streams import Streams
from groundup.data.shards import Shards
from groundup.data.tokenizers.load import load_tokenizer
from groundup.families import checkpoint
from groundup.objectives.causal_lm import CausalLM
from groundup.objectives.objective import make_batch

LENGTH, BATCH, PEAK, WARM = 128, 12, 1e-3, 100


def windows(data: Path, split: str, seed: int) -> Streams:
    ids = load_tokenizer(data).ids
    return Streams(Shards.open(data, split), Specials(ids.cls, ids.sep), LENGTH, seed)


def bits_of_ours(run: Path, data: Path) -> float:
    """Bits per character over the whole validation text."""
    model = checkpoint.load(run / "model").model
    source, total, count = windows(data, "validation", 0), 0.0, 0
    with torch.inference_mode():
        for first in range(0, source.size, 64):
            batch = make_batch(source.batch(np.arange(first, min(first + 64, source.size))), objective := CausalLM())
            total += float(objective.losses(batch.forward(model), batch.targets)["lm"])
            count += objective.counts(batch.targets)["lm"]
    return total / count / math.log(2)


def bits_of_theirs(model: GPT2LMHeadModel, data: Path) -> float:
    """The same of theirs."""
    model.eval()
    source, total, count = windows(data, "validation", 0), 0.0, 0
    with torch.inference_mode():
        for number in range(source.size):
            tokens = torch.from_numpy(source.batch(np.array([number])).tokens)[None]
            total += float(model(input_ids=tokens, labels=tokens).loss) * (tokens.shape[1] - 1)
            count += tokens.shape[1] - 1
    return total / count / math.log(2)


def train_theirs(data: Path, seconds: float, seed: int) -> GPT2LMHeadModel:
    """A plain loop for so long: cosine decay over the updates that fit."""
    torch.manual_seed(seed)
    words = load_tokenizer(data).vocab_size
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=words, n_layer=4, n_embd=128, n_head=4, n_positions=LENGTH, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0
        )
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, betas=(0.9, 0.99), weight_decay=0.1, fused=True)
    source = windows(data, "train", seed)
    full = [n for n in range(source.size) if len(source.window(int(n))) == LENGTH]
    drawn = np.random.default_rng(seed)

    def update(rate: float) -> None:
        rows = [torch.from_numpy(source.window(int(i))) for i in drawn.choice(full, BATCH)]
        tokens = torch.stack(rows)
        model(input_ids=tokens, labels=tokens).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
        optimizer.zero_grad()

    model.train()
    start = time.monotonic()
    step = 0
    while (share := (time.monotonic() - start) / seconds) < 1:  # by the clock, so that the decay always ends
        step += 1
        update(PEAK * min(1, step / WARM) * (0.1 + 0.45 * (1 + math.cos(math.pi * share))))
    print(f"    transformers: {step} updates of {BATCH} x {LENGTH} characters", flush=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    chosen.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for seed in chosen.seeds:
        seconds = 60 * chosen.minutes
        theirs = bits_of_theirs(train_theirs(chosen.data, seconds, seed), chosen.data)
        run = chosen.out / f"groundup-{seed}"
        groundup.pretrain(
            data=str(chosen.data),
            out=str(run),
            objective="causal",
            preset="nano",
            budget=f"{seconds:.0f}s",
            length=LENGTH,
            seed=seed,
            threads=1,
            quiet=True,
        )
        rows.append({"seed": seed, "groundup": bits_of_ours(run, chosen.data), "transformers": theirs})
        print(json.dumps(rows[-1]), flush=True)
        (chosen.out / "compared.json").write_text(json.dumps(rows, indent=1))
    for name in ("groundup", "transformers"):
        bits = [row[name] for row in rows]
        print(f"{name:13} {np.mean(bits):.3f} bits per character, standard deviation {np.std(bits):.3f}")


if __name__ == "__main__":
    main()

"""The story of size: count first, then measure how fast this machine multiplies."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import torch

from groundup.commands.machine import prepare_machine
from groundup.commands.size import Size
from groundup.data.shards import Shards
from groundup.data.tokenize import load_tokenizer
from groundup.evaluate.predictor import model_folder
from groundup.families import checkpoint, presets
from groundup.nn import size
from groundup.nn.config import HeadConfig, TransformerConfig
from groundup.runs import Outcome
from groundup.train.settings import seconds_of

SHARE = 0.6  # of the rate of matrix products that a training step reaches (benchmarks/bench_pretrain_step.py: 0.5 to 0.7)
MATRIX, ROUNDS = 1024, 8


def tell(settings: Size) -> Outcome:
    """Print the figures and return them."""
    prepare_machine(settings)
    config, heads, encoder = shape(settings)
    masked = settings.mask_rate if settings.mask_rate is not None else 0.15 if settings.regime == "paper" else 0.225
    tokens = settings.batch_size * settings.length
    asked = {"mlm": round(masked * tokens), "lm": tokens}
    asked = {name: asked[name] for name in heads if name in asked}
    cost = size.size(
        config, heads, sequences=settings.batch_size, length=settings.length, asked=asked, encoder=encoder
    )
    rate = products_per_second()
    seconds = cost.training_operations / (SHARE * rate)
    facts = {
        "parameters": cost.total_parameters,
        "parameters_by_part": cost.parameters,
        "inference_bytes": cost.inference_bytes,
        "training_bytes": cost.training_bytes,
        "cache_bytes": cost.cache_bytes,
        "training_operations_per_step": cost.training_operations,
        "tokens_per_step": tokens,
        "machine_operations_per_second": rate,
        "threads": torch.get_num_threads(),
        "seconds_per_step": seconds,
        **whole_run(settings, seconds, tokens),
    }
    for line in lines(settings, config, facts):
        print(line)
    if settings.debug:
        print(json.dumps(facts, indent=1))
    return Outcome(Path(settings.model or "-"), facts)


def shape(settings: Size) -> tuple[TransformerConfig, Mapping[str, HeadConfig], TransformerConfig | None]:
    """The shape and the heads of the model in question, and its encoder's shape where it has one."""
    if settings.model is not None:
        loaded = checkpoint.load(model_folder(settings.model))
        return loaded.config, loaded.model.head_configs, loaded.model.encoder_config
    words = load_tokenizer(Path(settings.data)).vocab_size if settings.data else settings.vocab_size
    made = presets.make_shape(
        settings.objective, settings.preset, settings.regime, words, None, max(512, settings.length), settings.gamma > 0
    )
    return made.config, made.heads, made.encoder


def products_per_second() -> float:
    """Operations per second of float32 matrix products on this machine: the best of a few rounds."""
    a, b = torch.ones(MATRIX, MATRIX), torch.ones(MATRIX, MATRIX)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        torch.mm(a, b)
        times.append(time.perf_counter() - start)
    return 2 * MATRIX**3 / min(times)


def whole_run(settings: Size, seconds: float, tokens: int) -> dict[str, float]:
    """Steps, minutes and passes over the data of the run that is asked about."""
    steps = settings.steps
    if settings.budget is not None:
        steps = int(seconds_of(settings.budget) / seconds)
    corpus = Shards.open(Path(settings.data), "train", verify=False).num_tokens if settings.data else None
    if steps is None and corpus is not None:
        steps = max(1, round(corpus / tokens))
    found: dict[str, float] = {} if steps is None else {"steps": steps, "minutes": steps * seconds / 60}
    return found | ({"epochs": steps * tokens / corpus} if corpus and steps else {})


def lines(settings: Size, config: TransformerConfig, facts: dict) -> list[str]:
    """The figures for people."""
    parts = ", ".join(f"{name} {count:,}" for name, count in facts["parameters_by_part"].items() if count)
    use, train = megabytes(facts["inference_bytes"]), megabytes(facts["training_bytes"])
    work, rate = facts["training_operations_per_step"] / 1e9, facts["machine_operations_per_second"] / 1e9
    heads = f"{config.num_heads} heads" if len(set(config.heads)) == 1 else f"{sum(config.heads)} heads in all"
    told = [
        f"shape        {config.num_layers} layers, {config.hidden_size} wide, {heads}, {config.vocab_size:,} words",
        f"parameters   {facts['parameters']:,}  ({parts})",
        f"memory       {use} to use, {train} to train on, a batch of {settings.batch_size} x {settings.length} tokens (AdamW)",
        f"work         {work:,.1f} billion operations a training step",
        f"time         {facts['seconds_per_step']:.3f} s a step: {SHARE:.0%} of the {rate:,.0f} GFLOP/s at which "
        f"{facts['threads']} threads of this machine multiply",
    ]
    if facts["cache_bytes"]:
        texts = f"{settings.batch_size} texts of {settings.length} tokens"
        told.insert(3, f"cache        {megabytes(facts['cache_bytes'])} to write {texts}")
    if "steps" in facts:
        passes = f", {facts['epochs']:.1f} passes over the data" if "epochs" in facts else ""
        told.append(f"run          {facts['steps']:,} steps in about {facts['minutes']:.1f} minutes{passes}")
    return told


def megabytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"

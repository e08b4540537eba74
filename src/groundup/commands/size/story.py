"""The story of size: count first, then measure what this machine does in a second, or look other hardware up."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from math import ceil
from pathlib import Path
from typing import NamedTuple

import torch

from groundup.commands.size import hardware as named
from groundup.commands.size.hardware import HARDWARE
from groundup.commands.size.settings import Size
from groundup.data.shards import Shards
from groundup.data.tokenizers.load import load_tokenizer
from groundup.evaluate.predictor import model_folder
from groundup.families import checkpoint, presets
from groundup.machine import prepare_machine
from groundup.messages.size import SIZE
from groundup.messages.translate import translator
from groundup.nn.config import HeadConfig, TransformerConfig
from groundup.nn.cost import rates, step_time
from groundup.nn.cost import size as sizes
from groundup.nn.cost.step_time import BatchShape
from groundup.runs import Outcome
from groundup.scope import refuse
from groundup.terminal.log import output
from groundup.train.settings import count_of, seconds_of

MOST_AT_ONCE = 128  # sequences of a micro-batch, as `groundup pretrain` chooses it
PAIR, PAIR_LENGTHS = 0.94, 14  # share of the length that a pair fills on average; different lengths in a batch of 32
ASPECT = 64  # width over depth of a model of so many parameters
FLOP_UNITS = ((1e18, "EFLOP"), (1e15, "PFLOP"), (1e12, "TFLOP"), (1e9, "GFLOP"))
WIDTHS = (*range(128, 2048, 64), *range(2048, 8193, 256))


class Shape(NamedTuple):
    """A model in question."""

    config: TransformerConfig
    heads: Mapping[str, HeadConfig]
    encoder: TransformerConfig | None


class Batch(NamedTuple):
    """What an update reads: the model, its encoder, and the positions that each head is asked at."""

    reading: BatchShape
    source: BatchShape | None
    positions_by_head: dict[str, float]


def size(settings: Size) -> Outcome:
    """Print the figures and return them."""
    prepare_machine(settings)
    shape = shape_of(settings)
    batch = batch_of(settings, shape, settings.batch_size)
    costs = costs_of(shape, batch)
    facts: dict = {
        "parameters": costs.total_parameters,
        "parameters_by_part": costs.parameters,
        "inference_bytes": costs.inference_bytes,
        "cache_bytes": costs.cache_bytes,
        "training_operations_per_step": costs.training_operations,
        "tokens_per_step": settings.batch_size * settings.length,
    }
    facts |= this_machine(settings, shape, batch) if settings.hardware == "this" else other(settings, shape, costs)
    facts |= whole_run(settings, facts["seconds_per_step"], facts["tokens_per_step"])
    if "steps" in facts:
        facts["run_operations"] = facts["steps"] * costs.training_operations
    for line in lines(settings, shape.config, facts):
        output(line)
    if settings.debug:
        output(json.dumps(facts, indent=1))
    return Outcome(Path(settings.model or "-"), facts)


def shape_of(settings: Size) -> Shape:
    """The shape and the heads of the model in question, and its encoder's shape where it has one."""
    if settings.model is not None:
        loaded = checkpoint.load(model_folder(settings.model))
        refuse(
            settings,
            *["no encoder-decoder"] * (loaded.model.encoder_config is None),
            *["no masked words"] * ("mlm" not in loaded.model.head_configs),
        )
        return Shape(loaded.config, loaded.model.head_configs, loaded.model.encoder_config)
    words = load_tokenizer(Path(settings.data)).vocab_size if settings.data else settings.vocab_size
    if settings.parameters is None:
        return new_shape(settings, settings.preset, words)
    return fitting(settings, count_of(settings.parameters), words)


def new_shape(settings: Size, preset: str | presets.Size, words: int) -> Shape:
    shape = presets.make_shape(
        settings.objective, preset, settings.regime, words, None, max(512, settings.length), settings.gamma > 0
    )
    return Shape(shape.config, shape.heads, shape.encoder)


def fitting(settings: Size, target: float, words: int) -> Shape:
    """The shape of about so many parameters whose width is nearest to ASPECT times its depth."""

    def parameters(layers: int, width: int) -> int:
        shape = new_shape(settings, presets.Size(layers, width, width // 64), words)
        return sum(sizes.count_parameters(*shape).values())

    def off(layers: int, width: int) -> float:
        """How far from the wanted number, and from the aspect."""
        return abs(parameters(layers, width) / target - 1) + abs(width / layers - ASPECT) / ASPECT / 4

    candidates = []
    for width in WIDTHS:
        one, two = parameters(1, width), parameters(2, width)
        layers = max(1, round(1 + (target - one) / (two - one)))
        candidates.append((off(layers, width), layers, width))
    _, layers, width = min(candidates)
    return new_shape(settings, presets.Size(layers, width, width // 64), words)


def batch_of(settings: Size, shape: Shape, sequences: int) -> Batch:
    """What `sequences` examples of the objective hold on average."""
    length, tokens = settings.length, sequences * settings.length
    whole = BatchShape(sequences=sequences, length=length)
    if shape.encoder is None and "lm" in shape.heads:
        return Batch(whole, None, {"lm": tokens})
    if shape.encoder is not None:
        written, read = {"spans": (0.2, 0.9), "prefix": (0.5, 0.5)}.get(settings.objective, (1.0, 0.8))
        lengths = 1 if settings.objective == "spans" else min(sequences, PAIR_LENGTHS)
        reading = BatchShape(sequences=sequences, length=written * length, lengths=lengths)
        return Batch(reading, replace(reading, length=read * length), dict.fromkeys(shape.heads, reading.tokens))
    paired = "nsp" in shape.heads
    if paired:
        whole = BatchShape(sequences=sequences, length=PAIR * length, lengths=min(sequences, PAIR_LENGTHS))
    masked = settings.mask_rate if settings.mask_rate is not None else 0.15 if settings.regime == "paper" else 0.225
    positions = {name: masked * whole.tokens if name == "mlm" else sequences for name in shape.heads}
    return Batch(whole, None, positions)


def costs_of(shape: Shape, batch: Batch) -> sizes.Size:
    """Parameters, operations and bytes."""
    reading = batch.reading
    return sizes.size(
        shape.config,
        shape.heads,
        sequences=reading.sequences,
        length=round(reading.length),
        encoder=shape.encoder,
        positions={name: round(number) for name, number in batch.positions_by_head.items()},
        source_length=round(batch.source.length) if batch.source else None,
    )


def this_machine(settings: Size, shape: Shape, batch: Batch) -> dict:
    """Time and memory of a step here."""
    measured = settings.gflops is None
    own = rates.measure_rates() if settings.gflops is None else step_time.scale_rates(1e9 * settings.gflops)
    costs = costs_of(shape, batch_of(settings, shape, min(settings.batch_size, MOST_AT_ONCE)))
    work = step_time.update_work(shape.config, shape.heads, batch.reading, batch.positions_by_head, shape.encoder, batch.source)
    return {
        "training_bytes": costs.training_bytes,
        "peak_bytes": costs.peak_bytes,
        "memory_bytes": memory(),
        "rates": asdict(own),
        "rates_measured": measured,
        "threads": torch.get_num_threads(),
        "seconds_by_part": step_time.seconds_by_part(work, own),
        "seconds_per_step": step_time.seconds(work, own),
    }


def other(settings: Size, shape: Shape, costs: sizes.Size) -> dict:
    """Time and memory of a step on hardware by its published figures."""
    machine = HARDWARE[settings.hardware]
    one = costs_of(shape, batch_of(settings, shape, 1))
    state = named.state_bytes(costs)
    sequence = (one.training_bytes - named.state_bytes(one)) * machine.number / sizes.FLOAT
    return {
        "hardware": {"name": settings.hardware} | asdict(machine),
        "state_bytes": state,
        "bytes_per_sequence": sequence,
        "training_bytes": round(state + sequence * settings.batch_size),
        "devices_needed": named.devices_needed(machine, state, sequence),
        "sequences_at_once": named.sequences_at_once(machine, state, sequence),
        "seconds_per_step": named.seconds_on(machine, costs),
    }


def memory() -> int | None:
    """Bytes of this machine's memory, where the system tells."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def whole_run(settings: Size, seconds: float, tokens: int) -> dict[str, float]:
    """Steps, minutes, passes over the data and its bytes, of the run that is asked about."""
    steps = settings.steps
    if settings.budget is not None:
        steps = int(seconds_of(settings.budget) / seconds)
    if settings.examples is not None:
        steps = ceil(count_of(settings.examples) / settings.batch_size)
    corpus = Shards.open(Path(settings.data), "train", verify=False).num_tokens if settings.data else None
    if steps is None and corpus is not None:
        steps = max(1, round(corpus / tokens))
    if steps is None:
        return {}
    estimate: dict[str, float] = {"steps": steps, "minutes": steps * seconds / 60, "samples": steps * settings.batch_size}
    if corpus:
        return estimate | {"epochs": steps * tokens / corpus}
    return estimate | {"tokens": steps * tokens, "data_bytes": steps * tokens * (2 if settings.vocab_size <= 2**16 else 4)}


def lines(settings: Size, config: TransformerConfig, facts: dict) -> list[str]:
    """The figures for people."""
    t = translator(settings.language, SIZE)
    parts = ", ".join(f"{name} {count:,}" for name, count in facts["parameters_by_part"].items() if count)
    heads = t("heads" if len(set(config.heads)) == 1 else "heads in all", count=sum(config.heads) // heads_of(config))
    body = [
        t("shape", layers=config.num_layers, width=config.hidden_size, heads=heads, words=f"{config.vocab_size:,}"),
        t("parameters", count=f"{facts['parameters']:,}", parts=parts),
        t("work", operations=flop_text(facts["training_operations_per_step"])),
    ]
    if facts["cache_bytes"]:
        body.append(t("cache", bytes=bytes_of(facts["cache_bytes"]), sequences=settings.batch_size, length=settings.length))
    body += here(settings, facts, t) if settings.hardware == "this" else elsewhere(settings, facts, t)
    return body + run_lines(facts, t)


def heads_of(config: TransformerConfig) -> int:
    """By what the heads of all layers are divided to be told: layers that are alike count once."""
    return config.num_layers if len(set(config.heads)) == 1 else 1


def here(settings: Size, facts: dict, t) -> list[str]:
    """Memory and time on this machine."""
    lines = [
        t(
            "memory here",
            use=bytes_of(facts["inference_bytes"]),
            train=bytes_of(facts["training_bytes"]),
            peak=bytes_of(facts["peak_bytes"]),
            sequences=settings.batch_size,
            length=settings.length,
        )
    ]
    if facts["memory_bytes"] and facts["peak_bytes"] > facts["memory_bytes"]:
        lines.append(t("too large", bytes=bytes_of(facts["memory_bytes"])))
    own, by = facts["rates"], facts["seconds_by_part"]
    shares = {name: f"{100 * seconds / facts['seconds_per_step']:.0f} %" for name, seconds in by.items()}
    lines.append(t("time here", seconds=seconds_text(facts["seconds_per_step"]), **shares))
    key = "rates" if facts["rates_measured"] else "rates given"
    lines.append(
        t(
            key,
            threads=facts["threads"],
            products=f"{own['products'] / 1e9:,.0f}",
            touched=f"{own['touched'] / 1e9:.1f}",
            fresh=f"{own['fresh'] / 1e9:.1f}",
            call=f"{1e6 * own['call']:.0f}",
        )
    )
    return lines


def elsewhere(settings: Size, facts: dict, t) -> list[str]:
    """The same on hardware by its published figures."""
    machine, needed = facts["hardware"], facts["devices_needed"]
    lines = [
        t(
            "hardware",
            title=t(settings.hardware),
            peak=flop_text(machine["operations"]),
            share=f"{machine['utilization']:.0%}",
            bandwidth=f"{machine['bandwidth'] / 1e9:,.0f}",
        ),
        t("memory there", state=bytes_of(facts["state_bytes"]), sequence=bytes_of(facts["bytes_per_sequence"])),
    ]
    fits = t("no sequence fits") if needed is None else t("devices", count=needed, once=facts["sequences_at_once"])
    return [*lines, fits, t("time there", seconds=seconds_text(facts["seconds_per_step"]))]


def run_lines(facts: dict, t) -> list[str]:
    """The run that is asked about."""
    if "steps" not in facts:
        return []
    lines = [
        t(
            "run",
            steps=f"{facts['steps']:,}",
            samples=f"{facts['samples']:,}",
            time=time_text(facts["minutes"], t),
            operations=flop_text(facts["run_operations"]),
        )
    ]
    if "epochs" in facts:
        lines.append(t("passes", count=f"{facts['epochs']:.1f}"))
    else:
        lines.append(t("data", tokens=f"{facts['tokens']:,}", bytes=bytes_of(facts["data_bytes"])))
    return [*lines, t("estimated")]


def time_text(minutes: float, t) -> str:
    """Minutes up to three hours, hours up to three days, then days."""
    if minutes < 180:
        return t("minutes", count=f"{minutes:,.1f}")
    return t("hours", count=f"{minutes / 60:,.1f}") if minutes < 3 * 1440 else t("days", count=f"{minutes / 1440:,.1f}")


def seconds_text(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds >= 0.1 else f"{seconds:.2g}"


def bytes_of(count: float) -> str:
    return f"{count / 2**20:,.0f} MiB" if count < 10 * 2**30 else f"{count / 2**30:,.1f} GiB"


def flop_text(count: float) -> str:
    """Floating-point operations in the largest unit of which there are at least ten, GFLOP at least: 45.6 GFLOP."""
    number, unit = next(((n, u) for n, u in FLOP_UNITS if count >= 10 * n), FLOP_UNITS[-1])
    return f"{count / number:,.1f} {unit}"

"""Seconds and peak memory of an update as `groundup size` counts them beforehand, beside measured ones.

    python benchmarks/bench_cost_model.py             # four sizes, one and two threads; other objectives
    python benchmarks/bench_cost_model.py --scale     # BERT-base with 30,522 words, 8 x 128

Each row is a fresh process that takes a few updates of `groundup pretrain` on random words, with the rates of the machine
measured in between, as the cost model needs them. `--clock processor` leaves out what others do meanwhile, with one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from rounds import Bench, Contender, Measurement, options

PLANNED = 10**6  # of the schedule, so that every update measured is one of the first
TURNS = 3  # of updates and of the measurement of rates
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
COLUMNS = {
    "predicted": "predicted s",
    "off": "off by %",
    "peak": "peak MiB",
    "predicted_peak": "predicted MiB",
    "peak_off": "off by %, peak",
}
NOTES = (
    "predicted: from the shape (groundup.nn.cost), and for seconds from four rates measured in the same "
    "process between the updates: products of square matrices, functions on a vector, new memory, calls",
    "peak: the most memory that the process held in its first two updates, before the rates were measured",
    "median: of three turns of updates; the first two updates are not counted",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is trained, in one process."""

    preset: str
    regime: str = "fast"
    objective: str = "masked"
    vocab_size: int = 8192
    batch_size: int = 32
    length: int = 128
    gamma: float = 0.0
    threads: int = 1
    steps: int = 1  # in one turn
    clock: str = "wall"

    @property
    def name(self) -> str:
        pairs = " pairs" if self.gamma else ""
        return f"{self.preset} {self.regime}, {self.objective}{pairs}, {self.batch_size}x{self.length}, {self.threads} thr"


SIZES = (
    Case(preset="tiny", steps=3),
    Case(preset="mini"),
    Case(preset="small", batch_size=16),
    Case(preset="medium", batch_size=8),
)
OTHERS = (
    Case(preset="tiny", regime="paper", steps=3),
    Case(preset="mini", regime="paper", vocab_size=30522),
    Case(preset="mini", gamma=0.2),
    Case(preset="nano", objective="causal", batch_size=16),
    Case(preset="tiny", objective="spans", steps=2),
)
SCALE = Case(preset="base", regime="paper", vocab_size=30522, batch_size=8)
QUICK = Case(preset="tiny", vocab_size=512, batch_size=2, length=32)


def fresh(case: Case) -> Contender:
    """A turn in a process of its own."""

    def turn() -> Measurement:
        environment = os.environ | {"OMP_NUM_THREADS": str(case.threads)}
        command = [sys.executable, __file__, "--one", json.dumps(asdict(case))]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{case.name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        found = json.loads(done.stdout)
        return Measurement(found.pop("seconds"), None, found)

    return turn


def one(case: Case) -> dict[str, float]:
    """Seconds and peak of this process, and both as predicted."""
    import torch

    from groundup.commands.size import story as sizing
    from groundup.commands.size.settings import Size
    from groundup.nn.cost import rates, step_time

    torch.set_num_threads(case.threads)
    torch.set_flush_denormal(True)  # as `groundup pretrain` does
    given = {field.name for field in fields(Size)} & {field.name for field in fields(Case)}
    settings = Size(**{name: getattr(case, name) for name in given}, mask_rate=0.3 if case.regime == "fast" else None)
    shape = sizing.shape_of(settings)
    batch = sizing.batch_of(settings, shape, case.batch_size)
    work = step_time.update_work(shape.config, shape.heads, batch.reading, batch.positions_by_head, shape.encoder, batch.source)
    expected = sizing.costs_of(shape, batch).peak_bytes / 2**20
    steps = updates(case)
    next(steps), next(steps)
    peak = most_memory()
    clock, times, found = CLOCKS[case.clock], [], []
    for _ in range(TURNS):
        found.append(rates.measure_rates(clock, rounds=2, choose=statistics.median))
        started = clock()
        for _ in range(case.steps):
            next(steps)
        times.append((clock() - started) / case.steps)
    medians = {name: statistics.median(asdict(own)[name] for own in found) for name in asdict(found[0])}
    predicted, seconds = step_time.seconds(work, step_time.Rates(**medians)), statistics.median(times)
    return {
        "seconds": seconds,
        "predicted": predicted,
        "off": 100 * (predicted / seconds - 1),
        "peak": peak,
        "predicted_peak": expected,
        "peak_off": 100 * (expected / peak - 1),
        **medians,
    }


def updates(case: Case) -> Iterator:
    """Updates as `groundup pretrain` takes them."""
    from drawn import Drawn, make_encoder

    from groundup.commands.pretrain import regimes
    from groundup.commands.pretrain import story as pretraining
    from groundup.commands.pretrain.objectives import OBJECTIVES
    from groundup.commands.pretrain.settings import Pretrain
    from groundup.commands.pretrain.texts import OfText
    from groundup.train.loop import train
    from groundup.train.run import Plan

    settings = Pretrain(
        data="",
        out="",
        preset=case.preset,
        regime=case.regime,
        objective=case.objective,
        steps=PLANNED,
        gamma=case.gamma if case.objective == "masked" else None,
        batch_size=case.batch_size,
        length=case.length,
    )
    encoder, regime = make_encoder(case.vocab_size), regimes.regime_of(settings, case.objective)
    row = OBJECTIVES[case.objective]
    assert isinstance(row, OfText)
    row.add_tokens(encoder)
    windows = 16 * case.batch_size * (case.length - 2)
    drawn = Drawn(case.vocab_size, 4000, 16, 21) if case.gamma else Drawn(case.vocab_size, windows)
    job = row.make_job(settings, regime, encoder, drawn, drawn, None)
    model, _ = row.make_model(settings, job)
    training = pretraining.make_training(settings, job, model, Plan(PLANNED, 1, 1, 1))
    return train(model, job.objective, training.batches, training.optimizer, training.schedule, steps=PLANNED)


def most_memory() -> float:
    """MiB that this process has held at most; of Linux without what its parent held when it started it."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="ascii", errors="replace").split("\n")
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def cases(chosen: argparse.Namespace) -> list[Case]:
    """What the command line asks for."""
    if chosen.quick:
        return [QUICK]
    if chosen.scale:
        return [SCALE]
    at = [Case(**asdict(case) | {"threads": threads}) for threads in chosen.threads for case in SIZES]
    return [*at, *(OTHERS if 1 in chosen.threads else ())]


def main(arguments: list[str] | None = None) -> Bench | None:
    parser = options(__doc__, rounds=1)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--scale", action="store_true", help="BERT-base with 30,522 words alone: 110 million parameters")
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall", help="processor: for one thread on a busy machine")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one:
        print(json.dumps(one(Case(**json.loads(chosen.one)))))
        return None
    name = "cost_model_scale" if chosen.scale else "cost_model"
    bench = Bench(
        name,
        "An update as predicted and as measured",
        rounds=chosen.rounds,
        columns=COLUMNS,
        notes=NOTES,
        settings={"turns": TURNS, "clock": chosen.clock},
        warm=0,
    )
    for case in cases(chosen):
        case = Case(**asdict(case) | {"clock": chosen.clock})
        bench.case(case.name, {"groundup": fresh(case)}, asdict(case))
    bench.notes.append(farthest(bench.rows))
    bench.finish(chosen)
    return bench


def farthest(rows: list[dict]) -> str:
    """How far the worst predictions are off."""
    worst = {key: max((row["figures"][key] for row in rows), key=abs) for key in ("off", "peak_off")}
    return f"farthest off: {worst['off']:+.0f} % in seconds, {worst['peak_off']:+.0f} % in peak memory"


if __name__ == "__main__":
    main()

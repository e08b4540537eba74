"""Side by side: contenders take turns, round by round, so that whatever else the machine does hits all alike.

    bench = Bench("pretraining", "one pretraining step", unit="tokens", reference="transformers")
    bench.case("mini, 1 thread", {"groundup": step, "transformers": their_step})
    bench.write()          # benchmarks/results/pretraining.json and .md, and the table on the screen

A contender is a function that does the work once and returns how many units it did (None: only its time counts).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from machine import facts, matmul_rate

RESULTS = Path(__file__).parent / "results"
BUSY = 0.5  # a load average above it at the start is told: somebody else is at work

Contender = Callable[[], float | None]


class Bench:
    """Cases measured in interleaved rounds; `reference` names the contender the others are compared with."""

    def __init__(
        self,
        name: str,
        title: str,
        unit: str = "",
        reference: str = "",
        rounds: int = 7,
        settings: Mapping[str, object] | None = None,
    ):
        self.name, self.title, self.unit, self.reference, self.rounds = name, title, unit, reference, rounds
        self.settings, self.rows, self.machine = dict(settings or {}), [], facts()

    def case(
        self, name: str, contenders: Mapping[str, Contender], facts: Mapping[str, object] | None = None
    ) -> list[dict]:
        """Measure the contenders and print their rows; `facts` (threads, GFLOP per unit ...) go into the JSON."""
        measured = interleave(contenders, self.rounds)
        rows = [
            {"case": name, "contender": contender, **summary(measured, contender, self.reference), **(facts or {})}
            for contender in contenders
        ]
        self.rows += rows
        print(table(rows, self.unit, heading=len(self.rows) == len(rows)), flush=True)
        return rows

    def write(self, folder: Path = RESULTS, rates: Sequence[int] = (1, 2)) -> Path:
        """The JSON file (returned) and the Markdown table beside it; the matrix-multiply rate at `rates` threads."""
        report = {
            "name": self.name,
            "title": self.title,
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "machine": self.machine | {"matmul_gflops": [matmul_rate(threads) for threads in rates]},
            "rounds": self.rounds,
            "unit": self.unit,
            "reference": self.reference,
            "settings": self.settings,
            "rows": self.rows,
        }
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(report, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        text = markdown(report)
        path.with_suffix(".md").write_text(text, encoding="utf-8")
        print(f"\n{text}\nwritten: {path}", flush=True)
        return path


def interleave(contenders: Mapping[str, Contender], rounds: int) -> dict[str, list[tuple[float, float | None]]]:
    """(seconds, units) per contender and round. One round goes before and is not counted; who starts, rotates."""
    names = list(contenders)
    measured: dict[str, list[tuple[float, float | None]]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            started = time.perf_counter()
            units = contenders[name]()
            seconds = time.perf_counter() - started
            if turn:
                measured[name].append((seconds, units))
    return measured


def summary(measured: Mapping[str, list[tuple[float, float | None]]], name: str, reference: str) -> dict:
    """Medians of one contender; `speedup` is the median over rounds of the reference's time over its own, per unit."""
    times = [seconds for seconds, _ in measured[name]]
    rates = [units / seconds for seconds, units in measured[name] if units is not None]
    found = {
        "seconds": statistics.median(times),
        "fastest": min(times),
        "slowest": max(times),
        "rate": statistics.median(rates) if rates else None,
        "speedup": None,
        "rounds": [{"seconds": seconds, "units": units} for seconds, units in measured[name]],
    }
    if reference in measured:
        pairs = zip(measured[name], measured[reference], strict=True)
        found["speedup"] = statistics.median(per_unit(theirs) / per_unit(ours) for ours, theirs in pairs)
    return found


def per_unit(measurement: tuple[float, float | None]) -> float:
    seconds, units = measurement
    return seconds if units is None else seconds / units


def cold(arguments: Sequence[str], threads: int = 1) -> Contender:
    """A contender that starts a fresh process and waits for it: `cold(["-c", "import torch"])` with this Python.

    A process that fails ends the benchmark with what it said.
    """

    def run() -> None:
        environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
        done = subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")

    return run


# Tables


def table(rows: Sequence[Mapping], unit: str, heading: bool = True) -> str:
    """Rows as aligned text."""
    lines = [
        f"{'case':32} {'contender':24} {'median':>10} {'fastest':>10} {unit + '/s' if unit else '':>14} {'speed-up':>9}"
    ]
    for row in rows:
        rate = "" if row["rate"] is None else f"{row['rate']:,.0f}"
        lines.append(
            f"{row['case']:32} {row['contender']:24} {readable(row['seconds']):>10} {readable(row['fastest']):>10} "
            f"{rate:>14} {ratio(row['speedup']):>9}"
        )
    return "\n".join(lines if heading else lines[1:])


def markdown(report: Mapping) -> str:
    """The same for a README: title, table, and what it ran on."""
    unit = f"{report['unit']}/s" if report["unit"] else ""
    columns = ["case", "contender", "median", "fastest", "slowest", *([unit] if unit else []), "speed-up"]
    lines = [f"## {report['title']}", "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for row in report["rows"]:
        times = [readable(row[name]) for name in ("seconds", "fastest", "slowest")]
        rate = ["" if row["rate"] is None else f"{row['rate']:,.0f}"] if unit else []
        lines.append(f"| {' | '.join([row['case'], row['contender'], *times, *rate, ratio(row['speedup'])])} |")
    machine = report["machine"]
    gflops = ", ".join(f"{rate['median']:g} GFLOP/s at {rate['threads']}" for rate in machine["matmul_gflops"])
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    against = f" Speed-up is against {report['reference']}, round by round." if report["reference"] else ""
    lines += [
        "",
        f"Medians of {report['rounds']} interleaved rounds, {report['date']}.{against}",
        f"{machine['cpu']}, {machine['cores']} cores ({', '.join(machine['vector_instructions'])}), "
        f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}; {versions}.",
        f"Matrix multiplication in float32: {gflops} thread(s).",
    ]
    if machine["load"] is not None and machine["load"] > BUSY:
        lines.append(
            f"The machine was busy when this began (load {machine['load']}): times are longer than on an idle one."
        )
    return "\n".join(lines) + "\n"


def ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}x"


def readable(seconds: float) -> str:
    """0.0123 -> '12.3 ms'."""
    if seconds < 1e-3:
        return f"{1e6 * seconds:.1f} us"
    return f"{1e3 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"

"""Side by side: contenders take turns, round by round, so that whatever else the machine does hits all alike.

    bench = Bench("pretraining", "one pretraining step", unit="tokens", reference="transformers")
    bench.case("mini, 1 thread", {"groundup": step, "transformers": their_step})
    bench.write()          # benchmarks/results/pretraining.json and .md, and the table on the screen

A contender is a function that does the work once and returns how many units it did (None: only its time counts), or a
Measurement where it took the time itself or has further figures to tell.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from machine import facts, matmul_rate

RESULTS = Path(__file__).parent / "results"
BUSY = 0.5  # a load average above it at the start is told: somebody else is at work


class Measurement(NamedTuple):
    """What one turn of a contender took, and did. `figures` are further numbers; tables show their medians."""

    seconds: float
    units: float | None = None
    figures: Mapping[str, float] = {}


Contender = Callable[[], float | Measurement | None]


def options(description: str, rounds: int) -> argparse.ArgumentParser:
    """The command line that all scripts share; `description` is the script's docstring."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=rounds, help="counted rounds (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="tiny settings: does it run? Its times mean nothing")
    parser.add_argument("--out", type=Path, help="folder of the results (default: benchmarks/results; --quick: nowhere)")
    return parser


class Bench:
    """Cases measured in interleaved rounds; `reference` names the contender the others are compared with.

    `columns` are further figures to show (figure -> heading), `notes` say under the table what each row is; `warm`
    rounds of each case go before and are not counted.
    """

    def __init__(
        self,
        name: str,
        title: str,
        unit: str = "",
        reference: str = "",
        rounds: int = 7,
        settings: Mapping[str, object] | None = None,
        columns: Mapping[str, str] | None = None,
        notes: Sequence[str] = (),
        warm: int = 1,
    ):
        self.name, self.title, self.unit, self.reference, self.rounds = name, title, unit, reference, rounds
        self.columns, self.notes, self.warm = dict(columns or {}), list(notes), warm
        self.settings, self.rows, self.machine = dict(settings or {}), [], facts()

    def case(self, name: str, contenders: Mapping[str, Contender], facts: Mapping[str, object] | None = None) -> list[dict]:
        """Measure the contenders and print their rows; `facts` (threads, GFLOP per unit ...) go into the JSON."""
        measured = interleave(contenders, self.rounds, self.warm)
        rows = [
            {"case": name, "contender": contender, **summary(measured, contender, self.reference), **(facts or {})}
            for contender in contenders
        ]
        self.rows += rows
        print(table(rows, self.unit, self.columns, heading=len(self.rows) == len(rows)), flush=True)
        return rows

    def finish(self, chosen: argparse.Namespace) -> Path | None:
        """`write` as the command line says; a quick run leaves nothing behind unless it is told where."""
        if chosen.quick and chosen.out is None:
            return None
        return self.write(chosen.out or RESULTS, rates=() if chosen.quick else (1, 2))

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
            "columns": self.columns,
            "notes": self.notes,
            "rows": self.rows,
        }
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(report, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        text = markdown(report)
        path.with_suffix(".md").write_text(text, encoding="utf-8")
        print(f"\n{text}\nwritten: {path}", flush=True)
        return path


def interleave(contenders: Mapping[str, Contender], rounds: int, warm: int = 1) -> dict[str, list[Measurement]]:
    """Measurements per contender, one a round. `warm` rounds go before and are not counted; who starts, rotates."""
    names = list(contenders)
    measured: dict[str, list[Measurement]] = {name: [] for name in names}
    for turn in range(rounds + warm):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            started = time.perf_counter()
            result = contenders[name]()
            seconds = time.perf_counter() - started
            if turn >= warm:
                measured[name].append(result if isinstance(result, Measurement) else Measurement(seconds, result))
    return measured


def summary(measured: Mapping[str, list[Measurement]], name: str, reference: str) -> dict:
    """Medians of one contender; `speedup` is the median over rounds of the reference's time over its own, per unit."""
    mine = measured[name]
    times = [turn.seconds for turn in mine]
    rates = [turn.units / turn.seconds for turn in mine if turn.units is not None]
    found = {
        "seconds": statistics.median(times),
        "fastest": min(times),
        "slowest": max(times),
        "rate": statistics.median(rates) if rates else None,
        "speedup": None,
        "figures": {key: statistics.median(turn.figures[key] for turn in mine) for key in mine[0].figures},
        "rounds": [{"seconds": turn.seconds, "units": turn.units, **turn.figures} for turn in mine],
    }
    if reference in measured:
        pairs = zip(mine, measured[reference], strict=True)
        found["speedup"] = statistics.median(per_unit(theirs) / per_unit(ours) for ours, theirs in pairs)
    return found


def per_unit(turn: Measurement) -> float:
    return turn.seconds if turn.units is None else turn.seconds / turn.units


def cold(arguments: Sequence[str], threads: int = 1, units: float | None = None) -> Contender:
    """A contender that starts a fresh process and waits for it: `cold(["-c", "import torch"])` with this Python.

    Its figures are `cpu`, seconds of processor time, and `peak_mib`, the most memory it held (at least as much as this
    process has held so far: keep this one small). A process that fails ends the benchmark with what it said.
    """

    def run() -> Measurement:
        environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
        with tempfile.TemporaryFile() as said:
            started = time.perf_counter()
            process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=said, stderr=said)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                message = said.read().decode(errors="replace")[-2000:]
                raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}:\n{message}")
        kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
        return Measurement(seconds, units, {"cpu": usage.ru_utime + usage.ru_stime, "peak_mib": kilobytes / 1024})

    return run


# Tables


def table(rows: Sequence[Mapping], unit: str, columns: Mapping[str, str] | None = None, heading: bool = True) -> str:
    """Rows as aligned text."""
    columns = columns or {}
    rate = unit + "/s" if unit else ""
    further = "".join(f" {title:>14}" for title in columns.values())
    lines = [f"{'case':36} {'contender':34} {'median':>9} {'fastest':>9} {rate:>14} {'speed-up':>9}{further}"]
    for row in rows:
        rate = "" if row["rate"] is None else f"{row['rate']:,.0f}"
        further = "".join(f" {figure(row['figures'].get(key)):>14}" for key in columns)
        lines.append(
            f"{row['case']:36} {row['contender']:34} {readable(row['seconds']):>9} {readable(row['fastest']):>9} "
            f"{rate:>14} {ratio(row['speedup']):>9}{further}"
        )
    return "\n".join(lines if heading else lines[1:])


def markdown(report: Mapping) -> str:
    """The same for a README: title, table, what the rows are, and what it ran on."""
    unit, further = f"{report['unit']}/s" if report["unit"] else "", report["columns"]
    columns = ["case", "contender", "median", "fastest", "slowest", *([unit] if unit else []), "speed-up", *further.values()]
    lines = [f"## {report['title']}", "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for row in report["rows"]:
        times = [readable(row[name]) for name in ("seconds", "fastest", "slowest")]
        rate = ["" if row["rate"] is None else f"{row['rate']:,.0f}"] if unit else []
        figures = [figure(row["figures"].get(key)) for key in further]
        cells = [row["case"], row["contender"], *times, *rate, ratio(row["speedup"]), *figures]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *(f"- {note}" for note in report["notes"])] if report["notes"] else []
    machine = report["machine"]
    gflops = ", ".join(f"{rate['median']:g} GFLOP/s at {rate['threads']}" for rate in machine["matmul_gflops"])
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    against = f" Speed-up is against {report['reference']}, round by round." if report["reference"] else ""
    lines += [
        "",
        f"Medians of {report['rounds']} interleaved round(s), {report['date']}.{against}",
        f"{machine['cpu']}, {machine['cores']} cores ({', '.join(machine['vector_instructions'])}), "
        f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}; {versions}.",
    ]
    if gflops:
        lines.append(f"Matrix multiplication in float32: {gflops} thread(s).")
    if machine["load"] is not None and machine["load"] > BUSY:
        lines.append(f"The machine was busy when this began (load {machine['load']}): times are longer than on an idle one.")
    return "\n".join(lines) + "\n"


def figure(value: float | None) -> str:
    """Three digits that count: 0.618, 12.3, 1,234."""
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}x"


def readable(seconds: float) -> str:
    """0.0123 -> '12.3 ms'."""
    if seconds < 1e-3:
        return f"{1e6 * seconds:.1f} us"
    return f"{1e3 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"

"""The most memory that `groundup prepare` holds on once, ten times and a hundred times the text: is it flat?"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import inputs
from rounds import Bench, Contender, Measurement, cold, options

CHARACTERS = 1_000_000
NOTES = (
    "groundup prepare: the defaults, in one process: cleaning, exact and near duplicates of documents, a tokenizer of 8,192 "
    "entries, which is trained on 100 MB at most and counts their words",
    "groundup prepare, repeats kept: without the search for duplicates, which remembers about half a kilobyte a document",
    "the text is drawn by Zipf's law from 200,000 words, as jsonl, 700 words a document; a longer text begins with the "
    "shorter one; each row is a fresh process",
)
KEEPING = ("--dedup.exact", "false", "--dedup.near", "false")


def prepare(source: Path, out: Path, further: tuple[str, ...] = ()) -> Contender:
    """A fresh process that prepares the file; what it made is removed."""
    command = str(Path(sys.executable).with_name("groundup"))
    work = cold(
        [command, "prepare", "--source", str(source), "--out", str(out), "--threads", "1", "--quiet", *further],
        units=source.stat().st_size / 1000,
    )

    def turn() -> Measurement:
        measured = work()
        assert isinstance(measured, Measurement)
        shutil.rmtree(out)
        return measured

    return turn


def main(arguments: list[str] | None = None) -> Bench:
    parser = options(__doc__, rounds=1)
    parser.add_argument(
        "--sizes",
        nargs="+",
        type=int,
        default=[1, 10, 100],
        help="times a million characters; 1000 is 1 GB, 10000 is 10 GB and takes an hour: defaults alone (default: 1 10 100)",
    )
    chosen = parser.parse_args(arguments)
    unit = CHARACTERS
    if chosen.quick:
        chosen.sizes, unit = [1, 3], 60_000
    bench = Bench(
        "prepare_memory",
        "Memory while preparing ever more text",
        unit="kB",
        rounds=chosen.rounds,
        columns={"cpu": "processor s", "peak_mib": "peak MiB"},
        notes=NOTES,
        settings={"characters": unit, "sizes": chosen.sizes},
        warm=0,
    )
    with tempfile.TemporaryDirectory() as scratch:
        for times in chosen.sizes:
            source, out = inputs.write_documents(Path(scratch) / "text.jsonl", times * unit), Path(scratch) / "data"
            rows = {"groundup prepare": prepare(source, out)}
            if times <= 1000:
                rows["groundup prepare, repeats kept"] = prepare(source, out, KEEPING)
            bench.case(f"{times}x, {source.stat().st_size / 1e6:.1f} MB", rows, {"times": times})
    bench.notes += growth(bench.rows)
    bench.finish(chosen)
    return bench


def growth(rows: list[dict]) -> list[str]:
    """How much more the last size takes than the first, per contender."""
    found = []
    for name in dict.fromkeys(row["contender"] for row in rows):
        first, *_, last = [row for row in rows if row["contender"] == name]
        peaks = [row["figures"]["peak_mib"] for row in (first, last)]
        found.append(
            f"{name}: {peaks[1] / peaks[0]:.2f} times the memory ({peaks[1] - peaks[0]:+.0f} MiB) "
            f"for {last['times'] / first['times']:g} times the text"
        )
    return found


if __name__ == "__main__":
    main()

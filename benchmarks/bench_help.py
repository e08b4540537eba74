"""How long one waits for help: `groundup --help` and `groundup pretrain --help`, beside a Python that does nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from rounds import Bench, cold, options

NOTES = (
    "each row is a fresh process; python -c pass is the floor",
    "processor s: user and system time of the process",
)


def main(arguments: list[str] | None = None) -> Bench:
    chosen = options(__doc__, rounds=15).parse_args(arguments)
    rounds = 5 if chosen.quick else chosen.rounds
    command = str(Path(sys.executable).with_name("groundup"))
    bench = Bench(
        "help",
        "Help from the command line",
        reference="python -c pass",
        rounds=rounds,
        columns={"cpu": "processor s"},
        notes=NOTES,
    )
    bench.case(
        "help",
        {
            "groundup --help": cold([command, "--help"]),
            "groundup --version": cold([command, "--version"]),
            "groundup pretrain --help": cold([command, "pretrain", "--help"]),
            "python -c pass": cold(["-c", "pass"]),
        },
    )
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()

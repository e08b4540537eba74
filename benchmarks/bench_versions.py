"""Two checkouts of groundup side by side: the weights that small trainings end with, and processor seconds of an epoch.

`--other PATH` is the checkout to compare with. Each command runs in a process of its own, in turns. Seconds are those between
the first update and the last.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from rounds import Bench, Contender, Measurement, cold, options
from small_trainings import NEW, PREPARED, TRAININGS, SmallTraining, fingerprints, line_of, same_weights, slug, write_inputs

HERE = Path(__file__).parents[1]
STEPS, EPOCH = 6, 60  # updates of a training that is compared; of the epoch that is measured
START = "import sys; sys.path.insert(0, {source!r}); from groundup.cli import main; sys.exit(main({arguments!r}))"
WATCHED = """import sys, time; sys.path.insert(0, {source!r})
import torch
backward, seconds = torch.Tensor.backward, []
def timed(*given, **named):
    seconds.append(time.process_time())
    return backward(*given, **named)
torch.Tensor.backward = timed
from groundup.cli import main
code = main({arguments!r})
open({told!r}, 'w').write(repr(seconds[-1] - seconds[0]))
sys.exit(code)
"""
TIMED = ("classification", "classification, paper", "masked")
NOTES = (
    "seconds of processor time from the first backward pass to the 61st, of 8 rows each, with evaluations",
    "weights: SHA-256 of every tensor of the model folder",
)


def code(checkout: Path, arguments: list[str]) -> list[str]:
    return ["-c", START.format(source=str(checkout / "src"), arguments=arguments)]


def perform(checkout: Path, arguments: list[str]) -> None:
    """Run one command of a checkout; RuntimeError with what it said where it fails."""
    cold(code(checkout, arguments))()


def same_bits(
    checkouts: dict[str, Path], homes: dict[str, Path], trainings: tuple[SmallTraining, ...], threads: int
) -> list[str]:
    """The trainings that end with other weights, or that one of the checkouts does not do."""
    wrong = []
    for one in trainings:
        found = {}
        for name, checkout in checkouts.items():
            try:
                perform(checkout, line_of(one, homes[name], homes[name] / "runs", STEPS, threads=threads))
                found[name] = fingerprints(homes[name] / "runs" / slug(one.name) / "model")
            except RuntimeError as error:
                found[name] = {}
                print(f"{one.name}, {name}: {error}")
        first, second = found.values()
        same = same_weights(first, second)
        print(f"{one.name:24} {len(first):3} tensors  {'the same weights' if same else 'OTHER WEIGHTS'}", flush=True)
        wrong += [] if same else [one.name]
    return wrong


def epoch(checkout: Path, home: Path, one: SmallTraining, steps: int) -> Contender:
    """Processor seconds of `steps` updates after the first."""

    def turn() -> Measurement:
        with tempfile.TemporaryDirectory(dir=home / "runs") as scratch:
            told = Path(scratch) / "seconds"
            arguments = line_of(one, home, home / "runs", steps + 1, name=f"{Path(scratch).name}/run")
            cold(["-c", WATCHED.format(source=str(checkout / "src"), arguments=arguments, told=str(told))])()
            return Measurement(float(told.read_text()), steps)

    return turn


def version_of(checkout: Path) -> str:
    told = subprocess.run(["git", "-C", str(checkout), "log", "-1", "--format=%h"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or checkout.name


def main(arguments: list[str] | None = None) -> Bench | None:
    parser = options(__doc__, rounds=20)
    parser.add_argument("--other", type=Path, default=HERE, help="checkout to compare with (default: this one)")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2], help="of the trainings whose weights are compared")
    parser.add_argument("--trainings", nargs="+", default=TIMED, help="those whose seconds are measured (default: %(default)s)")
    parser.add_argument("--bits", action="store_true", help="compare weights, and measure no seconds")
    chosen = parser.parse_args(arguments)
    trainings = TRAININGS + (NEW if chosen.other.resolve() == HERE else ())
    if chosen.quick:
        chosen.rounds, chosen.threads, trainings = 1, [1], TRAININGS[:1]
        chosen.trainings = [trainings[0].name]
    checkouts = {"this": HERE, "other": chosen.other.resolve()}
    title = f"Two versions: {version_of(HERE)} and {version_of(chosen.other)}"
    bench = Bench("versions", title, unit="updates", reference="other", rounds=chosen.rounds, notes=NOTES)
    with tempfile.TemporaryDirectory() as scratch:
        homes = {name: Path(scratch) / name for name in checkouts}
        for name, home in homes.items():
            write_inputs(home)
            (home / "runs").mkdir()
            for line in PREPARED[: 1 if chosen.quick else 2]:
                perform(checkouts[name], [word.format(home=home) for word in line])
        wrong = {}
        for threads in reversed(chosen.threads):
            for home in homes.values():
                (home / "runs").rename(home / f"runs-{len(list(home.iterdir()))}")
                (home / "runs").mkdir()
            wrong[threads] = same_bits(checkouts, homes, trainings, threads)
        bench.settings["other weights"] = {str(threads): names for threads, names in wrong.items()}
        if not chosen.bits:
            for one in TRAININGS:
                if one.name in chosen.trainings:
                    turns = {name: epoch(checkouts[name], homes[name], one, 2 if chosen.quick else EPOCH) for name in checkouts}
                    bench.case(one.name, turns)
            bench.finish(chosen)
    if any(wrong.values()):
        print(
            "other weights: " + "; ".join(f"{threads} threads: {', '.join(names)}" for threads, names in wrong.items() if names)
        )
    return bench


if __name__ == "__main__":
    main()

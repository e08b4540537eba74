"""Small trainings of every sort end with the same weights on two runs of as many threads, and after an interruption."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from small_trainings import NEW, PREPARED, TRAININGS, fingerprints, line_of, same_weights, slug, write_inputs

from groundup.cli import main

pytest.importorskip("PIL.Image")
pytestmark = pytest.mark.slow
STEPS = 6
BY_NAME = {one.name: one for one in (*TRAININGS, *NEW)}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("same") / "home"
    write_inputs(home)
    for line in PREPARED:
        assert main([word.format(home=home) for word in line]) == 0
    return home


def train(arguments: list[str]) -> None:
    """A training in a process of its own, as people start them."""
    code = f"import sys; from groundup.cli import main; sys.exit(main({arguments!r}))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert child.returncode in (0, 3), child.stderr


def weights(home: Path, name: str, runs: str, threads: int = 1) -> dict[str, str]:
    """Fingerprints of a training's model in a folder of runs; it is trained once, and first what it begins with."""
    one = BY_NAME[name]
    if one.start:
        weights(home, one.start, runs, threads)
    model = home / runs / slug(name) / "model"
    if not model.is_dir():
        train(line_of(one, home, home / runs, STEPS, threads=threads))
    return fingerprints(model)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", BY_NAME)
def test_a_training_ends_with_the_same_weights_twice(name, threads, home):
    assert same_weights(weights(home, name, f"first-{threads}", threads), weights(home, name, f"again-{threads}", threads))


@pytest.mark.parametrize("name", BY_NAME)
def test_another_seed_gives_other_weights(name, home):
    """What is compared hangs on the training, and is not always the same."""
    first = weights(home, name, "first-1")
    train(line_of(BY_NAME[name], home, home / "first-1", STEPS, name=f"{slug(name)}-seed", seed=1))
    assert not same_weights(first, fingerprints(home / "first-1" / f"{slug(name)}-seed" / "model"))


@pytest.mark.parametrize("name", ["masked", "classification", "images", "cells", "table", "text, image and table"])
def test_a_training_that_was_stopped_goes_on_to_the_same_weights(name, home):
    """Stopped by a signal when its first checkpoint stands, in a process of its own."""
    first = weights(home, name, "first-1")
    arguments = line_of(BY_NAME[name], home, home / "first-1", STEPS, name=f"{slug(name)}-stopped")
    stop = (
        "import os, signal, sys; from groundup.train import run; from groundup.cli import main; save = run.save_checkpoint\n"
        "def once(*given, **named):\n    save(*given, **named); os.kill(os.getpid(), signal.SIGKILL)\n"
        f"run.save_checkpoint = once; sys.exit(main({arguments!r}))"
    )
    assert subprocess.run([sys.executable, "-c", stop], check=False).returncode == -9
    assert not (home / "first-1" / f"{slug(name)}-stopped" / "model").exists()
    train(arguments)
    assert same_weights(first, fingerprints(home / "first-1" / f"{slug(name)}-stopped" / "model"))

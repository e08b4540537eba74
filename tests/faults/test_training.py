"""Killed anywhere, a run goes on and ends with the same bytes."""

import shutil
from pathlib import Path

import pytest
import torch

import groundup
from groundup.commands.pretrain import story as pretraining
from groundup.data.batches.pairs import Pairs
from groundup.nn.model import Model
from groundup.runs import RunFolder
from groundup.train import run as training_run
from groundup.train.adamw import AdamW
from tests.faults.harness import KILLED, forked, kill_at, operations_of, state_of

pytestmark = pytest.mark.forks

STEPS = 12
PHASES = {
    "fetch": (Pairs, "batch"),
    "forward": (Model, "forward"),
    "backward": (torch.Tensor, "backward"),
    "optimizer": (AdamW, "step"),
    "log": (training_run, "log_step"),
    "evaluate": (pretraining, "evaluate"),
    "save": (training_run, "save_checkpoint"),
    "retention": (RunFolder, "retain"),
    "publish": (pretraining, "publish"),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A small data folder, made in a child: the parent stays free of threads."""
    place = tmp_path_factory.mktemp("text")
    words = "the a small large fox dog house river 天 地 人 好 runs sees likes hides and then".split()
    documents = [
        "\n\n".join(
            " ".join(words[(d * 7 + p * 3 + w * w) % len(words)] for w in range(9)).capitalize()
            + ". "
            + " ".join(words[(d + p * 5 + w) % len(words)] for w in range(7)).capitalize()
            + "."
            for p in range(6)
        )
        for d in range(60)
    ]
    (place / "text").mkdir()
    for number, document in enumerate(documents):
        (place / "text" / f"{number:02d}.txt").write_text(document, "utf-8")
    settings = {"tokenizer": {"vocab_size": 120}, "dedup": {"near": False}, "quiet": True}
    assert forked(lambda: groundup.prepare(source=str(place / "text"), out=str(place / "data"), **settings)) == 0
    return place / "data"


def train(data: Path, out: Path, **settings):
    torch.set_num_threads(1)
    return groundup.pretrain(
        data=str(data),
        out=str(out),
        preset="tiny",
        steps=STEPS,
        save_every=3,
        length=32,
        batch_size=4,
        num_evaluations=3,
        evaluation_examples=8,
        dropout=0.1,
        quiet=True,
        **settings,
    )


@pytest.fixture(scope="module")
def reference(data, tmp_path_factory) -> tuple[str, int]:
    """The state that every run must end with, and the number of operations of an undisturbed run."""
    place = tmp_path_factory.mktemp("reference")
    count = operations_of(lambda: train(data, place / "run"), place / "count")
    return state_of(place / "run"), count


def test_two_runs_are_the_same_run(data, reference, tmp_path):
    assert forked(lambda: train(data, tmp_path / "run")) == 0
    assert state_of(tmp_path / "run") == reference[0]


@pytest.mark.parametrize("phase", PHASES)
def test_killed_in_a_phase_a_run_ends_with_the_same_bytes(phase, data, reference, tmp_path):
    numbers = {"publish": [1], "evaluate": [2], "save": [2, 4], "retention": [2], "log": [8]}.get(phase, [8])
    for number in numbers:
        out = tmp_path / str(number)
        owner, name = PHASES[phase]
        status = forked(lambda out=out: train(data, out), before=kill_at(owner, name, number))
        assert status in (KILLED, 0), "a phase that is not reached proves nothing"
        assert forked(lambda out=out: train(data, out)) == 0
        assert state_of(out) == reference[0], number


def sampled(count: int, every: int) -> list[int]:
    return [*range(1, count, every), count]


def check_operation(at: int, act: str, data: Path, state: str, tmp_path: Path) -> int:
    out = tmp_path / "run"
    shutil.rmtree(out, ignore_errors=True)
    status = forked(lambda: train(data, out), at, act)
    assert forked(lambda: train(data, out)) in (0, 3), (at, act)
    assert state_of(out) == state, (at, act)
    assert not list(out.rglob(".tmp-*")), (at, act)
    return status


def test_killed_at_sampled_operations_a_run_ends_with_the_same_bytes(data, reference, tmp_path):
    state, count = reference
    assert count >= 150
    for i, at in enumerate(sampled(count, count // 7)):
        assert check_operation(at, ("kill before", "kill after")[i % 2], data, state, tmp_path) == KILLED


def test_a_disk_that_fails_at_sampled_operations_costs_no_step(data, reference, tmp_path):
    state, count = reference
    statuses = [
        check_operation(at, ("full", "broken", "short")[i % 3], data, state, tmp_path)
        for i, at in enumerate(sampled(count, count // 6))
    ]
    assert set(statuses) <= {0, 74, 1}


@pytest.mark.slow
@pytest.mark.parametrize("act", ["kill before", "kill after", "full", "broken", "short"])
def test_a_fault_at_every_operation_costs_no_step(act, data, reference, tmp_path):
    state, count = reference
    for at in range(1, count + 1):
        check_operation(at, act, data, state, tmp_path)


def test_killed_again_while_it_recovers_a_run_ends_with_the_same_bytes(data, reference, tmp_path):
    state, count = reference
    out = tmp_path / "run"
    for at in (count // 2, 3, 20):
        assert forked(lambda: train(data, out), at, "kill after") == KILLED
    assert forked(lambda: train(data, out)) == 0
    assert state_of(out) == state

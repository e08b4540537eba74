"""A fault at every operation of a save with its tidying: the previous or the new checkpoint loads, and the next save works."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from groundup.manifest import verify_folder
from groundup.runs import RunFolder
from groundup.train.adamw import AdamW
from groundup.train.checkpoint import State, load_checkpoint, save_checkpoint
from tests.faults.harness import ACTS, KILLED, forked, operations_of, state_of
from tests.faults.test_training import data, reference, train  # noqa: F401  (fixtures)

pytestmark = pytest.mark.forks


def save(out: Path, step: int) -> None:
    """The run's next save: weights that tell the step, then the older checkpoints go. Step 1 is the best and stays."""
    torch.set_num_threads(1)
    model = nn.Linear(3, 2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(float(step))
    with RunFolder.open(out, {"seed": 0}) as run:
        state = State(step=step, best_step=1)
        if newest := run.newest():
            assert load_checkpoint(newest, nn.Linear(3, 2), AdamW(model.named_parameters())).step <= step
        run.events.append({"step": step})
        save_checkpoint(run, model, AdamW(model.named_parameters()), state)
        run.retain(keep=2, pinned={1})


def names(out: Path) -> list[str]:
    return sorted(path.name for path in (out / "checkpoints").iterdir())


@pytest.fixture
def older(tmp_path) -> Path:
    """A run with the steps 1, 2 and 3 saved; the next save discards step 2."""
    for step in (1, 2, 3):
        assert forked(lambda step=step: save(tmp_path / "older", step)) == 0
    return tmp_path / "older"


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_after_a_fault_at_every_operation_of_a_save_the_previous_or_the_new_checkpoint_is_newest(every, older, tmp_path):
    def copy(name: str) -> Path:
        return Path(shutil.copytree(older, tmp_path / name))

    counted = copy("counted")
    count = operations_of(lambda: save(counted, 4), tmp_path / "count")
    landed, tried = dict.fromkeys(ACTS, 0), dict.fromkeys(ACTS, 0)
    for i, act in enumerate(ACTS):
        for at in range(1 + i % every, count + 1, every):
            out = copy(f"{act}-{at}")
            status = forked(lambda out=out: save(out, 4), at, act)
            assert status in {"kill before": {KILLED}, "kill after": {KILLED}, "short": {0}}.get(act, {0, 74}), (act, at)
            landed[act] += status != 0
            whole = [name for name in names(out) if name.startswith("step-")]
            assert all(verify_folder(out / "checkpoints" / name) == [] for name in whole), (act, at)
            assert "step-00000001" in whole, (act, at)
            assert whole[-1] in ("step-00000003", "step-00000004"), (act, at)
            assert len(whole) >= 3, (act, at)
            assert forked(lambda out=out: save(out, 5)) == 0, (act, at)
            assert "step-00000005" in names(out), (act, at)
            shutil.rmtree(out)
            tried[act] += 1
    print(landed)
    assert count >= 30
    assert landed["kill before"] == tried["kill before"]
    assert landed["kill after"] == tried["kill after"]
    assert landed["full"] >= tried["full"] - 1


def poison(at: int) -> Callable[[], None]:
    """Makes a weight of the child NaN in update number `at`, behind the back of loss and gradient."""

    def prepare() -> None:
        step = AdamW.step

        def poisoned(self: AdamW, number: int, learning_rate: float) -> None:
            step(self, number, learning_rate)
            if number == at:
                with torch.no_grad():
                    self.parameters[3].view(-1)[1] = float("nan")

        AdamW.step = poisoned  # ty: ignore[invalid-assignment]

    return prepare


def test_weights_that_are_not_finite_are_never_saved(data, reference, tmp_path):  # noqa: F811
    out = tmp_path / "run"
    assert forked(lambda: train(data, out), before=poison(6)) == 4
    assert "step-00000006" not in names(out)
    assert "step-00000004" in names(out)
    assert forked(lambda: train(data, out)) == 0
    assert state_of(out) == reference[0]


def room_for(bytes_free: Callable[[int], int]) -> Callable[[], None]:
    """Makes the system tell the child that this much is free, by the number of the question (the first is 1)."""

    def prepare() -> None:
        asked = itertools.count(1)
        shutil.disk_usage = lambda path: SimpleNamespace(free=bytes_free(next(asked)))  # ty: ignore[invalid-assignment]

    return prepare


def checkpoint_bytes(reference_run: Path) -> int:
    return sum(p.stat().st_size for p in max((reference_run / "checkpoints").glob("step-*")).glob("*.safetensors"))


def test_a_run_whose_checkpoints_do_not_fit_is_refused_before_its_first_step(data, tmp_path):  # noqa: F811
    assert forked(lambda: train(data, tmp_path / "whole")) == 0
    size = checkpoint_bytes(tmp_path / "whole")
    out = tmp_path / "run"
    assert forked(lambda: train(data, out), before=room_for(lambda number: 6 * size - 100_000)) == 74
    assert (out / "events.jsonl").read_bytes() == b""
    assert not (out / "checkpoints").exists()
    assert forked(lambda: train(data, out), before=room_for(lambda number: 6 * size)) == 0


def test_a_save_that_does_not_fit_is_left_out_and_the_third_in_a_row_ends_the_run(data, reference, tmp_path):  # noqa: F811
    once, full = tmp_path / "once", tmp_path / "full"
    assert forked(lambda: train(data, once), before=room_for(lambda number: 0 if number == 3 else 2**40)) == 0
    assert state_of(once) == reference[0]
    assert forked(lambda: train(data, full), before=room_for(lambda number: 0 if number > 2 else 2**40)) == 74
    assert names(full) == ["step-00000003"]
    assert forked(lambda: train(data, full)) == 0
    assert state_of(full) == reference[0]

"""A fault at every operation of a save with its tidying: the previous or the new checkpoint loads, and the next save works."""

import shutil
from pathlib import Path

import pytest
import torch
from torch import nn

from groundup.folders import verify_folder
from groundup.runs import RunFolder
from groundup.train.checkpoint import State, load_checkpoint, save_checkpoint
from groundup.train.optimizer import AdamW
from tests.faults.harness import ACTS, KILLED, forked, operations_of

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


def test_after_a_fault_at_every_operation_of_a_save_the_previous_or_the_new_checkpoint_is_newest(older, tmp_path):
    def copy(name: str) -> Path:
        return Path(shutil.copytree(older, tmp_path / name))

    counted = copy("counted")
    count = operations_of(lambda: save(counted, 4), tmp_path / "count")
    landed = dict.fromkeys(ACTS, 0)
    for act in ACTS:
        for at in range(1, count + 1):
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
    print(landed)
    assert count >= 30
    assert landed["kill before"] == landed["kill after"] == count
    assert landed["full"] >= count - 1

"""Killed anywhere, learning a table, and pretraining on its cells, go on and end with the same bytes and figures."""

import json
import random
from pathlib import Path

import pytest
import torch

import groundup
from groundup.commands.finetune import story as finetuning
from groundup.commands.pretrain import story as pretraining
from groundup.nn.model import Model
from groundup.train import run as training_run
from groundup.train.adamw import AdamW
from tests.faults.harness import KILLED, forked, kill_at, state_of

pytestmark = [pytest.mark.forks, pytest.mark.slow]
STEPS = 12
KILLS = {
    "first forward pass": (Model, "forward", 1),
    "backward pass": (torch.Tensor, "backward", 8),
    "update": (AdamW, "step", 11),
    "checkpoint": (training_run, "save_checkpoint", 2),
}


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    """Numbers, categories, dates and gaps, with a label that two of them tell."""
    draw, path = random.Random(5), tmp_path_factory.mktemp("table") / "rows.csv"
    lines = ["size,colour,day,label"]
    for number in range(150):
        size, colour = draw.gauss(0, 1), draw.choice(("red", "blue", ""))
        label = "yes" if size + (colour == "red") > 0.3 else "no"
        cell = "" if number % 9 == 0 else f"{size:.3f}"
        lines.append(f"{cell},{colour},2020-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d},{label}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def finetune(table: Path, out: Path) -> object:
    torch.set_num_threads(1)
    settings = {"steps": STEPS, "batch_size": 16, "num_evaluations": 4, "patience": 50, "baselines": False, "quiet": True}
    return groundup.finetune(data=str(table), table_column=["*"], label_column="label", out=str(out), **settings)


def pretrain(table: Path, out: Path) -> object:
    torch.set_num_threads(1)
    settings = {"preset": "micro", "steps": STEPS, "save_every": 3, "batch_size": 16, "num_evaluations": 3, "quiet": True}
    columns = {"table_column": ["*"], "leave_out": ["label"]}
    return groundup.pretrain(data=str(table), objective="cells", out=str(out), **columns, **settings)


TRAININGS = {"finetune": (finetune, finetuning), "pretrain": (pretrain, pretraining)}


@pytest.fixture(scope="module")
def undisturbed(table, tmp_path_factory) -> dict[str, Path]:
    """Runs that nothing stopped."""
    home = tmp_path_factory.mktemp("undisturbed")
    for name, (train, _) in TRAININGS.items():
        assert forked(lambda train=train, name=name: train(table, home / name)) == 0
    return {name: home / name for name in TRAININGS}


def figures(run: Path) -> dict:
    """Of the report what does not hang on the clock."""
    report = json.loads((run / "report.json").read_text("utf-8"))
    return {name: report[name] for name in ("accuracy", "rows", "verdict", "decisions")}


@pytest.mark.parametrize("training", TRAININGS)
@pytest.mark.parametrize("kill", [*KILLS, "publishing"])
def test_a_run_that_was_killed_ends_with_the_same_bytes_and_figures(training, kill, table, undisturbed, tmp_path):
    train, story = TRAININGS[training]
    owner, name, number = KILLS.get(kill, (story, "publish", 1))
    run = tmp_path / "run"
    assert forked(lambda: train(table, run), before=kill_at(owner, name, number)) == KILLED
    assert not (run / "model").exists()
    assert forked(lambda: train(table, run)) == 0
    assert state_of(run) == state_of(undisturbed[training])
    assert training == "pretrain" or figures(run) == figures(undisturbed[training])

"""Values that are decided where a user says nothing: one place decides them, and what is kept and said is what was used."""

import json

import pytest

from groundup.cli import main
from groundup.commands.shared.resolving import LATER
from groundup.families.presets import PRESETS
from groundup.runs import RunFolder
from groundup.train.hyperparameters import (
    Hyperparameters,
    finetuning_hyperparameters,
    summary_line,
    summary_lines,
    with_overrides,
)
from groundup.train.run import Plan
from groundup.train.settings import OptimizerSettings

USUAL = Hyperparameters(1e-3, 0.1, 0.0, 0.01, 0.999, 1e-8, True)


@pytest.mark.parametrize(("width", "rate"), [(64, 5e-4), (384, 2e-4), (768, 2e-4 * 0.5**1.5)])
def test_the_rate_of_fine_tuning_falls_with_the_width_from_a_highest(width, rate):
    assert finetuning_hyperparameters(OptimizerSettings(), width).learning_rate == pytest.approx(rate)
    assert finetuning_hyperparameters(OptimizerSettings(), width, lora=True).learning_rate == pytest.approx(5 * rate)
    assert finetuning_hyperparameters(OptimizerSettings(learning_rate=3e-5), width, lora=True).learning_rate == 3e-5


def test_what_the_user_says_takes_the_place_of_what_is_usual_even_where_it_is_zero():
    chosen = OptimizerSettings(method="muon", weight_decay=0.0, warmup=0.0, beta2=0.95, bias_correction=False, clip=0.5)
    assert with_overrides(chosen, USUAL) == Hyperparameters(1e-3, 0.0, 0.0, 0.0, 0.95, 1e-8, False, method="muon", clip=0.5)
    assert with_overrides(OptimizerSettings(), USUAL) == USUAL


def test_a_training_is_told_in_one_line():
    resolved = {
        "optimizer": {**vars(USUAL), "learning_rate": 4.8e-4},
        "steps": 150,
        "batch_size": 32,
        "unit": "rows",
        "epochs": 0.6,
        "precision": "float32",
    }
    assert summary_line(resolved) == (
        "AdamW, peak learning rate 0.00048, 10% warm-up, linear decay; 150 steps of 32 rows = 0.6 epochs; float32"
    )
    assert summary_lines(resolved | {"seed": 3, "threads": 1, "tokens_per_batch": 1200}) == [
        "AdamW, peak learning rate 0.00048, 10% warm-up, linear decay, betas 0.9 and 0.999, weight decay 0.01, clip 1",
        "150 steps of 32 rows (about 1,200 tokens) = 0.6 epochs; float32; seed 3; 1 thread",
    ]


@pytest.mark.parametrize(("steps", "every"), [(1, 1), (10, 3), (11, 3), (100, 10), (7, 7), (5, 4), (12, 5)])
def test_the_number_of_evaluations_is_counted_as_they_happen(steps, every):
    plan = Plan(steps=steps, log_every=1, evaluate_every=every, save_every=1)
    assert plan.num_evaluations == sum(plan.should_evaluate(step) for step in range(1, steps + 1))


def test_a_run_of_an_older_version_gets_its_values_and_a_run_that_goes_on_keeps_those_it_began_with(tmp_path):
    first = {"optimizer": vars(USUAL), "threads": 2}
    with RunFolder.open(tmp_path / "run", {"seed": 1}) as run:
        run.plan(lambda: {"steps": 3})
        assert run.resolved == {}
        assert run.resolve(first) == first
        assert run.resolve({"optimizer": vars(USUAL), "threads": 4}) == first  # another machine is no other run
        assert run.reservations == []
        assert run.resolve({"optimizer": {**vars(USUAL), "learning_rate": 5e-3}, "threads": 2}) == first
        assert run.reservations == ["the run began with other values of the optimizer: learning_rate 0.001 -> 0.005"]
    kept = json.loads((tmp_path / "run" / "run.json").read_text())
    assert kept == {"settings": {"seed": 1}, "plan": {"steps": 3}, "resolved": first}
    with RunFolder.open(tmp_path / "run", {"seed": 1}) as run:  # what was resolved is not compared
        assert run.resolved == first


def dry(capsys, *words):
    capsys.readouterr()
    assert main([*map(str, words), "--dry-run"]) == 0
    return [line.removeprefix("# ") for line in capsys.readouterr().out.split("\n") if line.startswith("# ")]


def test_a_dry_run_says_the_values_that_are_decided(capsys, tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text('{"d_model": 768}')
    tuned = dry(
        capsys, "finetune", "--model", tmp_path / "m", "--data", "d", "--out", "o", "--text_column", "t", "--steps", 150
    )
    assert tuned[0] == "resolved: AdamW, peak learning rate 7.07e-05, 10% warm-up, linear decay"
    assert tuned[1] == (
        "resolved: warmup 0.1, decay_start 0, weight_decay 0.01, beta2 0.999, epsilon 1e-08, "
        "bias_correction true, beta1 0.9, clip 1"
    )
    assert tuned[2].startswith("resolved: 150 steps of 32 rows")
    held = dry(
        capsys,
        "finetune",
        "--model",
        tmp_path / "m",
        "--data",
        "d",
        "--out",
        "o",
        "--text_column",
        "t",
        "--regularize.method",
        "l2_sp",
    )
    assert "weight_decay 0," in held[1]
    assert (
        held[2] == f"{LATER} the number of steps of 32 rows, by the number of training rows (5 epochs, and at least 600 steps)"
    )


def test_a_dry_run_says_what_cannot_be_known_yet(capsys):
    lines = dry(capsys, "glue", "--model", "nowhere", "--data", "d", "--out", "o", "--epochs", 2)
    assert lines == [
        f"{LATER} the learning rate, of the width of nowhere, which has no config.json to read",
        f"{LATER} the number of steps of 32 rows, by the number of training rows (2 epochs)",
    ]


@pytest.mark.parametrize(("preset", "rate"), [("tiny", 4e-3 * 0.5**0.5), ("small", 1e-3 * 0.5**0.5)])
def test_a_dry_run_of_pretraining_has_the_rate_of_the_preset(preset, rate, capsys):
    lines = dry(capsys, "pretrain", "--data", "d", "--out", "o", "--steps", 7, "--preset", preset)
    assert lines[0] == f"resolved: AdamW, peak learning rate {rate:.3g}, 2% warm-up, linear decay from 45% on"
    assert PRESETS[preset].hidden_size in (128, 512)
    assert lines[3].startswith("resolved: 7 steps")

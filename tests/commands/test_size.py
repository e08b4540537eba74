import json
import re

import pytest

from groundup.families import checkpoint, presets
from groundup.nn.model import Model
from groundup.train.settings import count_of
from tests.commands.life import groundup


def size(capsys, *words):
    """The figures, and the lines for people."""
    assert groundup("size", "--debug", *words) == 0
    out = capsys.readouterr().out
    start = out.index("{\n")
    return json.loads(out[start:]), out[:start]


@pytest.mark.parametrize("regime", ["fast", "paper"])
def test_parameters_are_those_of_the_model_that_would_be_built(capsys, regime):
    facts, lines = size(capsys, "--preset", "mini", "--regime", regime, "--vocab_size", 301)
    config = presets.make_config("mini", regime, 301)
    built = Model(config, presets.pretraining_heads(regime), seed=None)
    count = sum(p.numel() for p in built.parameters())
    assert facts["parameters"] == count == sum(facts["parameters_by_part"].values())
    assert f"{count:,}" in lines


def test_parameters_of_a_model_folder_are_those_it_holds(life, capsys):
    for folder in (life.lm, life.classifier):
        facts, _ = size(capsys, "--model", folder)
        assert facts["parameters"] == sum(p.numel() for p in checkpoint.load(folder / "model").model.parameters())


def test_a_budget_gives_steps_that_fit_into_it(life, capsys):
    facts, lines = size(capsys, "--preset", "tiny", "--data", life.data, "--budget", "90s")
    assert facts["steps"] == pytest.approx(90 / facts["seconds_per_step"], abs=1)
    assert facts["minutes"] * 60 < 90.001
    assert re.search(r"run +[\d,]+ steps, [\d,]+ examples: about 1\.[45] minutes, .*\n +[\d,.]+ passes over the data", lines)


def test_steps_give_minutes(capsys):
    facts, _ = size(capsys, "--preset", "tiny", "--steps", 1200)
    assert facts["minutes"] == pytest.approx(1200 * facts["seconds_per_step"] / 60)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--examples", "many"), "1b"),
        (("--examples", "1b", "--steps", 3), "not two"),
        (("--parameters", "0"), "not from 1"),
        (("--gflops", 100, "--hardware", "a100"), "has its own"),
        (("--parameters", "1b", "--model", "x"), "leave one"),
        (("--budget", "soon"), "10m"),
        (("--steps", 3, "--budget", "1h"), "not two"),
        (("--preset", "tinny"), "'tiny'"),
        (("--model", "nowhere"), "NO_MODEL"),
    ],
)
def test_what_cannot_be_sized_is_refused(capsys, words, told):
    assert groundup("size", *words) == 2
    assert told in capsys.readouterr().err


def test_a_given_rate_is_not_measured_and_tells_the_same_each_time(capsys):
    first, lines = size(capsys, "--preset", "small", "--gflops", 100)
    second, _ = size(capsys, "--preset", "small", "--gflops", 200)
    assert first["rates"]["products"] == 1e11
    assert first["seconds_per_step"] == pytest.approx(2 * second["seconds_per_step"])
    assert first["seconds_per_step"] == pytest.approx(sum(first["seconds_by_part"].values()))
    assert "given, not measured" in lines


def test_a_process_holds_more_than_the_model(capsys):
    facts, _ = size(capsys, "--preset", "mini", "--gflops", 100)
    assert facts["peak_bytes"] > facts["training_bytes"] > 16 * facts["parameters"]


@pytest.mark.parametrize("wanted", ["10m", "100m", "1b"])
@pytest.mark.parametrize("objective", ["masked", "causal", "spans"])
def test_so_many_parameters_are_about_met(capsys, wanted, objective):
    facts, _ = size(capsys, "--parameters", wanted, "--objective", objective, "--hardware", "h100")
    assert facts["parameters"] == pytest.approx(count_of(wanted), rel=0.05)


def test_a_billion_samples_on_named_hardware_are_told_as_estimated(capsys):
    facts, lines = size(capsys, "--parameters", "1b", "--examples", "1b", "--hardware", "a100", "--batch_size", 256)
    assert facts["steps"] == 3_906_250
    assert facts["run_operations"] == facts["steps"] * facts["training_operations_per_step"]
    least = facts["run_operations"] / (0.4 * 312e12) / 60
    assert least < facts["minutes"] < 1.1 * least  # the rest is AdamW
    assert facts["data_bytes"] == 2 * 128 * 10**9
    assert facts["state_bytes"] == 16 * facts["parameters"]
    assert facts["devices_needed"] == 1
    assert lines.count("estimated, not measured") == 3


def test_eight_devices_take_an_eighth_of_the_time_and_share_the_state(capsys):
    words = "--parameters", "1b", "--batch_size", 256
    one, _ = size(capsys, *words, "--hardware", "h100")
    eight, _ = size(capsys, *words, "--hardware", "8xh100")
    update = 36 * one["parameters"] / 3.35e12  # AdamW, on each
    assert eight["seconds_per_step"] - update == pytest.approx((one["seconds_per_step"] - update) / 8)
    assert eight["sequences_at_once"] > one["sequences_at_once"]


def test_a_model_that_one_device_cannot_hold_needs_more(capsys):
    facts, lines = size(capsys, "--parameters", "10b", "--hardware", "a100")
    assert facts["devices_needed"] == 3  # 160 GB, 72 of 80 usable, less a sequence
    assert facts["sequences_at_once"] == 0
    assert "3 needed" in lines


def test_it_speaks_chinese(capsys):
    _, lines = size(capsys, "--preset", "tiny", "--examples", "1b", "--hardware", "8xh100", "--language", "zh")
    assert "为估计，未测量" in lines
    assert not re.search(r"estimated|parameters  |memory  ", lines)

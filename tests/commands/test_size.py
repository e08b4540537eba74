import json
import re

import pytest

from groundup.families import checkpoint, presets
from groundup.nn.model import Model
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
    assert re.search(r"run +[\d,]+ steps in about 1\.[45] minutes, [\d,.]+ passes over the data", lines)


def test_steps_give_minutes(capsys):
    facts, _ = size(capsys, "--preset", "tiny", "--steps", 1200)
    assert facts["minutes"] == pytest.approx(1200 * facts["seconds_per_step"] / 60)


@pytest.mark.parametrize(
    ("words", "told"),
    [(("--budget", "soon"), "10m"), (("--steps", 3, "--budget", "1h"), "not both"), (("--preset", "tinny"), "'tiny'"),
     (("--model", "nowhere"), "NO_MODEL")],
)  # fmt: skip
def test_what_cannot_be_sized_is_refused(capsys, words, told):
    assert groundup("size", *words) == 2
    assert told in capsys.readouterr().err

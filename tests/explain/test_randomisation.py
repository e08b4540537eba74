"""A model that forgets, and maps that hang on it or do not."""

import numpy as np
import pytest
import torch

from groundup.errors import InputError
from groundup.explain.randomisation import compare_maps, randomisation, randomised_models, report_of, unchanged_methods
from groundup.families import presets
from groundup.families.presets import PRESETS, Size
from groundup.nn.layout import Layout
from groundup.nn.lora import add_lora
from groundup.nn.model import Model

TEXTS = [torch.randint(5, 70, (length,), generator=torch.Generator().manual_seed(length)) for length in (9, 14, 6, 21)]


@pytest.fixture
def model(monkeypatch):
    monkeypatch.setitem(PRESETS, "odd", Size(5, 64, 2))
    config = presets.make_config("odd", "paper", 70, 0.0)
    made = Model(config, {"label": presets.label_head(config, 2, 0.0)}, seed=4).eval()
    with torch.no_grad():  # as if it had learned something
        for parameter in made.parameters():
            parameter.mul_(3)
    return made


def told(model, tokens):
    with torch.no_grad():
        logits = model(tokens, Layout([len(tokens)]), torch.zeros_like(tokens), {"label": torch.tensor([0])})["label"][0]
    return float(logits[0] - logits[1])


def maps(model):
    """What each token changes, and what no model has a part in."""
    changes = []
    for tokens in TEXTS:
        others = [torch.where(torch.arange(len(tokens)) == place, 4, tokens) for place in range(len(tokens))]
        changes.append(np.array([told(model, tokens) - told(model, other) for other in others]))
    return {"occlusion": changes, "length of the id": [tokens.numpy() % 10.0 for tokens in TEXTS]}


def test_a_map_that_hangs_on_the_model_changes_and_one_that_does_not_is_told(model):
    stages = randomisation(model, maps, seed=1, num_draws=100)
    assert [stage.name for stage in stages] == ["heads", "block 5", "block 4", "block 3", "blocks 1-2", "embedding"]
    assert unchanged_methods(stages) == ["length of the id"]
    assert abs(stages[-1].scores["occlusion"].value) < 0.5
    assert report_of(stages)["stages"][-1]["sizes"]["length of the id"]["value"] == pytest.approx(1)


def test_the_model_itself_stays_as_it_is(model):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    randomisation(model, maps, num_draws=10)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_each_stage_keeps_what_it_does_not_draw(model):
    kept = {}
    for name, drawn in randomised_models(model, seed=0):
        same = {
            key for key, value in drawn.state_dict().items() if torch.equal(value, model.state_dict()[key]) and value.std() > 0
        }
        kept[name] = {key.split(".")[1] + "." + key.split(".")[2] for key in same if key.startswith("backbone")}
        assert not any(key.startswith("heads") for key in same)
    assert {"blocks.4", "embed.tokens"} <= kept["heads"]
    assert "blocks.4" not in kept["block 5"]
    assert "blocks.0" in kept["block 3"]
    assert not any(key.startswith("blocks") for key in kept["blocks 1-2"])
    assert "embed.tokens" in kept["blocks 1-2"]
    assert kept["embedding"] == set()


def test_a_map_without_variation_has_no_correlation():
    trained = {"m": [np.ones(4), np.arange(4.0)]}
    stage = compare_maps("heads", trained, {"m": [np.arange(4.0), -np.arange(4.0)]}, num_draws=20)
    assert stage.scores["m"].value == pytest.approx(-1)
    assert stage.sizes["m"].value == pytest.approx(1)
    assert compare_maps("heads", {"m": [np.ones(4)]}, {"m": [np.ones(4)]}).scores["m"].value is None


def test_a_model_with_adapters_is_refused(model):
    add_lora(model, rank=2)
    with pytest.raises(InputError, match="ADAPTED"):
        next(randomised_models(model))

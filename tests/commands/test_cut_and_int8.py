"""Cut models and int8 ones wherever a model is asked for."""

import json

import numpy as np
import pytest

import groundup as library
from groundup.evaluate import predictor
from groundup.evaluate.predictor import model_folder
from tests.commands.life import groundup

SHORT = ("--steps", 4, "--batch_size", 16, "--max_length", 32, "--quiet")


@pytest.fixture(scope="module")
def smaller(life):
    """Name -> a run: the classifier in int8, and cut."""
    made = {"quantize": (), "prune": ("--prune.rounds", 1, "--prune.examples", 16, "--steps", 8)}
    for method, words in made.items():
        line = ("--model", life.classifier, "--method", method, "--out", life.root / method, "--batch_size", 16)
        assert groundup("compress", *line, "--timed_rows", 2, "--rounds", 1, "--quiet", *words) == 0
    return {method: life.root / method for method in made}


def finetune(model, life, out, *words):
    table = ("--data", life.table, "--text_column", "sentence")
    return groundup("finetune", "--model", model, *table, "--out", out, *SHORT, "--no-baselines", *words)


def test_int8_is_not_trained_on_unless_it_is_asked_for(smaller, life, tmp_path, capsys):
    assert finetune(smaller["quantize"], life, tmp_path / "run") == 2
    told = capsys.readouterr().err
    assert "INT8_MODEL" in told
    assert "--dequantize" in told
    assert finetune(smaller["quantize"], life, tmp_path / "run", "--dequantize") == 0
    assert (model_folder(tmp_path / "run") / "model.safetensors").is_file()


def test_a_cut_model_is_trained_on_like_any_other_with_adapters_too(smaller, life, tmp_path):
    assert finetune(smaller["prune"], life, tmp_path / "plain") == 0
    assert finetune(smaller["prune"], life, tmp_path / "lora", "--lora.rank", 2) == 0
    shapes = [library.load(path).model.config for path in (smaller["prune"], tmp_path / "plain", tmp_path / "lora")]
    assert shapes[0].widths == shapes[1].widths == shapes[2].widths
    assert shapes[0] != library.load(life.classifier).model.config


def test_both_are_compared_with_the_model_they_come_from(smaller, life, tmp_path):
    line = ("--systems", life.classifier, "--systems", smaller["quantize"], "--systems", smaller["prune"])
    assert groundup("compare", *line, "--out", tmp_path / "report", "--quiet") == 0
    found = json.loads((tmp_path / "report" / "report.json").read_text())["systems"]
    sizes = {system["name"]: system["bytes"] for system in found if "bytes" in system}
    counts = {system["name"]: system["parameters"] for system in found if "parameters" in system}
    assert (
        counts["quantize"] == counts["classifier"] == sum(p.numel() for p in library.load(life.classifier).model.parameters())
    )
    assert counts["prune"] == sum(p.numel() for p in library.load(smaller["prune"]).model.parameters()) < counts["classifier"]
    assert sizes["quantize"] < sizes["classifier"]
    assert sizes["prune"] < sizes["classifier"]


def test_inspect_and_size_tell_what_is_left(smaller, capsys):
    assert groundup("inspect", "--model", smaller["quantize"]) == 0
    assert "stored in        int8" in capsys.readouterr().out
    assert groundup("inspect", "--model", smaller["prune"]) == 0
    config = library.load(smaller["prune"]).model.config
    told = capsys.readouterr().out
    if len(set(config.widths)) > 1:
        assert ", ".join(map(str, config.widths)) + " layer by layer" in told
    assert groundup("size", "--model", smaller["prune"], "--threads", 1) == 0
    parameters = sum(p.numel() for p in library.load(smaller["prune"]).model.parameters())
    assert f"{parameters:,}" in capsys.readouterr().out


def test_what_int8_is_computed_in_is_said(smaller, capsys, monkeypatch):
    assert groundup("predict", "--model", smaller["quantize"], "--text", "A wonderful thing!") == 0
    assert "stored in int8; " in capsys.readouterr().err
    monkeypatch.setattr(predictor, "fastest_kernel", lambda: None)
    assert groundup("predict", "--model", smaller["quantize"], "--text", "A wonderful thing!") == 0
    assert "it computes in float32" in capsys.readouterr().err


def test_answers_in_int8_are_near_those_in_float(smaller, life):
    texts = ["A wonderful thing!", "A dreadful thing!", "真精彩！", "The old lamp finds the baker."]
    expected = library.load(life.classifier).probabilities(texts)
    assert np.abs(library.load(smaller["quantize"]).probabilities(texts) - expected).max() < 0.05

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file

from groundup.commands.pretrain.regimes import peak_rate, regime_of
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.story import usual_seconds
from groundup.data.cooccurrence import word_vectors
from groundup.data.shards import Shards
from groundup.data.tokenizers.load import load_tokenizer
from groundup.events import read_events
from groundup.families import checkpoint
from tests.commands.conftest import SMALL
from tests.commands.life import groundup, tree, write_documents


def test_a_run_has_its_plan_its_events_and_a_model(life):
    plan = json.loads((life.lm / "run.json").read_text())["plan"]
    events = read_events(life.lm / "events.jsonl")
    assert plan["steps"] == 8
    assert [e["step"] for e in events if e["event"] == "step"] == list(range(1, 9))
    assert {p.name for p in (life.lm / "model").iterdir()} == {
        "README.md",
        "config.json",
        "heads.safetensors",
        "manifest.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_the_loss_falls_below_that_of_guessing_evenly(life):
    losses = [e["loss.mlm"] for e in read_events(life.lm / "events.jsonl") if e["event"] == "evaluation"]
    assert losses[-1] < losses[0]


def test_the_same_command_again_changes_no_file(life):
    before = tree(life.lm)
    line = ("pretrain", "--data", life.data, "--out", life.lm, "--preset", "tiny", "--steps", 8, *SMALL)
    assert groundup(*line) == 0
    assert tree(life.lm) == before


def test_another_setting_in_the_same_folder_is_refused_with_the_difference(life, capsys):
    line = ("pretrain", "--data", life.data, "--out", life.lm, "--preset", "tiny", "--steps", 9, *SMALL)
    assert groundup(*line) == 2
    told = capsys.readouterr().err
    assert "RUN_DIFFERS" in told
    assert "steps: 8 -> 9" in told


def test_a_model_folder_goes_on_with_other_data(life, tmp_path):
    write_documents(tmp_path / "more", 55, seed=9)
    data, out = tmp_path / "data", tmp_path / "lm2"
    assert groundup("prepare", "--source", tmp_path / "more", "--out", data, "--tokenizer.existing", life.lm, "--quiet") == 0
    assert (
        groundup(
            "pretrain",
            "--model",
            life.lm,
            "--data",
            data,
            "--out",
            out,
            "--steps",
            2,
            "--optimizer.learning_rate",
            1e-9,
            *SMALL,
        )
        == 0
    )
    before, after = load_file(life.lm / "model" / "model.safetensors"), load_file(out / "model" / "model.safetensors")
    assert before.keys() == after.keys()
    assert all(abs(before[name] - after[name]).max() < 1e-6 for name in before)  # it began where the first run ended


def test_data_of_another_tokenizer_is_refused_when_a_model_goes_on(life, tmp_path, capsys):
    data, out = tmp_path / "data", tmp_path / "lm2"
    assert groundup("prepare", "--source", life.documents, "--out", data, "--tokenizer.vocab_size", 120, "--quiet") == 0
    assert groundup("pretrain", "--model", life.lm, "--data", data, "--out", out, "--steps", 2, *SMALL) == 2
    assert f"Fix: prepare it with --tokenizer.existing {life.lm}" in capsys.readouterr().err
    assert not out.exists()


def test_a_budget_in_time_is_frozen_into_steps(life, tmp_path):
    line = ("pretrain", "--data", life.data, "--out", tmp_path / "lm", "--preset", "tiny", "--budget", "1s", *SMALL)
    assert groundup(*line, "--evaluation_examples", 8) == 0
    plan = json.loads((tmp_path / "lm" / "run.json").read_text())["plan"]
    last = read_events(tmp_path / "lm" / "events.jsonl")[-1]
    assert last["step"] == plan["steps"] > 1


def test_without_next_sentences_the_model_has_no_head_for_them(life, tmp_path, capsys):
    line = ("pretrain", "--data", life.data, "--out", tmp_path / "lm", "--preset", "tiny", "--steps", 2, "--gamma", 0)
    assert groundup(*line, *SMALL) == 0
    assert list(checkpoint.load(tmp_path / "lm" / "model").model.heads) == ["mlm"]
    assert groundup("predict", "--model", tmp_path / "lm", "--text", "One.", "--next", "Two.") == 2
    assert "NO_NEXT_SENTENCE" in capsys.readouterr().err


@pytest.mark.parametrize(("data", "code"), [("documents", "NO_TOKENIZER"), ("nowhere", "NO_FILE"), ("lm/model", "SPLIT")])
def test_what_is_no_data_folder_is_refused_and_nothing_is_written(life, tmp_path, capsys, data, code):
    out = tmp_path / "made" / "lm"
    assert groundup("pretrain", "--data", life.root / data, "--out", out, "--steps", 2, *SMALL) == 2
    assert code in capsys.readouterr().err
    assert not out.parent.exists()


def test_a_damaged_data_folder_is_refused_and_nothing_is_written(life, tmp_path, capsys):
    data = shutil.copytree(life.data, tmp_path / "data")
    (data / "tokenizer.json").write_text("{}")
    assert groundup("pretrain", "--data", data, "--out", tmp_path / "lm", "--steps", 2, *SMALL) == 2
    assert "DAMAGED" in capsys.readouterr().err
    assert not (tmp_path / "lm").exists()


@pytest.mark.parametrize(("said", "counted"), [((), True), (("--embeddings", "random"), False), (("--regime", "paper"), False)])
def test_the_word_embeddings_of_a_fast_model_begin_as_counted_vectors(life, tmp_path, said, counted):
    line = (
        "pretrain",
        "--data",
        life.data,
        "--out",
        tmp_path / "run",
        "--preset",
        "tiny",
        "--steps",
        1,
        "--optimizer.learning_rate",
        1e-9,
        *said,
        *SMALL,
    )
    assert groundup(*line) == 0
    table = checkpoint.load(tmp_path / "run" / "model").model.backbone.embed.tokens.weight.detach().numpy()
    vectors, known = word_vectors(Shards.open(life.data, "train"), load_tokenizer(life.data).vocab_size, 128, seed=0)
    alike = (table[: len(known)] * vectors).sum(axis=1)[known] / np.linalg.norm(table[: len(known)][known], axis=1)
    assert (alike.min() > 0.999) == counted
    assert (np.abs(np.linalg.norm(table[: len(known)][known], axis=1) - 1).max() < 1e-4) == counted


def test_a_plan_goes_by_the_fastest_updates_whatever_disturbed_the_others():
    assert usual_seconds([(9.0, 100), (1.0, 100), (2.2, 200), (30.0, 160)]) == pytest.approx(0.01 * 140)


@pytest.mark.parametrize("regime", ["fast", "paper"])
def test_a_model_that_finds_replaced_words_can_be_fine_tuned(life, tmp_path, regime):
    line = (
        "pretrain",
        "--data",
        life.data,
        "--preset",
        "tiny",
        "--objective",
        "replaced",
        "--regime",
        regime,
        "--steps",
        6,
        *SMALL,
    )
    for name in ("one", "two"):
        assert groundup(*line, "--out", tmp_path / name) == 0
    weights = [(tmp_path / name / "model" / "model.safetensors").read_bytes() for name in ("one", "two")]
    assert weights[0] == weights[1]
    found = [e for e in read_events(tmp_path / "one" / "events.jsonl") if e["event"] == "evaluation"][-1]
    assert {"loss.mlm", "loss.replaced", "replaced_recall"} <= found.keys()
    assert (
        groundup(
            "finetune",
            "--model",
            tmp_path / "one",
            "--data",
            life.table,
            "--text_column",
            "sentence",
            "--steps",
            3,
            "--max_length",
            24,
            "--out",
            tmp_path / "label",
            "--no-baselines",
            "--quiet",
        )
        == 0
    )


@pytest.mark.parametrize("settings", [(), ("--regime", "paper"), ("--objective", "causal"), ("--objective", "spans")])
def test_products_in_bfloat16_learn_as_in_float32_and_publish_float32(life, tmp_path, settings):
    found = {}
    for name, kind in (("full", "float32"), ("low", "bfloat16"), ("again", "bfloat16")):
        line = (
            "pretrain",
            "--data",
            life.data,
            "--out",
            tmp_path / name,
            "--preset",
            "tiny",
            "--steps",
            12,
            "--optimizer.learning_rate",
            2e-3,
            "--precision",
            kind,
            *SMALL,
        )
        assert groundup(*line, *settings) == 0
        losses = [e["loss"] for e in read_events(tmp_path / name / "events.jsonl") if e["event"] == "evaluation"]
        found[name] = losses[-1], load_file(tmp_path / name / "model" / "model.safetensors")
    (exact, full), (lowered, low), (_, again) = (found[name] for name in ("full", "low", "again"))
    assert lowered == pytest.approx(exact, rel=0.02)
    assert all(weight.dtype == np.float32 for weight in low.values())
    assert any((low[name] != full[name]).any() for name in full)
    assert all((low[name] == again[name]).all() for name in low)


def test_muon_learns_from_where_it_was_interrupted(life, tmp_path):
    line = ("pretrain", "--data", life.data, "--preset", "tiny", "--steps", 8, "--optimizer.method", "muon", *SMALL)
    for name in ("whole", "parted"):
        assert groundup(*line, "--out", tmp_path / name) == 0
    kept = sorted((tmp_path / "parted" / "checkpoints").iterdir())
    shutil.rmtree(tmp_path / "parted" / "model")
    shutil.rmtree(kept[-1])
    assert groundup(*line, "--out", tmp_path / "parted") == 0
    weights = [(tmp_path / name / "model" / "model.safetensors").read_bytes() for name in ("whole", "parted")]
    assert weights[0] == weights[1]
    losses = [e["loss"] for e in read_events(tmp_path / "whole" / "events.jsonl") if e["event"] == "evaluation"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("settings", "width", "rate"),
    [
        ({}, 128, 4e-3),
        ({}, 192, 2e-3 * 4 / 3),
        ({}, 256, 2e-3),
        ({}, 512, 1e-3),
        ({}, 4096, 6e-4),
        ({"embeddings": "random"}, 128, 2e-3),
        ({"model": "lm"}, 128, 2e-3),
        ({"objective": "causal"}, 128, 2e-3),
        ({"regime": "paper"}, 128, 1e-4),
    ],
)
def test_narrow_models_whose_embeddings_are_counted_have_up_to_twice_the_rate(settings, width, rate):
    chosen = Pretrain(data="text", out="run", batch_size=64, length=128, **settings)
    regime = regime_of(chosen, settings.get("objective", "masked"))
    assert peak_rate(chosen, regime, width) == pytest.approx(rate)
    quarter = replace(chosen, batch_size=16)
    assert peak_rate(quarter, regime, width) == pytest.approx(rate if settings.get("regime") else rate / 2)

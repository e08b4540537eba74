"""Every way of transfer, through the command: what it holds stays, what it costs nothing costs nothing, and an ordinary model
comes out."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file

import groundup as library
from groundup.events import read_events
from groundup.manifest import verify_folder
from tests.commands.life import groundup, labelled, report, tree

BASE = ("--max_length", 32, "--batch_size", 8, "--baselines", "false")
WAYS = {
    "cached features": ("--freeze", 1, "--features", "fp32"),
    "staged unfreezing": ("--freeze", 2, "--unfreeze_over", 0.5),
    "a new top": ("--reinitialize", 1),
    "LoRA": ("--lora.rank", 2),
    "DoRA": ("--lora.rank", 2, "--lora.dora", "true", "--lora.targets", "all_linear"),
    "Mixout": ("--mixout", 0.5),
    "R-Drop": ("--r_drop", 1),
    "mixup": ("--mixup", 0.4),
    "an average": ("--ema_decay", 0.9),
    "L2-SP": ("--regularize.method", "l2_sp"),
    "RecAdam": ("--regularize.method", "rec_adam"),
    "EWC": ("--regularize.method", "ewc", "--regularize.strength", 10),
    "replay of the task's texts": ("--replay.weight", "auto"),
    "AEDA": ("--augment.method", "aeda", "--augment.copies", 1, "--augment.chinese", "characters"),
    "EDA with neighbors": ("--augment.method", "eda", "--augment.copies", 1, "--augment.chinese", "characters"),
    "substitution": ("--augment.method", "substitute", "--augment.copies", 1, "--augment.chinese", "characters"),
}


def weights(run):
    return load_file(run / "model" / "model.safetensors")


def losses(run, name):
    return [event[name] for event in read_events(run / "events.jsonl") if name in event]


@pytest.fixture(scope="module")
def plain(life, tmp_path_factory):
    run = tmp_path_factory.mktemp("plain") / "run"
    assert life.finetune(run, *BASE) == 0
    return run


@pytest.mark.parametrize("way", WAYS)
def test_an_ordinary_model_comes_out_and_differs_from_the_plain_one(life, plain, tmp_path, way):
    run = tmp_path / "run"
    assert life.finetune(run, *BASE, *WAYS[way]) == 0
    assert verify_folder(run / "model") == []
    ours, theirs = weights(run), weights(plain)
    assert {name: value.shape for name, value in ours.items()} == {name: value.shape for name, value in theirs.items()}
    assert any((ours[name] != theirs[name]).any() for name in ours)
    assert json.loads((run / "model/config.json").read_text())["groundup"]["heads"].keys() == {"label"}
    assert not (run / "features").exists()
    assert library.load(run).predict(["A wonderful thing!"])[0]["probability"] >= 0.5


@pytest.mark.parametrize("way", ["staged unfreezing", "LoRA", "an average", "RecAdam", "replay of the task's texts", "mixup"])
def test_a_run_that_was_stopped_ends_with_the_same_bytes(life, tmp_path, monkeypatch, way):
    from groundup.train import loop

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert life.finetune(whole, *BASE, *WAYS[way]) == 0
    usual, calls = loop.torch.nn.utils.clip_grad_norm_, []

    def stop_in_the_fourth(*arguments, **named):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return usual(*arguments, **named)

    monkeypatch.setattr(loop.torch.nn.utils, "clip_grad_norm_", stop_in_the_fourth)
    assert life.finetune(cut, *BASE, *WAYS[way]) == 130
    monkeypatch.setattr(loop.torch.nn.utils, "clip_grad_norm_", usual)
    assert life.finetune(cut, *BASE, *WAYS[way]) == 0
    ours, theirs = weights(cut), weights(whole)
    assert all((ours[name] == theirs[name]).all() for name in theirs)


def test_lambda_zero_is_plain_fine_tuning_bit_for_bit_and_tells_what_is_forgotten(life, plain, tmp_path):
    run = tmp_path / "run"
    assert life.finetune(run, *BASE, "--replay.log_only", "true", "--replay.data", life.data) == 0
    ours, theirs = weights(run), weights(plain)
    assert ours.keys() == theirs.keys()
    assert all((ours[name] == theirs[name]).all() for name in theirs)
    before, after = report(run)["pretraining_loss"]
    assert before > 0
    assert after != before
    assert report(plain)["pretraining_loss"] is None
    assert losses(run, "pretraining_loss")


def test_both_losses_are_logged_and_lambda_falls_to_nothing(life, tmp_path):
    run = tmp_path / "run"
    replay = ("--replay.weight", 0.5, "--replay.gamma", 1, "--replay.data", life.data, "--replay.decay_start", 0.5)
    assert life.finetune(run, *BASE, *replay) == 0
    events = [event for event in read_events(run / "events.jsonl") if event["event"] == "step"]
    assert {"loss.label", "loss.mlm", "loss.nsp"} <= set(events[0])
    first, last = events[0], events[-1]
    assert first["loss"] == pytest.approx(first["loss.label"] + 0.5 * (first["loss.mlm"] + first["loss.nsp"]), rel=1e-5)
    assert last["loss"] == pytest.approx(last["loss.label"], rel=1e-5)


def test_frozen_blocks_stay_bit_for_bit_and_their_states_change_nothing(life, tmp_path):
    start = load_file(life.lm / "model" / "model.safetensors")
    runs = {}
    for features in ("none", "fp32"):
        runs[features] = tmp_path / features
        assert life.finetune(runs[features], *BASE, "--freeze", 1, "--features", features, "--dropout", 0) == 0
    kept, computed = weights(runs["fp32"]), weights(runs["none"])
    frozen = [name for name in start if "embeddings." in name or ".layers.0." in name]
    assert frozen
    assert all((kept[name] == start[name]).all() and (computed[name] == start[name]).all() for name in frozen)
    assert max(float(np.abs(kept[name] - computed[name]).max()) for name in kept) < 1e-4


def test_adapters_are_kept_beside_the_merged_model(life, tmp_path):
    run = tmp_path / "run"
    assert life.finetune(run, *BASE, "--lora.rank", 2) == 0
    assert {"adapter_config.json", "adapter_model.safetensors"} <= {p.name for p in (run / "adapter").iterdir()}
    merged, apart = library.load(run), library.load(run / "adapter")
    texts = [text for text, _ in labelled(5)]
    assert apart.labels == merged.labels
    assert apart.columns == merged.columns
    assert apart.facts.items() >= {"task": "classification", "max_length": merged.length}.items()
    assert apart.probabilities(texts) == pytest.approx(merged.probabilities(texts), abs=1e-6)


def test_a_finished_run_is_left_alone(life, tmp_path):
    run = tmp_path / "run"
    assert life.finetune(run, *BASE, "--lora.rank", 2, "--ema_decay", 0.9) == 0
    before = tree(run)
    assert life.finetune(run, *BASE, "--lora.rank", 2, "--ema_decay", 0.9) == 0
    assert tree(run) == before


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--features", "fp16"), "features: are those of blocks that stay frozen"),
        (("--unfreeze_over", 0.5), "unfreeze_over: frees blocks that are frozen at first"),
        (("--lora.rank", 2, "--mixout", 0.5), "lora: holds the weights"),
        (("--replay.gamma", 1), "replay.gamma: needs documents in their order"),
        (("--r_drop", 1, "--task", "regression"), "r_drop: is for tasks whose rows are of one class"),
        (("--augment.method", "aeda", "--task", "tagging"), "augment.method: changes texts"),
        (
            ("--augment.method", "back_translation", "--augment.forth", "runs/de"),
            "augment.method: back_translation needs two models that translate",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_read(life, tmp_path, capsys, flags, told):
    assert life.finetune(tmp_path / "run", *flags) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_replay_of_other_words_is_refused(life, tmp_path, capsys):
    other = tmp_path / "other"
    assert groundup("prepare", "--source", life.documents, "--out", other, "--tokenizer.vocab_size", 200, "--quiet") == 0
    assert life.finetune(tmp_path / "run", "--replay.weight", 1, "--replay.data", other) == 2
    assert "OTHER_TOKENIZER" in capsys.readouterr().err

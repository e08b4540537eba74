"""Single changes of the code that keeps folders and figures, each of which must be noticed (benchmarks/long_mutants.py makes them)."""

import hashlib
import json
import os
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from groundup import disk
from groundup.commands.prepare.settings import Prepare
from groundup.config import identity_settings
from groundup.data.settings import SplitSettings
from groundup.data.splits.split import LEFT_OUT, TRAIN
from groundup.errors import GateError, InputError, StorageError
from groundup.evaluate.bootstrap import System, intervals
from groundup.folders import new_folder
from groundup.kinds.text.reader import TextReader
from groundup.manifest import read_manifest, read_verified, verify_folder
from groundup.runs import RunFolder, is_made, refuse_difference
from groundup.scope import at_default
from groundup.strict_json import canonical
from groundup.tasks.rows.splitting import split_of_rows
from groundup.train.adamw import AdamW
from groundup.train.checkpoint import State, load_checkpoint, non_finite, save_checkpoint


def split_texts(texts, labels, settings, seed, groups=None, times=None):
    return split_of_rows(TextReader(), [(text,) for text in texts], labels, settings, seed, groups, times)


@pytest.fixture
def folder(tmp_path):
    with new_folder(tmp_path / "one", kind="data", settings={"a": 1}) as new:
        new.write_text("inner/one.txt", "text")
    return tmp_path / "one"


def rewrite(folder, change):
    """The manifest changed by `change`, with a digest that fits."""
    value = json.loads((folder / "manifest.json").read_text("utf-8"))
    del value["digest"]
    change(value)
    fitting = hashlib.sha256(canonical(value).encode()).hexdigest()
    (folder / "manifest.json").write_text(canonical(value | {"digest": fitting}), "utf-8")


@pytest.mark.parametrize("name", ["../outside", "inner/../../outside", "/etc/passwd", "a\\b", "a//b", "./a", "a\0b"])
def test_a_name_that_leads_out_of_a_folder_is_refused_though_the_digest_fits(name, folder):
    rewrite(folder, lambda value: value["files"][0].update(name=name))
    with pytest.raises(InputError, match="BAD_NAME"):
        read_manifest(folder)
    with pytest.raises(InputError, match="BAD_NAME"), new_folder(folder.parent / "two") as new:
        new.write_text(name, "x")


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_link_to_the_very_bytes_is_not_followed(what, folder, tmp_path):
    place = folder / "inner" / "one.txt" if what == "file" else folder / "inner"
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="DAMAGED"):
        read_verified(folder, "inner/one.txt")
    assert [problem.what for problem in verify_folder(folder)] == ["is missing or not a regular file"]


def test_a_file_that_no_manifest_lists_is_found(folder):
    (folder / "inner" / "two.txt").write_text("x")
    assert [(problem.place, problem.what) for problem in verify_folder(folder)] == [
        (str(folder / "inner" / "two.txt"), "is not listed in the manifest")
    ]


def test_the_digest_alone_is_compared(folder):
    text = (folder / "manifest.json").read_text("utf-8")
    digest = json.loads(text)["digest"]
    (folder / "manifest.json").write_text(text.replace(digest, digest[::-1]), "utf-8")
    with pytest.raises(InputError, match="MANIFEST_DAMAGED"):
        read_manifest(folder)


def test_the_form_alone_is_compared(folder):
    text = (folder / "manifest.json").read_text("utf-8")
    (folder / "manifest.json").write_text(text.replace('"schema": 1', '"schema":  1'), "utf-8")
    with pytest.raises(InputError, match="MANIFEST_DAMAGED"):
        read_manifest(folder)


def test_bytes_of_the_same_number_are_compared_as_they_are_used(folder):
    (folder / "inner" / "one.txt").write_text("tixt")
    with pytest.raises(InputError, match="SHA-256"):
        read_verified(folder, "inner/one.txt")


def test_a_manifest_of_more_files_than_we_take_is_refused(folder, monkeypatch):
    monkeypatch.setattr("groundup.manifest.MOST_FILES", 0)
    with pytest.raises(InputError, match="too many files"):
        read_manifest(folder)


def test_a_name_that_stands_twice_in_a_manifest_is_refused(folder):
    rewrite(folder, lambda value: value["files"].append(dict(value["files"][0])))
    with pytest.raises(InputError, match="a file twice"):
        read_manifest(folder)


def test_removing_a_tree_leaves_what_its_links_point_to(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis").write_text("x")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "mine")
    disk.remove_tree(tmp_path / "tree")
    assert (tmp_path / "mine" / "thesis").read_text() == "x"
    assert not (tmp_path / "tree").exists()


def test_what_a_disk_changed_on_the_way_is_found_when_it_is_read_back(tmp_path, monkeypatch):
    rename = disk.rename

    def changing(source, target):
        (source / "a.txt").write_text("B")
        rename(source, target)

    monkeypatch.setattr(disk, "rename", changing)
    with pytest.raises(StorageError, match="READ_BACK"), new_folder(tmp_path / "one") as new:
        new.write_text("a.txt", "b")


class Noting(disk.Operations):
    """Does everything, and notes it."""

    def __init__(self):
        super().__init__()
        self.done = []

    def do(self, name, place, call, *arguments):
        self.done.append((name, os.path.basename(str(place))))
        return call(*arguments)


def test_a_file_of_a_library_and_every_folder_reach_the_disk_before_the_rename(tmp_path, monkeypatch):
    noting = Noting()
    monkeypatch.setattr(disk, "operations", noting)
    with new_folder(tmp_path / "one") as new:
        (new.path / "theirs.bin").write_bytes(b"theirs")
        new.add_existing("theirs.bin")
        new.write_text("inner/ours.txt", "ours")
    renamed = noting.done.index(("rename", "one"))
    synced = {place for name, place in noting.done[:renamed] if name == "fsync"}
    assert {"theirs.bin", "ours.txt", "manifest.json", "inner"} <= synced
    assert ("fsync", tmp_path.name) in noting.done[renamed:]


def test_a_setting_that_is_new_or_gone_is_a_difference(tmp_path):
    for old, new, told in (({"a": 1}, {"a": 1, "b": 2}, "b: None -> 2"), ({"a": 1, "b": {"c": 2}}, {"a": 1}, "b.c: 2 -> None")):
        with pytest.raises(InputError, match=f"RUN_DIFFERS .*{told}"):
            refuse_difference(tmp_path, old, new)
    refuse_difference(tmp_path, {"a": {"b": 1}}, {"a": {"b": 1}})


def test_a_new_setting_at_its_default_is_no_difference_from_an_older_run(tmp_path):
    made = Prepare(source=("a.txt",), out="b", seed=5)
    old = identity_settings(made)
    del old["read"]["delimiter"]
    refuse_difference(tmp_path, old, identity_settings(made), at_default(made))
    given = replace(made, read=replace(made.read, delimiter=";"))
    with pytest.raises(InputError, match=r"settings: read.delimiter: None -> ';'\. Fix"):
        refuse_difference(tmp_path, old, identity_settings(given), at_default(given))
    with pytest.raises(InputError, match="seed: 5 -> 0"):
        refuse_difference(tmp_path, old, identity_settings(replace(made, seed=0)), at_default(replace(made, seed=0)))


def test_a_data_folder_of_other_settings_is_refused_with_what_differs(tmp_path):
    made = Prepare(source=("a.txt",), out="b")
    with new_folder(tmp_path / "data", kind="data", settings=identity_settings(made)):
        pass
    assert is_made(tmp_path / "data", identity_settings(made), at_default(made))
    assert not is_made(tmp_path / "other", identity_settings(made), at_default(made))
    other = replace(made, split=replace(made.split, test=0.2))
    with pytest.raises(InputError, match=r"OUTPUT_DIFFERS .* settings: split.test: 0\.0 -> 0\.2\."):
        is_made(tmp_path / "data", identity_settings(other), at_default(other))


# ------------------------------------------------------------------------------------------------ checkpoints


def checkpointed(out, step, model=None):
    model = model or nn.Linear(3, 2)
    optimizer = AdamW(model.named_parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step(1, 0.1)
    with RunFolder.open(out, {"seed": 0}) as run:
        return save_checkpoint(run, model, optimizer, State(step=step))


def forged(checkpoint, name, change):
    """A tensor of a checkpoint changed, with a manifest that fits."""
    from safetensors.torch import load, save

    tensors = load((checkpoint / name).read_bytes())
    change(tensors)
    data = save(tensors)
    (checkpoint / name).write_bytes(data)
    entry = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    rewrite(checkpoint, lambda value: value.update(files=[entry if one["name"] == name else one for one in value["files"]]))
    assert verify_folder(checkpoint) == []


def load(checkpoint):
    model = nn.Linear(3, 2)
    return load_checkpoint(checkpoint, model, AdamW(model.named_parameters()))


@pytest.mark.parametrize("name", ["weights.safetensors", "optimizer.safetensors"])
@pytest.mark.parametrize("how", ["renamed", "another shape", "one more"])
def test_tensors_of_another_model_are_refused_by_name(name, how, tmp_path):
    checkpoint = checkpointed(tmp_path / "run", 1)
    assert load(checkpoint).step == 1

    def change(tensors):
        key = next(iter(tensors))
        tensor = tensors[key] if how == "one more" else tensors.pop(key)
        tensors[key if how == "another shape" else key + "s"] = (
            tensor[None].clone() if how == "another shape" else tensor.clone()
        )

    forged(checkpoint, name, change)
    with pytest.raises(InputError, match="CHECKPOINT_DIFFERS"):
        load(checkpoint)


@pytest.mark.parametrize("name", ["weights.safetensors", "optimizer.safetensors"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_checkpoint_that_is_not_finite_is_passed_over_for_the_older_one(name, value, tmp_path):
    out = tmp_path / "run"
    older, newer = (checkpointed(out, step) for step in (1, 2))
    forged(newer, name, lambda tensors: next(iter(tensors.values())).view(-1)[:1].fill_(value))
    with RunFolder.open(out, {"seed": 0}) as run:
        assert run.newest(non_finite) == older
    assert len(run.reservations) == 1
    assert "is not finite" in run.reservations[0]
    assert run.outcome().exit_code == 3
    assert (out / "checkpoints" / f"damaged-{newer.name}").is_dir()
    forged(older, name, lambda tensors: next(iter(tensors.values())).view(-1)[:1].fill_(value))
    with pytest.raises(InputError, match="ALL_CHECKPOINTS_DAMAGED"), RunFolder.open(out, {"seed": 0}) as run:
        run.newest(non_finite)


@pytest.mark.parametrize("part", ["weights", "moments"])
def test_what_is_not_finite_is_never_saved(part, tmp_path):
    model = nn.Linear(3, 2)
    optimizer = AdamW(model.named_parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step(1, 0.1)
    broken = model.weight.data if part == "weights" else optimizer.state()["exp_avg_sq.weight"]
    broken[0, 0] = float("nan")
    with pytest.raises(GateError, match="NON_FINITE"), RunFolder.open(tmp_path / "run", {}) as run:
        save_checkpoint(run, model, optimizer, State(step=1))
    assert not (tmp_path / "run" / "checkpoints").exists()


# ------------------------------------------------------------------------------------------------ splits and figures


def test_a_phrase_that_one_training_and_one_held_out_text_hold_does_not_train():
    phrase = "seven grey ships sailed"
    for seed in range(20):
        texts = [f"{phrase} north at dawn with number {n} and {n * 7} men aboard" for n in range(12)]
        found = split_texts(
            [*texts, phrase], ["x"] * 13, SplitSettings(test=0.4, group_by="containment", contained="train"), seed
        )
        whole = set(found[:12].tolist())
        if TRAIN in whole and len(whole) > 1:
            assert found[12] == LEFT_OUT
            return
    raise AssertionError("no draw parted the texts that hold the phrase")


def test_macro_f1_of_resampled_weights_averages_the_classes_that_occur():
    """Class 0: 2 of 3 right and none taken for it (F1 0.8); class 1: 1 of 1, one taken for it (2/3); class 2 does not occur."""
    targets, predictions = np.array([0, 0, 1]), np.array([0, 1, 1])
    system = System(targets, predictions, np.array([2, 1, 1]), 3)
    accuracy, macro = system.figures(np.array([2, 1, 1]))
    assert (accuracy, macro) == (0.75, pytest.approx((0.8 + 2 / 3) / 2))
    assert system.figures(np.array([4, 0, 0])) == (1.0, pytest.approx((1.0 + 2 / 3) / 2)), "class 1 is missed: it keeps its F1"
    found = intervals(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), 3, num_draws=100)["macro_f1"]
    assert found.value == pytest.approx((0.8 + 2 / 3) / 2)
    assert found.low < found.value < found.high

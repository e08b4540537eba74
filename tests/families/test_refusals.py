"""Model folders that are not what they seem: refused before anything is allocated."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from groundup.errors import InputError
from groundup.families import checkpoint, presets
from groundup.families.presets import Size
from groundup.folders import new_folder
from groundup.manifest import MANIFEST
from groundup.nn.model import Model


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A sound foreign folder: what we write, without our manifest."""
    monkeypatch.setitem(presets.PRESETS, "odd", Size(2, 32, 2))
    config = presets.make_config("odd", "paper", 40, 0.0)
    with new_folder(tmp_path / "m", kind="model") as new:
        checkpoint.save(new, Model(config, {"label": presets.label_head(config, 2)}, seed=1), "bert", labels=["a", "b"])
    (tmp_path / "m" / MANIFEST).unlink()
    return tmp_path / "m"


def edit(folder: Path, **changes) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def refused(folder: Path) -> InputError:
    with pytest.raises(InputError) as error:
        checkpoint.load(folder)
    return error.value


def test_a_sound_folder_is_read(folder):
    assert checkpoint.load(folder).labels == ["a", "b"]


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.ckpt"])
def test_pickled_weights_are_refused_with_the_way_out(folder, name):
    (folder / "model.safetensors").rename(folder / name)
    error = refused(folder)
    assert error.code == "UNSAFE_WEIGHTS"
    assert "save_pretrained" in error.fix


def test_missing_superfluous_and_misshaped_tensors_are_told_together(folder):
    tensors = load_file(folder / "model.safetensors")
    tensors["extra.weight"] = torch.zeros(2)
    del tensors["bert.encoder.layer.0.output.dense.bias"]
    tensors["classifier.weight"] = torch.zeros(3, 32)
    save_file(tensors, folder / "model.safetensors")
    told = " ".join(refused(folder).problems)
    for part in (
        "missing bert.encoder.layer.0.output.dense.bias",
        "unexpected extra.weight",
        "classifier.weight has shape [3, 32] and should have [2, 32]",
    ):
        assert part in told


def test_numbers_that_are_not_finite_are_refused(folder):
    tensors = load_file(folder / "model.safetensors")
    tensors["classifier.bias"][0] = float("nan")
    save_file(tensors, folder / "model.safetensors")
    assert refused(folder).code == "NON_FINITE"


@pytest.mark.parametrize("size", [0, 7, 100, -1])
def test_a_cut_file_is_refused(folder, size):
    path = folder / "model.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[:size])
    assert refused(folder).code in ("DAMAGED_WEIGHTS", "BAD_JSON")


def test_a_header_that_announces_too_much_is_refused_at_once(folder):
    (folder / "model.safetensors").write_bytes((10**12).to_bytes(8, "little") + b"{}")
    assert refused(folder).code == "DAMAGED_WEIGHTS"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"model_type": "llama9"}, "UNKNOWN_FAMILY"),
        ({"hidden_size": 33}, ""),
        ({"hidden_size": 10**12}, ""),
        ({"num_hidden_layers": -1}, ""),
        ({"vocab_size": "40"}, ""),
        ({"id2label": {"0": "a", "7": "b"}}, "BAD_CONFIG"),
        ({"hidden_act": "eval(x)"}, ""),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(folder, changes, code):
    edit(folder, **changes)
    assert refused(folder).code.startswith(code)


def test_an_index_cannot_lead_out_of_the_folder(folder):
    (folder / "model.safetensors").rename(folder / "elsewhere.safetensors")
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../../etc/passwd"}}')
    assert refused(folder).code == "BAD_INDEX"


def test_a_changed_byte_of_our_own_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setitem(presets.PRESETS, "odd", Size(2, 32, 2))
    config = presets.make_config("odd", "fast", 40, 0.0)
    with new_folder(tmp_path / "m", kind="model") as new:
        checkpoint.save(new, Model(config, presets.pretraining_heads("fast"), seed=1), "modernbert")
    path = tmp_path / "m" / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(bytes(data))
    assert refused(tmp_path / "m").code == "DAMAGED"


@pytest.mark.parametrize(
    ("told", "pooling"),
    [
        ({"pooling_mode_mean_tokens": True}, "mean"),
        ({"pooling_mode_cls_token": True}, "first"),
        ({"pooling_mode_max_tokens": True}, None),
    ],
)
def test_a_folder_of_sentence_transformers_says_how_it_pools(folder, told, pooling):
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(told))
    assert checkpoint.load(folder).pooling == pooling

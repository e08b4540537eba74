"""The product on a pretended device (pretend.py): nothing is left on the processor, and an update waits for the device once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import groundup
from groundup.commands.generate.settings import Generate
from groundup.config import make_settings
from groundup.errors import InputError
from groundup.machine import prepare_machine
from groundup.nn.device import CPU, device_named, move_nested

ROOT = Path(__file__).parents[2]
FAST = ("pretrain", "finetune", "predict", "generate", "explain")
SLOW = (
    "evaluate",
    "multitask",
    "keywords",
    "curve",
    "compare",
    "compress",
    "ladder",
    "glue",
    "demo",
    "export",
    "inspect",
    "size",
)


def run(folder, *commands):
    """What the cases of these commands did on the pretended device, in a process of its own: case -> its record."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))), "OMP_NUM_THREADS": "1"}
    line = [sys.executable, "-m", "tests.device.run_cases", str(folder), *commands]
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    return run(tmp_path_factory.mktemp("device"), *FAST)


def test_training_and_answers_leave_no_tensor_on_the_processor(records):
    assert len(records) > 45
    assert {name: one["fault"] for name, one in records.items() if one["fault"]} == {}


def test_everything_that_trains_and_answers_computes_on_the_device(records):
    assert [name for name, one in records.items() if not one["moves"]] == []


def test_an_update_waits_for_the_device_once(records):
    """An update of these cases is logged, and so its measures are read besides (objectives/)."""
    for name in ("pretrain masked", "finetune classification", "finetune several kinds"):
        in_updates = {
            place: count for place, count in records[name]["waits"].items() if "/train/loop.py" in place or "/nn/" in place
        }
        assert list(in_updates.values()) == [1], (name, in_updates)


def test_a_tensor_left_on_the_processor_is_named_by_file_and_line(tmp_path):
    code = """
from tests.device import pretend
device = pretend.start()
import torch
from groundup.nn.linear import Embedding
table = Embedding(5, 3).to(device)
try:
    table(torch.tensor([1, 2]))
except pretend.LeftBehind as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "aten.embedding.default: a tensor [2] is on the CPU" in done.stdout, done.stderr
    assert "groundup/nn/linear.py:" in done.stdout


def test_a_model_on_the_device_learns_what_it_learns_on_the_processor(records):
    assert records["same weights"]["difference"] < 1e-5  # weights of 0.02; sums in another order


@pytest.mark.slow
def test_the_whole_product_leaves_no_tensor_on_the_processor(tmp_path):
    records = run(tmp_path, *SLOW)
    assert {name: one["fault"] for name, one in records.items() if one["fault"]} == {}


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_device_that_is_not_there_is_refused_in_one_line():
    for name in ("cuda", "mps"):
        with pytest.raises(InputError, match=f"NO_DEVICE device {name}: .*set it to cpu"):
            device_named(name)
    assert device_named("auto") == device_named("cpu") == CPU
    with pytest.raises(InputError, match="device: means nothing: this works on the processor"):
        groundup.size(preset="mini", device="cuda")
    with pytest.raises(InputError, match="NO_DEVICE"):
        prepare_machine(make_settings(Generate, {"model": "m", "text": "x", "device": "cuda"}))


def test_load_takes_a_device_and_refuses_one_that_is_none_or_computes_no_export(tmp_path, monkeypatch):
    devices = []
    monkeypatch.setattr("groundup.evaluate.writer.load_either", lambda *arguments: devices.append(arguments[-1]))
    groundup.load(tmp_path, device="cpu")
    groundup.load(tmp_path)
    assert devices == ["cpu", None]
    monkeypatch.setattr("groundup.evaluate.opened.is_export", lambda path: True)
    with pytest.raises(InputError, match=r"NO_DEVICE .*device cuda: an export is computed on the processor"):
        groundup.load(tmp_path, device="cuda")
    with pytest.raises(InputError, match=r"NO_DEVICE device: 'gpu' is no device\. Fix: one of auto, cpu, cuda, mps"):
        device_named("gpu")


def test_tensors_of_one_type_travel_in_one_copy_and_keep_their_shapes():
    meta, parts = torch.device("meta"), {"a": [torch.arange(6).view(2, 3), None], "b": (torch.zeros(2), torch.arange(4))}
    moved = move_nested(parts, meta)
    assert (moved["a"][0].shape, moved["b"][0].shape, moved["b"][1].shape) == ((2, 3), (2,), (4,))
    assert moved["a"][1] is None
    assert moved["a"][0].untyped_storage().nbytes() == 10 * 8  # both tensors of whole numbers are in it

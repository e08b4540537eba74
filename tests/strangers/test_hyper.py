"""Nothing a run used is hidden: what was decided stands in run.json, in the report, on the page, and in the lines of the run."""

import csv
import json

import pytest

from groundup.finished import FINISHED

pytestmark = pytest.mark.slow

WORDS = ("lamp", "boat", "garden", "clock", "bridge", "river")


def write_rows(path, count, label=lambda number: ("good", "bad")[number % 2], long=0):
    """Rows whose first word tells the label; the first `long` of them have 300 words."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["text", "label"])
        for number in range(count):
            words = [WORDS[(number * 7 + k) % 6] for k in range(300 if number < long else 6)]
            table.writerow([f"{label(number)} {number} {' '.join(words)}", label(number)])
    return path


@pytest.fixture
def rows(tmp_path):
    return write_rows(tmp_path / "rows.csv", 120)


def test_what_a_run_used_stands_in_run_json_in_the_report_on_the_page_and_on_the_terminal(train, rows):
    told, out = train("classification", rows)
    assert told.code in (0, 3), told.out
    resolved = json.loads((out / "run.json").read_text())["resolved"]
    assert resolved["optimizer"] == {
        "method": "adamw",
        "learning_rate": 5e-4,
        "warmup": 0.1,
        "decay_start": 0.0,
        "weight_decay": 0.01,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-8,
        "bias_correction": True,
        "clip": 1.0,
    }
    kept = resolved["rows"]
    assert sum(kept.values()) == 120
    expected = {
        "steps": 2,
        "batch_size": 8,
        "epochs": round(16 / kept["train"], 4),
        "precision": "float32",
        "seed": 0,
        "dropout": 0.1,
        "layer_decay": 0.9,
        "max_length": 128,
        "class_weights": None,
        "pooling": "first",
        "best_metric": "macro_f1",
        "threads": 1,
    }
    assert {name: resolved[name] for name in expected} == expected
    assert json.loads((out / "report.json").read_text())["resolved"] == resolved
    line = "AdamW, peak learning rate 0.0005, 10% warm-up, linear decay; 2 steps of 8 rows"
    assert line in told.out
    page = (out / "report.html").read_text("utf-8")
    assert "Values used in training" in page
    assert "optimizer.learning_rate" in page
    assert line in page


def test_weights_of_classes_are_told_as_they_were_decided(train, tmp_path):
    rows = write_rows(tmp_path / "rare.csv", 120, lambda number: "rare" if number % 10 == 0 else "usual")
    told, out = train("classification", rows)
    assert told.code in (0, 3), told.out
    weights = json.loads((out / "run.json").read_text())["resolved"]["class_weights"]
    assert weights["rare"] > 2 > 1 > weights["usual"] > 0.5


def test_a_finished_run_of_an_older_version_is_still_taken(train, rows):
    _, out = train("classification", rows)
    for name in ("run.json", "report.json"):
        held = json.loads((out / name).read_text())
        del held["resolved"]
        (out / name).write_text(json.dumps(held))
    (out / FINISHED).unlink()  # which such a run lacks
    told, _ = train("classification", rows)
    assert told.code in (0, 3), told.out
    assert "is finished already" in told.out


def test_every_training_of_a_compression_and_of_a_curve_is_told(run, train, rows, encoder_folder, tmp_path):
    _, out = train("classification", rows)
    small = tmp_path / "small"
    told = run(
        "compress",
        "--model",
        out,
        "--method",
        "distill",
        "--distill.recipe",
        "logits",
        "--distill.layers",
        1,
        "--steps",
        2,
        "--out",
        small,
        "--timed_rows",
        2,
        "--rounds",
        1,
        "--no-memory",
        "--explained_rows",
        0,
    )
    assert told.code in (0, 3), told.out
    resolved = json.loads((small / "report.json").read_text())["resolved"]
    assert resolved["distill"]["steps"] == 2
    assert resolved["distill"]["layer_decay"] == 1
    assert "Values used in training" in (small / "report.html").read_text("utf-8")
    curve = tmp_path / "curve"
    told = run(
        "curve",
        "--model",
        encoder_folder,
        "--data",
        rows,
        "--text_column",
        "text",
        "--out",
        curve,
        "--rows",
        20,
        "--seeds",
        0,
        "--steps",
        3,
    )
    assert told.code in (0, 3), told.out
    cells = json.loads((curve / "curve.json").read_text())["cells"]
    assert [one["resolved"]["bert"]["epochs"] for one in cells] == [round(3 * 32 / 20, 4)]
    assert "Values used in training" in (curve / "report.html").read_text("utf-8")


def test_several_tasks_and_pretraining_tell_theirs(run, rows, encoder_folder, tmp_path):
    recipe = tmp_path / "two.yaml"
    recipe.write_text(f"tasks:\n  one: {{data: {rows}, text_column: text}}\n  two: {{data: {rows}, text_column: text}}\n")
    told = run(
        "multitask",
        recipe,
        "--model",
        encoder_folder,
        "--out",
        tmp_path / "several",
        "--weights",
        "uniform",
        "--steps",
        3,
        "--batch_size",
        4,
    )
    assert told.code in (0, 3), told.out
    report = json.loads((tmp_path / "several" / "report.json").read_text())
    assert report["resolved"]["optimizer"]["learning_rate"] == 5e-4
    assert report["resolved"]["batch_size"] == 8
    assert "3 steps of 8 rows" in told.out
    (tmp_path / "texts").mkdir()
    for number in range(30):
        (tmp_path / "texts" / f"{number}.txt").write_text(" ".join(f"The {word} {number} stood." for word in WORDS) + "\n")
    assert run("prepare", "--source", tmp_path / "texts", "--out", tmp_path / "data", "--tokenizer.vocab_size", 120).code in (
        0,
        3,
    )
    told = run("pretrain", "--data", tmp_path / "data", "--out", tmp_path / "lm", "--preset", "tiny", "--steps", 3)
    assert told.code in (0, 3), told.out
    resolved = json.loads((tmp_path / "lm" / "run.json").read_text())["resolved"]
    assert resolved["optimizer"]["learning_rate"] == pytest.approx(4e-3 * 0.5**0.5)
    assert (resolved["steps"], resolved["batch_size"], resolved["tokens_per_batch"], resolved["gamma"]) == (3, 32, 4096, 0.2)
    assert f"peak learning rate {4e-3 * 0.5**0.5:.3g}" in told.out


def test_a_quiet_run_tells_its_result_and_nothing_else_and_a_finished_one_tells_it_again(train, rows):
    told, out = train("classification", rows, "--quiet")
    lines = told.out.strip().split("\n")
    assert lines[0].startswith("test accuracy ")
    assert all(line.startswith(("    warning: ", "groundup: note ")) for line in lines[1:])
    again, _ = train("classification", rows)
    assert again.out.startswith(f"{out} is finished already\n{lines[0]}")


def test_another_command_that_compares_says_so_on_the_page_of_its_runs(run, rows, encoder_folder, tmp_path):
    told = run(
        "curve",
        "--model",
        encoder_folder,
        "--data",
        rows,
        "--text_column",
        "text",
        "--out",
        tmp_path / "curve",
        "--rows",
        20,
        "--seeds",
        0,
        "--steps",
        2,
        "--quiet",
    )
    assert told.code in (0, 3), told.out
    assert "test accuracy" not in told.out  # the curve tells it in its table
    report = json.loads((tmp_path / "curve" / "runs" / "20-0-0" / "report.json").read_text())
    assert report["baselines"]

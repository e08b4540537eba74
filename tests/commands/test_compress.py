"""groundup compress as a user types it: what comes out is a run, the gate keeps its limits, and a killed run goes on."""

import json
import shutil

import numpy as np
import pytest

import groundup as library
from groundup import disk
from groundup.commands.compress import story as compressing
from groundup.commands.finetune import story as finetuning
from groundup.compress.explanation_agreement import explanation_agreement
from groundup.compress.peak_memory import peak_memory
from groundup.kinds.text.reader import TextReader
from groundup.manifest import verify_folder
from groundup.tasks.rows.labelled_rows import stored_table
from tests.commands.life import BLAME, PRAISE, groundup, labelled, read_table, report, sentence, tree, write_table
from tests.commands.test_tasks import finetune, table_of

SHORT = (
    "--steps",
    8,
    "--batch_size",
    8,
    "--num_evaluations",
    2,
    "--timed_rows",
    5,
    "--rounds",
    2,
    "--memory",
    "false",
    "--quiet",
)
UNTRAINED = ("--batch_size", 8, *SHORT[6:])
WEIGHTS = "model/model.safetensors"


class Killed(BaseException):
    pass


class DyingDisk(disk.Operations):
    """Does everything as it should be, until the process dies before an operation."""

    def __init__(self, at):
        super().__init__()
        self.at = at

    def do(self, name, place, call, *arguments):
        self.count += 1
        if self.count == self.at:
            raise Killed
        return call(*arguments)


def split_of(run, split):
    table = stored_table(run / "data", TextReader())
    return table.texts_of(split), table.targets_of(split)


def compress(model, method, out, *words):
    short = UNTRAINED if method == "quantize" else SHORT
    return groundup("compress", "--model", model, "--method", method, "--out", out, *short, *words)


@pytest.fixture(scope="module", params=["distill", "theseus"])
def made(request, life):
    """(method, run) of the classifier of the shared life."""
    out = life.root / f"small-{request.param}"
    assert compress(life.classifier, request.param, out) == 0
    return request.param, out


def test_what_comes_out_is_a_run_that_others_take(made, life, tmp_path, capsys):
    method, out = made
    assert verify_folder(out / "model") == []
    assert not (out / "candidate").exists()
    predictor = library.load(out)
    assert predictor.model.config.num_layers == 1
    assert predictor.predict(["那本书真精彩！"])[0]["label"] in (PRAISE, BLAME)
    assert groundup("evaluate", "--model", out, "--out", tmp_path / "e", "--quiet") == 0
    found = report(out)["comparison"]
    assert report(tmp_path / "e")["accuracy"]["value"] == found["after"]["figures"]["accuracy"]["value"]
    assert (
        groundup("compare", life.classifier, out, "--out", tmp_path / "c", "--baselines", "false", "--timed_rows", 2, "--quiet")
        == 0
    )
    assert {s["name"]: s["accuracy"]["value"] for s in report(tmp_path / "c")["systems"]} == {
        "classifier": found["before"]["figures"]["accuracy"]["value"],
        out.name: found["after"]["figures"]["accuracy"]["value"],
    }
    assert json.loads((out / "model/manifest.json").read_text("utf-8"))["settings"]["method"] == method


def test_a_model_gives_its_own_reasons(life):
    texts, _ = split_of(life.classifier, "test")
    model = library.load(life.classifier)
    found = explanation_agreement(model, model, texts, 5)
    assert (found["explained_rows"], found["inputs"], found["other_targets"]) == (5, 5, 0)
    assert found["spearman"]["value"] == pytest.approx(1)
    assert found["overlap"]["value"] == 1
    assert explanation_agreement(model, model, texts, 0) is None


def test_the_report_tells_loss_speed_size_and_agreement_of_the_locked_test_split(made, life):
    _, out = made
    found, before = report(out)["comparison"], report(life.classifier)
    assert found["rows"] == before["rows"]["scored"]
    assert found["before"]["figures"]["macro_f1"]["value"] == before["macro_f1"]["value"]
    difference = found["after"]["figures"]["macro_f1"]["value"] - found["before"]["figures"]["macro_f1"]["value"]
    assert found["lost"] == pytest.approx(-100 * difference)
    assert found["differences"]["macro_f1"]["value"] == pytest.approx(difference)
    assert found["speedup"] == found["before"]["speed"]["p50_ms"] / found["after"]["speed"]["p50_ms"]
    assert found["before"]["bytes"] == (life.classifier / WEIGHTS).stat().st_size
    texts, _ = split_of(life.classifier, "test")
    ours, theirs = ([one["label"] for one in library.load(path).predict(texts)] for path in (out, life.classifier))
    assert found["agreement"] == sum(a == b for a, b in zip(ours, theirs, strict=True)) / len(texts)
    alike = found["explanations"]
    assert 0 < alike["inputs"] + alike["other_targets"] <= alike["explained_rows"] == min(20, found["rows"])
    assert -1 <= alike["spearman"]["low"] <= alike["spearman"]["value"] <= alike["spearman"]["high"] <= 1
    page = (out / "report.html").read_text("utf-8")
    assert "Their explanations (Occlusion)" in page
    assert "Published: macro F1" in page
    assert "No limit was stated" in page


def test_a_second_time_nothing_is_done(made, life):
    method, out = made
    before = tree(out)
    assert compress(life.classifier, method, out) == 0
    assert tree(out) == before


def test_past_a_limit_it_is_refused_and_nothing_stays_but_the_report(made, life, tmp_path, capsys):
    method, published = made
    out = tmp_path / "run"
    assert compress(life.classifier, method, out, "--min_speedup", 1000) == 4
    told = capsys.readouterr().err
    assert "error GATE" in told
    assert "at least 1000.00 is required" in told
    assert not [path for path in (out / "model", out / "candidate") if path.exists()]
    assert report(out)["refusals"][0]["limit"] == "min_speedup"
    assert report(out)["published"] is False
    assert "Not published" in (out / "report.html").read_text("utf-8")
    assert groundup("predict", "--model", out, "--text", "x") == 2
    told = capsys.readouterr().err
    assert "NO_MODEL" in told
    assert "was past its limits and is not published" in told
    checkpoints = tree(out / method)
    assert compress(life.classifier, method, out, "--min_speedup", 1000) == 4
    assert compress(life.classifier, method, out, "--max_loss", 100) == 0  # other limits: what was trained is published
    assert tree(out / method) == checkpoints
    assert (out / WEIGHTS).read_bytes() == (published / WEIGHTS).read_bytes()
    assert compress(life.classifier, method, out, "--min_speedup", 1000) == 2
    assert "LIMITS_DIFFER" in capsys.readouterr().err
    assert verify_folder(out / "model") == []


@pytest.mark.parametrize("place", ["training", "measuring", "publishing"])
def test_killed_anywhere_it_goes_on_and_ends_with_the_same_bytes(place, made, life, tmp_path, monkeypatch):
    method, whole = made
    out, calls = tmp_path / "run", []

    def die(*_, **__):
        calls.append(1)
        if place != "training" or len(calls) == 2:
            raise Killed
        return {}

    owner, name = {
        "training": (finetuning, "evaluate"),
        "measuring": (compressing, "compare_models"),
        "publishing": (compressing.disk, "rename"),
    }[place]
    real = getattr(owner, name)
    with monkeypatch.context() as patch:
        if place == "training":
            patch.setattr(owner, name, lambda *a, **k: die() or real(*a, **k))
        elif place == "publishing":
            patch.setattr(owner, name, lambda a, b: die() if b.name == "model" else real(a, b))
        else:
            patch.setattr(owner, name, die)
        with pytest.raises(Killed):
            compress(life.classifier, method, out)
    assert not (out / "model").exists()
    assert compress(life.classifier, method, out) == 0
    assert (out / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()
    assert report(out)["comparison"]["after"]["figures"] == report(whole)["comparison"]["after"]["figures"]


def test_a_pruned_model_is_smaller_and_goes_on_where_it_was_killed(life, tmp_path, monkeypatch):
    short = ("--prune.rounds", 2, "--prune.block_flops", 0.4, "--prune.examples", 16)
    assert compress(life.classifier, "prune", tmp_path / "whole", *short) == 0
    found = report(tmp_path / "whole")["comparison"]
    assert found["after"]["operations"] < 0.75 * found["before"]["operations"]
    assert found["after"]["parameters"] < found["before"]["parameters"]
    assert library.load(tmp_path / "whole").predict(["真精彩！"])[0]["label"] in (PRAISE, BLAME)
    calls, real = [], finetuning.evaluate

    def die(*words):
        calls.append(1)
        if len(calls) == 3:  # in the second round
            raise Killed
        return real(*words)

    with monkeypatch.context() as patch:
        patch.setattr(finetuning, "evaluate", die)
        with pytest.raises(Killed):
            compress(life.classifier, "prune", tmp_path / "run", *short)
    assert compress(life.classifier, "prune", tmp_path / "run", *short) == 0
    weights = [next((tmp_path / name / "model").glob("*.safetensors")).read_bytes() for name in ("whole", "run")]
    assert weights[0] == weights[1]


def test_an_int8_model_is_a_quarter_and_answers_the_same(life, tmp_path, capsys):
    out = tmp_path / "int8"
    assert compress(life.classifier, "quantize", out) == 0
    found = report(out)["comparison"]
    assert found["smaller"] > 3
    assert found["agreement"] > 0.9
    assert found["after"]["parameters"] == found["before"]["parameters"]
    assert found["notes"][0].startswith("stored in int8")
    assert report(out)["trainings"] == {}
    assert groundup("evaluate", "--model", out, "--out", tmp_path / "e", "--quiet") == 0
    assert compress(out, "theseus", tmp_path / "further") == 2
    assert "INT8_MODEL" in capsys.readouterr().err


def test_killed_at_any_change_of_the_disk_it_is_whole_or_absent_and_goes_on(life, tmp_path, monkeypatch):
    """Every seventh operation on the file system of a compression without training is its last."""
    whole = DyingDisk(0)
    monkeypatch.setattr(disk, "operations", whole)
    assert compress(life.classifier, "quantize", tmp_path / "whole") == 0
    wanted = {p.name: p.read_bytes() for p in (tmp_path / "whole/model").iterdir()}
    assert whole.count > 40
    for at in range(3, whole.count, 7):
        out = tmp_path / f"run-{at}"
        monkeypatch.setattr(disk, "operations", DyingDisk(at))
        with pytest.raises(Killed):
            compress(life.classifier, "quantize", out)
        monkeypatch.setattr(disk, "operations", disk.Operations())
        if (out / "model").exists():
            assert verify_folder(out / "model") == []
        assert compress(life.classifier, "quantize", out) == 0
        assert {p.name: p.read_bytes() for p in (out / "model").iterdir()} == wanted
        assert not (out / "candidate").exists()


def test_numbers_in_int8_are_settled_before_they_are_rounded(life, tmp_path):
    rows = [(sentence(np.random.default_rng(n), False), "x", 1000 + 5 * (n % 7)) for n in range(80)]
    table = write_table(tmp_path / "numbers.csv", rows, ("one", "two", "label"))
    assert finetune(life, tmp_path / "teacher", "regression", table) == 0
    assert compress(tmp_path / "teacher", "quantize", tmp_path / "int8") == 0
    before, after = (library.load(tmp_path / name).predict([["a", "b"]])[0]["number"] for name in ("teacher", "int8"))
    assert after == pytest.approx(before, abs=1.0)


@pytest.mark.parametrize(("task", "recipe"), [("tagging", "tinybert"), ("answering", "logits"), ("multilabel", "minilm")])
def test_every_task_of_an_encoder_has_students(task, recipe, life, tmp_path):
    table = table_of(tmp_path, task)
    assert finetune(life, tmp_path / "teacher", task, table) == 0
    assert compress(tmp_path / "teacher", "distill", tmp_path / "student", "--distill.recipe", recipe) == 0
    found = report(tmp_path / "student")["comparison"]
    assert found["metric"] in found["differences"]
    steps = [event for event in report(tmp_path / "student")["trainings"]["distill"] if event["event"] == "step"]
    assert all(np.isfinite(event["loss.soft"]) for event in steps)
    teacher, student = (library.load(tmp_path / name) for name in ("teacher", "student"))
    text = [["Who?", "The old teacher finds the lamp."]] if task == "answering" else ["The old doctor."]
    assert type(student.predict(text)[0]) is type(teacher.predict(text)[0])


def test_a_number_is_distilled_in_its_own_unit(life, tmp_path):
    """Training sees deviations of the labels, and a student that copies its teacher's head answers in the unit of the labels."""
    columns, rows = (
        ("one", "two", "label"),
        [(sentence(np.random.default_rng(n), False), "x", 1000 + 5 * (n % 7)) for n in range(80)],
    )
    table = write_table(tmp_path / "numbers.csv", rows, columns)
    assert finetune(life, tmp_path / "teacher", "regression", table) == 0
    still = ("--optimizer.learning_rate", 1e-9, "--distill.recipe", "distilbert")
    assert compress(tmp_path / "teacher", "distill", tmp_path / "student", *still) == 0
    steps = [event for event in report(tmp_path / "student")["trainings"]["distill"] if event["event"] == "step"]
    assert 0 < steps[0]["loss.label"] < 10
    assert 0 <= steps[0]["loss.soft"] < 10
    assert 1000 < library.load(tmp_path / "student").predict([["a", "b"]])[0]["number"] < 1030


def test_unlabelled_texts_are_learned_from_but_not_those_that_are_held_out(life, tmp_path, capsys):
    held = [row["sentence"] for row in read_table(life.table)]
    more = write_table(
        tmp_path / "more.csv", [(text,) for text in [*held, *(t for t, _ in labelled(30, seed=9))]], ("sentence",)
    )
    line = (
        "compress",
        "--model",
        life.classifier,
        "--method",
        "distill",
        "--out",
        tmp_path / "s",
        *SHORT[:-1],
        "--unlabelled",
        more,
    )
    assert groundup(*line) == 0
    told = capsys.readouterr().err
    kept, left = 126, 24  # the test and validation splits of 120 rows have 12 each
    assert f"{kept:,} further texts without a label; {left:,} are held out and not used" in told


def test_another_model_with_the_same_tokenizer_may_be_the_student(life, tmp_path):
    assert compress(life.classifier, "distill", tmp_path / "s", "--distill.student", life.lm, "--distill.recipe", "minilm") == 0
    assert library.load(tmp_path / "s").model.config.num_layers == 2


def test_a_student_with_another_tokenizer_is_refused(life, tmp_path, capsys):
    fixed = ("--source", life.documents, "--tokenizer.vocab_size", 150, "--quiet")
    assert groundup("prepare", *fixed, "--out", tmp_path / "data") == 0
    assert (
        groundup(
            "pretrain",
            "--data",
            tmp_path / "data",
            "--out",
            tmp_path / "lm",
            "--preset",
            "tiny",
            "--steps",
            2,
            "--length",
            32,
            "--batch_size",
            4,
            "--quiet",
        )
        == 0
    )
    assert compress(life.classifier, "distill", tmp_path / "s", "--distill.student", tmp_path / "lm") == 2
    told = capsys.readouterr().err
    assert "TOKENIZERS_DIFFER" in told
    assert "other tokens" in told
    assert not (tmp_path / "s/model").exists()


def test_rows_of_a_table_must_have_the_labels_of_the_model(life, tmp_path, capsys):
    other = write_table(tmp_path / "other.csv", labelled(60, seed=3, names=("yes", "no")))
    assert compress(life.classifier, "theseus", tmp_path / "s", "--data", other) == 2
    told = capsys.readouterr().err
    assert "has labels that the model does not know: 'no', 'yes'. Fix: say which are the same: --label.rename no=..." in told
    same = write_table(tmp_path / "same.csv", labelled(60, seed=3))
    assert compress(life.classifier, "theseus", tmp_path / "t", "--data", same) == 0


def test_rows_that_the_model_was_trained_on_are_told(life, tmp_path):
    copy = write_table(tmp_path / "copy.csv", [(row["sentence"], row["label"]) for row in read_table(life.table)])
    assert compress(life.classifier, "theseus", tmp_path / "s", "--data", copy, "--seed", 3) == 3
    assert "was trained on" in report(tmp_path / "s")["alarms"][0]


@pytest.mark.parametrize(
    ("method", "words", "code"),
    [("distill", ("--distill.layers", 9), "TOO_MANY_LAYERS"), ("theseus", ("--best_metric", "f7"), "BAD_SETTING best_metric")],
)
def test_what_a_method_refuses_leaves_the_place_to_the_mended_command(method, words, code, life, tmp_path, capsys):
    assert compress(life.classifier, method, tmp_path / "s", *words) == 2
    assert code in capsys.readouterr().err
    assert not (tmp_path / "s").exists()
    assert compress(life.classifier, method, tmp_path / "s") == 0


def test_a_model_without_a_task_or_rows_is_refused(life, tmp_path, capsys):
    assert compress(life.lm, "theseus", tmp_path / "s") == 2
    assert "was pretrained only" in capsys.readouterr().err
    shutil.copytree(life.classifier / "model", tmp_path / "alone")
    assert compress(tmp_path / "alone", "theseus", tmp_path / "s") == 2
    assert "name a table with --data" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--unlabelled", "x.csv"], "unlabelled: is for distilling"),
        (["--text_column", "t"], "text_column: goes with --data"),
        (["--distill.student", "m", "--distill.layers", 2], "give neither layers nor from_layers"),
        (["--distill.soft", 0, "--distill.hard", 0, "--distill.relation", 0], "has no weight above 0"),
        (["--steps", 3, "--epochs", 1], "either epochs or steps"),
    ],
)
def test_settings_that_do_not_fit_are_refused(words, told, tmp_path, capsys):
    assert groundup("compress", "--model", "m", "--method", "theseus", "--out", tmp_path / "o", *words) == 2
    assert told in capsys.readouterr().err


def test_memory_is_that_of_a_process_of_its_own_wherever_this_one_stands(life, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    held = bytearray(2**29)  # of this process, which is not counted
    found = peak_memory(life.classifier / "model", [("a fine film",), ("真精彩",)])
    assert len(held) > found["peak"] > found["before"] > 2**20


def test_stages_of_a_recipe_compress_what_was_compressed(life, tmp_path, capsys):
    short = "steps: 4, batch_size: 8, evaluations: 1, timed_rows: 3, rounds: 1, memory: false"
    (tmp_path / "r.yaml").write_text(
        f"stages:\n  small:\n    compress: {{model: {life.classifier}, method: theseus, {short}}}\n"
        f"  smaller:\n    compress: {{model: small, method: distill, max_loss: 100, distill: {{layers: 1, recipe: logits}}, {short}}}\n"
        f"  judged:\n    evaluate: {{model: smaller, baselines: false}}\n"
    )
    assert groundup("run", tmp_path / "r.yaml", "--out", tmp_path / "life", "--quiet") == 0
    assert report(tmp_path / "life/smaller")["settings"]["model"] == str(tmp_path / "life/small")
    assert groundup("run", tmp_path / "r.yaml", "--out", tmp_path / "life") == 0
    assert capsys.readouterr().err.count("done already") == 3


def test_stages_of_a_recipe_export_and_explain_what_was_compressed(life, tmp_path, capsys):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    write_table(tmp_path / "rows.csv", labelled(12, seed=5))
    short = "steps: 4, batch_size: 8, evaluations: 1, timed_rows: 3, rounds: 1, memory: false, explained_rows: 0"
    (tmp_path / "r.yaml").write_text(
        f"stages:\n  small:\n    compress: {{model: {life.classifier}, method: theseus, {short}}}\n"
        f"  why:\n    explain: {{model: small, input: rows.csv, method: occlusion}}\n"
        f"  onnx:\n    export: {{model: small, data: rows.csv, agreement: 1}}\n"
        f"  judged:\n    evaluate: {{model: onnx, data: rows.csv}}\n"
    )
    line = ("run", tmp_path / "r.yaml", "--out", tmp_path / "life")
    assert groundup(*line, "--quiet") == 0
    assert len((tmp_path / "life/why/explanations.jsonl").read_text().splitlines()) == 12
    texts = [row["sentence"] for row in read_table(tmp_path / "rows.csv")]
    ours, exported = (library.load(tmp_path / "life" / name).predict(texts) for name in ("small", "onnx"))
    assert [one["label"] for one in ours] == [one["label"] for one in exported]
    assert groundup(*line) == 0
    assert capsys.readouterr().err.count("done already") == 4
    write_table(tmp_path / "rows.csv", labelled(12, seed=6))
    assert groundup(*line) == 2
    assert "STAGE_DIFFERS" in capsys.readouterr().err

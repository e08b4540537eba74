"""GLUE from its official files, at the command line: real files where they are, and small ones of the same form."""

import io
import json
import zipfile

import numpy as np
import pytest
from sklearn.metrics import f1_score

from groundup.commands.glue import story as gluing
from groundup.data.sources.tables.glue import glue_rows
from groundup.evaluate.predictor import load
from groundup.manifest import verify_folder
from groundup.pages.glue_page import glue_page, glue_text, summary
from tests.commands.life import groundup, pairs, tree, write_rte, write_tabs

FAST = ("--steps", 2, "--batch_size", 8, "--max_length", 32, "--quiet")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """RTE, MRPC and MNLI in their official form, small."""
    root = tmp_path_factory.mktemp("glue")
    write_rte(root / "rte")
    write_tabs(
        root / "MRPC/msr_paraphrase_train.txt",
        "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String",
        [(label, 1, 2, a, b) for a, b, label in pairs(60, 4, "01")],
    )
    labels = ("entailment", "neutral", "contradiction")
    for split, count in (("train", 60), ("dev_matched", 11), ("dev_mismatched", 13)):
        rows = [(i, *row) for i, row in enumerate(pairs(count, count, labels))]
        write_tabs(root / f"MNLI/{split}.tsv", "index\tsentence1\tsentence2\tgold_label", rows)
    test = [(i, a, b) for i, (a, b, _) in enumerate(pairs(5, 5, labels))]
    write_tabs(root / "MNLI/test_matched.tsv", "index\tsentence1\tsentence2", test)
    return root


@pytest.fixture(scope="module")
def done(life, small, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "glue"
    assert groundup("glue", "--model", life.lm, "--data", small, "--out", out, *FAST) == 0
    return out


def table(out):
    return json.loads((out / "table.json").read_text("utf-8"))


def test_every_task_has_its_row_with_interval_and_baselines(done):
    rows = table(done)["rows"]
    assert list(rows) == ["MNLI", "MRPC", "RTE"]
    assert [(part["name"], part["count"]) for part in rows["MNLI"]["parts"]] == [("MNLI-m", 11), ("MNLI-mm", 13)]
    assert rows["RTE"]["judged_on"] == "official dev"
    assert rows["MRPC"]["judged_on"] == "a part of train"
    for row in rows.values():
        for part in row["parts"]:
            assert part["systems"].keys() == {"model", "majority", "tfidf"}
            for figures in part["systems"].values():
                assert all(f["low"] <= f["value"] <= f["high"] for f in figures.values())


def test_the_page_of_a_task_says_where_its_baselines_stand_and_the_table_what_was_used(done):
    for name, row in table(done)["rows"].items():
        report = json.loads((done / name / "report.json").read_text())
        assert report["verdict"]["text"].endswith(f"he comparison with the baselines on these rows is in {done}/table.txt.")
        assert row["resolved"] == report["resolved"]
    assert "Values used in training" in (done / "report.html").read_text("utf-8")


def test_the_figures_are_those_of_the_published_model(done, small):
    model, rows = load(done / "RTE"), glue_rows(small, "RTE", "dev")
    found = model.predict([(row.values["sentence1"], row.values["sentence2"]) for row in rows])
    right = np.mean([a["label"] == row.values["label"] for a, row in zip(found, rows, strict=True)])
    assert table(done)["rows"]["RTE"]["parts"][0]["systems"]["model"]["accuracy"]["value"] == pytest.approx(right)


def test_majority_of_mrpc_has_the_official_f1(done):
    part = table(done)["rows"]["MRPC"]["parts"][0]
    own = part["systems"]["majority"]
    positive = (
        own["accuracy"]["value"] * part["count"] if own["f1"]["value"] else part["count"] * (1 - own["accuracy"]["value"])
    )
    targets = np.arange(part["count"]) < round(positive)
    answers = np.full(part["count"], own["f1"]["value"] > 0)
    assert own["f1"]["value"] == pytest.approx(f1_score(targets, answers, zero_division=0))
    assert own["score"]["value"] == pytest.approx((own["f1"]["value"] + own["accuracy"]["value"]) / 2)


def test_the_submission_holds_one_legal_answer_for_every_row_of_the_tests(done):
    with zipfile.ZipFile(io.BytesIO((done / "submission.zip").read_bytes())) as archive:
        assert sorted(archive.namelist()) == ["MNLI-m.tsv", "RTE.tsv"]
        lines = archive.read("RTE.tsv").decode().split("\n")
    assert lines[0] == "index\tprediction"
    assert [line.split("\t")[0] for line in lines[1:-1]] == [str(i) for i in range(9)]
    assert {line.split("\t")[1] for line in lines[1:-1]} <= {"entailment", "not_entailment"}
    told = (done / "submission/README.md").read_text("utf-8")
    assert "Holds: MNLI-m, RTE" in told
    assert "Missing" in told
    assert "QQP" in told


def test_the_mean_says_that_it_is_not_the_average_of_glue(done):
    told = (done / "table.txt").read_text("utf-8")
    assert "Mean of the scores of 3 tasks" in told
    assert "This is not the GLUE average: CoLA, SST-2, STS-B, QQP, QNLI, WNLI missing" in told
    assert "RTE: train: 60 of 2,490 official rows" in told
    assert "这不是 GLUE 平均分" in glue_page(table(done)["rows"], "zh")


def test_the_same_command_again_changes_nothing_but_what_is_new(done, life, small):
    before = tree(done)
    assert groundup("glue", "--model", life.lm, "--data", small, "--out", done, *FAST) == 0
    after = tree(done)
    assert {name: data for name, (data, _) in after.items()} == {name: data for name, (data, _) in before.items()}
    assert all(after[name][1] == before[name][1] for name in after if name.startswith(("RTE/", "MNLI/", "MRPC/")))
    assert verify_folder(done / "data-in/RTE") == []


def test_killed_after_a_task_it_goes_on_with_the_next(life, small, tmp_path, monkeypatch):
    whole, bring = tmp_path / "killed", gluing.bring
    line = ("glue", "--model", life.lm, "--data", small, "--out", whole, "--tasks", "RTE", "--tasks", "MRPC", *FAST)

    def die(settings, task, splits, before):
        if task.name == "MRPC":
            raise KeyboardInterrupt
        return bring(settings, task, splits, before)

    monkeypatch.setattr(gluing, "bring", die)
    assert groundup(*line) == 130
    assert list(table(whole)["rows"]) == ["RTE"]
    model = (whole / "RTE/model/model.safetensors").stat().st_mtime_ns
    monkeypatch.setattr(gluing, "bring", bring)
    assert groundup(*line) == 0
    assert list(table(whole)["rows"]) == ["MRPC", "RTE"]
    assert (whole / "RTE/model/model.safetensors").stat().st_mtime_ns == model


def test_evaluate_only_judges_finished_runs_and_skips_the_others(done, life, small, tmp_path, capsys):
    figures = table(done)["rows"]["RTE"]["parts"]
    assert groundup("glue", "--model", life.lm, "--data", small, "--out", done, "--evaluate_only", "--tasks", "RTE", *FAST) == 0
    assert table(done)["rows"]["RTE"]["parts"] == figures
    assert groundup("glue", "--model", life.lm, "--data", small, "--out", tmp_path / "none", "--evaluate_only", *FAST) == 2
    assert "NO_TASK_DONE" in capsys.readouterr().err


def test_other_files_and_other_settings_are_refused_with_the_way_out(done, life, small, tmp_path, capsys):
    line = ("glue", "--model", life.lm, "--out", done, "--tasks", "RTE", *FAST)
    for name in ("train", "dev"):
        rows = [(i, *row) for i, row in enumerate(pairs(20, 9, ("entailment", "not_entailment")))]
        write_tabs(tmp_path / f"RTE/{name}.tsv", "index\tsentence1\tsentence2\tlabel", rows)
    assert groundup(*line, "--data", tmp_path) == 2
    assert "DATA_DIFFERS" in capsys.readouterr().err
    assert groundup(*line, "--data", small, "--seed", 7) == 2
    assert "RUN_DIFFERS" in capsys.readouterr().err
    assert groundup(*line, "--data", small, "--tasks", "QQP") == 2
    assert "holds no files of QQP, but of MRPC, MNLI, RTE" in capsys.readouterr().err


def test_a_task_without_labelled_file_is_skipped_with_the_reason(life, tmp_path, small, capsys):
    write_tabs(tmp_path / "glue/WNLI/test.tsv", "index\tsentence1\tsentence2", [(0, "a b", "c d")])
    (tmp_path / "glue/RTE").mkdir()
    (tmp_path / "glue/RTE/dev.tsv").write_bytes((small / "rte/train.tsv").read_bytes())
    assert groundup("glue", "--model", life.lm, "--data", tmp_path / "glue", "--out", tmp_path / "out", *FAST) == 3
    assert "WNLI: skipped, there is no labelled file of its test" in capsys.readouterr().err
    row = table(tmp_path / "out")["rows"]["RTE"]
    assert row["judged_on"] == "a part of dev"
    assert "there is no training file: the development file is split" in row["notes"]


def test_scores_of_similarity_are_learned_beside_ridge_regression(life, shared_data, tmp_path):
    fixed = ("--data", shared_data / "glue", "--tasks", "STS-B", "--train_rows", 60)
    assert groundup("glue", "--model", life.lm, "--out", tmp_path / "out", *fixed, *FAST) == 0
    systems = table(tmp_path / "out")["rows"]["STS-B"]["parts"][0]["systems"]
    assert set(systems) == {"model", "mean", "TF-IDF + ridge"}
    assert all(figures.keys() == {"pearson", "spearman", "score"} for figures in systems.values())
    assert systems["TF-IDF + ridge"]["pearson"]["value"] > 0.1


def test_two_real_tasks_from_the_official_files(life, shared_data, tmp_path):
    out = tmp_path / "out"
    line = ("glue", "--model", life.lm, "--data", shared_data / "glue", "--out", out, "--tasks", "CoLA", "--tasks", "WNLI")
    assert groundup(*line, "--train_rows", 64, *FAST) == 0
    rows = table(out)["rows"]
    assert [(rows[name]["rows"]["train"], rows[name]["rows"]["test"]) for name in ("CoLA", "WNLI")] == [(64, 1043), (64, 71)]
    assert rows["CoLA"]["parts"][0]["systems"]["majority"]["matthews"]["value"] == 0
    assert rows["WNLI"]["parts"][0]["systems"]["majority"]["accuracy"]["value"] in (
        pytest.approx(40 / 71),
        pytest.approx(31 / 71),
    )
    with zipfile.ZipFile(out / "submission.zip") as archive:
        assert [len(archive.read(f"{name}.tsv").split(b"\n")) for name in ("CoLA", "WNLI")] == [1063 + 2, 146 + 2]


def test_the_baselines_of_numbers_stand_in_the_columns_of_those_of_classes():
    def figures(value):
        return {name: {"value": value, "low": None, "high": None} for name in ("pearson", "spearman", "accuracy", "score")}

    numbers = {"model": figures(0.8), "mean": figures(None), "TF-IDF + ridge": figures(0.703)}
    classes = {"model": figures(0.6), "majority": figures(0.5), "tfidf": figures(0.55)}
    rows = {
        name: {
            "judged_on": "official dev",
            "notes": [],
            "rows": {"train": 1},
            "minutes": 1.0,
            "parts": [{"name": name, "count": 9, "systems": systems}],
        }
        for name, systems in (("STS-B", numbers), ("RTE", classes))
    }
    told = [line.split() for line in glue_text(rows, "en").split("\n")[1:4]]
    assert [line[2:6] for line in told] == [
        ["80.0", "–", "–", "70.3"],
        ["80.0", "–", "–", "70.3"],
        ["60.0", "–", "50.0", "55.0"],
    ]
    assert "TF-IDF + 线性模型" in glue_page(rows, "zh")


def test_nine_whole_tasks_are_the_average():
    names = ("matthews", "accuracy", "f1", "pearson", "spearman", "score")
    part = {"systems": {"model": {name: {"value": 0.5, "low": 0.4, "high": 0.6} for name in names}}, "name": "x", "count": 1}
    row = {"judged_on": "official dev", "notes": [], "rows": {"train": 1}, "minutes": 1.0, "parts": [part]}
    nine = dict.fromkeys(("CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE", "WNLI"), row)
    assert summary(nine)["is_glue_average"]
    assert "GLUE average over the nine tasks: 50.0" in glue_text(nine, "en")
    assert not summary(nine | {"RTE": row | {"judged_on": "a part of train"}})["is_glue_average"]

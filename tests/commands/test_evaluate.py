import json
import shutil

import pytest

from groundup.manifest import verify_folder
from tests.commands.life import BLAME, PRAISE, groundup, labelled, read_table, report, tree, write_table

QUIET = ("--quiet", "--no-baselines")


def evaluate(model, out, *words):
    return groundup("evaluate", "--model", model, "--out", out, *words)


@pytest.fixture(scope="module")
def new_table(life):
    return write_table(life.root / "new.csv", [*labelled(31, seed=6), ('A thing, "quoted"!', "没有")])


def test_columns_come_from_the_manifest_and_every_row_is_answered(life, new_table, tmp_path):
    assert evaluate(life.classifier, tmp_path / "report", "--data", new_table, *QUIET) == 0
    answered = read_table(tmp_path / "report" / "predictions.csv")
    assert [(row["sentence"], row["label"]) for row in answered] == [tuple(r.values()) for r in read_table(new_table)]
    assert {row["predicted"] for row in answered} <= {PRAISE, BLAME}
    right = sum(row["label"] == row["predicted"] for row in answered)
    assert report(tmp_path / "report")["accuracy"]["value"] == pytest.approx(right / 32)
    assert verify_folder(tmp_path / "report") == []


def test_a_label_never_trained_is_an_error_and_is_told(life, new_table, tmp_path, capsys):
    assert evaluate(life.classifier, tmp_path / "report", "--data", new_table, "--no-baselines") == 0
    found = report(tmp_path / "report")
    assert found["unseen_labels"] == {"没有": 1}
    assert any(alarm["code"] == "unseen labels" and "没有" in alarm["text"] for alarm in found["alarms"])
    assert "没有" in capsys.readouterr().err
    unseen = next(c for c in found["classes"] if c["label"] == "没有")
    assert (unseen["support"], unseen["predicted"], unseen["recall"]) == (1, 0, 0)


def test_baselines_learn_from_the_rows_of_the_run(life, new_table, tmp_path):
    assert evaluate(life.classifier, tmp_path / "report", "--data", new_table, "--quiet") == 0
    assert [b["name"] for b in report(tmp_path / "report")["baselines"]] == ["majority", "tfidf"]


def test_rows_that_were_trained_on_are_told(life, tmp_path, capsys):
    assert evaluate(life.classifier, tmp_path / "report", "--data", life.table, "--no-baselines") == 0
    found = report(tmp_path / "report")
    assert found["leakage"] > 0.7
    assert "leaking" in [alarm["code"] for alarm in found["alarms"]]


def test_new_rows_leak_nothing(life, tmp_path):
    rows = [(f"Nothing alike {i * 7919}: {chr(0x4E00 + 97 * i) * 9}", PRAISE) for i in range(12)]
    assert evaluate(life.classifier, tmp_path / "report", "--data", write_table(tmp_path / "t.csv", rows), *QUIET) == 0
    assert report(tmp_path / "report")["leakage"] == 0


def test_every_opening_of_the_test_split_is_counted(life, tmp_path):
    run = shutil.copytree(life.classifier, tmp_path / "run")
    (run / "openings.jsonl").write_text((run / "openings.jsonl").read_text().split("\n")[0] + "\n")
    assert report(run)["test_openings"] == 1
    assert evaluate(run, tmp_path / "first", *QUIET) == 0
    assert report(tmp_path / "first")["test_openings"] == 2
    assert evaluate(run, tmp_path / "other", "--data", life.table, *QUIET) == 0
    assert report(tmp_path / "other")["test_openings"] == 1
    assert evaluate(run / "model", tmp_path / "second", *QUIET) == 0
    assert report(tmp_path / "second")["test_openings"] == 3
    lines = (run / "openings.jsonl").read_text().splitlines()
    assert sum("fingerprint" in line for line in lines) == 4
    assert sum("closed" in line for line in lines) == 3


@pytest.mark.parametrize(
    ("language", "told"), [("en", " rows, judged on them 2 times by now\n"), ("zh", " 行；迄今在其上评估过 2 次\n")]
)
def test_the_closing_block_counts_how_often_rows_were_judged(life, tmp_path, capsys, language, told):
    run = shutil.copytree(life.classifier, tmp_path / "run")
    (run / "openings.jsonl").write_text((run / "openings.jsonl").read_text().split("\n")[0] + "\n")
    assert evaluate(run, tmp_path / "out", "--language", language, *QUIET) == 0
    captured = capsys.readouterr()
    assert told in captured.out + captured.err


def test_the_test_split_opened_again_gives_the_same_figures(life, tmp_path):
    assert evaluate(life.classifier, tmp_path / "again", *QUIET) == 0
    for figure in ("accuracy", "macro_f1", "confusion", "rows"):
        assert report(tmp_path / "again")[figure] == report(life.classifier)[figure]


def test_accuracy_is_told_for_the_values_of_a_column(life, tmp_path):
    rows = [(text, label, "中文" if i % 5 == 4 else "English") for i, (text, label) in enumerate(labelled(30, seed=7))]
    table = write_table(tmp_path / "table.csv", rows, ("sentence", "label", "language"))
    assert evaluate(life.classifier, tmp_path / "report", "--data", table, "--slice_by", "language", *QUIET) == 0
    assert {s["value"]: s["rows"] for s in report(tmp_path / "report")["slices"]["language"]} == {"English": 24, "中文": 6}


def test_a_model_outside_its_run_is_judged_without_what_only_the_run_knows(life, new_table, tmp_path):
    model = shutil.copytree(life.classifier / "model", tmp_path / "alone")
    assert evaluate(model, tmp_path / "report", "--data", new_table, "--quiet") == 0
    found = report(tmp_path / "report")
    assert (found["baselines"], found["leakage"], found["test_openings"]) == ([], None, None)
    assert "outside its run" in found["preflight"][0]


def test_the_page_can_be_chinese(life, new_table, tmp_path):
    assert evaluate(life.classifier, tmp_path / "report", "--data", new_table, "--language", "zh", *QUIET) == 0
    assert 'lang="zh' in (tmp_path / "report" / "report.html").read_text("utf-8")


REFUSED = {
    "a pretrained model": ("lm", ("--data", "reviews.csv"), "NO_LABELS"),
    "no labels in the table": ("classifier", ("--data", "texts.csv"), "label_column is one of sentence"),
    "an unknown column": ("classifier", ("--data", "reviews.csv", "--slice_by", "language"), "has no column 'language'"),
    "header only": ("classifier", ("--data", "header.csv"), "EMPTY_DATA"),
    "a missing table": ("classifier", ("--data", "nowhere.csv"), "nowhere.csv"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_judged_is_refused_and_nothing_is_written_or_counted(life, tmp_path, monkeypatch, capsys, case):
    model, words, told = REFUSED[case]
    monkeypatch.chdir(life.root)
    write_table(life.root / "texts.csv", [("only words",)], ("sentence",))
    write_table(life.root / "header.csv", [])
    before = tree(life.root / model)
    assert evaluate(model, tmp_path / "made" / "report", *words) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "made").exists()
    assert tree(life.root / model) == before


def test_a_report_is_never_overwritten(life, new_table, tmp_path, capsys):
    assert evaluate(life.classifier, tmp_path / "report", "--data", new_table, *QUIET) == 0
    before = tree(tmp_path)
    assert evaluate(life.classifier, tmp_path / "report", "--data", new_table, *QUIET) == 2
    assert "OUTPUT_EXISTS" in capsys.readouterr().err
    assert tree(tmp_path) == before


def test_the_settings_of_a_report_can_be_read_back(life, new_table, tmp_path):
    assert evaluate(life.classifier, tmp_path / "report", "--data", new_table, *QUIET) == 0
    manifest = json.loads((tmp_path / "report" / "manifest.json").read_text("utf-8"))
    assert manifest["kind"] == "report"
    assert manifest["parents"][0]["name"] == "model"

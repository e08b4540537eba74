"""groundup explain of many texts, and of changes that turn the verdict, as a user types it."""

import json

import pytest

from groundup.folders import verify_folder
from tests.commands.life import BAD, BLAME, GOOD, PRAISE, groundup, labelled, write_table

pytest.importorskip("rjieba")
ENGLISH = "The red lamp. A wonderful thing!"


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_table(tmp_path_factory.mktemp("many") / "rows.csv", labelled(60, seed=5))


def read(path):
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def judged(life, table, tmp_path_factory):
    """A scorecard and an overview of the same rows in one folder."""
    out = tmp_path_factory.mktemp("judged") / "o"
    line = ("--model", life.classifier, "--input", table, "--method", "occlusion", "--scorecard", "--overview", "--rows", 40)
    assert groundup("explain", *line, "--out", out, "--quiet") == 0
    return out


def test_the_scorecard_names_a_method_that_beats_random(judged):
    report = read(judged / "scorecard.json")
    assert [method["name"] for method in report["methods"]] == ["occlusion", "ig", "gradient_norm", "attention", "random"]
    assert (report["inputs"], report["replacements"]) == (40, ["mask", "mean"])
    assert report["most_faithful"] in ("occlusion", "ig")
    best = next(method for method in report["methods"] if method["name"] == report["most_faithful"])
    assert all(best["figures"]["probability"][name]["comprehensiveness"]["against_random"]["low"] > 0 for name in report["replacements"])
    assert report["randomisation"]["stages"][-1]["name"] == "embedding"
    assert report["most_faithful"] == "occlusion" or "Integrated gradients" in (judged / "scorecard.html").read_text("utf-8")
    assert verify_folder(judged) == []


def test_the_overview_finds_the_words_that_tell_the_label_and_warns_of_them(judged):
    report = read(judged / "overview.json")
    assert {one["label"] for one in report["classes"]} == {PRAISE, BLAME}
    words = {one["label"]: {word["word"] for word in one["words"]} for one in report["classes"]}
    assert (GOOD[0] in words[PRAISE], BAD[0] in words[BLAME]) == (True, True)
    assert report["linear"]["source"] == "labels"
    assert report["method"] == "occlusion"
    assert {one["word"] for one in report["shortcuts"] if one["alarming"]} & {GOOD[0], BAD[0]}


def test_two_models_are_laid_side_by_side(life, table, tmp_path):
    line = ("--model", life.classifier, "--input", table, "--method", "occlusion", "--scorecard", "--rows", 12, "--beside", life.classifier)
    assert groundup("explain", *line, "--out", tmp_path / "o", "--quiet") == 0
    found = read(tmp_path / "o/scorecard.json")["two_models"]
    assert found["agreement"]["occlusion"]["spearman"]["value"] == pytest.approx(1)
    assert found["agreement"]["occlusion"]["inputs"] == 12
    assert found["faithfulness"]["occlusion"]["mask"]["gap"]["value"] == pytest.approx(0)


def test_rows_that_cannot_be_read_are_told(life, tmp_path, capsys):
    rows = [(text, label) for text, label in labelled(12, seed=6)]
    table = write_table(tmp_path / "in.csv", [*rows, ("", PRAISE), ("   ", BLAME)])
    line = ("--model", life.classifier, "--input", table, "--method", "gradient_norm", "--overview", "--out", tmp_path / "o")
    assert groundup("explain", *line) == 3
    assert "2 of 14 rows could not be read" in capsys.readouterr().err


def test_the_smallest_changes_are_shown_and_written(life, tmp_path, capsys):
    line = ("--model", life.classifier, "--text", ENGLISH, "--method", "counterfactual", "--masked_model", life.lm)
    assert groundup("explain", *line, "--method", "occlusion", "--out", tmp_path / "o") == 0
    shown = capsys.readouterr().out
    assert "The smallest changes that turn the verdict" in shown
    rows = [json.loads(one) for one in (tmp_path / "o/explanations.jsonl").read_text("utf-8").split("\n")[:-1]]
    assert [row["method"] for row in rows] == ["occlusion", "counterfactual"]
    assert rows[1]["found"][0]["label"] != rows[1]["label"]
    assert rows[1]["found"][0]["text"] in shown
    page = (tmp_path / "o/page.html").read_text("utf-8")
    assert "<del>" in page
    assert rows[1]["found"][0]["label"] in page
    assert groundup("explain", *line) == 0
    assert capsys.readouterr().out.startswith("The smallest changes")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--method", "counterfactual"), "masked_model"),
        (("--masked_model", "x"), "masked_model"),
        (("--scorecard",), "scorecard"),
        (("--overview",), "overview"),
        (("--beside", "x"), "beside"),
        (("--rows", 3), "rows"),
        (("--label_column", "x"), "label_column"),
    ],
)
def test_what_does_not_go_together_is_refused(life, capsys, words, told):
    assert groundup("explain", "--model", life.classifier, "--text", ENGLISH, *words) == 2
    assert f" {told}:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [(("--overview", "--target", PRAISE), "target:"), (("--overview", "--label_column", "nothing"), "has no column 'nothing'"),
     (("--scorecard", "--rows", 3), "3 inputs have two parts or more")],
)  # fmt: skip
def test_questions_that_have_no_answer_are_refused(life, table, tmp_path, capsys, words, told):
    line = ("--model", life.classifier, "--input", table, "--out", tmp_path / "o")
    assert groundup("explain", *line, *words, "--quiet") == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "o").exists()

"""groundup explain of many texts, and of changes that turn the verdict, as a user types it."""

import json

import pytest

from groundup.explain.explain import explain as explain_texts
from groundup.explain.methods.registry import METHODS
from groundup.manifest import verify_folder
from groundup.messages.translate import MESSAGES
from groundup.pages.explanation_text import explanation_text
from tests.commands.life import BAD, BLAME, GOOD, PRAISE, groundup, labelled, write_table

pytest.importorskip("rjieba")
ENGLISH = "The red lamp. A wonderful thing!"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A model of masked words, a classifier that has learned which word tells the label, and rows that it has not seen."""
    root = tmp_path_factory.mktemp("many")
    (root / "texts").mkdir()
    rows = labelled(150)
    for number in range(30):
        several = rows[5 * number : 5 * number + 5]
        (root / "texts" / f"{number:02d}.txt").write_text("\n\n".join(text for text, _ in several), "utf-8")
    write_table(root / "seen.csv", rows)
    write_table(root / "rows.csv", labelled(60, seed=5))
    lines = [
        ("prepare", "--source", root / "texts", "--out", root / "data", "--tokenizer.vocab_size", 400, "--dedup.near", "false"),
        (
            "pretrain",
            "--data",
            root / "data",
            "--out",
            root / "lm",
            "--preset",
            "tiny",
            "--steps",
            120,
            "--length",
            32,
            "--batch_size",
            16,
            "--optimizer.learning_rate",
            3e-3,
        ),
        (
            "finetune",
            "--model",
            root / "lm",
            "--data",
            root / "seen.csv",
            "--text_column",
            "sentence",
            "--out",
            root / "classifier",
            "--steps",
            30,
            "--batch_size",
            16,
            "--max_length",
            32,
            "--optimizer.learning_rate",
            1e-3,
        ),
    ]
    for line in lines:
        assert groundup(*line, "--quiet") == 0
    return root


def read(path):
    return json.loads(path.read_text("utf-8"))


def explain(world, *words):
    return groundup("explain", "--model", world / "classifier", *words)


def test_the_scorecard_names_a_method_that_beats_random(world, tmp_path, capsys):
    line = ("--input", world / "rows.csv", "--method", "occlusion", "--scorecard", "--rows", 6)
    assert explain(world, *line, "--out", tmp_path / "o") == 0
    assert "The most faithful for this model and these inputs: " in capsys.readouterr().err
    report = read(tmp_path / "o/scorecard.json")
    assert [method["name"] for method in report["methods"]] == ["occlusion", "ig", "gradient_norm", "attention", "random"]
    assert (report["inputs"], report["replacements"]) == (6, ["mask", "mean"])
    best = next(method for method in report["methods"] if method["name"] == report["most_faithful"])
    assert best["name"] in ("occlusion", "ig")
    assert all(
        best["figures"]["probability"][name]["comprehensiveness"]["against_random"]["low"] > 0
        for name in report["replacements"]
    )
    assert report["randomisation"]["stages"][-1]["name"] == "embedding"
    assert "Which explanation to believe" in (tmp_path / "o/scorecard.html").read_text("utf-8")
    assert verify_folder(tmp_path / "o") == []


def test_the_overview_finds_the_words_that_tell_the_label_and_warns_of_them(world, tmp_path, capsys):
    line = ("--input", world / "rows.csv", "--method", "occlusion", "--overview", "--language", "zh")
    assert explain(world, *line, "--out", tmp_path / "o") == 0
    assert f"{BLAME} 取决于“{BAD[0]}”" in capsys.readouterr().err
    report = read(tmp_path / "o/overview.json")
    words = {one["label"]: {word["word"] for word in one["words"]} for one in report["classes"]}
    assert GOOD[0] in words[PRAISE]
    assert BAD[0] in words[BLAME]
    assert (report["linear"]["source"], report["method"], report["inputs"]) == ("labels", "occlusion", 60)
    assert {one["word"] for one in report["shortcuts"] if one["alarming"]} == {GOOD[0], BAD[0]}


def test_without_labels_the_linear_model_learns_from_the_answers(world, tmp_path):
    texts = write_table(tmp_path / "in.csv", [(text,) for text, _ in labelled(60, seed=5)], ("sentence",))
    assert (
        explain(world, "--input", texts, "--method", "gradient_x_input", "--overview", "--out", tmp_path / "o", "--quiet") == 0
    )
    assert read(tmp_path / "o/overview.json")["linear"]["source"] == "answers"


def test_two_models_are_laid_side_by_side(world, tmp_path):
    line = (
        "--input",
        world / "rows.csv",
        "--method",
        "occlusion",
        "--scorecard",
        "--rows",
        5,
        "--other_model",
        world / "classifier",
    )
    assert explain(world, *line, "--out", tmp_path / "o", "--quiet") == 0
    found = read(tmp_path / "o/scorecard.json")["two_models"]
    assert found["agreement"]["occlusion"]["spearman"]["value"] == pytest.approx(1)
    assert found["agreement"]["occlusion"]["inputs"] == 5
    assert found["faithfulness"]["occlusion"]["mask"]["insertion_minus_deletion"]["value"] == pytest.approx(0)


def test_rows_that_cannot_be_read_are_told(world, tmp_path, capsys):
    rows = [(text, label) for text, label in labelled(12, seed=6)]
    table = write_table(tmp_path / "in.csv", [*rows, ("", PRAISE), ("   ", BLAME)])
    line = ("--input", table, "--method", "gradient_norm", "--overview", "--out", tmp_path / "o")
    assert explain(world, *line) == 3
    assert "2 of 14 rows could not be read" in capsys.readouterr().err


def test_the_smallest_changes_are_shown_and_written(world, tmp_path, capsys):
    line = ("--text", ENGLISH, "--method", "counterfactual", "--masked_model", world / "lm")
    assert explain(world, *line, "--method", "occlusion", "--out", tmp_path / "o") == 0
    shown = capsys.readouterr().out
    assert "The smallest changes that turn the verdict" in shown
    rows = [json.loads(one) for one in (tmp_path / "o/explanations.jsonl").read_text("utf-8").split("\n")[:-1]]
    assert [row["method"] for row in rows] == ["occlusion", "counterfactual"]
    assert rows[1]["changes"][0]["label"] != rows[1]["label"]
    assert rows[1]["changes"][0]["text"] in shown
    page = (tmp_path / "o/page.html").read_text("utf-8")
    assert "<del>" in page
    assert rows[1]["changes"][0]["label"] in page
    assert explain(world, *line) == 0
    assert capsys.readouterr().out.startswith("The smallest changes")


def test_an_explanation_carries_how_faithful_it_is(world, tmp_path, capsys):
    line = ("--text", ENGLISH, "--method", "occlusion", "--method", "random", "--faithfulness", "--out", tmp_path / "o")
    assert explain(world, *line) == 0
    rows = [json.loads(one) for one in (tmp_path / "o/explanations.jsonl").read_text("utf-8").split("\n")[:-1]]
    good, chance = (row["checks"] for row in rows)
    assert good["beats_random"] > 0.9 > chance["beats_random"]
    assert good["comprehensiveness"] > chance["comprehensiveness"]
    assert "random rankings beaten" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--method", "counterfactual"), "masked_model"),
        (("--masked_model", "x"), "masked_model"),
        (("--scorecard",), "scorecard"),
        (("--overview",), "overview"),
        (("--other_model", "x"), "other_model"),
        (("--rows", 3), "rows"),
        (("--label_column", "x"), "label_column"),
        (("--seed", 7), "seed"),
        (("--replacement", "zero", "--method", "attention", "--method", "lrp"), "replacement"),
        (("--samples", 3, "--method", "lime"), "samples"),
        (("--method", "counterfactual", "--masked_model", "x", "--faithfulness"), "faithfulness"),
        (("--method", "counterfactual", "--masked_model", "x", "--target", PRAISE), "target"),
        (("--seed", 7, "--method", "ig", "--method", "partition"), "seed"),
    ],
)
def test_what_does_not_go_together_is_refused(world, capsys, words, told):
    assert explain(world, "--text", ENGLISH, *words) == 2
    assert f" {told}:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--overview", "--target", PRAISE), "target:"),
        (("--overview", "--faithfulness"), "faithfulness:"),
        (("--overview", "--method", "ig", "--method", "lime"), "method:"),
        (("--overview", "--label_column", "nothing"), "has no column 'nothing'"),
        (("--scorecard", "--rows", 3), "3 inputs have two parts or more"),
    ],
)
def test_questions_that_have_no_answer_are_refused(world, tmp_path, capsys, words, told):
    assert explain(world, "--input", world / "rows.csv", "--out", tmp_path / "o", *words, "--quiet") == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_our_own_notices_are_told_in_the_readers_language(life):
    """The table holds the very sentences that the methods say; what it does not hold would stay English."""
    for found in explain_texts(life.classifier, "The red lamp. A wonderful thing!", list(METHODS))[0]:
        if found.notice and not found.notice.startswith("not complete"):
            assert MESSAGES[f"notice {found.method}"][0] == found.notice
            assert MESSAGES[f"notice {found.method}"][1] in explanation_text(found, language="zh")


def test_every_method_and_check_has_a_name_in_both_languages(life):
    for found in explain_texts(life.classifier, "The red lamp. A wonderful thing!", list(METHODS))[0]:
        assert f"method {found.method}" in MESSAGES
        assert f"about {found.method}" in MESSAGES
        assert {f"check {name}" for name in found.checks} <= set(MESSAGES)

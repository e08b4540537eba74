"""groundup explain as a user types it."""

import json

import numpy as np
import pytest

import groundup as library
import groundup.pages.evaluation_page
from groundup.explain.explain import explain
from groundup.manifest import read_manifest, verify_folder
from tests.commands.life import BLAME, PRAISE, groundup, write_table

pytest.importorskip("rjieba")
ENGLISH, CHINESE = "The red lamp. A wonderful thing!", "今天的公园很美。真精彩！"


def told(path):
    return [json.loads(line) for line in (path / "explanations.jsonl").read_text("utf-8").split("\n")[:-1]]


def test_a_text_is_shown_with_signs_and_what_its_method_promises(life, capsys):
    assert groundup("explain", "--model", life.classifier, "--text", ENGLISH) == 0
    shown = capsys.readouterr().out
    (found,) = explain(life.classifier, ENGLISH)[0]
    strongest = found.parts[int(np.abs(found.scores).argmax())].name
    assert shown.startswith("Integrated gradients: ")
    assert PRAISE in shown.split("\n")[0]
    assert BLAME in shown.split("\n")[0]
    assert f"[{strongest} {'+++' if found.scores[np.abs(found.scores).argmax()] > 0 else '---'}]" in shown
    assert "missing from completeness" in shown


def test_a_chinese_text_is_explained_by_words_or_by_characters(life, capsys):
    line = ("--model", life.classifier, "--text", CHINESE, "--method", "occlusion", "--language", "zh")
    assert groundup("explain", *line) == 0
    assert "  精彩 " in capsys.readouterr().out
    assert groundup("explain", *line, "--chinese", "characters") == 0
    shown = capsys.readouterr().out
    assert "遮挡" in shown
    parts = [line.split()[0] for line in shown.splitlines() if line.startswith("  ")]
    assert parts
    assert set(parts) <= set(CHINESE)


def test_the_folder_holds_all_numbers_and_a_page(life, tmp_path, capsys):
    line = (
        "--model",
        life.classifier,
        "--text",
        ENGLISH,
        "--text",
        CHINESE,
        "--method",
        "lrp",
        "--method",
        "attention",
        "--out",
        tmp_path / "o",
    )
    assert groundup("explain", *line, "--language", "zh", "--quiet") == 0
    rows = told(tmp_path / "o")
    assert [(row["texts"][0], row["method"]) for row in rows] == [
        (t, m) for t in (ENGLISH, CHINESE) for m in ("lrp", "attention")
    ]
    assert "patented" in rows[0]["notice"]
    assert "not an explanation" in rows[1]["notice"]
    parts = rows[0]["parts"]
    assert all(ENGLISH[part["start"] : part["end"]] == part["name"] for part in parts)
    checks = rows[0]["checks"]
    whole = sum(part["score"] for part in parts) + sum(checks[name] for name in ("special", "positions", "biases", "softmax"))
    assert whole == pytest.approx(rows[0]["value"], rel=1e-4)
    assert rows[0]["baseline"] is None
    page = (tmp_path / "o/page.html").read_text("utf-8")
    assert "专利" in page
    pictures = sorted(path.name for path in (tmp_path / "o/pictures").iterdir())
    assert pictures == ["001-attention.svg", "001-lrp.svg", "002-attention.svg", "002-lrp.svg"]
    assert "专利" in (tmp_path / "o/pictures/002-lrp.svg").read_text("utf-8")
    assert "精彩" in page
    assert verify_folder(tmp_path / "o") == []
    assert read_manifest(tmp_path / "o").kind == "report"
    assert groundup("explain", *line) == 2
    assert "is already there" in capsys.readouterr().err


def test_every_row_of_a_file_is_explained_or_told_why_not(life, tmp_path, capsys):
    table = write_table(tmp_path / "in.csv", [(ENGLISH, "x"), ("", "y"), (CHINESE, "z")], ("sentence", "note"))
    line = ("--model", life.classifier, "--input", table, "--method", "gradient_x_input")
    assert groundup("explain", *line, "--out", tmp_path / "o") == 3
    rows = told(tmp_path / "o")
    assert [(row["row"], "error" in row) for row in rows] == [(1, False), (2, True), (3, False)]
    assert rows[1]["error"] == "column 'sentence' is empty or not text"
    capsys.readouterr()
    assert groundup("explain", *line, "--quiet") == 3
    printed = capsys.readouterr()
    assert [json.loads(one) for one in printed.out.split("\n")[:-1]] == rows
    assert "1 of 3 rows could not be explained" in printed.err


def test_a_text_that_is_too_long_is_told(life, capsys):
    assert groundup("explain", "--model", life.classifier, "--text", ENGLISH * 9, "--method", "gradient_x_input") == 3
    assert "did not read all words" in capsys.readouterr().err


def test_the_command_is_a_function_though_a_package_has_its_name(life):
    outcome = library.explain(model=life.classifier, text=ENGLISH, method=["occlusion"])
    ((found,),) = outcome.facts["explanations"]
    assert found.scores.tolist() == explain(library.load(life.classifier), ENGLISH, "occlusion")[0][0].scores.tolist()
    assert callable(library.evaluate)


REFUSED = {
    "no text": ((), "give either a text or an input file"),
    "an empty text": (("--text", " "), "is empty"),
    "a method twice": (("--text", "x", "--method", "ig", "--method", "ig"), "names one twice"),
    "no method of ours": (("--text", "x", "--method", "shapp"), "Did you mean 'shap'"),
    "no label": (("--text", "x", "--target", "god"), "is no label of the model"),
    "a place": (("--text", "x", "--position", "x"), "asked of models that tag words"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused(case, life, capsys):
    words, told = REFUSED[case]
    assert groundup("explain", "--model", life.classifier, *words) == 2
    assert told in capsys.readouterr().err


def test_a_pretrained_model_is_refused(life, capsys):
    assert groundup("explain", "--model", life.lm, "--text", "x") == 2
    assert "gives no answer to explain" in capsys.readouterr().err


def test_help_tells_of_the_patent(capsys):
    assert groundup("explain", "--help") == 0
    assert "patented" in capsys.readouterr().out

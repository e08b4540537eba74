"""The command on rows of several kinds, with Chinese columns and hostile rows: an untrained model, saved as a run saves it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from groundup.cli import main
from groundup.kinds.image.png import png

HEAD = ["标题", "picture", "年龄", "colour", "label"]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A run of a few steps, and a table with a row that lacks kinds, one that holds nothing, and one of a file that is gone."""
    home = tmp_path_factory.mktemp("explained")
    pytest.importorskip("PIL")
    rows = []
    for number in range(60):
        pixels = np.random.default_rng(number).integers(0, 256, (3, 16, 16)).astype(np.uint8)
        (home / f"{number}.png").write_bytes(png(pixels))
        cold = number % 2
        rows.append(
            [f"{('nice', 'warm')[cold]} thing {number} 很好", f"{number}.png", 20 + 10 * cold + number % 7, "red", "不是"[cold]]
        )
        rows[-1][3] = ("红", "blue")[number % 3 == 0]
    write(home / "train.csv", rows)
    write(home / "new.csv", [rows[0], ["", "", 25, "红", ""], ["", "", "", "", ""], ["x", "gone.png", 3, "", ""]])
    columns = ["--text_column", "标题", "--image_column", "picture", "--table_column", "年龄", "--table_column", "colour"]
    shape = ["--image.size", "16", "--image.patch_size", "8", "--steps", "10", "--batch_size", "16", "--split.test", "0.2"]
    line = ["finetune", "--data", str(home / "train.csv"), *columns, "--label_column", "label", *shape]
    assert main([*line, "--out", str(home / "run"), "--quiet"]) in (0, 3)
    return home


def write(path: Path, rows: list) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEAD, *rows])


def asked(home: Path, *more: str) -> int:
    return main(["explain", "--model", str(home / "run"), "--input", str(home / "new.csv"), *more])


def test_each_row_is_explained_by_its_columns_or_told_why_not(home: Path, capsys):
    assert asked(home, "--method", "occlusion") == 3
    whole, half, empty, gone = map(json.loads, capsys.readouterr().out.splitlines())
    assert [(part["column"], part["kind"]) for part in whole["parts"]] == [
        ("标题", "text"),
        ("picture", "image"),
        ("年龄", "table"),
        ("colour", "table"),
    ]
    assert {one["column"]: len(one["parts"]) for one in whole["columns"]}["picture"] == 4
    assert [part["name"] for part in half["parts"]] == ["年龄 = 25", "colour = 红"]
    assert empty == {"row": 3, "error": "no column that is read holds anything"}
    assert gone["row"] == 4
    assert "gone.png" in gone["error"]


@pytest.mark.parametrize(("language", "word"), [("en", "patches of 'picture' (image):"), ("zh", "“picture”（图像）的图块:")])
def test_one_row_is_shown_in_the_terminal(home: Path, capsys, language: str, word: str):
    assert asked(home, "--row", "1", "--method", "occlusion", "--language", language) == 0
    shown = capsys.readouterr().out
    assert word in shown
    assert "年龄 = " in shown


def test_words_of_chinese_texts_may_be_characters(home: Path, capsys):
    assert asked(home, "--row", "1", "--method", "occlusion", "--chinese", "characters") == 0
    assert "好" in capsys.readouterr().out


def test_the_folder_measures_columns_and_parts_and_draws_the_picture(home: Path, tmp_path: Path):
    out = tmp_path / "why"
    assert asked(home, "--row", "1", "--method", "shap", "--faithfulness", "--out", str(out), "--quiet") == 0
    record = json.loads((out / "explanations.jsonl").read_text("utf-8"))
    assert all("comprehensiveness" in one["checks"] for one in (record, *record["columns"]))
    assert "data:image/png;base64," in (out / "page.html").read_text("utf-8")
    assert "data:image/png;base64," in (out / "pictures" / "001-shap.svg").read_text("utf-8")


def test_the_overview_and_the_scorecard_are_of_columns(home: Path, tmp_path: Path):
    train = ["--input", str(home / "train.csv"), "--method", "occlusion", "--rows", "20", "--quiet"]
    line = ["explain", "--model", str(home / "run"), *train]
    assert main([*line, "--overview", "--scorecard", "--out", str(tmp_path / "o")]) == 0
    overview, card = (json.loads((tmp_path / "o" / f"{name}.json").read_text("utf-8")) for name in ("overview", "scorecard"))
    assert (overview["of"], card["unit"], card["replacements"]) == ("columns", "column", ["training rows", "left out"])
    assert "columns replaced by: cells of training rows" in (tmp_path / "o" / "scorecard.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (["--row", "5"], "NO_SUCH_ROW row: 5: HOME/new.csv has the rows 1 to 4"),
        (["--row", "3"], "row 3 is not: no column that is read holds anything"),
        (["--row", "1", "--method", "ig"], "FOR_WORDS ig"),
        (["--row", "1", "--position", "x"], "position: is for words"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_a_line(home: Path, capsys, more: list[str], what: str):
    assert asked(home, *more) == 2
    error = capsys.readouterr().err.strip().splitlines()
    assert what.replace("HOME", str(home)) in error[-1]


def test_a_file_without_a_kind_is_explained_and_that_is_said(home: Path, tmp_path: Path, capsys):
    path = tmp_path / "table.csv"
    path.write_text("年龄,colour\n25,红\n30,blue\n", "utf-8")
    line = ["explain", "--model", str(home / "run"), "--input", str(path), "--method", "occlusion"]
    assert main([*line, "--out", str(tmp_path / "why")]) == 0
    said = capsys.readouterr().err
    assert "no column '标题': 2 rows are read without text" in said
    assert "no column 'picture': 2 rows are read without image" in said

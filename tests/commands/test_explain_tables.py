"""Explanations of rows of a table: which columns speak for an answer, by a model that learned a planted rule."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import numpy as np
import pytest

from groundup import finetune, load
from groundup.cli import main
from groundup.errors import InputError
from groundup.explain.explain import explain
from groundup.explain.subject import make_subject

HEAD = ["age", "job", "opened", "duration"]
ROW = {"age": "33", "job": "nurse", "opened": "2020-05-05", "duration": "58"}


def loans(path: Path, label, rows: int = 240) -> str:
    """A table whose label is a function of the duration alone."""
    draws = random.Random(3)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow([*HEAD, "default"])
        for number in range(rows):
            duration, day = draws.randint(6, 60), f"2020-{draws.randint(1, 12):02d}-{draws.randint(1, 28):02d}"
            age = draws.randint(18, 80) if number % 11 else ""
            table.writerow([age, draws.choice(["clerk", "nurse", "driver", ""]), day, duration, label(duration)])
    return str(path)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("explained_tables")
    data = loans(home / "loans.csv", lambda duration: "yes" if duration > 30 else "no")
    told = {"table_column": ["*"], "label_column": "default", "quiet": True, "steps": 100}
    finetune(data=data, out=str(home / "run"), **told)
    return home


def asked(home: Path, *more: str) -> int:
    return main(["explain", "--model", str(home / "run"), "--input", str(home / "loans.csv"), *more])


@pytest.mark.parametrize("method", ["shap", "occlusion", "lime", "partition"])
def test_the_planted_column_has_the_largest_score(home: Path, method: str):
    ((found,),) = explain(home / "run", [ROW], method)
    assert found.target == "yes - no (logits)"
    assert found.parts[int(np.argmax(found.scores))].name == "duration = 58"


def test_shapley_values_are_the_default_and_add_up(home: Path):
    ((found,),) = explain(home / "run", ROW)
    assert found.method == "shap"
    assert found.scores.sum() == pytest.approx(found.value - found.baseline, abs=1e-4)


def test_without_background_a_column_that_is_absent_is_a_missing_cell(home: Path):
    model = load(home / "run")
    (row,) = model.reader.rows_in_memory([ROW])
    subject = make_subject(model, row)
    assert [part.name for part in subject.parts] == [f"{name} = {cell}" for name, cell in ROW.items()]
    said = subject.without_background().values(~np.eye(4, dtype=bool))
    for place, name in enumerate(ROW):
        shares = model.probabilities([ROW | {name: None}])[0]
        yes = model.labels.index("yes")
        assert said[place] == pytest.approx(np.log(shares[yes] / shares[1 - yes]), abs=1e-4)


def test_missing_cells_are_parts_by_their_absence_and_a_row_without_any_cell_is_refused(home: Path):
    ((found,),) = explain(home / "run", [ROW | {"job": None, "age": ""}])
    assert [part.name for part in found.parts] == ["opened = 2020-05-05", "duration = 58", "age = (missing)", "job = (missing)"]
    assert found.scores.sum() == pytest.approx(found.value - found.baseline, abs=1e-4)
    with pytest.raises(InputError, match="holds nothing"):
        explain(home / "run", [dict.fromkeys(ROW)])


def test_gradients_go_through_the_contents_of_cells(home: Path):
    model = load(home / "run")
    (row,) = model.reader.rows_in_memory([ROW])
    subject = make_subject(model, row)
    assert float(subject.numbers(subject.rows[None])[0].detach()) == pytest.approx(
        subject.values(np.ones((1, 4), bool))[0], abs=1e-4
    )
    several = explain(model, [ROW], ["gradient_x_input", "gradient_norm", "attention", "rollout", "gradient_attention"])[0]
    assert all(np.abs(one.scores).sum() > 0 for one in several)
    assert several[2].scores.sum() + several[2].checks["special"] == pytest.approx(1, abs=1e-4)


def test_the_reasons_of_one_row_are_said_in_words(home: Path, capsys):
    rows = rows_of(home / "loans.csv")
    number = next(n for n, row in enumerate(rows) if int(row["duration"]) > 50)
    assert asked(home, "--row", str(number + 1)) == 0
    shown = capsys.readouterr().out
    assert f"for yes: duration = {rows[number]['duration']}" in shown
    assert asked(home, "--row", str(number + 1), "--method", "occlusion", "--language", "zh") == 0
    assert f"支持 yes：duration = {rows[number]['duration']}" in capsys.readouterr().out.replace(": ", "：")


def test_cells_that_training_never_saw_are_said_once_a_column(home: Path, tmp_path: Path, capsys):
    lines = ["age,job,opened,duration", "33,pilot,2020-05-05,48", "34,pilot,soon,9", ",,,"]
    (tmp_path / "new.csv").write_text("\n".join(lines) + "\n")
    assert main(["explain", "--model", str(home / "run"), "--input", str(tmp_path / "new.csv")]) == 3
    shown = capsys.readouterr()
    assert "column 'job': 2 of 2 cells are values that training did not have, such as 'pilot'" in shown.err
    assert "column 'opened': 1 of 2 cells is no date, such as 'soon' in row 2" in shown.err
    first, second, third = map(json.loads, shown.out.splitlines())
    assert [part["name"] for part in second["parts"]] == [
        "age = 34",
        "duration = 9",
        "job = pilot (read as missing)",
        "opened = soon (read as missing)",
    ]
    assert (first["row"], third) == (1, {"row": 3, "error": "no column that is read holds anything"})


def test_the_page_and_the_records_name_columns_with_their_cells(home: Path, tmp_path: Path):
    out = tmp_path / "why"
    assert asked(home, "--row", "4", "--out", str(out), "--faithfulness") == 0
    (record,) = [json.loads(line) for line in (out / "explanations.jsonl").read_text("utf-8").splitlines()]
    names = [part["name"] for part in record["parts"] if part["name"] != "job = (missing)"]
    assert (record["row"], record["method"], record["background"]) == (4, "shap", 32)
    assert names[-1].startswith("duration = ")
    assert names[-1] in (out / "page.html").read_text("utf-8")
    assert names[-1] in (out / "pictures" / "001-shap.svg").read_text("utf-8")
    assert record["checks"]["comprehensiveness"] > 0


def test_the_scorecard_finds_a_method_that_beats_random_rankings(home: Path, tmp_path: Path):
    out = tmp_path / "card"
    assert asked(home, "--scorecard", "--rows", "20", "--out", str(out), "--quiet") == 0
    report = json.loads((out / "scorecard.json").read_text("utf-8"))
    assert report["most_faithful"] in ("shap", "occlusion")
    assert (out / "scorecard.html").is_file()


@pytest.mark.parametrize(("language", "heading"), [("en", "Columns that speak for yes"), ("zh", "支持 yes 的列")])
def test_the_overview_names_the_column_that_drives_each_class(home: Path, tmp_path: Path, language: str, heading: str):
    out = tmp_path / "drives"
    assert asked(home, "--overview", "--rows", "60", "--out", str(out), "--language", language, "--quiet") == 0
    report = json.loads((out / "overview.json").read_text("utf-8"))
    assert {one["label"]: one["words"][0]["word"] for one in report["classes"]} == {"no": "duration", "yes": "duration"}
    assert {one["word"] for one in report["shortcuts"] if one["alarming"]} == {"duration"}
    assert (report["of"], report["linear"]) == ("columns", None)
    assert heading in (out / "overview.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (["--method", "ig"], "FOR_WORDS ig: is for words; here a part that is absent has no tokens. Fix: use one of"),
        (["--row", "1", "--chinese", "characters"], "chinese: is for words"),
        (["--overview", "--out", "OUT", "--label_column", "default"], "label_column: is for models of texts so far"),
        (["--row", "241"], "241: HOME/loans.csv has the rows 1 to 240. Fix: count from 1"),
        (["--row", "0"], "row"),
        (["--target", "maybe"], "'maybe' is no label of the model"),
    ],
    ids=["method", "words", "label", "row", "row 0", "target"],
)
def test_what_does_not_apply_is_refused_by_name(home: Path, tmp_path: Path, capsys, more: list[str], what: str):
    assert asked(home, *[str(tmp_path / "o") if one == "OUT" else one for one in more]) == 2
    assert what.replace("HOME", str(home)) in capsys.readouterr().err


def test_columns_that_raise_a_number_are_named(tmp_path: Path, capsys):
    data = loans(tmp_path / "numbers.csv", lambda duration: 10 * duration)
    run = str(tmp_path / "run")
    finetune(data=data, table_column=["*"], label_column="default", task="regression", steps=60, out=run, quiet=True)
    ((low,), (high,)) = explain(run, [ROW | {"duration": "8"}, ROW])
    assert low.value < high.value
    rows = rows_of(Path(data))
    number = next(n for n, row in enumerate(rows) if int(row["duration"]) > 55)
    assert main(["explain", "--model", run, "--input", data, "--row", str(number + 1)]) == 0
    assert f"raises the number: duration = {rows[number]['duration']}" in capsys.readouterr().out

"""Tables that people have, from training to prediction: spellings, unknown values, ids of many digits, labels 1 and 2."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from groundup import finetune
from groundup.cli import main
from groundup.errors import InputError

HEAD = ["customer", "district", "member", "colour", "size", "status"]


def rows_of(count: int = 200) -> list[list[str]]:
    """Rows whose label depends on the district and the colour; two customers differ in their last digit."""
    rows = []
    for i in range(count):
        customer = ["1582218195625938945", "1582218195625938946", f"15822181956259{i:05d}"][i % 3]
        colour = ["red", "blue", "green"][i * 7 % 3] if i % 67 else "teal"
        bad = (3 + i % 3 == 4) and colour != "red"
        rows.append([customer, str(3 + i % 3), str(i % 2 == 0), colour, f"{i * 13 % 97}.5", "2" if bad else "1"])
    return rows


def write(path: Path, head: list[str], rows: list[list[str]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    return str(path)


def trained_on(path: str, out: Path, **settings) -> Path:
    given = {"table_column": ["*"], "label_column": "status", "steps": 30, "baselines": False, "quiet": True}
    finetune(data=path, out=str(out), **given | settings)
    return out


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("situations")
    return trained_on(write(home / "x.csv", HEAD, rows_of()), home / "run", split={"group_by": "customer"})


def answers(run: Path, path: str) -> list[dict]:
    out = Path(path).with_suffix(".answers.csv")
    out.unlink(missing_ok=True)
    assert main(["predict", "--model", str(run), "--input", path, "--out", str(out), "--quiet"]) in (0, 3)
    with out.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def judgements(rows: list[dict]) -> list[tuple]:
    return [(row["label"], row["probability"]) for row in rows]


def test_the_same_values_in_the_spelling_of_another_program_are_answered_alike(trained, tmp_path):
    plain = [["c", "3", "True", "red", "7", ""], ["c", "", "False", "blue", "8", ""], ["c", "4", "", "green", "9", ""]]
    pandas = [
        ["c", "3.0", "True", "red", "7.0", ""],
        ["c", "", "False", "blue", "8.0", ""],
        ["c", "4.0", "", "green", "9.0", ""],
    ]
    excel = [["c", "3", "TRUE", "red", "7", ""], ["c", "", "FALSE", "blue", "8", ""], ["c", "4", "", "green", "9", ""]]
    first = judgements(answers(trained, write(tmp_path / "a.csv", HEAD, plain)))
    assert judgements(answers(trained, write(tmp_path / "b.csv", HEAD, pandas))) == first
    assert judgements(answers(trained, write(tmp_path / "c.csv", HEAD, excel))) == first


def test_unknown_values_are_answered_alike_alone_in_any_order_and_are_written_back(trained, tmp_path, capsys):
    rows = [["c", "3", "True", "mauve" if n % 5 < 2 else "red", str(n), ""] for n in range(50)]
    path = write(tmp_path / "new.csv", HEAD, rows)
    assert main(["predict", "--model", str(trained), "--input", path, "--out", str(tmp_path / "o.csv")]) == 0
    said = "".join(capsys.readouterr())
    assert "column 'colour': 20 of 50 cells are values that training had rarely or never, such as 'mauve'" in said
    found = answers(trained, path)
    assert [row["colour"] for row in found] == [row[3] for row in rows]
    turned = answers(trained, write(tmp_path / "turned.csv", HEAD, rows[::-1]))
    assert [float(row["probability"]) for row in turned[::-1]] == pytest.approx(
        [float(row["probability"]) for row in found], abs=1e-5
    )
    (alone,) = answers(trained, write(tmp_path / "alone.csv", HEAD, rows[:1]))
    assert float(alone["probability"]) == pytest.approx(float(found[0]["probability"]), abs=1e-5)


def test_ids_of_many_digits_are_two_groups_and_are_written_back(trained, tmp_path):
    ids = ["1582218195625938945", "1582218195625938946", "02139"]
    rows = [[one, "3", "True", "red", "7", ""] for one in ids]
    assert [row["customer"] for row in answers(trained, write(tmp_path / "x.csv", HEAD, rows))] == ids
    lines = [
        json.dumps({name: int(cell) if name == "customer" else cell for name, cell in zip(HEAD, row, strict=True)})
        for row in rows[:2]
    ]
    (tmp_path / "y.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert [row["customer"] for row in answers(trained, str(tmp_path / "y.jsonl"))] == ids[:2]


def test_the_rarer_of_labels_1_and_2_is_the_positive_one(trained):
    decisions = json.loads((trained / "report.json").read_text("utf-8"))["decisions"]
    assert decisions["positive"] == "2"


def test_a_class_of_one_row_and_rows_without_label_are_counted(tmp_path):
    rows = rows_of()
    for row in rows[:10]:
        row[-1] = ""
    rows[20][-1] = "3"
    run = trained_on(write(tmp_path / "x.csv", HEAD, rows), tmp_path / "run", steps=2, read={"max_rejects": 10})
    report = json.loads((run / "report.json").read_text("utf-8"))
    assert "warning: 10 rows could not be used (NO_LABEL)" in report["preflight"]
    assert "warning: labels of 1 row each, which can be neither learned nor tested: 3" in report["preflight"]


def test_a_column_called_as_ours_is_never_overwritten(tmp_path):
    rows = [[*row, f"kept {n}"] for n, row in enumerate(rows_of())]
    head = [*HEAD, "probability"]
    columns = ["district", "colour", "size"]
    run = trained_on(write(tmp_path / "x.csv", head, rows), tmp_path / "run", steps=2, table_column=columns)
    found = answers(run, write(tmp_path / "new.csv", head, rows[:3]))
    assert [row["probability"] for row in found] == ["kept 0", "kept 1", "kept 2"]


def test_a_file_with_a_sentence_above_its_header_is_trained_on_and_answered_with_the_same_setting(tmp_path):
    path = Path(write(tmp_path / "x.csv", HEAD, rows_of()))
    path.write_text("Customers of 2021\n" + path.read_text("utf-8"), "utf-8")
    with pytest.raises(InputError, match=r"--read\.skip_lines 1"):
        trained_on(str(path), tmp_path / "no")
    run = trained_on(str(path), tmp_path / "run", steps=2, read={"skip_lines": 1})
    out = tmp_path / "a.csv"
    given = ["--model", str(run), "--input", str(path), "--out", str(out), "--read.skip_lines", "1", "--quiet"]
    assert main(["predict", *given]) == 0
    assert len(out.read_text("utf-8").strip().split("\n")) == 201


def test_what_files_declare_and_settings_say_of_all_columns_is_kept_with_the_model(tmp_path):
    header = ["@relation r", "@attribute code {3,2,1,9}", "@attribute size real", "@attribute status {good,bad}", "@data"]
    rows = [f"{1 + n % 3},{n * 7 % 97},{'bad' if n % 3 == 1 else 'good'}" for n in range(120)]
    path = tmp_path / "x.arff"
    path.write_text("\n".join([*header, *rows, "9,-9,good", "?,5,bad"]) + "\n", "utf-8")
    run = trained_on(str(path), tmp_path / "run", steps=2, read={"missing": ["-9", "9"], "decimal": ","})
    columns = {one["name"]: one for one in json.loads((run / "model/columns.json").read_text("utf-8"))["columns"]}
    assert (columns["code"]["kind"], columns["code"]["categories"]) == ("category", ["3", "2", "1"])
    assert columns["size"]["number"]["decimal"] == ","
    assert columns["size"]["missing"] == ["-9", "9"]
    new = write(tmp_path / "new.csv", ["code", "size"], [["9", "5"], ["", "5"], ["2", "-9"], ["2", ""]])
    code_unknown, code_empty, size_unknown, size_empty = judgements(answers(run, new))
    assert code_unknown == code_empty
    assert size_unknown == size_empty
    assert code_empty != size_empty


def test_columns_that_nobody_named_and_that_stand_twice_are_told_apart(tmp_path):
    rows = [[str(n % 7), str(n % 5), str(n % 3), "bad" if n % 3 == 1 else "good"] for n in range(120)]
    run = trained_on(write(tmp_path / "x.csv", ["a", "b", "a", "status"], rows), tmp_path / "run", steps=2)
    columns = json.loads((run / "model/columns.json").read_text("utf-8"))["columns"]
    assert [one["name"] for one in columns] == ["a", "b", "a.1"]

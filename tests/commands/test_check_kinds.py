"""What a check says of tables and of rows of several kinds: repeats, contradictions, leakage, missing cells, and columns."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from groundup import check
from groundup.commands.check.cells import cell_findings
from groundup.pages.check_page import check_lines, check_page

HEAD = ["order", "age", "income", "colour", "shop", "fax", "paid"]


def rows_of(count: int) -> list[list[str]]:
    """Orders whose payment depends on income; one shop nearly always, hardly any fax."""
    rows = []
    for i in range(count):
        income = 1000 + 37 * i * i % 4000
        age = "" if i % 10 == 3 else str(20 + i * 7 % 50)
        shop, fax = "south" if i % 50 == 1 else "main", f"0{i}" if i in (3, 90) else ""
        rows.append(
            [f"K{i:05}", age, str(income), ["red", "blue", "green"][i % 3], shop, fax, "yes" if income > 3000 else "no"]
        )
    return rows


def write(path: Path, rows: list[list[str]], head: list[str] = HEAD) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    return str(path)


def findings(report: dict) -> dict[str, list[dict]]:
    by_code: dict[str, list[dict]] = {}
    for one in report["findings"]:
        by_code.setdefault(one["code"], []).append(one)
    return by_code


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> dict:
    """Of orders of which two stand there twice, one of them with both labels."""
    rows = rows_of(150)
    twice = [rows[5], [*rows[6][:-1], "no" if rows[6][-1] == "yes" else "yes"]]
    path = write(tmp_path_factory.mktemp("check") / "orders.csv", [*rows, *twice])
    return check(data=path, table_column=["*"], label_column="paid", quiet=True).facts["report"]


def test_equal_rows_of_a_table_are_shown_and_said_to_be_cases_of_their_own(report):
    (equal,) = findings(report)["EQUAL_ROWS"]
    assert equal["values"]["rows"] == "2 rows"
    assert "order=K00005" in equal["text"]
    assert "--split.group_by" in equal["text"]
    assert report["preflight"]["repeats"] == {
        "examples": [[line, 2] for line, _ in report["preflight"]["repeats"]["examples"]],
        "stay_together": False,
    }


def test_equal_rows_with_two_labels_are_shown_with_both(report):
    (differ,) = findings(report)["EQUAL_ROWS_DIFFER"]
    assert differ["values"]["rows"] == "1 row"
    assert {differ["values"]["one"], differ["values"]["other"]} == {"yes", "no"}
    assert "Equal rows with different labels" in check_page(report)


def test_missing_cells_are_counted_by_column(report):
    (missing,) = findings(report)["MISSING_CELLS"]
    assert "age 15 (9.9 %)" in missing["text"]
    (age,) = [one for one in report["preflight"]["cells"]["columns"] if one["name"] == "age"]
    assert (age["kind"], age["missing"]) == ("number", 15)


def test_columns_that_tell_little_are_named(report):
    assert [one["values"]["column"] for one in findings(report)["NEARLY_CONSTANT"]] == ["shop"]
    empty = {"name": "fax", "kind": "number", "missing": 97, "distinct": 3, "frequent": [["1", 1]]}
    (finding, *_) = cell_findings({"rows": 100, "columns": [empty]})
    assert (finding.code, finding.values["share"]) == ("NEARLY_EMPTY", "97.0")


def test_what_is_left_to_look_at_does_not_stand_beside_nothing_was_found(report):
    lines = check_lines(report)
    assert any("EQUAL_ROWS" in line for line in lines)
    assert not any("Nothing was found" in line for line in lines)


def test_labels_that_a_simple_method_does_not_expect_are_no_errors_of_a_table(tmp_path):
    rows = [[str(i), str(i * 31 % 100), "yes" if (i * 31 % 100 > 50) != (i % 9 == 0) else "no"] for i in range(200)]
    report = check(
        data=write(tmp_path / "x.csv", rows, ["n", "x", "y"]), table_column=["x"], label_column="y", quiet=True
    ).facts["report"]
    (surprising,) = findings(report)["SURPRISING"]
    assert "rows to look at, not errors" in surprising["text"]
    assert "SUSPECTS" not in findings(report)
    assert "look wrong" not in check_page(report)


def test_leakage_that_is_not_measured_says_so_in_both_languages(tmp_path):
    rows = [[str(i % 5), "ab"[i // 7 % 2], "yes" if i % 5 > 2 else "no"] for i in range(120)]
    path = write(tmp_path / "narrow.csv", rows, ["size", "kind", "y"])
    for language, words in (("en", "not measured"), ("zh", "未测量")):
        report = check(data=path, table_column=["*"], label_column="y", language=language, quiet=True).facts["report"]
        assert report["preflight"]["leakage"]["test"]["exact"] is None
        assert findings(report)["LEAKAGE_NOT_MEASURED"][0]["values"] == {"splits": "validation, test"}
        assert words in check_page(report)


def test_a_refusal_that_fine_tuning_would_make_comes_with_its_way_out(tmp_path):
    rows = [[str(i) if i % 3 else f"about {i}", "yes" if i % 2 else "no"] for i in range(90)]
    report = check(
        data=write(tmp_path / "m.csv", rows, ["size", "y"]), table_column=["size"], label_column="y", quiet=True
    ).facts["report"]
    (unfit,) = findings(report)["UNFIT"]
    assert "MIXED_COLUMN" in unfit["text"]
    assert "--table.kinds size=number reads the others as missing" in unfit["text"]


def test_a_column_that_tells_the_label_is_named_in_rows_of_several_kinds_too(tmp_path):
    notes = ["as always", "a gift", "need it soon", "leave it at the door"]
    rows = [[notes[i % 4], str(i * 7 % 50), "0" if i % 3 else f"{i}.5", "no" if i % 3 else "yes"] for i in range(200)]
    path = write(tmp_path / "shop.csv", rows, ["note", "price", "refund", "returned"])
    told = check(data=path, text_column=["note"], table_column=["*"], label_column="returned", baseline=False, quiet=True)
    report = told.facts["report"]
    assert any("column 'refund' alone tells the label" in one["text"] for one in findings(report)["READING"])
    assert min(count for split, count in report["preflight"]["splits"].items() if split != "left out") > 10
    assert "LEAKING_ROWS" not in findings(report)

"""Sheets of workbooks are read as a csv of them would be, from the sheet that is named or the first."""

import sys
from datetime import date, datetime

import pytest

from groundup.data.sources.records import Rejects
from tests.data.sources.reading import read, refused, values, write
from tests.data.tables.workbook import write_ods, write_xlsx

pytest.importorskip("python_calamine", reason="sheets are read by the extra 'sheets'")

HEADER = ["name", "size", "day", "when", "ok"]
ROWS = [
    ["Ann", 3, date(2021, 1, 5), datetime(2021, 1, 5, 8, 30), True],
    ["02139", 3.5, None, "#DIV/0!", False],
    [None, None, None, None, None],
    ["x", 1e20, date(2021, 1, 6), None, None],
]


def test_cells_are_texts_as_a_csv_has_them_and_empty_rows_are_none(tmp_path):
    rows = read(write_xlsx(tmp_path / "x.xlsx", One=[HEADER, *ROWS]))
    assert [row.line for row in rows] == [2, 3, 5]
    assert rows[0].values == {"name": "Ann", "size": "3", "day": "2021-01-05", "when": "2021-01-05 08:30:00", "ok": "True"}
    assert list(rows[1].values.values()) == ["02139", "3.5", "", "", "False"]
    assert rows[2].values["size"] == "1e+20"


def test_the_first_sheet_is_read_and_said_and_another_by_its_name(tmp_path):
    path = write_xlsx(tmp_path / "x.xlsx", One=[["a", "b"], [1, "x"]], Two=[["c", "d"], [2, "y"]])
    rejects = Rejects()
    assert [row.values for row in read(path, rejects)] == [{"a": "1", "b": "x"}]
    assert rejects.notes() == ["x.xlsx: of the sheets 'One', 'Two' the first is read; --read.sheet names another"]
    assert values(path, sheet="Two") == [{"c": "2", "d": "y"}]
    assert refused(path, sheet="Three").fix == "--read.sheet is one of 'One', 'Two'"


def test_what_stands_above_and_below_the_header_is_as_in_other_tables(tmp_path):
    rows = [[n, n * 7, "xy"[n % 2]] for n in range(1, 30)]
    path = write_xlsx(tmp_path / "x.xlsx", One=[["Sizes of 2021"], ["id", "size", "kind"], *rows])
    assert "--read.skip_lines 1" in refused(path).fix
    assert len(values(path, skip_lines=1)) == 29
    path = write_xlsx(tmp_path / "y.xlsx", One=[["id", "size", "kind"], ["no", "kg"], *rows, ["id", "size", "kind"]])
    assert "--read.header_lines 2" in refused(path).fix
    assert list(values(path, header_lines=2)[0]) == ["id no", "size kg", "kind"]
    path = write_xlsx(tmp_path / "z.xlsx", One=[["id", "size", "kind"], *rows, ["id", "size", "kind"]])
    rejects = Rejects()
    assert len(read(path, rejects)) == 29
    assert rejects.counts == {"REPEATED_HEADER": 1}
    path = write_xlsx(tmp_path / "w.xlsx", One=rows)
    assert "--read.header false" in refused(path).fix
    assert values(path, header=False, column_names=("id", "size", "kind"))[0] == {"id": "1", "size": "7", "kind": "y"}


def test_workbooks_of_opendocument_are_read(tmp_path):
    path = write_ods(tmp_path / "x.ods", [["name", "size"], ["Ann & Bob", 3], ["02139", 3.5]])
    assert values(path) == [{"name": "Ann & Bob", "size": "3"}, {"name": "02139", "size": "3.5"}]


def test_a_file_that_is_no_workbook_is_refused(tmp_path):
    assert refused(write(tmp_path / "x.xlsx", b"PK\x03\x04 a sheet")).code == "DAMAGED_SHEET"
    assert refused(write(tmp_path / "x.ods", b"a,b\n1,2\n")).code == "DAMAGED_SHEET"
    path = write_xlsx(tmp_path / "y.xlsx", One=[["a" * 2_000_000]])
    error = refused(path)
    assert error.code == "FILE_TOO_LARGE"


def test_without_the_package_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    error = refused(write_xlsx(tmp_path / "x.xlsx", One=[["a", "b"], [1, 2]]))
    assert error.code == "MISSING_EXTRA"
    assert error.fix == "pip install 'groundup[sheets]', or save the sheet as csv"


def test_a_folder_is_searched_for_workbooks_only_where_a_pattern_names_them(tmp_path):
    write(tmp_path / "all/x.csv", ["a,b", "1,2"])
    write_xlsx(tmp_path / "all/y.xlsx", One=[["a", "b"], [3, 4]])
    assert [row["a"] for row in values(tmp_path / "all")] == ["1"]
    assert [row["a"] for row in values(tmp_path / "all", include=("*.xlsx",))] == ["3"]

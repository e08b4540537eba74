"""Fields that no mark parts: blanks between them, or fixed widths; the files that are called .data, .dat and .tab."""

import pytest

from groundup.config import make_settings
from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, refused, values, write

HORSES = [f"{1 + n % 2}   {n % 3} 53010{n}  38.{n}  ? {66 + n}" for n in range(20)]


def test_blanks_between_numbers_are_recognised_and_told(tmp_path):
    rejects = Rejects()
    rows = read(write(tmp_path / "horse.data", HORSES), rejects, header=False)
    assert rows[7].values == {"0": "2", "1": "1", "2": "530107", "3": "38.7", "4": "?", "5": "73"}
    assert rejects.notes() == ["horse.data: delimiter blanks, as its header shows; --read.delimiter sets it"]


def test_blanks_between_words_are_blanks_unless_a_setting_says_otherwise(tmp_path):
    path = write(tmp_path / "x.csv", ["text", "a fine film", "a dull film", "a long film"])
    assert values(path)[0] == {"text": "a fine film"}
    path = write(tmp_path / "y.csv", ["name \t note size", '"Ann Lee"  fine 3', "Bob   'so' 4  "])
    assert values(path, delimiter="blank") == [
        {"name": "Ann Lee", "note": "fine", "size": "3"},
        {"name": "Bob", "note": "'so'", "size": "4"},
    ]
    assert values(path, delimiter="blank", quote="single", max_rejects=1) == [{"name": "Bob", "note": "so", "size": "4"}]
    assert values(path, delimiter="blank", quote="none", max_rejects=1)[0]["note"] == "'so'"


def test_a_row_of_another_number_of_fields_is_rejected_with_its_line(tmp_path):
    rejects = Rejects()
    rows = read(write(tmp_path / "x.data", [*HORSES, "1 2", ""]), rejects, header=False, max_rejects=1)
    assert len(rows) == 20
    assert rejects.first[0] == {
        "place": "x.data:21",
        "code": "RAGGED_ROW",
        "what": "has 2 fields, the header has 6",
        "fix": "",
    }


def test_columns_of_fixed_width(tmp_path):
    lines = ["name      city      age", "Ann Lee   New York   41", "Bob       Rio          "]
    path = write(tmp_path / "x.dat", lines)
    assert values(path, widths=(10, 10, 4)) == [
        {"name": "Ann Lee", "city": "New York", "age": "41"},
        {"name": "Bob", "city": "Rio", "age": ""},
    ]
    rows = values(write(tmp_path / "y.dat", lines[1:]), widths=(10, 10, 4), header=False, column_names=("a", "b", "c"))
    assert rows[0] == {"a": "Ann Lee", "b": "New York", "c": "41"}


def test_widths_and_a_delimiter_exclude_each_other():
    with pytest.raises(InputError, match=r"delimiter: goes with fields that a mark parts, not with --read\.widths"):
        make_settings(ReadSettings, {"widths": [3, 4], "delimiter": ";"})


@pytest.mark.parametrize(("name", "delimiter"), [("x.data", ","), ("x.dat", ";"), ("x.tab", "\t"), ("x.data", "\t")])
def test_tables_of_these_names_are_read(name, delimiter, tmp_path):
    lines = [delimiter.join(row) for row in (["size", "kind"], ["1.5", "a"], ["2.5", "b"])]
    assert values(write(tmp_path / name, lines)) == [{"size": "1.5", "kind": "a"}, {"size": "2.5", "kind": "b"}]


def test_a_folder_is_searched_for_them_only_where_a_pattern_names_them(tmp_path):
    write(tmp_path / "all/x.csv", ["a,b", "1,2"])
    write(tmp_path / "all/y.data", ["a,b", "3,4"])
    write(tmp_path / "all/weights.dat", b"\x00\x01\x02")
    rejects = Rejects()
    assert [row.values["a"] for row in read(tmp_path / "all", rejects)] == ["1"]
    assert rejects.skipped == {"of other formats": 2}
    assert [row.values["a"] for row in read(tmp_path / "all", include=("*.data",))] == ["3"]


def test_words_for_missing_are_missing_in_every_column_and_counted(tmp_path):
    path = write(tmp_path / "x.csv", ["size,kind,note", "?,a,what?", " ? ,?,-9", "3,b,?"])
    rejects = Rejects()
    rows = [row.values for row in read(path, rejects, missing=("?", "-9", "none"))]
    assert [row["size"] for row in rows] == [None, None, "3"]
    assert [row["kind"] for row in rows] == ["a", None, "b"]
    assert [row["note"] for row in rows] == ["what?", None, None]
    assert rejects.notes() == [
        "x.csv: 4 cells '?' are missing, as --read.missing says",
        "x.csv: 1 cell '-9' is missing, as --read.missing says",
        "warning: x.csv: no cell is 'none', which --read.missing names",
    ]
    assert values(path)[0]["size"] == "?"


def test_ids_of_many_digits_stay_as_they_are_written(tmp_path):
    ids = ["1582218195625938945", "1582218195625938946", ""]
    path = write(tmp_path / "x.csv", ["customer,zip", *(f"{one},02139" for one in ids)])
    assert [row["customer"] for row in values(path)] == ids
    assert values(path)[0]["zip"] == "02139"
    path = write(tmp_path / "x.jsonl", [f'{{"customer": {one or "null"}}}' for one in ids])
    assert [row["customer"] for row in values(path)] == [int(one) if one else None for one in ids]


def test_a_table_of_excel_with_its_separator_line_and_a_byte_order_mark(tmp_path):
    path = write(tmp_path / "x.csv", b"\xef\xbb\xbfsep=;\r\nname;price\r\nAnn;1,5\r\nBob;2,5\r\n")
    assert values(path) == [{"name": "Ann", "price": "1,5"}, {"name": "Bob", "price": "2,5"}]
    path = write(tmp_path / "y.csv", "name\tprice\r\nAnn\t1,5\r\n".encode("utf-16"))
    assert values(path) == [{"name": "Ann", "price": "1,5"}]


@pytest.mark.parametrize("name", ["x.xls", "x.xlsb", "x.numbers"])
def test_a_spreadsheet_is_refused_with_the_way_to_a_table(name, tmp_path):
    error = refused(write(tmp_path / name, b"a sheet"))
    assert error.code == "UNKNOWN_FORMAT"
    assert error.fix == "save the sheet as xlsx or csv in the program that made it"


def test_names_with_marks_stay_as_they_are_and_equal_ones_are_refused_with_both(tmp_path):
    names = ["Loan ($)", "a[0]", "x<5", "收入"]
    assert list(values(write(tmp_path / "x.csv", [",".join(names), "1,2,3,4"]))[0]) == names
    path = write(tmp_path / "y.csv", ["age,age ,b", "1,2,3"])
    error = refused(path)
    assert error.code == "BAD_HEADER"
    assert error.what == "the names 'age' and 'age ' differ by blanks alone"
    with pytest.raises(InputError, match="differ by blanks alone"):
        list(read_rows([str(path)], ReadSettings(), Rejects(), ("b",)))
    assert [row.values["b"] for row in read_rows([str(path)], ReadSettings(), Rejects(), ("b",), ())] == ["3"]


def test_row_numbers_that_were_saved_as_a_column_are_told(tmp_path):
    rejects = Rejects()
    rows = read(write(tmp_path / "x.csv", [",a", "0,5", "1,6"]), rejects)
    assert rows[0].values == {"Unnamed: 0": "0", "a": "5"}
    assert rejects.notes() == ["x.csv: columns without a name are called 'Unnamed: 0'"]

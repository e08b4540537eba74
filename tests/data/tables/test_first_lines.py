"""What stands above, in and below the header of a table: sentences, comments, several lines, units, rows where no header is."""

import pytest

from groundup.config import make_settings
from groundup.data.settings import ReadSettings
from groundup.data.sources.records import Declared, Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, refused, values, write

ROWS = [f"{n},{n * 250},{'open' if n % 3 else 'paid'}" for n in range(1, 201)]
PLAIN = [f"{n}.5,{n * 7},{'mfi'[n % 3]},{20 + n % 9}" for n in range(40)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("above", [["Notes on loans of 2021"], ["Notes on loans", "made by hand", "in June"]])
def test_sentences_above_the_header_are_refused_with_the_number_of_lines_to_skip(above, delimiter, tmp_path):
    rows = [row.replace(",", delimiter) for row in ["id,amount,status", *ROWS]]
    path = write(tmp_path / "x.csv", [*above, *rows])
    error = refused(path)
    assert error.code == "BAD_HEADER"
    assert "have 3" in error.what
    assert f"--read.skip_lines {len(above)}" in error.fix
    assert len(values(path, skip_lines=len(above))) == 200


def test_a_header_that_stands_again_and_totals_at_the_end_are_no_rows(tmp_path):
    lines = ["Loans of 2021", "id,amount,status", *ROWS[:100], "id,amount,status", *ROWS[100:], "", "Total amount funded: 7500"]
    rejects = Rejects()
    rows = read(write(tmp_path / "x.csv", lines), rejects, skip_lines=1)
    assert len(rows) == 200
    assert rejects.counts == {"REPEATED_HEADER": 1, "RAGGED_ROW": 1}
    assert rejects.first[0]["place"] == "x.csv:205"


def test_lines_of_comments_are_left_out_above_and_between(tmp_path):
    path = write(tmp_path / "x.csv", ["# by hand", "# in June", "a,b", "1,2", "# nobody knows", "3,4"])
    assert values(path, comment="#") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert read(path, comment="#")[1].line == 6
    assert "--read.comment '#'" in refused(write(tmp_path / "y.csv", ["# by hand", "a,b", "1,2", "3,4", "5,6"])).fix


def test_a_table_without_header_is_refused_and_read_with_names(tmp_path):
    path = write(tmp_path / "x.csv", PLAIN)
    error = refused(path)
    assert error.code == "BAD_HEADER"
    assert error.what == "the first line looks like a row, not like names: '0.5', '0', 'm', '20'"
    assert "--read.header false" in error.fix
    assert values(path, header=False)[0] == {"0": "0.5", "1": "0", "2": "m", "3": "20"}
    names = ("size", "count", "sex", "age")
    assert values(path, header=False, column_names=names)[39] == {"size": "39.5", "count": "273", "sex": "m", "age": "23"}
    error = refused(path, header=False, column_names=("size", "count"))
    assert error.what == "has 4 columns, and --read.column_names names 2"


@pytest.mark.parametrize(
    "lines",
    [
        ["size,1,2,3", "5,1,2,3", "5,1,2,3", "6,1,2,3"],  # a word names numbers
        ["0,1,2,3", "5,1,2,3", "5,1,2,3", "6,1,2,3"],  # names of a program
        ["shop,2019,2020,2021", "a,1,2,2020", "b,4,5,6", "a,4,5,2021"],  # years
        ["text,label", "fine,good", "so so,bad", "dull,bad"],
        ["name,0", "a,0", "b,1", "a,2"],  # a series that pandas saved
        ["name,2020", "a,7", "b,1", "c,2"],
        ["id,amount,status", "1,2,open", "id,amount,status", "2,3,open"],  # the header again
    ],
)
def test_what_only_looks_like_a_row_is_a_header(lines, tmp_path):
    assert list(values(write(tmp_path / "x.csv", lines))[0]) == lines[0].split(",")


def test_names_are_for_tables_without_header():
    with pytest.raises(InputError, match=r"column_names: is for tables without a header: pass --read\.header false, too"):
        make_settings(ReadSettings, {"column_names": ["a", "b"]})
    with pytest.raises(InputError, match="names one twice"):
        make_settings(ReadSettings, {"column_names": ["a", "a"], "header": False})


def test_units_or_a_second_header_are_refused_with_both_ways_to_read_them(tmp_path):
    path = write(tmp_path / "x.csv", ["name,weight,height", ",kg,cm", *(f"n{i},{60 + i}.5,{150 + i}" for i in range(30))])
    error = refused(path)
    assert error.what == "the line below the header has words above columns of numbers: 'kg', 'cm'"
    assert "--read.header_lines 2" in error.fix
    rows = values(path, header_lines=2)
    assert len(rows) == 30
    assert rows[0] == {"name": "n0", "weight kg": "60.5", "height cm": "150"}
    path = write(tmp_path / "y.csv", [",X1,X2", "ID,LIMIT,AGE", *(f"{i},{1000 + i},{20 + i}" for i in range(30))])
    assert "--read.skip_lines 1" in refused(path).fix
    assert values(path, skip_lines=1)[0] == {"ID": "0", "LIMIT": "1000", "AGE": "20"}


def test_a_name_over_several_columns_goes_on_to_the_right(tmp_path):
    path = write(tmp_path / "x.csv", ["shop,2019,,2020,", "name,q1,q2,q1,q2", "a,1,2,3,4", "b,5,6,7,8"])
    assert list(values(path, header_lines=2)[0]) == ["shop name", "2019 q1", "2019 q2", "2020 q1", "2020 q2"]


def test_a_first_row_of_missing_numbers_is_no_second_header(tmp_path):
    lines = ["a,b,c", "NA,?,x", *(f"{i},{i + 1},y" for i in range(10))]
    assert len(values(write(tmp_path / "x.csv", lines))) == 11


def test_tables_of_orange_say_what_their_columns_are(tmp_path):
    lines = [
        "age\tpain\tcity\tdisease",
        "c\tmild very\\ bad\td\td",
        "\t\tmeta\tclass",
        "63\tmild\tBonn\t0",
        "67\tvery bad\tKiel\t1",
    ]
    rejects = Rejects()
    rows = [row.values for row in read(write(tmp_path / "x.tab", lines), rejects)]
    assert rows[1] == {"age": "67", "pain": "very bad", "city": "Kiel", "disease": "1"}
    assert len(rows) == 2
    assert rejects.declared == {
        "age": Declared("number"),
        "pain": Declared("category", ("mild", "very bad")),
        "city": Declared("category"),
        "disease": Declared("category"),
    }
    assert rejects.notes() == ["x.tab: lines 2 and 3 say what the columns are (Orange)"]


def test_a_tab_file_of_other_programs_is_a_table_with_one_header(tmp_path):
    path = write(tmp_path / "x.tab", ["a\tb", "c\td", "no\t", "1\t2"])
    assert len(values(path)) == 3
    assert values(write(tmp_path / "y.tab", ["a\tb", "c\td", "x\ty"])) == [{"a": "c", "b": "d"}, {"a": "x", "b": "y"}]


def test_files_that_say_different_things_of_a_column_say_nothing(tmp_path):
    rejects = Rejects()
    rejects.declare({"a": Declared("number"), "b": Declared("text")})
    rejects.declare({"a": Declared("category"), "b": Declared("text")})
    assert rejects.declared == {"b": Declared("text")}
    assert rejects.inferred == ["warning: files say different things of the column 'a'; its cells decide"]
    rejects.declare({"a": Declared("number")})
    assert rejects.declared == {"b": Declared("text")}

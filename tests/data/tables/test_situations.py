"""Tables that people have, from the file to the columns that a model reads: each has a value, a note, or a refusal."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from groundup.kinds.table.columns import Columns
from groundup.kinds.table.encode import Encoder
from groundup.kinds.table.recognize import Written, read_cell, recognize
from groundup.kinds.table.settings import ColumnSettings
from tests.data.sources.reading import write

N = 200


class Learned:
    """A table that was read, and what was learned of its columns."""

    def __init__(self, path: Path, read: ReadSettings | None = None, settings: ColumnSettings | None = None):
        rejects = Rejects()
        rows = [row.values for row in read_rows([str(path)], read or ReadSettings(), rejects, ())]
        self.names = tuple(rows[0])
        self.rows = [tuple(map(read_cell, row.values())) for row in rows]
        self.columns: Columns = recognize(self.names, self.rows, settings or ColumnSettings(), 2026, Written(rejects.declared))
        self.notes = "\n".join([*rejects.notes(), *self.columns.notes])

    def __getitem__(self, name: str):
        return self.columns.columns[self.names.index(name)]

    def values(self, name: str) -> list:
        """What the cells of a column are read as."""
        column, at = self[name], self.names.index(name)
        cells = [row[at] for row in self.rows]
        if column.kind == "category":
            return [None if cell is None else column.category(cell) for cell in cells]
        return [None if cell is None else column.read(cell) for cell in cells]


def table(tmp_path: Path, lines: list[str], name: str = "x.csv", delimiter: str = ",", **settings) -> Learned:
    """A table of these rows; the first is the header."""
    read = {key: settings.pop(key) for key in list(settings) if key in ReadSettings.__dataclass_fields__ and key != "missing"}
    path = write(tmp_path / name, [line.replace("|", delimiter) for line in lines])
    return Learned(path, ReadSettings(**read), ColumnSettings(**settings))


def test_codes_that_begin_with_zero_are_categories_as_they_are_written(tmp_path):
    found = table(tmp_path, ["zip|size", *(f"{('02139', '10001', '94110', '2139')[n % 4]}|{n % 7}.5" for n in range(N))])
    assert found["zip"].kind == "category"
    assert set(found["zip"].categories) == {"02139", "10001", "94110", "2139"}
    assert len(set(found.values("zip"))) == 4


@pytest.mark.parametrize("quote", ["", '"'])
def test_na_is_a_value_of_a_category_and_missing_among_numbers(quote, tmp_path):
    rows = [f"{quote}{('DE', 'NA', 'FR')[n % 3]}{quote}|{'NA' if n % 20 == 0 else 1000 + n * 7 % 91}" for n in range(N)]
    found = table(tmp_path, ["country|income", *rows])
    assert found["country"].kind == "category"
    assert "NA" in found["country"].categories
    assert "'NA' in 67 cells is a value like others; --table.missing country=NA makes it missing" in found.notes
    assert (found["income"].kind, found.values("income").count(None)) == ("number", 10)
    found = table(tmp_path, ["country|income", *rows], missing=("country=NA",))
    assert "NA" not in found["country"].categories


def test_numbers_that_say_more_than_a_number(tmp_path):
    crp = [*(f"{n % 50}.5" for n in range(190)), *["<0.5"] * 6, *[">200"] * 4]
    ages = [str(20 + n % 60) for n in range(N)]
    ages[16] = "about 40"
    found = table(tmp_path, ["crp|age", *(f"{one}|{other}" for one, other in zip(crp, ages, strict=True))])
    assert found.values("crp")[190:] == [0.5] * 6 + [200] * 4
    assert "column 'crp': 10 cells like '<0.5' count as their limit" in found.notes
    assert found.values("age")[16] is None
    assert "1 of 200 cells is no number, such as 'about 40' in training row 17: read as missing" in found.notes


def test_more_words_than_one_in_twenty_among_numbers_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"MIXED_COLUMN.*180 numbers and 20 cells like 'unknown yet'"):
        table(tmp_path, ["a|b", *(f"{'unknown yet' if n % 10 == 0 else n * 7 % 97}|{n % 3}" for n in range(N))])


NUMBERS = [
    (",", ['"1,234"', '"999"'], [1234, 999]),
    (";", ["1.234,56", "99,5"], [1234.56, 99.5]),
    (";", ["12.5%", "7%"], [12.5, 7]),
    (",", ['"$1,200"', "($300)"], [1200, -300]),
    (",", ["1 234.5", "7"], [1234.5, 7]),
]


@pytest.mark.parametrize(("delimiter", "cells", "numbers"), NUMBERS)
def test_numbers_as_people_write_them(delimiter, cells, numbers, tmp_path):
    found = table(tmp_path, ["a|b", *(f"{cells[n % 2]}|{n % 3}" for n in range(N))], delimiter=delimiter, kinds=("a=number",))
    assert found.values("a")[:2] == numbers


def test_a_number_that_fits_two_readings_is_told_with_the_one_taken(tmp_path):
    rows = [f"{1 + n % 9}.{100 + n}|{n % 3}" for n in range(N)]
    found = table(tmp_path, ["a|b", *rows], delimiter=";")
    assert found.values("a")[1] == 2.101
    assert "column 'a': '1.100' is 1.1; --table.kinds a=number:, reads it otherwise" in found.notes
    assert table(tmp_path, ["a|b", *rows], delimiter=";", kinds=("a=number:,",)).values("a")[1] == 2101


@pytest.mark.parametrize(("other", "told"), [("7", "'7' and 100 numbers like '5%'"), ("€7", "'$5' and 100 numbers like '€7'")])
def test_two_units_in_one_column_are_refused_with_both_counts(other, told, tmp_path):
    unit = "$5" if other.startswith("€") else "5%"
    with pytest.raises(InputError, match=r"MIXED_UNITS.*100 numbers like") as error:
        table(tmp_path, ["a|b", *(f"{unit if n % 2 else other}|{n % 3}" for n in range(N))], kinds=("a=number",))
    assert told in error.value.what


def test_days_come_first_in_a_whole_column_where_one_cell_shows_it(tmp_path):
    found = table(tmp_path, ["visit|b", *(f"{13 if n == 150 else 1 + n % 9:02}/04/2021|{n % 3}" for n in range(N))])
    assert found["visit"].kind == "date"
    april = found["visit"].read("2021-04-03")
    assert found["visit"].read("03/04/2021") == april
    with pytest.raises(InputError, match=r"WHICH_DAY.*'13/04/2021'.*'04/13/2021'"):
        table(tmp_path, ["visit|b", *(f"{'13/04' if n % 2 else '04/13'}/2021|{n % 3}" for n in range(N))])


def test_day_numbers_of_a_spreadsheet(tmp_path):
    cells = ["2021-01-05", "44201", "05.01.2021"]
    found = table(
        tmp_path, ["start|days|b", *(f"{cells[n % 3]}|{44197 + n}|{n % 7}" for n in range(N))], kinds=("days=number",)
    )
    assert len(set(found.values("start"))) == 1
    assert "67 day numbers of a spreadsheet are dates: '44201' is 2021-01-05" in found.notes
    assert "column 'days': looks like spreadsheet days; --table.kinds days=date reads them as dates" in found.notes


def test_years_of_two_digits(tmp_path):
    births = ["16-07-68", "23-10-51", "02-01-99"]
    found = table(tmp_path, ["birth|b", *(f"{births[n % 3]}|{n % 7}" for n in range(N))])
    years = [1970 + days / 365.25 for days in found.values("birth")[:3]]
    assert [int(year) for year in years] == [1968, 1951, 1999]
    assert "years of two digits are from 1927 to 2026" in found.notes


def test_the_same_values_in_another_spelling_are_the_same_for_the_model(tmp_path):
    found = table(
        tmp_path,
        ["district|member|size", *(f"{3 + n % 3}|{n % 2 == 0}|{n % 7}.5" for n in range(N))],
        kinds=("district=category",),
    )
    assert found["member"].kind == "category"
    encoder = Encoder(found.columns)
    trained = encoder.encode([("3", "True", "1.5"), ("4", "False", "1.5"), (None, None, "1.5")])
    again = encoder.encode([("3.0", "TRUE", "1.5"), ("4.0", "FALSE", "1.5"), (None, None, "1.5")])
    bits = encoder.encode([("3", "1", "1.5"), ("4", "0", "1.5"), (None, None, "1.5")])
    for other in (again, bits):
        assert other.vectors.tolist() == trained.vectors.tolist()
        assert other.values.tolist() == trained.values.tolist()


def test_row_numbers_that_were_saved_as_a_column_are_left_out(tmp_path):
    found = table(tmp_path, ["|a", *(f"{n}|{n % 7}" for n in range(N))])
    assert found["Unnamed: 0"].kind == "id"
    assert "column 'Unnamed: 0': left out" in found.notes
    shuffled = pa.table({"a": [n % 7 for n in range(N)], "__index_level_0__": [n * 37 % N for n in range(N)]})
    pq.write_table(shuffled, tmp_path / "x.parquet")
    assert Learned(tmp_path / "x.parquet")["__index_level_0__"].kind == "id"


def test_numbers_that_may_mean_that_nothing_is_known_are_told_and_left(tmp_path):
    rows = [
        f"{0 if n % 20 == 0 else 70 + n % 90}|{-999 if n % 33 == 0 else 2000 + n * 13 % 700}|"
        f"{999 if n % 50 == 0 else 50 + n % 60}|{0 if n % 5 < 3 else 1 + n % 4}"
        for n in range(N)
    ]
    found = table(tmp_path, ["glucose|income|weight|children", *rows])
    for name, value in (("glucose", 0), ("income", -999), ("weight", 999)):
        assert f"--table.missing {name}={value}" in found.notes
        assert value in found.values(name)
    assert "children" not in found.notes.partition("\n")[2]


def test_infinity_spreadsheet_errors_and_words_that_python_takes_for_numbers(tmp_path):
    ratio = [f"{n % 40}.25" for n in range(N)]
    ratio[3], ratio[5], ratio[7] = "inf", "1e400", "#DIV/0!"
    codes, names = ("1_000", "2_000"), ("Nan", "Infinity", "Bob")
    rows = [f"{one}|{codes[n % 2]}|{names[n % 3]}" for n, one in enumerate(ratio)]
    found = table(tmp_path, ["ratio|code|name", *rows])
    assert [found.values("ratio")[n] for n in (3, 5, 7)] == [None, None, None]
    assert "2 of 200 cells are no number, such as 'inf' in training row 4: read as missing" in found.notes
    assert set(found["code"].categories) == set(codes)
    assert set(found["name"].categories) == set(names)


def test_arff_declares_kinds_and_the_order_of_values(tmp_path):
    header = ["@relation r", "@attribute a real", "@attribute b {X,Y,'?'}", "@attribute c {1,2,3}", "@data"]
    rows = [f"{n % 9},{'XY'[n % 2]},{1 + n % 3}" if n % 4 else f"?,'?',{1 + n % 3}" for n in range(N)]
    found = table(tmp_path, [*header, *rows], name="x.arff")
    assert [found[name].kind for name in "abc"] == ["number", "category", "category"]
    assert found["b"].categories == ("X", "Y", "?")
    assert found["c"].categories == ("1", "2", "3")
    assert found.values("a")[0] is None
    assert found.values("b")[0] == 2


def test_a_total_with_all_its_fields_is_named_as_no_number(tmp_path):
    rows = [f"{n * 3 % 97}|{n * 250}|{'open' if n % 3 else 'paid'}" for n in range(N)]
    found = table(tmp_path, ["size|amount|status", *rows, "Total|8200|"], kinds=("size=number",))
    assert "column 'size': 1 of 201 cells is no number, such as 'Total' in training row 201" in found.notes


def test_names_with_marks_are_names_of_columns(tmp_path):
    found = table(tmp_path, ["Loan ($)|a[0]|x<5|收入", *(f"{n % 7}|{n % 5}.5|a|{n % 3}" for n in range(N))])
    assert found.names == ("Loan ($)", "a[0]", "x<5", "收入")
    assert [column.name for column in found.columns] == list(found.names)

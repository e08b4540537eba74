"""What a column is, from the cells of training rows."""

from __future__ import annotations

import random

import pytest

from groundup.errors import InputError
from groundup.kinds.table.columns import Column, Columns
from groundup.kinds.table.recognize import read_cell, recognize
from groundup.kinds.table.settings import ColumnSettings

ROWS = 200


def columns_of(settings: ColumnSettings | None = None, **cells: list) -> Columns:
    names = list(cells)
    rows = [tuple(map(read_cell, row)) for row in zip(*cells.values(), strict=True)]
    return recognize(names, rows, settings or ColumnSettings(), 2026)


def column_of(cells: list, name: str = "x", **said: object) -> tuple[Column, str]:
    columns = columns_of(ColumnSettings(**said), **{name: cells})
    return columns.columns[0], "\n".join(columns.notes[1:])


def spread(*values: object, count: int = ROWS) -> list:
    """These values in an order of chance, as many as a table has rows."""
    cells = [values[i % len(values)] for i in range(count)]
    random.Random(1).shuffle(cells)
    return cells


def test_numbers_categories_dates_texts_ids_and_constants_are_recognized():
    columns = columns_of(
        age=spread(*range(18, 80)),
        colour=spread("red", "green", "blue"),
        day=spread("2021-01-05", "2020-11-30", "2022-07-14"),
        note=[f"a longer text about row {i} of this table" for i in range(ROWS)],
        customer_id=spread(*(f"K{i:05d}" for i in range(ROWS))),
        country=["Namibia"] * ROWS,
    )
    assert [column.kind for column in columns] == ["number", "category", "date", "text", "id", "constant"]
    assert columns.read == (0, 1, 2)
    assert columns.notes[0].startswith("columns: 1 number, 1 category, 1 date, 1 text, 1 id, 1 constant, learned from 200 rows")


def test_columns_that_are_left_out_are_named_with_their_reason():
    _, notes = column_of(["7"] * ROWS, "pi")
    assert "column 'pi': left out, it holds '7' in every row; --table.kinds NAME=KIND" in notes.replace("pi=KIND", "NAME=KIND")


def test_codes_that_begin_with_zero_are_categories():
    column, _ = column_of(spread("02139", "10001", "94110", "2139"))
    assert column.kind == "category"
    assert column.category("02139") != column.category("2139")


def test_a_column_of_row_numbers_is_an_id_in_any_order():
    order = list(range(1000, 1000 + ROWS))
    assert column_of(order)[0].kind == "id"
    random.Random(2).shuffle(order)
    assert column_of(order)[0].kind == "id"
    assert column_of(spread(*range(ROWS)), "")[0].kind == "id"
    assert column_of(spread(*range(0, 7 * ROWS, 7)), "income")[0].kind == "number"


def test_one_word_among_numbers_is_missing_and_named_with_its_row():
    cells = [str(20 + i % 50) for i in range(ROWS)]
    cells[16] = "about 40"
    column, notes = column_of(cells, "age")
    assert column.kind == "number"
    assert "column 'age': 1 of 200 cells is no number, such as 'about 40' in training row 17: read as missing" in notes


def test_many_words_among_numbers_are_refused_until_the_kind_is_said():
    cells = [str(20 + i % 50) if i % 4 else "word" for i in range(ROWS)]
    with pytest.raises(InputError, match=r"MIXED_COLUMN.*150 numbers and 50 cells like 'word'.*--table.kinds x=number"):
        column_of(cells)
    assert column_of(cells, kinds=("x=number",))[0].kind == "number"
    assert column_of(cells, kinds=("x=category",))[0].kind == "category"


def test_a_number_beyond_its_measure_is_the_limit():
    column, notes = column_of([f"{i % 90 + 1}" for i in range(190)] + ["<0.5"] * 6 + [">200"] * 4, "crp")
    assert column.kind == "number"
    assert (column.read("<0.5"), column.read(">200")) == (0.5, 200.0)
    assert "10 cells like '<0.5' count as their limit" in notes


def test_words_for_not_known_are_missing_among_numbers_and_a_value_among_categories():
    number, _ = column_of(["NA"] * 10 + [str(i % 90) for i in range(190)])
    assert number.kind == "number"
    assert not number.holds("NA")
    category, notes = column_of(spread("DE", "NA", "FR"), "country")
    assert category.holds("NA")
    assert category.category("NA") is not None
    assert "'NA' in 67 cells is a value like others; --table.missing country=NA makes it missing" in notes
    assert not column_of(spread("DE", "NA", "FR"), missing=("x=NA",))[0].holds("NA")


def test_a_number_that_stands_far_from_all_others_is_suspected_and_kept():
    glucose = [0] * 10 + [70 + i % 120 for i in range(190)]
    column, notes = column_of(glucose, "glucose")
    assert "0 stands in 5.0% of the rows" in notes
    assert "--table.missing glucose=0" in notes
    assert column.read("0") == 0.0
    children = spread(*([0] * 6), 1, 2, 3, 1)
    assert "stands in" not in column_of(children, "children")[1]


def test_rare_categories_are_pooled_and_counted():
    column, notes = column_of(["a"] * 100 + ["b"] * 96 + ["c", "d", "d", "e"])
    assert column.categories == ("a", "b")
    assert column.pooled == 3
    assert "3 values that fewer than 3 rows have (4 rows) are read as one" in notes


def test_spellings_of_one_value_are_one_category():
    column, _ = column_of(spread("True", "False"))
    assert column.category("TRUE") == column.category("True")
    districts, _ = column_of(spread("3", "4", "x"))
    assert districts.category("3.0") == districts.category("3") is not None


def test_zeros_and_ones_are_a_category():
    assert column_of(spread(0, 1))[0].kind == "category"


def test_words_that_python_takes_for_numbers_are_words():
    assert column_of(spread("1_000", "2_000"))[0].kind == "category"
    column, _ = column_of([str(i) for i in range(196)] + ["inf", "1e400", "nan", "#DIV/0!"])
    assert column.kind == "number"
    assert column.read("inf") is None
    assert column.read("1e400") is None


def test_dates_have_month_weekday_and_order():
    days = [f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/2021" for i in range(ROWS)]
    column, _ = column_of(days)
    assert column.kind == "date"
    assert column.parts == ("days", "month", "weekday")
    assert column.read("03/04/2021") == column.read("2021-04-03")
    with pytest.raises(InputError, match="WHICH_DAY"):
        column_of([*days[:-1], "04/13/2021"])


def test_settings_that_name_no_column_or_no_kind_are_refused():
    for said, code in (
        ({"kinds": ("y=number",)}, "NO_COLUMN"),
        ({"kinds": ("x=float",)}, "names no kind"),
        ({"missing": ("0",)}, "NAME=VALUE"),
    ):
        with pytest.raises(InputError, match=code):
            column_of(spread(1, 2, 3), **said)


def test_columns_survive_their_file():
    columns = columns_of(a=spread(1.5, 2, 9), b=spread("x", "y"), c=spread("2021-01-05", "2021-03-05"))
    assert Columns.from_dict(columns.as_dict()) == columns
    with pytest.raises(InputError, match="COLUMNS_VERSION"):
        Columns.from_dict(columns.as_dict() | {"version": 9})


@pytest.mark.parametrize("value", [[1], {"a": 1}])
def test_a_list_is_no_cell(value: object):
    with pytest.raises(ValueError, match="list or an object"):
        read_cell(value)

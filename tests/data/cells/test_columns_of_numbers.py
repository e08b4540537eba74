"""Columns of numbers as people write them: one form a column, decided from all cells, stated in notes."""

import pytest

from groundup.data.cells.numbers import NumberForm, is_limit, is_number, number_column
from groundup.errors import InputError


def numbers(cells, **settings):
    """The numbers of the cells, and the notes."""
    column = number_column(cells, "amount", **settings)
    return [column.form.parse(cell) for cell in cells], column.notes


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234", "999"], [1234, 999]),
        (["1.234,56", "99,5"], [1234.56, 99.5]),
        (["1.234", "3,5"], [1234, 3.5]),
        (["1,234", "0.5"], [1234, 0.5]),
        (["12.5%", "7%"], [12.5, 7]),
        (["$1,200", "($300)", "-$5"], [1200, -300, -5]),
        (["3 €", "1.200,50 €"], [3, 1200.5]),
        (["1 234,5", "2\u00a0000"], [1234.5, 2000]),
        (["1'234.5", "7"], [1234.5, 7]),
        (["\u22123", "5-"], [-3, -5]),
        ([7, 2.5, "3"], [7, 2.5, 3]),
    ],
)
def test_a_column_is_read_by_its_one_way_of_writing(cells, values):
    assert numbers(cells)[0] == values


@pytest.mark.parametrize(
    "cell",
    [
        "1_000",
        "nan",
        "Infinity",
        "inf",
        "1e400",
        "１２",
        "0x10",
        "about 40",
        "12 34",
        "(5",
        "--5",
        "1,2,3",
        "",
        "%",
        "$",
        True,
        None,
    ],
)
def test_what_python_or_a_reader_may_take_for_a_number_and_is_none(cell):
    assert not is_number(cell)
    assert cell is True or NumberForm().parse(cell) is None


def test_numbers_of_python_that_are_none_are_missing():
    assert NumberForm().parse(float("inf")) is None
    assert numbers([1.5, float("nan")])[0] == [1.5, None]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["1.234", "2.500"], "'1.234' is 1.234; --read.decimal , reads it otherwise"),
        (["1,234", "999"], "'1,234' is 1234; --read.decimal , reads it otherwise"),
        (["3,5", "4"], "decimals stand after a comma, as in '3,5'; --read.decimal . reads it otherwise"),
        (["12.5%", "7%"], "numbers stand before %, 12.5% is 12.5"),
    ],
)
def test_a_reading_that_is_one_of_two_is_told(cells, told):
    assert numbers(cells)[1] == [f"amount: {told}"]


def test_a_setting_decides_what_cells_leave_open():
    assert numbers(["1.234", "2.500"], decimal=",")[0] == [1234, 2500]


@pytest.mark.parametrize(
    ("cells", "code", "told"),
    [
        (["5%", "7", "8"], "MIXED_UNITS", "2 numbers like '7' and 1 numbers like '5%'"),
        (["5%", 7], "MIXED_UNITS", "1 numbers like '5%'"),
        (["$5", "€7"], "MIXED_UNITS", "1 numbers like '$5' and 1 numbers like '€7'"),
        (["1.5", "2.5", "1,5"], "WHICH_DECIMAL", "2 numbers like '1.5' and 1 numbers like '1,5'"),
    ],
)
def test_two_ways_of_writing_in_one_column_are_refused_with_both_counts(cells, code, told):
    with pytest.raises(InputError) as error:
        numbers(cells)
    assert error.value.code == code
    assert told in error.value.what


def test_limits_count_as_numbers_and_are_counted():
    cells = [*map(str, range(190)), *["<0.5"] * 6, *[">200"] * 4]
    column = number_column(cells, "crp")
    assert (column.values, len(column.limits), column.strange) == (200, 10, [])
    assert [column.form.parse(cell) for cell in ("<0.5", ">200", "≥ 3")] == [0.5, 200, 3]
    assert column.notes == ["crp: 10 cells like '<0.5' count as their limit"]
    assert is_limit("<0.5")
    assert not is_limit("0.5")


def test_a_cell_that_says_something_else_is_named_by_its_row():
    column = number_column(["39", "about 40", "41", "NA", "", "#DIV/0!"], "age")
    assert (column.values, column.strange, column.empty, column.errors) == (2, [1], 1, [5])
    assert column.share == pytest.approx(2 / 3)
    assert column.notes == ["age: 1 cell 'NA' is missing", "age: 1 error like '#DIV/0!' is missing"]

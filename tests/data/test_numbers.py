import pytest

from groundup.data.numbers import decimal_of, number_of
from groundup.errors import InputError

POINT = {
    "1": 1,
    "-2.5": -2.5,
    "+.5": 0.5,
    "3.": 3,
    "1,234": 1234,
    "1,234,567.5": 1234567.5,
    "2e3": 2000,
    "1.5E-2": 0.015,
    " 7 ": 7,
}
COMMA = {"1": 1, "-2,5": -2.5, ",5": 0.5, "3,": 3, "1.234": 1234, "1.234.567,5": 1234567.5, "2,5e1": 25}
NEITHER = [
    "",
    "1_000",
    "nan",
    "inf",
    "Infinity",
    "1,23,456",
    "12,34.5",
    "1.2.3",
    "0x10",
    "1 2",
    "--1",
    "５",
    "1,2,3",
    "12,5%",
    ".",
]


@pytest.mark.parametrize(("text", "number"), POINT.items())
def test_numbers_with_a_decimal_point(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize(("text", "number"), COMMA.items())
def test_numbers_with_a_decimal_comma(text, number):
    assert number_of(text, ",") == number


@pytest.mark.parametrize("text", NEITHER)
@pytest.mark.parametrize("decimal", [".", ","])
def test_what_is_no_number(text, decimal):
    assert number_of(text, decimal) is None


@pytest.mark.parametrize(
    ("cells", "decimal", "told"),
    [
        (["3,5", "4", "2,25"], ",", "decimals stand after a comma, as in '3,5'"),
        (["0,125", "1,234"], ",", "a comma, as in '0,125'"),
        (["1.234,5", "999"], ",", "a comma, as in '1.234,5'"),
        (["3.5", "4"], ".", ""),
        (["1.234", "2.500"], ".", ""),
        (["1,234", "999.5"], ".", "'1,234' is 1234, for decimals stand after a point"),
        (["7", "about 40", ""], ".", ""),
    ],
)
def test_the_column_shows_what_stands_before_the_decimals(cells, decimal, told):
    notes: list[str] = []
    assert decimal_of(cells, "column 'x'", "auto", notes.append) == decimal
    assert told in "".join(notes)
    assert bool(notes) == bool(told)


@pytest.mark.parametrize(
    ("cells", "told"), [(["3,5", "3.5"], "1 numbers like '3.5' and 1 like '3,5'"), (["1,234", "999"], "'1,234'")]
)
def test_a_column_that_can_be_read_in_two_ways_is_refused_unless_a_setting_decides(cells, told):
    with pytest.raises(InputError, match=r"WHICH_DECIMAL column 'x'") as error:
        decimal_of(cells, "column 'x'", "auto", print)
    assert told in error.value.what
    assert decimal_of(cells, "column 'x'", ",", print) == ","

"""Columns of dates as people write them: which number is the day is decided by the column, not by the cell."""

from datetime import datetime

import pytest

from groundup.data.cells.date_forms import DateForm, days_of, is_date
from groundup.data.cells.dates import date_column, looks_like_serials
from groundup.errors import InputError


def dates(cells, **settings):
    """The days of the cells, and the notes."""
    column = date_column(cells, "visit", 2026, **settings)
    return [moment and f"{moment:%Y-%m-%d}" for moment in map(column.form.parse, cells)], column.notes


@pytest.mark.parametrize(
    "cell",
    [
        "2021-01-05",
        "2021/1/5",
        "2021.01.05",
        "05.01.2021",
        "5 Jan 2021",
        "5-Jan-21",
        "January 5, 2021",
        "Jan 5 2021",
        "Tue, 5 January 2021",
        "2021年1月5日",
    ],
)
def test_one_day_in_many_ways(cell):
    assert DateForm(last_year=2026).parse(cell) == datetime(2021, 1, 5)
    assert is_date(cell)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2021-01-05T08:30", datetime(2021, 1, 5, 8, 30)),
        ("2021-01-05 08:30:15.5", datetime(2021, 1, 5, 8, 30, 15, 500000)),
        ("2021-01-05T08:30:00+02:00", datetime(2021, 1, 5, 6, 30)),
        ("2021-01-05 24:00", datetime(2021, 1, 6)),
        ("1/5/2021 3:04 PM", datetime(2021, 5, 1, 15, 4)),
        ("2021-01", datetime(2021, 1, 1)),
    ],
)
def test_times_of_a_day(cell, moment):
    assert DateForm().parse(cell) == moment


@pytest.mark.parametrize(
    "cell", ["31.02.2020", "2021/13/01", "2021-01-05 25:00", "12", "1.5", "may", "10.5.3", "44201", "", None, True]
)
def test_what_is_no_date(cell):
    assert not is_date(cell)
    assert DateForm().parse(cell) is None


def test_one_cell_settles_the_order_of_the_whole_column():
    found, notes = dates(["03/04/2021", "13/04/2021"])
    assert found == ["2021-04-03", "2021-04-13"]
    assert notes == ["visit: '03/04/2021' is 2021-04-03, as other cells show; --split.dates mdy says otherwise"]
    assert dates(["03/04/2021", "04/13/2021"])[0] == ["2021-03-04", "2021-04-13"]


def test_a_column_that_settles_nothing_says_so_and_a_setting_decides():
    cells = ["03/04/2021", "05/06/2021"]
    column = date_column(cells, "visit", 2026)
    assert not column.certain
    assert column.doubtful == "03/04/2021"
    assert column.notes[0].startswith("warning: visit: '03/04/2021' is 2021-03-04, though nothing in the column shows it")
    column = date_column(cells, "visit", 2026, order="dmy")
    assert column.certain
    assert not column.notes
    assert column.form.parse(cells[0]) == datetime(2021, 4, 3)


def test_both_orders_in_one_column_are_refused_with_both_rows():
    with pytest.raises(InputError) as error:
        dates(["01/01/2021", "13/04/2021", "04/13/2021"])
    assert error.value.code == "WHICH_DAY"
    assert "'13/04/2021' (row 2)" in error.value.what
    assert "'04/13/2021' (row 3)" in error.value.what
    assert "--split.dates dmy" in error.value.fix


def test_day_numbers_of_a_spreadsheet_among_dates_are_dates():
    found, notes = dates(["2021-01-05", "44201", "05.01.2021"])
    assert found == ["2021-01-05"] * 3
    assert notes == ["visit: 1 day number of a spreadsheet is a date: '44201' is 2021-01-05"]
    assert dates(["2021-01-05", "42739"], epoch=1904)[0] == ["2021-01-05"] * 2


def test_day_numbers_alone_stay_numbers_and_are_recognised():
    cells = [str(number) for number in range(44197, 44397)]
    assert date_column(cells, "visit", 2026).values == 0
    assert looks_like_serials(cells)
    assert not looks_like_serials(["44197", "100"])
    assert not looks_like_serials(["44197", "44197"])


def test_years_of_two_digits_lie_in_the_hundred_years_that_end_with_the_training():
    found, notes = dates(["16-07-68", "23-10-51", "02-01-99"])
    assert found == ["1968-07-16", "1951-10-23", "1999-01-02"]
    assert any("years of two digits are from 1927 to 2026" in note for note in notes)
    assert dates(["Dec-11", "Jan-62"])[0] == ["2011-12-01", "1962-01-01"]
    assert DateForm(last_year=2026).parse("0020-01-05") is None  # never a year below 1000


def test_words_for_missing_and_what_is_no_date_are_counted():
    column = date_column(["2021-01-05", "?", "", "soon", "#REF!"], "visit", 2026)
    assert (column.values, column.empty, column.strange, column.errors) == (1, 1, [3], [4])
    assert column.missing == {"?": 1}


def test_a_date_as_a_number_is_days_since_1970():
    assert days_of(datetime(1970, 1, 2, 12)) == 1.5

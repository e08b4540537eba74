"""What files and people say of columns: types of ARFF and Orange, decimal commas and days first, by the name of a column."""

from types import MappingProxyType

import pytest

from groundup.data.sources.records import Declared
from groundup.errors import InputError
from groundup.kinds.table.recognize import Written, recognize
from groundup.kinds.table.settings import ColumnSettings


def columns(cells, declared=(), said=MappingProxyType({}), **settings):
    """The one column `x` of these cells, and the notes."""
    found = recognize(("x",), [(cell,) for cell in cells], ColumnSettings(**settings), 2026, Written(dict(declared), **said))
    return found.columns[0], found.notes


def test_what_a_file_declares_is_the_kind_unless_a_person_says_another():
    cells = ["1", "2", "3", "1"] * 10
    assert columns(cells)[0].kind == "number"
    declared = {"x": Declared("category", ("3", "2", "1"))}
    column, _ = columns(cells, declared)
    assert (column.kind, column.reason, column.categories) == ("category", "as its file says", ("3", "2", "1"))
    assert columns(cells, declared, kinds=("x=number",))[0].kind == "number"
    assert columns(["a", "b"] * 20, {"x": Declared("text")})[0].kind == "category"


def test_a_person_says_what_stands_before_the_decimals():
    cells = ["1.234", "2.500", "7.100"] * 10
    column, notes = columns(cells)
    assert column.read("1.234") == 1.234
    assert "column 'x': '1.234' is 1.234; --table.kinds x=number:, reads it otherwise" in notes
    assert columns(cells, kinds=("x=number:,",))[0].read("1.234") == 1234


def test_a_person_says_which_number_is_the_day():
    cells = [f"0{1 + n % 9}/04/2021" for n in range(30)]
    column, notes = columns(cells)
    assert column.read("05/04/2021") == columns(["2021-05-04"] * 30 + ["2021-05-05"])[0].read("2021-05-04")
    assert any("--table.kinds x=date:dmy says otherwise" in note for note in notes)
    column, notes = columns(cells, kinds=("x=date:dmy",))
    assert column.read("05/04/2021") == columns(["2021-04-05", "2021-05-05"] * 9)[0].read("2021-04-05")
    assert not any("otherwise" in note and "column 'x'" in note for note in notes)


def test_what_is_said_of_all_columns_is_kept_with_each():
    cells = ["1.234", "2.500", "0", "-9"] * 10
    column, _ = columns(cells, said={"missing": ("-9", "0"), "decimal": ","})
    assert column.read("1.234") == 1234
    assert column.missing == ("-9", "0")
    assert [column.holds(cell) for cell in ("-9", "-9.0", "0", "0.00", "9")] == [False, False, False, False, True]
    assert columns(cells, said={"decimal": ","}, kinds=("x=number:.",))[0].read("1.234") == 1.234


@pytest.mark.parametrize("kind", ["number:;", "category:.", "date:ymd", "constant", "digit"])
def test_what_is_no_kind_is_refused(kind):
    with pytest.raises(InputError, match="names no kind of column"):
        columns(["1", "2"], kinds=(f"x={kind}",))

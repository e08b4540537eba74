"""Categories: other spellings of one value are recognised by what training saw; codes stay as they are written."""

import pytest

from groundup.data.cells.categories import category_form, has_codes, is_of_bits
from groundup.data.cells.missing import is_empty, missing_words, says_missing


def test_codes_that_begin_with_zero_are_no_numbers():
    cells = ["02139", "10001", "2139"]
    assert has_codes(cells)
    assert not has_codes(["0", "10", "0.5"])
    form = category_form(cells)
    assert set(form.values) == {"02139", "10001", "2139"}
    assert [form.parse(cell) for cell in cells] == cells


@pytest.mark.parametrize(
    ("trained", "cell", "value"),
    [
        (["3", "4", "5"], "3.0", "3"),
        (["3", "4", "5"], 3.0, "3"),
        (["3.0", "4.0"], "3", "3.0"),
        (["True", "False"], "TRUE", "True"),
        (["True", "False"], True, "True"),
        (["3", "4"], "03", "03"),
        (["red", "Red"], "RED", "RED"),
        (["red"], "mauve", "mauve"),
        (["1_000", "Nan", "Infinity"], "Nan", "Nan"),
        (["a"], "", None),
        (["a"], float("nan"), None),
        (["a"], "#N/A", None),
    ],
)
def test_another_spelling_of_a_value_is_that_value(trained, cell, value):
    assert category_form(trained).parse(cell) == value


def test_1_and_0_are_truths_only_where_their_whole_column_is():
    form = category_form(["True", "False", "True"])
    assert form.bits
    assert [form.parse(cell, bits=is_of_bits(["1", "0", ""])) for cell in ("1", "0", "")] == ["True", "False", None]
    assert form.parse("1", bits=is_of_bits(["1", "2"])) == "1"
    assert not category_form(["1", "0"]).bits


def test_spellings_of_one_value_in_training_are_one_value():
    assert category_form(["3", "3.0", "3", "4"]).values == ("3", "4")


def test_values_keep_a_given_order():
    assert category_form(["b", "a", "b"], order=("a", "b", "c")).values == ("a", "b")
    assert category_form(["b", "a", "b"]).values == ("b", "a")


def test_words_for_missing_are_words_in_a_column_of_categories():
    assert category_form(["DE", "NA", "FR"]).parse("NA") == "NA"
    assert says_missing(" na ")
    assert not says_missing("Nan Madol")
    assert missing_words(["DE", "NA", "?", "NA"]) == ["?", "NA"]
    assert is_empty(" ")
    assert is_empty(None)
    assert not is_empty("0")

"""Columns that are named for a model: as many as it was trained on, whatever their kind."""

from types import SimpleNamespace

import pytest

from groundup.errors import InputError
from groundup.evaluate.opening import named_columns


def reader_of(columns, singly=False, kind="clock"):
    reader = SimpleNamespace(kind=kind, columns=tuple(columns), renamed_singly=singly)
    reader.readers = (reader,)
    return reader


@pytest.mark.parametrize("singly", [False, True])
def test_too_few_columns_are_refused(singly):
    with pytest.raises(InputError, match=r"WHICH_COLUMN clock_column: names 1 column, and the model reads 2"):
        named_columns(reader_of("ab", singly), {"clock": ("b",)})


def test_as_many_columns_stand_in_the_place_of_those_of_the_training():
    assert named_columns(reader_of("ab"), {"clock": ("x", "y")}) == ("x", "y")
    assert named_columns(reader_of("ab", True), {"clock": ("b=y",)}) == ("a", "y")


def test_a_model_that_does_not_say_its_columns_takes_those_that_are_named():
    assert named_columns(reader_of(()), {"clock": ("x", "y")}) == ("x", "y")


def test_a_kind_that_the_model_does_not_read_is_refused():
    with pytest.raises(InputError, match="this one reads the kind clock"):
        named_columns(reader_of("ab"), {"table": ("x",)})

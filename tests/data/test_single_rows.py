"""Rows that a Python caller holds one at a time are rows everywhere, and a column stays a column."""

from collections import namedtuple

import pytest

from groundup.data.single_rows import as_table, row_of

Person = namedtuple("Person", "age job")
ROWS = [{"age": 30, "job": "baker"}, {"age": 51, "job": "singer"}]


def series(frame):
    return [row for _, row in frame.iterrows()]


def test_one_row_is_a_table_of_one():
    assert as_table(ROWS[0]) == as_table(Person(30, "baker")) == [ROWS[0]]
    assert as_table({"age": [30, 51]}) == {"age": [30, 51]}
    assert as_table({}) == {}


def test_a_row_of_pandas_is_told_from_a_column_by_its_labels():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(ROWS)
    assert as_table(frame.iloc[0]) == [ROWS[0]]
    assert as_table(series(frame)) == ROWS
    assert as_table(list(frame.itertuples(index=False))) == ROWS
    assert row_of(frame["job"]) is None
    by_name = frame.set_index(frame["job"])["job"]  # a column whose rows have names
    assert row_of(by_name, ["age"]) is None
    assert as_table(by_name, ["age"]) is by_name


def test_tables_by_split_are_no_row():
    pandas, polars, datasets = (pytest.importorskip(name) for name in ("pandas", "polars", "datasets"))
    stored = datasets.Dataset.from_list(ROWS)
    tables = [pandas.DataFrame(ROWS), polars.LazyFrame(ROWS), stored, stored.to_iterable_dataset(), ROWS, iter(ROWS)]
    for table in tables:
        parts = {"train": table, "test": table}
        assert as_table(parts) is parts, type(table)


def test_iterators_are_read_once_and_become_lists():
    assert as_table(iter(ROWS)) == ROWS
    assert as_table(map(str.upper, ["a", "b"])) == ["A", "B"]
    assert as_table(Person(age, job) for age, job in [(30, "baker"), (51, "singer")]) == ROWS


def test_what_is_no_row_is_left_as_it_is():
    for value in (None, "path.csv", ["a", "b"], ("a", "b"), [ROWS[0], "b"], 3):
        assert as_table(value) is value or as_table(value) == value
    assert row_of(("a", "b")) is None

"""ARFF: types and values come from the header; what a sparse row leaves out is 0 or the first value; ? is missing, '?' a text."""

import pytest

from groundup.data.sources.records import Declared, Rejects
from tests.data.sources.reading import read, refused, values, write

SPARSE = [
    "% made by hand",
    "@relation small",
    "",
    "@attribute a real",
    "@ATTRIBUTE b {X,Y,Z}",
    "@attribute 'c d' real",
    "@attribute cls {neg,pos}",
    "@data",
    "{0 5, 3 pos}",
    "{1 Y, 2 ?}",
    "{}",
]


def test_a_sparse_row_leaves_out_zeros_and_first_values(tmp_path):
    rejects = Rejects()
    rows = [row.values for row in read(write(tmp_path / "x.arff", SPARSE), rejects)]
    assert rows == [
        {"a": "5", "b": "X", "c d": "0", "cls": "pos"},
        {"a": "0", "b": "Y", "c d": None, "cls": "neg"},
        {"a": "0", "b": "X", "c d": "0", "cls": "neg"},
    ]
    assert rejects.declared["b"] == Declared("category", ("X", "Y", "Z"))
    assert rejects.declared["c d"] == Declared("number")


def test_a_question_mark_in_quotes_is_a_value(tmp_path):
    lines = [
        "@relation r",
        "@attribute b {'?', 'a, b', \"it's\"}",
        "@attribute s string",
        "@attribute d date 'yyyy-MM-dd'",
        "@data",
    ]
    rows = ["'?', \"x, y\", 2021-01-05", "?, 'it\\'s', ?", "'a, b',z,?, {2.5}", '"it\'s",,?']
    rejects = Rejects()
    found = [tuple(row.values.values()) for row in read(write(tmp_path / "x.arff", [*lines, *rows]), rejects)]
    assert found == [("?", "x, y", "2021-01-05"), (None, "it's", None), ("a, b", "z", None), ("it's", None, None)]
    assert [one.kind for one in rejects.declared.values()] == ["category", "text", "date"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{1 W}", "'b' holds 'W', not declared in the header"),
        ("5, X, 1", "has 3 fields, the header declares 4"),
        ("{9 5}", "tells of column 9, the header declares 0 to 3"),
        ("5, 'X, 1, neg", "has misplaced quotes"),
        ("{a 5}", "is no column and value"),
    ],
)
def test_a_row_that_the_header_does_not_allow_is_rejected(row, told, tmp_path):
    rejects = Rejects()
    assert len(read(write(tmp_path / "x.arff", [*SPARSE, row]), rejects, max_rejects=1)) == 3
    assert told in rejects.first[0]["what"]
    assert rejects.first[0]["place"] == "x.arff:12"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["@attribute a real", "5"], "'5' stands in the header"),
        (["@relation r", "@attribute a real"], "has no line @data"),
        (["@attribute a relational", "@data"], "has the type 'relational', which is not read"),
        (["@attribute a", "@data"], "'a' is no name and type"),
        (["@attribute a real", "@attribute a real", "@data", "1,2"], "'a' stand twice"),
    ],
)
def test_a_header_that_says_no_columns_is_refused(lines, told, tmp_path):
    error = refused(write(tmp_path / "x.arff", lines))
    assert error.code == "BAD_HEADER"
    assert told in error.what


def test_it_is_read_packed_too_and_under_another_name(tmp_path):
    import gzip

    path = write(tmp_path / "x.arff.gz", gzip.compress("\n".join(SPARSE).encode()))
    assert len(values(path)) == 3
    assert len(values(write(tmp_path / "x.unknown", SPARSE), format="arff")) == 3

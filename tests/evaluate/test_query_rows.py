"""What a Python caller may give a model: texts in an order, or a table with the columns that the model reads."""

import numpy as np
import pyarrow as pa
import pytest

from groundup.errors import InputError
from groundup.evaluate.query_rows import query_rows
from groundup.evaluate.writer import texts_alone
from tests.data.test_dataframes import Series, Stream, Uncomputed
from tests.explain.readers import predictor

COLUMNS = {"label": [1, 0, 1], "text": ["a fine film", "dull", "New York"]}
ROWS = [(text,) for text in COLUMNS["text"]]
RECORDS = [{"text": text} for text in COLUMNS["text"]]
TABLES = [Stream(COLUMNS), pa.table(COLUMNS), pa.record_batch(COLUMNS), COLUMNS, RECORDS]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: type(table).__name__)
def test_a_table_is_asked_row_by_row_for_the_columns_of_the_model(table):
    assert query_rows(table, ["text"]) == ROWS


def test_the_columns_stand_in_the_order_of_the_model():
    assert query_rows({"b": ["1", "2"], "a": ["3", "4"]}, ["a", "b"]) == [("3", "1"), ("4", "2")]
    assert query_rows(Uncomputed(), ["text"])[0] == ("a fine film",)


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_frames_and_their_columns_are_read(name):
    package = pytest.importorskip(name)
    frame = package.DataFrame(COLUMNS)
    assert query_rows(frame, ["text"]) == query_rows(frame["text"], ["text"]) == ROWS
    with pytest.raises(InputError, match=r"frame\['text'\].tolist\(\)"):
        query_rows(frame, [])
    with pytest.raises(InputError, match=r"NOT_TEXT row 1: is 1 \(int\), not text"):
        query_rows(frame["label"], ["text"])


TEXTS = COLUMNS["text"]
LISTS = [
    TEXTS,
    tuple(TEXTS),
    np.array(TEXTS),
    np.array(TEXTS, dtype=object),
    Series(TEXTS),
    pa.array(TEXTS),
    pa.chunked_array([TEXTS]),
    [[text] for text in TEXTS],
    np.array([TEXTS]).T,
]


@pytest.mark.parametrize("texts", LISTS, ids=lambda texts: type(texts).__name__)
def test_texts_in_an_order_are_rows_of_one(texts):
    assert query_rows(texts, ["text"]) == ROWS


def test_a_generator_is_read_once():
    assert query_rows((text for text in TEXTS), []) == ROWS


REFUSED = [
    (["a", None], "NOT_TEXT row 2: is None"),
    (["a", float("nan")], r"NOT_TEXT row 2: is nan \(float\)"),
    (3, r"NOT_TEXT texts: is 3 \(int\)"),
    (None, "NOT_TEXT texts: is None"),
    ({"a", "b"}, "NO_ORDER texts: is a set"),
    ({"text": "a", "more": ["b"]}, "NO_COLUMN texts: has 'a' for"),
    ({"words": ["a"]}, "NO_TEXT_COLUMN row 1: has no column 'text', which the model reads; it has 'words'"),
    (b"a", "ONE_TEXT"),
    ({"text": ["a", None]}, "NOT_TEXT row 2: holds None"),
    ([("a", 2)], r"NOT_TEXT row 1: holds 2 \(int\)"),
    (np.array("a"), "NOT_TEXT texts"),
    ([{"text": "a"}, "b"], r"NOT_TEXT row 1: is \{'text': 'a'\} \(dict\)"),
    ([b"a"], r"NOT_TEXT row 1: is b'a' \(bytes\)"),
    (Stream({"text": ["a"], "label": [1]}).table.rename_columns(["text", "text"]), "BAD_HEADER texts"),
]


@pytest.mark.parametrize(("texts", "told"), REFUSED, ids=lambda value: value if isinstance(value, str) else None)
def test_what_is_no_list_of_texts_is_refused_by_name(texts, told):
    with pytest.raises(InputError, match=told):
        query_rows(texts, ["text"])


def test_a_model_answers_a_table_as_its_texts():
    model = predictor()
    model.columns = []
    with pytest.raises(InputError, match=r"NO_TEXT_COLUMN texts: is a table.*frame\['text'\].tolist\(\)"):
        model.predict(Stream(COLUMNS))
    model.columns = ["text"]
    expected = model.predict(TEXTS)
    assert len(expected) == 3
    assert model.predict(Stream(COLUMNS)) == model(COLUMNS) == model.predict(Series(TEXTS)) == expected
    with pytest.raises(InputError, match="row 2: is None"):
        model.predict(["a", None])


def test_a_model_that_writes_goes_on_with_texts_alone():
    assert texts_alone(Series(TEXTS)) == TEXTS
    with pytest.raises(InputError, match=r"frame\['text'\].tolist\(\)"):
        texts_alone(Stream(COLUMNS))
    with pytest.raises(InputError, match="WRONG_TEXTS row 1: has 2 texts"):
        texts_alone([("a", "b")])

"""Only the columns that are asked for are read and judged; what they hold keeps its value."""

import datetime
import decimal
import json
import uuid

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, refused, values, write

NAN = float("nan")


def asked(path, *columns, others=(), **settings):
    """The rows when these columns are asked for, and what was said."""
    rejects = Rejects()
    return [row.values for row in read_rows([str(path)], ReadSettings(**settings), rejects, columns, others)], rejects.notes()


def store(path, columns, metadata=None):
    table = pa.table(columns).replace_schema_metadata(metadata)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table)
    return path


BINARY = pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("18446744073709551615", 2**64 - 1),
        ("-" + "9" * 40, -(10**40) + 1),
        ("NaN", None),
        ("-Infinity", None),
        ("1e999", None),
        ("0.1", 0.1),
    ],
)
def test_numbers_of_json_are_exact_and_what_is_no_number_is_missing(written, expected, tmp_path):
    assert values(write(tmp_path / "x.jsonl", [f'{{"t": "a", "n": {written}}}'])) == [{"t": "a", "n": expected}]
    assert values(write(tmp_path / "x.json", f'[{{"t": "a", "n": {written}}}]')) == [{"t": "a", "n": expected}]


@pytest.mark.parametrize("fault", ['"id": 1, "id": 2', '"more": {"b": 1, "b": 2}', '"more": "\\ud800"', '"\\udc00": 1'])
def test_a_fault_of_json_in_a_field_that_nobody_asked_for_is_not_judged(fault, tmp_path):
    path = write(tmp_path / "x.jsonl", [f'{{"text": "fine", {fault}}}'])
    (row,), _ = asked(path, "text")
    assert row["text"] == "fine"
    json.dumps(row, ensure_ascii=False).encode()  # it can be written beside an answer
    assert refused(path).code == "BAD_JSON"


def test_one_bad_element_of_an_array_is_one_bad_row(tmp_path):
    path = write(tmp_path / "x.json", '[{"t": "a"}, {"t": "b", "t": "c"}, 7, {"t": "d"}]')
    assert values(path, max_rejects=2) == [{"t": "a"}, {"t": "d"}]


@BINARY
def test_columns_that_nobody_asked_for_are_not_read(name, tmp_path):
    strange = pa.field("strange", pa.string(), metadata={"ARROW:extension:name": "somebody.else"})
    fields = [pa.field("text", pa.string()), strange, pa.field("twice", pa.int8()), pa.field("twice", pa.int8())]
    table = pa.Table.from_arrays(
        [pa.array(["a", "b"]), pa.array(["x", "y"]), pa.array([1, 2]), pa.array([3, 4])], schema=pa.schema(fields)
    )
    path = tmp_path / name
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    assert asked(path, "text")[0] == [{"text": "a"}, {"text": "b"}]
    rows, notes = asked(path, "text", others=None)
    assert rows == [{"text": "a"}, {"text": "b"}]
    assert len(notes) == 2  # each that is left out is named
    for column, code in ("strange", "EXTENSION_TYPE"), ("twice", "BAD_HEADER"):
        with pytest.raises(InputError, match=code):
            asked(path, "text", column)


@BINARY
def test_values_of_every_type_are_what_a_person_would_write(name, tmp_path):
    moment = datetime.datetime(2021, 1, 5, 10, 30, tzinfo=datetime.UTC)
    one = uuid.UUID(int=7)
    columns = {
        "text": ["a", "b"],
        "large": pa.array([2**64 - 1, None], pa.uint64()),
        "float": pa.array([0.5, NAN]),
        "half": pa.array([1.5, None], pa.float16()),
        "nanoseconds": pa.array([1609842600000000001, None], pa.timestamp("ns")),
        "zoned": pa.array([moment, None], pa.timestamp("ms", "UTC")),
        "day": pa.array([datetime.date(2021, 1, 5), None]),
        "price": pa.array([decimal.Decimal("3.50"), None]),
        "kind": pa.array(["x", None]).dictionary_encode(),
        "list": pa.array([[1.0, NAN], None]),
        "nested": pa.array([{"when": moment, "p": decimal.Decimal("1.0")}, None]),
        "long": pa.array(["wide", None], pa.large_string()),
        "id": pa.array([one.bytes, None], pa.uuid()),
        "json": pa.array(['{"a": 1}', None], pa.json_()),
    }
    rows, _ = asked(store(tmp_path / name, columns), *columns)
    assert rows[0] == {
        "text": "a",
        "large": 2**64 - 1,
        "float": 0.5,
        "half": 1.5,
        "nanoseconds": "2021-01-05 10:30:00.000000001",
        "zoned": "2021-01-05 10:30:00.000Z",
        "day": "2021-01-05",
        "price": "3.50",
        "kind": "x",
        "list": [1.0, None],
        "nested": {"when": "2021-01-05 10:30:00+00:00", "p": "1.0"},
        "long": "wide",
        "id": str(one),
        "json": '{"a": 1}',
    }
    assert all(value is None for column, value in rows[1].items() if column != "text")


@BINARY
def test_text_in_a_column_of_bytes_is_read_where_it_is_asked_for(name, tmp_path):
    path = store(tmp_path / name, {"text": pa.array([b"caf\xc3\xa9"]), "blob": pa.array([b"\xff\x00"])})
    assert asked(path, "text", others=None)[0] == [{"text": "café", "blob": "\\xff\x00"}]
    with pytest.raises(InputError, match="DAMAGED_"):
        asked(path, "blob")


@BINARY
def test_a_column_that_is_not_there_shows_those_that_are(name, tmp_path):
    assert asked(store(tmp_path / name, {"a": [1], "b": ["x"]}), "text", "label")[0] == [{"a": 1, "b": "x"}]


# Names of classes

FEATURES = {
    "text": {"dtype": "string", "_type": "Value"},
    "label": {"names": ["neg", "pos"], "_type": "ClassLabel"},
    "tags": {"feature": {"names": ["O", "B-PER"], "_type": "ClassLabel"}, "_type": "Sequence"},
}
COLUMNS = {"text": ["a", "b", "c"], "label": [1, 0, -1], "tags": [[0, 1], [], [1]]}


@BINARY
def test_numbers_of_classes_become_the_names_that_the_data_set_gives_them(name, tmp_path):
    path = store(tmp_path / name, COLUMNS, {"huggingface": json.dumps({"info": {"features": FEATURES}})})
    rows, notes = asked(path, "text", "label", "tags")
    assert [row["label"] for row in rows] == ["pos", "neg", None]
    assert [row["tags"] for row in rows] == [["O", "B-PER"], [], ["B-PER"]]
    assert notes[0] == (
        f"{name}: the numbers of 'label' become the names that the data set gives them: 0 is neg, 1 is pos; "
        "--read.class_names false keeps the numbers"
    )
    assert [row["label"] for row in asked(path, "text", "label", class_names=False)[0]] == [1, 0, -1]
    rejects = Rejects()
    list(read_rows([str(path)], ReadSettings(class_names=False), rejects))
    assert "no class names" not in rejects.cases()
    list(read_rows([str(write(tmp_path / "x.csv", "a\nb\n"))], ReadSettings(), rejects := Rejects()))
    assert "no class names" in rejects.cases()


def test_names_of_classes_stand_beside_the_files_of_a_data_set(tmp_path):
    store(tmp_path / "data-00000-of-00001.arrow", COLUMNS)
    write(tmp_path / "dataset_info.json", json.dumps({"features": FEATURES}))
    assert [row["label"] for row in asked(tmp_path, "text", "label")[0]] == ["pos", "neg", None]


CARD = """---
license: mit
dataset_info:
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': neg
          '1': pos
  - name: tags
    sequence:
      class_label:
        names:
          '0': O
          '1': B-PER
---
# Reviews
"""


@pytest.mark.parametrize("home", [".", "data"])
def test_names_of_classes_stand_in_the_card_of_a_data_set(home, tmp_path):
    write(tmp_path / "README.md", CARD)
    write(tmp_path / home / "x.csv", "text,label\na,1\nb,0\nc,-1\nd,pos\n")
    write(tmp_path / home / "y.jsonl", '{"text": "a", "label": 1, "tags": [0, 1]}\n')
    store(tmp_path / home / "z.parquet", {"text": ["a"], "label": [0], "tags": [[1]]})
    rows, notes = asked(tmp_path, "text", "label", others=None)
    assert [row["label"] for row in rows] == ["pos", "neg", None, "pos", "pos", "neg"]
    assert [row["tags"] for row in rows[4:]] == [["O", "B-PER"], ["B-PER"]]
    assert (
        "and 2 more files: the numbers of 'label' become the names that the data set gives them: 0 is neg, 1 is pos" in notes[0]
    )
    assert asked(tmp_path, "text", "label", class_names=False, others=None)[0][0]["label"] == "1"


def test_a_card_that_names_no_classes_or_several_names_none(tmp_path):
    write(tmp_path / "x.csv", "text,label\na,1\n")
    label = "  - features:\n    - name: label\n      dtype:\n        class_label:\n          names: [{}]\n"
    several = "---\ndataset_info:\n" + label.format("a, b") + label.format("c, d") + "---\n"
    for card in ("# Reviews\n", "---\nlicense: mit\n---\n", CARD.replace("class_label", "class"), several):
        write(tmp_path / "README.md", card)
        assert asked(tmp_path, "text", "label")[0] == [{"text": "a", "label": "1"}]
    write(tmp_path / "README.md", several.replace("c, d", "a, b"))
    assert asked(tmp_path, "text", "label")[0] == [{"text": "a", "label": "b"}]


def test_a_number_without_a_name_is_refused(tmp_path):
    path = store(
        tmp_path / "x.parquet", COLUMNS | {"label": [0, 1, 2]}, {"huggingface": json.dumps({"info": {"features": FEATURES}})}
    )
    with pytest.raises(InputError, match=r"NO_CLASS_NAME.*'label' holds 2, and the data set names 2 classes"):
        asked(path, "text", "label")


# Damage


def test_a_flipped_byte_in_a_page_with_a_checksum_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(
        pa.table({"text": [f"text {i}" for i in range(50)]}),
        path,
        write_page_checksum=True,
        compression="none",
        use_dictionary=False,
    )
    data = bytearray(path.read_bytes())
    data[data.index(b"text 30")] ^= 1
    assert refused(write(tmp_path / "y.parquet", bytes(data))).code == "DAMAGED_PARQUET"


def test_a_row_group_whose_count_is_false_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": [f"text {i}" for i in range(1500)]}), path, row_group_size=500)
    data = path.read_bytes()
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    count = b"\x16\xe8\x07"  # 500 rows, in the compact form of Thrift
    places = [place for place in range(footer, len(data)) if data.startswith(count, place)]
    outcomes, early = [], 0
    for place in places:
        changed = write(tmp_path / "y.parquet", data[:place] + b"\x16\xe6\x07" + data[place + 3 :])
        try:
            outcomes.append(len(values(changed)))
        except InputError as error:
            outcomes.append(error.code)
        try:
            next(read_rows([str(changed)], ReadSettings(), Rejects()))
        except InputError:
            early += 1
    assert early >= 3  # before a row is given
    assert len(places) == 6  # the values of a column and the rows, of each of three groups
    assert outcomes.count("DAMAGED_PARQUET") >= 3
    assert set(outcomes) <= {"DAMAGED_PARQUET", 1500}  # no row is lost in silence


def test_a_card_that_cannot_be_read_leaves_the_numbers_and_says_so(tmp_path):
    write(tmp_path / "README.md", CARD.replace("---\n", "---\nlicense: mit\nlicense: mit\n", 1))
    rejects = Rejects()
    rows = read(write(tmp_path / "a.csv", ["text,label", "one,0", "two,1"]), rejects)
    assert [row.values["label"] for row in rows] == ["0", "1"]
    assert rejects.notes() == [
        "warning: a.csv: classes keep their numbers, for the names in README.md beside it cannot be read: "
        "'license' stands twice"
    ]

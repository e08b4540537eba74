"""Tables in memory: every kind becomes the same file, wherever a command takes a table."""

import datetime
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import groundup
from groundup.commands.check import Check
from groundup.commands.compare import Compare
from groundup.commands.finetune import Finetune
from groundup.commands.multitask import Multitask
from groundup.commands.predict import Predict
from groundup.data.frames import files_of_tables, is_table, keep_table
from groundup.errors import InputError
from groundup.strict_json import foreign

ROWS = [{"text": "a fine film", "label": 1}, {"text": "乏味的电影", "label": 0}]
COLUMNS = {"text": [r["text"] for r in ROWS], "label": [1, 0]}
FEATURES = {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["bad", "good"], "_type": "ClassLabel"}}


class Stream:
    """A frame that speaks Arrow by the protocol alone, as those of polars do."""

    def __init__(self, columns):
        self.table = pa.table(columns)

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


class Lazy:
    """A frame that is computed when it is asked for."""

    def collect(self):
        return Stream(COLUMNS)

    def to_dict(self):
        raise AssertionError("columns are not asked for")


class Features(dict):
    def to_dict(self):
        return dict(self)


class DataSet:
    """A data set of Hugging Face: rows in an order of its own, numbers of classes with names."""

    features = Features(FEATURES)

    def __init__(self, columns, order):
        self.table, self.order = pa.table(columns), order

    def with_format(self, kind):
        assert kind == "arrow"
        return self

    def __len__(self):
        return len(self.order)

    def __getitem__(self, key):
        assert key == slice(None)
        return self.table.take(self.order)


class Streaming:
    """A data set of Hugging Face that has rows and no length."""

    features = Features(FEATURES)

    def with_format(self, kind):
        return self

    def __iter__(self):
        return iter(ROWS)


def lines(path):
    return [foreign(line) for line in Path(path).read_text("utf-8").splitlines()]


NUMPY = {"text": np.array(COLUMNS["text"]), "label": np.array([1, 0])}
TABLES = [ROWS, COLUMNS, NUMPY, pa.table(COLUMNS), pa.record_batch(COLUMNS), Stream(COLUMNS), Lazy(), pa.RecordBatchReader.from_batches(pa.table(COLUMNS).schema, pa.table(COLUMNS).to_batches())]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: type(table).__name__)
def test_every_kind_of_table_becomes_the_same_file(table, tmp_path):
    assert is_table(table)
    path = keep_table(table, tmp_path / "run.inputs")
    assert lines(path) == ROWS
    assert path == keep_table(ROWS, tmp_path / "run.inputs")


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_frames_of_other_packages_become_the_same_file(name, tmp_path):
    package = pytest.importorskip(name)
    frames = [package.DataFrame(COLUMNS)]
    frames.append(frames[0].sample(2, random_state=1).sort_index() if name == "pandas" else frames[0].lazy())
    assert [lines(keep_table(frame, tmp_path)) for frame in frames] == [ROWS, ROWS]


def test_data_sets_of_hugging_face_keep_their_order_and_the_names_of_their_classes(tmp_path):
    expected = [{"text": "乏味的电影", "label": "bad"}, {"text": "a fine film", "label": "good"}]
    assert lines(keep_table(DataSet(COLUMNS, [1, 0]), tmp_path)) == expected
    assert lines(keep_table(Streaming(), tmp_path)) == expected[::-1]


def test_real_data_sets_of_hugging_face_keep_their_order_and_the_names_of_their_classes(tmp_path):
    datasets = pytest.importorskip("datasets")
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["bad", "good"])})
    rows = datasets.Dataset.from_dict(COLUMNS, features=features)
    expected = [{"text": "乏味的电影", "label": "bad"}, {"text": "a fine film", "label": "good"}]
    assert lines(keep_table(rows.select([1, 0]), tmp_path)) == expected
    assert lines(keep_table(rows.to_iterable_dataset(), tmp_path)) == expected[::-1]
    folder = Path(keep_table(datasets.DatasetDict({"train": rows, "test": rows.select([1])}), tmp_path))
    assert {path.name: len(lines(path)) for path in folder.iterdir()} == {"train.jsonl": 2, "test.jsonl": 1}


def test_tables_by_split_are_a_folder_of_files(tmp_path):
    folder = Path(keep_table({"train": Stream(COLUMNS), "test": ROWS[:1]}, tmp_path))
    assert {path.name: lines(path) for path in folder.iterdir()} == {"train.jsonl": ROWS, "test.jsonl": ROWS[:1]}


@pytest.mark.parametrize("value", [["a.csv", "b.csv"], "a.csv", Path("a.csv"), None, [], 5, True])
def test_paths_and_other_values_are_no_tables(value):
    assert not is_table(value)


VALUES = {
    "missing": (float("nan"), None), "numpy": (np.float32(0.5), 0.5), "missing of numpy": (np.float64("nan"), None),
    "array": (np.array([1, 2]), [1, 2]), "moment": (datetime.datetime(2021, 1, 5, 10), "2021-01-05 10:00:00"),
    "large": (2**64 - 1, 2**64 - 1), "set in a list": ([(1, np.int64(2))], [[1, 2]]), "truth": (np.bool_(True), True),
    "moment of numpy": (np.datetime64("2021-01-05T10:00:00.000000001"), "2021-01-05T10:00:00.000000001"),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_values_become_those_that_json_has(name, tmp_path):
    value, expected = VALUES[name]
    assert lines(keep_table([{"v": value}], tmp_path)) == [{"v": expected}]


def test_what_pandas_has_for_missing_is_null(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"n": pandas.array([1, None], dtype="Int64"), "t": [pandas.Timestamp("2021-01-05"), pandas.NaT], "mixed": ["a", 1]})
    assert [row["n"] for row in lines(keep_table(frame, tmp_path))] == [1, None]
    assert [row["t"] for row in lines(keep_table(frame, tmp_path))][1] is None
    assert [row["mixed"] for row in lines(keep_table(frame, tmp_path))] == ["a", 1]
    assert lines(keep_table([{"v": pandas.NA}, {"v": pandas.NaT}], tmp_path)) == [{"v": None}, {"v": None}]


def test_columns_of_different_lengths_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"RAGGED_COLUMNS.*different lengths"):
        keep_table({"a": [1, 2], "b": [1]}, tmp_path)


# Where tables may stand


@pytest.mark.parametrize(
    ("command", "settings", "place"),
    [
        (Check, {"data": ROWS}, ("data",)),
        (Predict, {"model": "m", "input": Stream(COLUMNS)}, ("input",)),
        (Compare, {"systems": ["a", "b"], "data": COLUMNS}, ("data",)),
        (Finetune, {"data": "a.csv", "validation": ROWS, "out": "run"}, ("validation",)),
        (Multitask, {"tasks": {"mood": {"data": DataSet(COLUMNS, [0, 1]), "text_column": "text"}}, "out": "run"}, ("tasks", "mood", "data")),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_a_table_may_stand_wherever_a_command_reads_one(command, settings, place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with files_of_tables(command, settings) as written:
        path = written
        for name in place:
            path = path[name]
        assert [row["text"] for row in lines(path)] == COLUMNS["text"]
    assert Path(path).exists() == ("out" in settings)  # beside what it was used for, or gone
    assert (Path(path).parent.name == "run.inputs") == ("out" in settings)
    kept = {name: value for name, value in settings.items() if name != place[0]}
    assert {name: written[name] for name in kept} == kept


def test_several_tables_are_several_sources(tmp_path):
    from groundup.commands.prepare import Prepare

    with files_of_tables(Prepare, {"source": [Stream(COLUMNS), "b.csv", pa.table(COLUMNS)], "out": tmp_path / "o"}) as written:
        first, second, third = written["source"]
    assert (first, second) == (third, "b.csv")


def test_commands_take_rows_from_memory(tmp_path):
    rows = [{"text": f"Sentence number {i} is here. Another one follows it, the {i}th."} for i in range(40)]
    settings = {"tokenizer": {"vocab_size": 120}, "dedup": {"near": False}, "quiet": True}
    outcome = groundup.prepare(source=rows, out=tmp_path / "data", **settings)
    assert outcome.facts["documents"]["kept"] == 40


def test_check_takes_a_table_without_out(capsys):
    rows = [{"text": f"{'good' if n % 2 else 'bad'} sentence {n}", "label": n % 2} for n in range(40)]
    groundup.check(data=Stream({name: [row[name] for row in rows] for name in rows[0]}), text_column=["text"], baseline=False, quiet=True)
    assert "40 rows" in capsys.readouterr().out.replace(",", "")
    assert json.dumps(rows)

"""Tables in memory: every kind becomes the same file, wherever a command takes a table."""

import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import groundup
from groundup.commands.check.settings import Check
from groundup.commands.compare.settings import Compare
from groundup.commands.finetune.settings import Finetune
from groundup.commands.multitask.settings import Multitask
from groundup.commands.predict.settings import Predict
from groundup.data.dataframes import Tables, file_texts, is_table
from groundup.errors import InputError
from groundup.folders import make_parents, write_file
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


def keep_table(value, folder):
    """The path of a table, its files written."""
    path, texts = file_texts(value, Path(folder))
    for file, text in texts.items():
        make_parents(file.parent)
        write_file(file, text)
    return str(path)


def lines(path):
    return [foreign(line) for line in Path(path).read_text("utf-8").splitlines()]


NUMPY = {"text": np.array(COLUMNS["text"]), "label": np.array([1, 0])}
TABLES = [
    ROWS,
    COLUMNS,
    NUMPY,
    pa.table(COLUMNS),
    pa.record_batch(COLUMNS),
    Stream(COLUMNS),
    Lazy(),
    pa.RecordBatchReader.from_batches(pa.table(COLUMNS).schema, pa.table(COLUMNS).to_batches()),
]


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
    "missing": (float("nan"), None),
    "numpy": (np.float32(0.5), 0.5),
    "missing of numpy": (np.float64("nan"), None),
    "array": (np.array([1, 2]), [1, 2]),
    "moment": (datetime.datetime(2021, 1, 5, 10), "2021-01-05 10:00:00"),
    "large": (2**64 - 1, 2**64 - 1),
    "set in a list": ([(1, np.int64(2))], [[1, 2]]),
    "truth": (np.bool_(True), True),
    "moment of numpy": (np.datetime64("2021-01-05T10:00:00.000000001"), "2021-01-05T10:00:00.000000001"),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_become_those_that_json_has(name, tmp_path):
    value, expected = VALUES[name]
    assert lines(keep_table([{"v": value}], tmp_path)) == [{"v": expected}]


def test_what_pandas_has_for_missing_is_null(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"n": pandas.array([1, None], dtype="Int64"), "t": [pandas.Timestamp("2021-01-05"), pandas.NaT], "mixed": ["a", 1]}
    )
    assert [row["n"] for row in lines(keep_table(frame, tmp_path))] == [1, None]
    assert [row["t"] for row in lines(keep_table(frame, tmp_path))][1] is None
    assert [row["mixed"] for row in lines(keep_table(frame, tmp_path))] == ["a", 1]
    assert lines(keep_table([{"v": pandas.NA}, {"v": pandas.NaT}], tmp_path)) == [{"v": None}, {"v": None}]


def test_columns_of_different_lengths_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"RAGGED_COLUMNS.*different lengths"):
        keep_table({"a": [1, 2], "b": [1]}, tmp_path)


class Frame(Stream):
    """A frame that tells the names of its columns."""

    def __init__(self, names, values):
        self.columns, self.table = names, pa.table(values, names)


class Series:
    """A column of a frame."""

    def __init__(self, values):
        self.values = values

    def to_frame(self):
        raise AssertionError("no frame is asked for")

    def to_dict(self):
        raise AssertionError("no dictionary is asked for")

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self.values)


class Uncomputed:
    """A frame of polars that was not computed yet."""

    def collect(self):
        return Stream(COLUMNS)

    @property
    def columns(self):
        raise AssertionError("the names are not asked for")

    def collect_schema(self):
        raise AssertionError("the names are not asked for")


def test_a_frame_that_was_not_computed_yet_is_computed(tmp_path):
    assert is_table(Uncomputed())
    assert lines(keep_table(Uncomputed(), tmp_path)) == ROWS


@pytest.mark.parametrize(
    "table", [Frame(["text", "text"], [["a"], ["b"]]), pa.table([["a"], ["b"]], ["text", "text"])], ids=["frame", "arrow"]
)
def test_two_columns_of_one_name_are_refused(table, tmp_path):
    with pytest.raises(InputError, match="BAD_HEADER data: has two columns of one name: 'text'"):
        keep_table(table, tmp_path)


@pytest.mark.parametrize(
    "table",
    [Frame(["text"], [pa.array([], pa.string())]), {"text": []}, {"train": pa.table({"text": pa.array([], pa.string())})}],
)
def test_a_table_without_rows_is_refused(table, tmp_path):
    with pytest.raises(InputError, match="NO_ROWS data: the table in memory has no rows"):
        keep_table(table, tmp_path)


def test_frames_of_pandas_with_two_columns_of_one_name_and_columns_alone_are_refused(tmp_path):
    pandas = pytest.importorskip("pandas")
    with pytest.raises(InputError, match="BAD_HEADER data: has two columns of one name: 'text'"):
        keep_table(pandas.DataFrame([["a", "b"]], columns=["text", "text"]), tmp_path)
    with pytest.raises(InputError, match="NO_TABLE data: is a Series of 2; a path or a table in memory is taken"):
        groundup.check(data=pandas.DataFrame(COLUMNS)["text"], text_column="text")


def test_a_row_that_stands_for_columns_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"NO_COLUMN data: has 'fine' for the column 'text'.*\[row\]"):
        keep_table({"text": "fine"}, tmp_path)


TEXTS = {
    "list": ["a", "b"],
    "Series": Series(["a"]),
    "StringArray": pa.array(["a"]),
    "ndarray": np.array(["a"]),
    "set": {"a"},
    "generator": (text for text in "ab"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_in_place_of_a_table_are_refused_with_what_is_taken(kind):
    with pytest.raises(
        InputError, match=rf"NO_TABLE data: is a {kind}.*a path or a table in memory is taken.*data=\{{'text': texts\}}"
    ):
        groundup.check(data=TEXTS[kind], text_column="text")


# Where tables may stand


def write_made(out):
    make_parents(out)
    write_file(out / "made", "")


@pytest.mark.parametrize(
    ("command", "settings", "place"),
    [
        (Check, {"data": ROWS}, ("data",)),
        (Predict, {"model": "m", "input": Stream(COLUMNS)}, ("input",)),
        (Compare, {"systems": ["a", "b"], "data": COLUMNS}, ("data",)),
        (Finetune, {"data": "a.csv", "validation": ROWS, "out": "run"}, ("validation",)),
        (
            Multitask,
            {"tasks": {"mood": {"data": DataSet(COLUMNS, [0, 1]), "text_column": "text"}}, "out": "run"},
            ("tasks", "mood", "data"),
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_a_table_may_stand_wherever_a_command_reads_one(command, settings, place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tables = Tables(command, settings)
    path = written = tables.settings
    for name in place:
        path = path[name]
    assert not Path(path).exists()
    with tables.written():
        assert [row["text"] for row in lines(path)] == COLUMNS["text"]
        if "out" in settings:
            write_made(Path("run"))
    assert Path(path).exists() == ("out" in settings)  # beside what it was used for, or gone
    assert (Path(path).parent.name == "run.inputs") == ("out" in settings)
    kept = {name: value for name, value in settings.items() if name != place[0]}
    assert {name: written[name] for name in kept} == kept


def test_several_tables_are_several_sources(tmp_path):
    from groundup.commands.prepare.settings import Prepare

    tables = Tables(Prepare, {"source": [Stream(COLUMNS), "b.csv", pa.table(COLUMNS)], "out": tmp_path / "o"})
    first, second, third = tables.settings["source"]
    assert (first, second) == (third, "b.csv")


def test_commands_take_rows_from_memory(tmp_path):
    rows = [{"text": f"Sentence number {i} is here. Another one follows it, the {i}th."} for i in range(40)]
    settings = {"tokenizer": {"vocab_size": 120}, "dedup": {"near": False}, "quiet": True}
    outcome = groundup.prepare(source=rows, out=tmp_path / "data", **settings)
    assert outcome.facts["documents"]["kept"] == 40


def test_tables_without_out_are_called_as_their_setting_is():
    from groundup.commands.prepare.settings import Prepare

    names = [Path(path).name for path in Tables(Prepare, {"source": [ROWS, ROWS[:1]]}).settings["source"]]
    assert names == ["source.jsonl", "source-2.jsonl"]
    tables = Tables(Check, {"data": {"train": ROWS, "test": ROWS}})
    with pytest.raises(InputError, match=r"X data\['test'\], row 2: is empty"), tables.written():
        raise InputError("X", f"{tables.settings['data']}/test.jsonl:2", "is empty")


def test_what_check_prints_of_a_table_names_the_setting(capsys):
    rows = labelled(120)
    rows[7]["text"] = None
    groundup.check(data=rows, text_column="text", baseline=False, quiet=True)
    assert "the first: data.jsonl:8 column 'text' is empty" in capsys.readouterr().out


def labelled(count):
    return [{"text": f"{'good' if n % 2 else 'bad'} sentence {n}", "label": n % 2} for n in range(count)]


def test_check_takes_a_table_without_out_and_returns_no_path(capsys):
    rows = labelled(40)
    table = Stream({name: [row[name] for row in rows] for name in rows[0]})
    outcome = groundup.check(table, text_column=["text"], baseline=False, quiet=True)
    assert "40 rows" in capsys.readouterr().out.replace(",", "")
    assert outcome.path is None


REFUSED = [
    {"text_column": ["text"], "max_leakage": 5},  # no such share
    {"text_column": ["words"]},  # no such column
    {"text_column": ["text"], "dry_run": True},
]


@pytest.mark.parametrize("settings", REFUSED)
def test_nothing_stays_of_a_table_whose_call_is_refused_or_a_dry_run(settings, tmp_path, capsys):
    try:
        groundup.check(data=labelled(40), out=tmp_path / "deep" / "report", quiet=True, **settings)
    except InputError:
        assert "dry_run" not in settings
    else:
        assert "dry_run" in settings
    assert list(tmp_path.iterdir()) == []


def test_a_refused_call_leaves_the_tables_of_the_finished_one(tmp_path):
    settings = {"text_column": ["text"], "baseline": False, "out": tmp_path / "report", "quiet": True}
    groundup.check(data=labelled(40), **settings)
    kept = sorted((tmp_path / "report.inputs").iterdir())
    for rows in (labelled(40), labelled(50)):
        with pytest.raises(InputError, match="OUTPUT_EXISTS"):
            groundup.check(data=rows, **settings)
    assert sorted((tmp_path / "report.inputs").iterdir()) == kept
    assert len(kept) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InputError("X", "y", "z")], ids=["interrupted", "refused late"])
def test_a_run_that_was_interrupted_keeps_its_tables(error, tmp_path):
    tables = Tables(Finetune, {"data": ROWS, "out": tmp_path / "run"})

    def run():
        with tables.written():
            write_made(tmp_path / "run")
            raise error

    with pytest.raises(type(error)):
        run()
    assert lines(tables.settings["data"]) == ROWS


def test_errors_name_the_setting_and_the_row(tmp_path):
    tables = Tables(Finetune, {"data": ROWS, "validation": ROWS[:1], "out": tmp_path / "run"})
    data, validation = tables.settings["data"], tables.settings["validation"]
    with pytest.raises(InputError) as caught, tables.written():
        raise InputError("X", f"{Path(data).name}:3", f"differs from {validation}", problems=(f"{data}:2: is empty",))
    assert (caught.value.place, caught.value.what) == ("data, row 3", "differs from validation")
    assert str(caught.value) == "error X data, row 2: is empty."


def test_a_setting_without_a_name_is_the_one_of_the_command_line_or_refused():
    with pytest.raises(InputError, match=r"NO_FILE nowhere.csv: does not exist; --data names it"):
        groundup.check("nowhere.csv", text_column="text")
    with pytest.raises(
        InputError, match=r"UNNAMED_SETTING groundup.finetune: takes its settings by name.*write finetune\(data=.*out="
    ):
        groundup.finetune(ROWS)


def test_the_package_lists_its_commands_its_estimators_and_load():
    assert dir(groundup) == sorted(groundup.__all__)
    assert {"check", "load", "TextTagger"} <= set(dir(groundup))

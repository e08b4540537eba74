from pathlib import Path

import pyarrow as pa
import pytest

import groundup
from groundup.data.frames import is_rows, keep_rows
from groundup.errors import InputError
from groundup.strict_json import parse_json

ROWS = [{"text": "a fine film", "label": 1}, {"text": "乏味的电影", "label": 0}]


@pytest.mark.parametrize("table", [ROWS, {"text": [r["text"] for r in ROWS], "label": [1, 0]}, pa.Table.from_pylist(ROWS)])
def test_every_kind_of_table_becomes_the_same_file(table, tmp_path):
    assert is_rows(table)
    path = Path(keep_rows(table, tmp_path / "run"))
    assert [parse_json(line, path) for line in path.read_text("utf-8").splitlines()] == ROWS
    assert path == Path(keep_rows(ROWS, tmp_path / "run"))


def test_a_list_of_paths_is_no_table():
    assert not is_rows(["a.csv", "b.csv"])


def test_missing_values_of_frames_become_null(tmp_path):
    path = Path(keep_rows([{"text": "a", "label": float("nan")}], tmp_path / "run"))
    assert parse_json(path.read_text("utf-8"), path) == {"text": "a", "label": None}


def test_columns_of_different_lengths_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"RAGGED_COLUMNS.*different lengths"):
        keep_rows({"a": [1, 2], "b": [1]}, tmp_path / "run")


def test_commands_take_rows_from_memory(tmp_path):
    rows = [{"text": f"Sentence number {i} is here. Another one follows it, the {i}th."} for i in range(40)]
    settings = {"tokenizer": {"vocab_size": 120}, "dedup": {"near": False}, "quiet": True}
    outcome = groundup.prepare(source=rows, out=tmp_path / "data", **settings)
    assert outcome.facts["documents"]["kept"] == 40

"""The data report against counts made by hand, and splits that a source comes in."""

import json
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

import groundup
from groundup.commands.prepare import story as preparing
from groundup.data import folder_report
from groundup.data.folder_report import SCRIPTS, count_scripts
from groundup.data.shards import Shards

SMALL = {"tokenizer": {"vocab_size": 120}, "quiet": True, "dedup": {"exact": False}}


def prepared(tmp_path, **settings):
    out = groundup.prepare(source=(str(tmp_path / "in"),), out=str(tmp_path / "out"), **SMALL, **settings)
    return out.path, json.loads((out.path / "report.json").read_text("utf-8"))


def write_rows(tmp_path, name: str, rows: list[str]) -> None:
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / name).write_text("text\n" + "\n".join(rows) + "\n", "utf-8")


def test_reading_and_writing_in_small_pieces_changes_nothing(tmp_path, monkeypatch):
    write_rows(tmp_path, "a.csv", [f"Document {i} says a little. It ends {'here ' * i}so." for i in range(7)])
    first, expected = prepared(tmp_path)
    shards = {file.name: file.read_bytes() for file in (first / "shards").iterdir()}
    shutil.rmtree(first)
    for module, name, size in (
        (folder_report, "PIECE", 3),
        (folder_report, "DOCUMENTS", 2),
        (preparing, "CHARACTERS", 40),
        (preparing, "BATCH_CHARACTERS", 50),
    ):
        monkeypatch.setattr(module, name, size)
    again, found = prepared(tmp_path)
    assert found == expected
    assert {file.name: file.read_bytes() for file in (again / "shards").iterdir()} == shards
    assert pq.ParquetFile(again / "records.parquet").num_row_groups > 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ab é", {"latin": 3, "blanks": 1}),
        ("第2章。", {"han": 2, "digits": 1, "other": 1}),
        ("𠀀かなЖ", {"han": 1, "kana": 2, "cyrillic": 1}),
        ("\ud800", {"other": 1}),
    ],
)
def test_characters_are_counted_by_script(text, expected):
    found = dict(zip(SCRIPTS, count_scripts([text[:1], text[1:]]).tolist()))
    assert {name: count for name, count in found.items() if count} == expected


def test_lengths_and_uses_are_those_of_the_shards(tmp_path):
    write_rows(tmp_path, "a.csv", [f"The {w} cat sat. It ran{' on' * i}." for i, w in enumerate("big red old sad wet".split())])
    path, report = prepared(tmp_path, text_column="text")
    splits = [Shards.open(path, name) for name in ("train", "validation")]
    sentences = np.concatenate([np.diff(s.sentence_starts) for s in splits])
    documents = np.concatenate([np.diff(s.sentence_starts[s.document_starts]) for s in splits])
    for name, lengths in (("sentence", sentences), ("document", documents)):
        found = report[f"{name}_tokens"]
        assert (found["count"], found["shortest"], found["longest"]) == (len(lengths), lengths.min(), lengths.max())
        assert found["mean"] == pytest.approx(lengths.mean())
        assert sum(found["counts"]) == len(lengths)
    tokens = np.concatenate([s.slice(0, s.num_tokens) for s in splits])
    word, count = report["vocabulary"]["most_frequent"][0]
    vocabulary = json.loads((path / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    assert count == np.bincount(tokens).max() == (tokens == vocabulary[word]).sum()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_tells_the_figures_and_hides_no_markup(tmp_path, language):
    write_rows(tmp_path, "a.csv", [f"<b>Row {i}</b> 第{i}行。" for i in range(9)])
    path, report = prepared(tmp_path, text_column="text", language=language)
    page = (path / "report.html").read_text("utf-8")
    assert f"{report['characters']}" in page
    assert "&lt;b&gt;Row 0&lt;/b&gt;" in page
    assert ("数据报告" in page) == (language == "zh")


def test_a_source_in_splits_keeps_them_and_only_what_it_lacks_is_drawn(tmp_path):
    write_rows(tmp_path, "train.csv", [f"training row {i}" for i in range(40)])
    write_rows(tmp_path, "test.csv", [f"row to judge {i}" for i in range(7)])
    path, report = prepared(tmp_path, text_column="text", split={"validation": 0.2, "test": 0.3})
    assert {name: counts["documents"] for name, counts in report["splits"].items()} == {"train": 32, "validation": 8, "test": 7}
    vocabulary = json.loads((path / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    assert "training" in vocabulary
    assert "judge" not in vocabulary
